# SPDX-License-Identifier: AGPL-3.0-or-later
"""A calendar file says the right moment and the right words to another program."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.calendars import CalendarEntry, calendar_file
from app.clock import ROME
from tests.documents.calendar_reader import events, lines

ENTRY = CalendarEntry(
    key="lesson-12",
    starts_at=datetime(2015, 3, 24, 8, 0, tzinfo=UTC),
    ends_at=datetime(2015, 3, 24, 12, 0, tzinfo=UTC),
    summary="Immigrazione: quadro normativo",
    changed_at=datetime(2015, 2, 1, 10, 0, tzinfo=UTC),
)


@pytest.fixture
def read(app):
    def written_and_read(*entries: CalendarEntry) -> list[dict]:
        with app.app_context():
            return events(calendar_file(entries, name="Prova"))

    return written_and_read


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ((2015, 3, 28, 9), (2015, 3, 28, 8)),
        ((2015, 3, 30, 9), (2015, 3, 30, 7)),
        ((2015, 10, 24, 9), (2015, 10, 24, 7)),
        ((2015, 10, 26, 9), (2015, 10, 26, 8)),
        ((2031, 7, 1, 9), (2031, 7, 1, 7)),
    ],
)
def test_the_hour_on_the_wall_is_kept_across_summer_time(read, local, utc):
    starts = datetime(*local, tzinfo=ROME)
    (event,) = read(replace(ENTRY, starts_at=starts, ends_at=starts.replace(hour=13)))
    assert event["DTSTART"] == datetime(*utc, tzinfo=UTC)
    assert event["DTEND"] - event["DTSTART"] == starts.replace(hour=13) - starts


def test_words_come_back_as_they_were_written(read):
    said = 'D\'Ombrasecca; "sala", piano 2\\3\nsecondo ingresso – è di fronte ' + "à" * 200
    (event,) = read(replace(ENTRY, summary=said, location=said, description=said))
    assert (event["SUMMARY"], event["LOCATION"], event["DESCRIPTION"]) == (said, said, said)


def test_nothing_written_begins_a_line_of_its_own(app):
    hostile = "Corso\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nATTENDEE:mailto:x@y.example"
    with app.app_context():
        file = calendar_file([replace(ENTRY, summary=hostile, location=hostile)], name=hostile)
    assert [line for line in lines(file) if line.startswith("ATTENDEE")] == []
    assert lines(file).count("BEGIN:VEVENT") == 1


def test_an_appointment_called_off_says_so_under_the_same_name(read):
    kept, off = read(ENTRY, replace(ENTRY, cancelled=True, sequence=3))
    assert kept["UID"] == off["UID"]
    assert (kept["STATUS"], kept["SEQUENCE"]) == ("CONFIRMED", "0")
    assert (off["STATUS"], off["SEQUENCE"]) == ("CANCELLED", "3")
