# SPDX-License-Identifier: AGPL-3.0-or-later
"""A month of a trainer, across the night the clock changes."""

from datetime import UTC, date, datetime, timedelta

from app.documents.timesheet import TimesheetContent, TimesheetLine
from tests.documents.funding import PUBLICITY


def lesson(day: int, hour: int = 8, minutes: int = 240, **over) -> TimesheetLine:
    """A lesson of March 2015 that begins at this hour, UTC."""
    start = datetime(2015, 3, day, hour, tzinfo=UTC)
    values = {
        "edition_code": "C03-02",
        "course_title": "Anagrafe, stato civile e cittadini stranieri",
        "body": "Aris Formazione",
        "seq": 1,
        "topic": "Iscrizione anagrafica e dichiarazione di dimora abituale",
        "role": "Docente",
        "start": start,
        "end": start + timedelta(minutes=minutes),
        "minutes": minutes,
    }
    return TimesheetLine(**values | over)


TIMESHEET = TimesheetContent(
    name="Valfiorita Teresa",
    month=date(2015, 3, 1),
    lines=(
        lesson(4),
        lesson(11, minutes=225, seq=2, version=2),
        lesson(30, hour=7, seq=3, role="Tutor d'aula"),
    ),
    printed_at=datetime(2015, 4, 2, 8, 0, tzinfo=UTC),
    publicity=PUBLICITY,
    waiting=1,
)
