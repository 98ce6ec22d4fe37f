# SPDX-License-Identifier: AGPL-3.0-or-later
"""Can she still make it? Where an enrolment stands before the last lesson is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import accumulate
from zoneinfo import ZoneInfo

from app.domain.attendance import hours_text, needed
from app.domain.errors import Sentence
from app.domain.timetable import ROME, day_text


class ProspectState(StrEnum):
    """At risk is who has lost something already and may not miss a certain lesson.

    In a short course every lesson decides from the beginning: that alone alarms nobody.
    """

    REACHED = "reached"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True)
class LessonOutlook:
    """A lesson that takes place, as it counts for one person.

    ``number`` is its place in the edition; minutes are ``planned`` and ``counted``.
    With the page not ``closed``, ``counted`` is only what nothing can take away (a
    recovery), as a rule 0.
    """

    lesson: int
    number: int
    starts_at: datetime
    planned: int
    closed: bool
    counted: int = 0

    @property
    def still_open(self) -> int:
        """Minutes the lesson may still add."""
        return 0 if self.closed else max(self.planned - self.counted, 0)


@dataclass(frozen=True)
class Prospect:
    """Where one enrolment stands. Minutes: ``counted`` so far, ``planned`` of all lessons
    that take place, ``needed`` for the threshold, ``remaining`` that may still be added.

    ``deciding``: the lesson with which the threshold was reached or lost, or the next
    one that must not be missed; None where no single lesson decides.
    """

    state: ProspectState
    deciding: LessonOutlook | None
    counted: int
    planned: int
    needed: int
    remaining: int

    @property
    def missing(self) -> int:
        """Minutes from the threshold, as things stand."""
        return max(self.needed - self.counted, 0)

    @property
    def spare(self) -> int:
        """Minutes that may still be lost without losing the threshold."""
        return max(self.counted + self.remaining - self.needed, 0)

    @property
    def short(self) -> int:
        """Minutes from the threshold even when all that remains is attended."""
        return max(self.needed - self.counted - self.remaining, 0)


def prospect(lessons: Sequence[LessonOutlook], threshold: int) -> Prospect:
    """Whether the threshold (percent) is reached, near, in danger or lost.

    ``lessons`` in order, those cancelled or moved away left out. The rule is the one
    of the outcome: counted * 100 >= threshold * planned, and at least one minute.
    Nothing planned, nothing to reach. Source: threshold of attendance on the hours
    held, as for the certificate.
    """
    counted = sum(lesson.counted for lesson in lessons)
    planned = sum(lesson.planned for lesson in lessons)
    remaining = sum(lesson.still_open for lesson in lessons)
    wanted = max(needed(planned, threshold), 1)
    state, deciding = _decided(lessons, wanted, counted, counted + remaining - wanted)
    return Prospect(state, deciding, counted, planned, wanted, remaining)


def _decided(
    lessons: Sequence[LessonOutlook], wanted: int, counted: int, spare: int
) -> tuple[ProspectState, LessonOutlook | None]:
    if counted >= wanted:
        return ProspectState.REACHED, _reached_with(lessons, wanted)
    if spare < 0:
        return ProspectState.IMPOSSIBLE, _lost_with(lessons, wanted)
    lost = any(lesson.closed and lesson.counted < lesson.planned for lesson in lessons)
    for lesson in lessons:
        if lesson.still_open > spare:
            return ProspectState.AT_RISK if lost else ProspectState.ON_TRACK, lesson
    return ProspectState.ON_TRACK, None


def _reached_with(lessons: Sequence[LessonOutlook], wanted: int) -> LessonOutlook:
    sums = accumulate(lesson.counted for lesson in lessons)
    return next(lesson for lesson, total in zip(lessons, sums, strict=True) if total >= wanted)


def _lost_with(lessons: Sequence[LessonOutlook], wanted: int) -> LessonOutlook | None:
    possible = sum(max(lesson.planned, lesson.counted) for lesson in lessons)
    for lesson in lessons:
        if lesson.closed:
            possible -= max(lesson.planned - lesson.counted, 0)
            if possible < wanted:
                return lesson
    return None


def why(found: Prospect, zone: ZoneInfo = ROME) -> Sentence:
    """One sentence for the person and for who follows her."""
    if found.deciding is None:
        if found.state is ProspectState.ON_TRACK:
            return Sentence(
                "Può ancora assentarsi per %(spare)s al massimo.",
                {"spare": hours_text(found.spare)},
            )
        return Sentence("Nessuna lezione in calendario: la soglia non si può calcolare.")
    values = {
        "lesson": found.deciding.number,
        "day": day_text(found.deciding.starts_at, zone),
        "spare": hours_text(found.spare),
        "short": hours_text(found.short),
    }
    if found.state is ProspectState.REACHED:
        return Sentence("Soglia raggiunta con la lezione %(lesson)d del %(day)s.", values)
    if found.state in {ProspectState.ON_TRACK, ProspectState.AT_RISK}:
        return _must_come(found, values)
    if found.remaining:
        return Sentence(
            "Soglia non più raggiungibile dopo la lezione %(lesson)d del %(day)s: senza altre "
            "assenze resterebbe comunque sotto di %(short)s.",
            values,
        )
    return Sentence(
        "Soglia mancata di %(short)s: non era più raggiungibile dopo la lezione %(lesson)d "
        "del %(day)s.",
        values,
    )


def _must_come(found: Prospect, values: dict[str, object]) -> Sentence:
    if found.spare:
        return Sentence(
            "Non deve mancare alla lezione %(lesson)d del %(day)s: può assentarsi per "
            "%(spare)s al massimo.",
            values,
        )
    return Sentence(
        "Non può più perdere neanche un minuto, a cominciare dalla lezione %(lesson)d del %(day)s.",
        values,
    )
