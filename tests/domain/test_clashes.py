# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who and what is wanted in two lessons at the same time."""

from datetime import UTC, datetime

import pytest

from app.domain.clashes import Clash, ClashKind, Slot, clashes
from app.domain.timetable import Window


def utc(hour: int) -> datetime:
    return datetime(2014, 11, 6, hour, tzinfo=UTC)


MORNING = Window(utc(8), utc(12))
LATE_MORNING = Window(utc(11), utc(13))
TAKEN = Slot(1, 10, MORNING, frozenset({5, 6}), 3, frozenset({7, 8, 9}))


@pytest.mark.parametrize(
    ("new", "found"),
    [
        (Slot(None, 10, LATE_MORNING), [Clash(ClashKind.EDITION, 1, 10)]),
        (Slot(2, 11, LATE_MORNING, frozenset({6})), [Clash(ClashKind.TRAINER, 1, 6)]),
        (Slot(2, 11, LATE_MORNING, room=3), [Clash(ClashKind.ROOM, 1, 3)]),
        (Slot(2, 11, LATE_MORNING, room=4), []),
        (
            Slot(2, 11, LATE_MORNING, participants=frozenset({9, 8})),
            [Clash(ClashKind.PARTICIPANT, 1, 8), Clash(ClashKind.PARTICIPANT, 1, 9)],
        ),
        (Slot(2, 11, LATE_MORNING, tutors=frozenset({6})), [Clash(ClashKind.TUTOR, 1, 6)]),
        (
            Slot(2, 11, LATE_MORNING, frozenset({6}), tutors=frozenset({6})),
            [Clash(ClashKind.TRAINER, 1, 6)],
        ),
        (Slot(2, 10, Window(utc(12), utc(13)), frozenset({5}), 3), []),
        (Slot(1, 10, LATE_MORNING, frozenset({5}), 3), []),
    ],
)
def test_clashes(new: Slot, found: list[Clash]) -> None:
    assert clashes([TAKEN], new) == found
    warnings = (ClashKind.PARTICIPANT, ClashKind.TUTOR)
    assert all(c.blocks is (c.kind not in warnings) for c in found)
