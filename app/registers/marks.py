# SPDX-License-Identifier: AGPL-3.0-or-later
"""A mark: what a hand writes about one person, and how the trail words it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.actor import Actor
from app.domain.attendance import Interval, Presence, Source
from app.domain.register import Hand
from app.domain.roles import Role
from app.models import AttendanceEntry
from app.registers.queries import stays_of

HANDS = {Role.TRAINER: Hand.TRAINER, Role.TUTOR: Hand.TUTOR}
SOURCES = {
    Hand.TRAINER: Source.TRAINER,
    Hand.TUTOR: Source.TUTOR,
    Hand.SUBSTITUTE: Source.SUBSTITUTE,
}


@dataclass(frozen=True)
class Mark:
    """What a hand writes about one person. ``status`` None takes the mark away."""

    status: Presence | None
    stays: Sequence[Interval] = ()


def hand_of(actor: Actor) -> Hand:
    """By whose hand: the trainer's, the tutor's, or a substitute's (flagged)."""
    return HANDS.get(actor.role, Hand.SUBSTITUTE)  # type: ignore[arg-type]


def in_words(entry: AttendanceEntry | None) -> str:
    return mark_in_words(Mark(entry.status, stays_of(entry))) if entry else ""


def mark_in_words(mark_: Mark) -> str:
    if mark_.status is None:
        return ""
    times = [f"{s.entered:%H:%M}Z-{f'{s.left:%H:%M}Z' if s.left else ''}" for s in mark_.stays]
    return " ".join([mark_.status.value, *times])
