# SPDX-License-Identifier: AGPL-3.0-or-later
"""A missed lesson made up for in another edition of the same course."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.errors import RuleViolation, Sentence
from app.domain.timetable import ROME, Window, clock_text, day_text, overlap
from app.domain.vocabulary import LessonState


@dataclass(frozen=True)
class Sitting:
    """A lesson as a recovery sees it; ids of lesson, edition, course and module.

    ``number`` is its place in the edition, ``planned`` its minutes, ``closed``
    whether its page is.
    """

    lesson: int
    edition: int
    course: int
    number: int
    module: int | None
    window: Window
    planned: int
    state: LessonState = LessonState.SCHEDULED
    closed: bool = False

    @property
    def takes_place(self) -> bool:
        return self.state in {LessonState.SCHEDULED, LessonState.HELD}


@dataclass(frozen=True)
class Guest:
    """Who asks to recover: minutes ``counted`` at the missed lesson, other commitments.

    ``editions`` where she is enrolled, ``lessons`` she is to attend (as enrolled or as
    a guest); ``recovered`` lessons already made up for, ``used`` lessons that already
    make up for one.
    """

    counted: int
    editions: Collection[int]
    lessons: Iterable[Sitting] = ()
    recovered: Collection[int] = ()
    used: Collection[int] = ()


def recovered_minutes(own: int, recovered: int, planned: int) -> int:
    """Minutes that count for a missed lesson of ``planned`` minutes, once.

    The better of her ``own`` and of those ``recovered`` elsewhere, which count up to
    the length of the missed lesson. A recovery never takes minutes away.
    """
    return max(own, min(recovered, planned))


def same_matter(missed: Sitting, other: Sitting) -> bool:
    """Whether the other lesson teaches the same: same module, or same number."""
    if missed.module is not None and missed.module == other.module:
        return True
    return missed.number == other.number


def check_recovery(
    missed: Sitting,
    other: Sitting,
    guest: Guest,
    *,
    people: int,
    seats: int,
    now: datetime,
    zone: ZoneInfo = ROME,
) -> None:
    """Whether the other lesson may make up for the missed one.

    ``people`` expected there, guests in; ``seats`` of the edition or of the room,
    whichever is less. Raises RuleViolation. Source: FP practice, the hours of the
    same course may be recovered in a parallel edition, before its lesson is closed.
    """
    _check_missed(missed, guest)
    _check_other(missed, other, guest)
    _check_time(other, now, zone)
    _check_free(missed, other, guest, zone)
    if people >= seats:
        raise RuleViolation(
            Sentence("Nell'altra lezione non ci sono posti liberi (%(seats)d).", {"seats": seats})
        )


def _check_missed(missed: Sitting, guest: Guest) -> None:
    if not missed.takes_place:
        raise RuleViolation(Sentence("La lezione persa non si tiene: non c'è nulla da recuperare."))
    if guest.counted >= missed.planned:
        raise RuleViolation(
            Sentence("La lezione è stata frequentata per intero: non c'è nulla da recuperare.")
        )
    if missed.lesson in guest.recovered:
        raise RuleViolation(Sentence("Per questa lezione c'è già un recupero."))


def _check_other(missed: Sitting, other: Sitting, guest: Guest) -> None:
    if other.course != missed.course:
        raise RuleViolation(Sentence("Si recupera solo in un'altra edizione dello stesso corso."))
    if other.edition == missed.edition:
        raise RuleViolation(Sentence("Si recupera in un'altra edizione, non nella propria."))
    if not same_matter(missed, other):
        raise RuleViolation(
            Sentence(
                "Le due lezioni non corrispondono: scegliere la lezione con lo stesso numero "
                "o dello stesso modulo."
            )
        )
    if other.edition in guest.editions:
        raise RuleViolation(Sentence("La persona è già iscritta a quell'edizione."))
    if other.lesson in guest.used:
        raise RuleViolation(Sentence("Quella lezione ne recupera già un'altra: conta una volta."))


def _check_time(other: Sitting, now: datetime, zone: ZoneInfo) -> None:
    if not other.takes_place:
        raise RuleViolation(Sentence("La lezione scelta non si tiene: sceglierne un'altra."))
    if other.closed:
        raise RuleViolation(
            Sentence("Il foglio della lezione scelta è già chiuso: sceglierne un'altra.")
        )
    if other.window.start.astimezone(zone).date() < now.astimezone(zone).date():
        raise RuleViolation(
            Sentence(
                "La lezione scelta è del %(day)s, già passata: sceglierne una da oggi in poi.",
                {"day": day_text(other.window.start, zone)},
            )
        )


def _check_free(missed: Sitting, other: Sitting, guest: Guest, zone: ZoneInfo) -> None:
    for own in guest.lessons:
        if own.lesson == missed.lesson or not own.takes_place:
            continue
        if overlap(own.window, other.window):
            raise RuleViolation(
                Sentence(
                    "A quell'ora la persona ha già una lezione (%(day)s, %(start)s-%(end)s).",
                    {
                        "day": day_text(own.window.start, zone),
                        "start": clock_text(own.window.start, zone),
                        "end": clock_text(own.window.end, zone),
                    },
                )
            )
