# SPDX-License-Identifier: AGPL-3.0-or-later
"""A mark: what a hand writes about one person, and how the trail words it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.actor import Actor
from app.domain.attendance import Interval, Presence, Source
from app.domain.book import mark_words
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

AT_ONCE = timedelta(minutes=1)  # a mark that takes no longer to arrive has one time only


@dataclass(frozen=True)
class Mark:
    """What a hand writes about one person. ``status`` None takes the mark away."""

    status: Presence | None
    stays: Sequence[Interval] = ()


def hand_of(actor: Actor) -> Hand:
    """By whose hand: the trainer's, the tutor's, or a substitute's (flagged)."""
    return HANDS.get(actor.role, Hand.SUBSTITUTE)  # type: ignore[arg-type]


def made_at(told: datetime | None, opened_at: datetime | None, now: datetime) -> datetime | None:
    """When the hand made a mark that arrives later; None for one that arrives at once.

    ``told`` is the phone's word: never believed beyond now, nor before the sheet was open.
    """
    if told is None or now - told <= AT_ONCE:
        return None
    return max(told, opened_at) if opened_at else told


def in_words(entry: AttendanceEntry | None) -> str:
    return mark_in_words(Mark(entry.status, stays_of(entry))) if entry else ""


def mark_in_words(mark_: Mark) -> str:
    return mark_words(mark_.status, mark_.stays) if mark_.status else ""
