# SPDX-License-Identifier: AGPL-3.0-or-later
"""What two versions of a page say differently."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.attendance import Interval, Presence, Source
from app.domain.book import Hand, SheetEntry, sheet_content
from app.domain.chain import canonical
from app.domain.versions import Difference, Line, changed, differences, minutes
from app.domain.vocabulary import RecordKind

START, END = datetime(2014, 11, 6, 8, tzinfo=UTC), datetime(2014, 11, 6, 12, tzinfo=UTC)
STAY = Interval(START, END)
HERE = Line(Presence.PRESENT, (STAY,), 240)
AWAY = Line(Presence.ABSENT, (), 0)


def closing(lines: dict[int, Line]) -> dict[str, Any]:
    """A closed page as the book keeps it: written as text and read again."""
    content = sheet_content(
        lesson=7,
        version=1,
        topic="Il registro",
        start_real=START,
        end_real=END,
        heads=2,
        checked_in=0,
        note="",
        hand=Hand.TRAINER,
        closed_by=3,
        closed_at=END,
        late=False,
        entries=[
            SheetEntry(who, line.status, line.stays, line.counted_minutes, Source.TRAINER)
            for who, line in lines.items()
        ],
    )
    return dict(json.loads(canonical(content)))


LATE = Line(Presence.PRESENT, (Interval(START.replace(hour=9), END),), 180)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({}, {}, []),
        ({1: HERE, 2: AWAY}, {1: HERE, 2: AWAY}, []),
        ({1: HERE, 2: AWAY}, {2: HERE, 1: HERE}, [Difference(2, AWAY, HERE)]),
        ({1: HERE}, {1: LATE}, [Difference(1, HERE, LATE)]),
        ({1: HERE}, {1: HERE, 5: AWAY}, [Difference(5, None, AWAY)]),
        ({5: HERE, 1: HERE}, {}, [Difference(1, HERE, None), Difference(5, HERE, None)]),
    ],
)
def test_people_about_whom_two_versions_differ(
    before: dict[int, Line], after: dict[int, Line], found: list[Difference]
) -> None:
    assert differences(closing(before), closing(after)) == found


def test_minutes_are_those_of_the_last_closing_as_corrected_since() -> None:
    first, second = closing({1: HERE, 2: AWAY}), closing({1: LATE, 2: AWAY})
    corrected = {"enrolment": 2, "counted_minutes": 60}
    topic = {"enrolment": None, "counted_minutes": None}
    closed, mended = RecordKind.CLOSED, RecordKind.CORRECTED
    assert minutes([]) == {}
    assert minutes([(closed, first), (mended, corrected)]) == {1: 240, 2: 60}
    assert minutes([(closed, first), (RecordKind.REOPENED, {}), (mended, topic)]) == {1: 240, 2: 0}
    assert minutes([(closed, first), (mended, corrected), (closed, second)]) == {1: 180, 2: 0}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({1: 240, 2: 0}, {1: 240, 2: 0}, []),
        ({2: 240, 1: 240}, {1: 239, 2: 1}, [1, 2]),
        ({1: 240}, {}, [1]),
        ({}, {1: 240, 2: 0}, [1]),
        ({1: 0}, {}, []),
    ],
)
def test_enrolments_with_other_minutes(
    before: dict[int, int], after: dict[int, int], found: list[int]
) -> None:
    assert changed(before, after) == found
