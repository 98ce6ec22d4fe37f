# SPDX-License-Identifier: AGPL-3.0-or-later
"""Clashes: nobody teaches, and no room is used, in two lessons at the same time."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.timetable import Window, overlap


class ClashKind(StrEnum):
    EDITION = "edition"
    TRAINER = "trainer"
    TUTOR = "tutor"
    ROOM = "room"
    PARTICIPANT = "participant"


@dataclass(frozen=True)
class Slot:
    """A lesson as the timetable sees it; ids of lesson, edition, people and room."""

    lesson: int | None
    edition: int
    window: Window
    trainers: frozenset[int] = frozenset()
    room: int | None = None
    participants: frozenset[int] = frozenset()
    tutors: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Clash:
    """What (``kind`` and its id ``who``) is already taken, and by which lesson."""

    kind: ClashKind
    lesson: int | None
    who: int

    @property
    def blocks(self) -> bool:
        """A participant or tutor in two places is a warning; anything else forbids the lesson."""
        return self.kind not in (ClashKind.PARTICIPANT, ClashKind.TUTOR)


def clashes(lessons: Sequence[Slot], new: Slot) -> list[Clash]:
    """What the new slot takes while another lesson has it; itself is not a clash."""
    found = []
    for other in lessons:
        if (new.lesson is not None and other.lesson == new.lesson) or not overlap(
            other.window, new.window
        ):
            continue
        if other.edition == new.edition:
            found.append(Clash(ClashKind.EDITION, other.lesson, new.edition))
        if new.room is not None and other.room == new.room:
            found.append(Clash(ClashKind.ROOM, other.lesson, new.room))
        for kind, people in (
            (ClashKind.TRAINER, other.trainers & new.trainers),
            (ClashKind.TUTOR, _assisting(other, new)),
            (ClashKind.PARTICIPANT, other.participants & new.participants),
        ):
            found.extend(Clash(kind, other.lesson, person) for person in sorted(people))
    return found


def _assisting(a: Slot, b: Slot) -> frozenset[int]:
    """Who is wanted in both, in one of them at least as a tutor."""
    both = (a.trainers | a.tutors) & (b.trainers | b.tutors)
    return both - (a.trainers & b.trainers)
