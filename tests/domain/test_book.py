# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the hash of a closed sheet covers."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.attendance import Interval, Presence, Source
from app.domain.book import additional_pages_hash, mark_words
from app.domain.chain import GENESIS
from app.domain.register import Hand, SheetEntry, page_hash, sheet_content
from app.domain.timetable import ROME


def utc(hour: int, minute: int = 0) -> datetime:
    return datetime(2014, 11, 6, hour, minute, tzinfo=UTC)


BEFORE, AFTER = Interval(utc(8), utc(9)), Interval(utc(9, 30), utc(12))
PRESENT = SheetEntry(1, Presence.PRESENT, [BEFORE, AFTER], 210, Source.TRAINER)
ABSENT = SheetEntry(2, Presence.ABSENT, [], 0, Source.TUTOR)
SHEET: dict[str, Any] = {
    "lesson": 7,
    "version": 1,
    "topic": "Il permesso di soggiorno",
    "start_real": utc(8),
    "end_real": utc(12),
    "heads": 1,
    "checked_in": 0,
    "note": "",
    "hand": Hand.TRAINER,
    "closed_by": 3,
    "closed_at": utc(12, 5),
    "late": False,
    "entries": [PRESENT, ABSENT],
}
HASH = page_hash(sheet_content(**SHEET), GENESIS)


def test_times_are_utc_text_and_the_content_survives_json() -> None:
    content = sheet_content(**SHEET)
    assert content["start_real"] == "2014-11-06T08:00:00Z"
    assert content["entries"][0]["stays"][0] == ["2014-11-06T08:00:00Z", "2014-11-06T09:00:00Z"]
    assert page_hash(json.loads(json.dumps(content)), GENESIS) == HASH


@pytest.mark.parametrize(
    "change",
    [
        {"entries": [ABSENT, PRESENT]},
        {"entries": iter([PRESENT, ABSENT])},
        {
            "entries": [
                SheetEntry(1, Presence.PRESENT, (AFTER, BEFORE), 210, Source.TRAINER),
                ABSENT,
            ]
        },
        {"start_real": utc(8).astimezone(ROME)},
    ],
)
def test_order_and_zone_do_not_matter(change: dict[str, Any]) -> None:
    assert page_hash(sheet_content(**(SHEET | change)), GENESIS) == HASH


@pytest.mark.parametrize(
    "change",
    [
        {"lesson": 8},
        {"version": 2},
        {"topic": "Il permesso di soggiorno."},
        {"start_real": utc(8, 1)},
        {"end_real": utc(12, 1)},
        {"heads": 2},
        {"note": "x"},
        {"hand": Hand.SUBSTITUTE},
        {"closed_by": 4},
        {"closed_at": utc(12, 6)},
        {"entries": [PRESENT]},
        {"entries": [SheetEntry(1, Presence.PRESENT, [BEFORE], 210, Source.TRAINER), ABSENT]},
        {
            "entries": [
                SheetEntry(
                    1, Presence.PRESENT, [BEFORE, Interval(utc(9, 30), None)], 210, Source.TRAINER
                ),
                ABSENT,
            ]
        },
        {"entries": [PRESENT, SheetEntry(2, Presence.JUSTIFIED, [], 0, Source.TUTOR)]},
        {"entries": [PRESENT, SheetEntry(2, Presence.ABSENT, [], 1, Source.TUTOR)]},
        {"entries": [PRESENT, SheetEntry(2, Presence.ABSENT, [], 0, Source.TRAINER)]},
    ],
)
def test_every_word_of_the_sheet_is_covered(change: dict[str, Any]) -> None:
    assert page_hash(sheet_content(**(SHEET | change)), GENESIS) != HASH


def test_the_sheet_before_is_covered() -> None:
    assert page_hash(sheet_content(**SHEET), HASH) != HASH


@pytest.mark.parametrize(
    ("status", "stays", "words"),
    [
        (Presence.ABSENT, [], "absent"),
        (Presence.PRESENT, [BEFORE, AFTER], "present 08:00Z-09:00Z 09:30Z-12:00Z"),
        (Presence.PRESENT, [Interval(utc(9), None)], "present 09:00Z-"),
        (Presence.PRESENT, [Interval(utc(9).astimezone(ROME), None)], "present 09:00Z-"),
    ],
)
def test_a_mark_in_words(status: Presence, stays: list[Interval], words: str) -> None:
    assert mark_words(status, stays) == words


def test_additional_pages_are_chained_to_the_endorsement_before() -> None:
    at = datetime(2015, 5, 14, 8, tzinfo=UTC)
    values = {"number": "REG-1", "first_page": 5, "last_page": 6, "endorsed_at": at}
    first = additional_pages_hash("a" * 64, **values, endorsed_by=1)
    assert len(first) == 64
    assert first != additional_pages_hash("b" * 64, **values, endorsed_by=1)
    assert first != additional_pages_hash("a" * 64, **values, endorsed_by=2)
