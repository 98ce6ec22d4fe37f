# SPDX-License-Identifier: AGPL-3.0-or-later
"""A timetable by weekly pattern: which days, skipping holidays, until enough is planned."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.errors import RuleViolation, Sentence
from app.domain.timetable import is_holiday

MOST_LESSONS = 200
_YEARS_AHEAD = timedelta(days=3 * 366)


@dataclass(frozen=True)
class Pattern:
    """Lessons on these weekdays (0 is Monday) from a day on, never on the days left out.

    They end after ``lessons``, or when ``minutes`` are covered by lessons of
    ``lesson_minutes`` net minutes each: one of the two is None.
    """

    weekdays: frozenset[int]
    first: date
    lesson_minutes: int
    lessons: int | None = None
    minutes: int | None = None
    left_out: Collection[date] = ()


@dataclass(frozen=True)
class Days:
    """The days of the lessons, and those of the pattern that a holiday or the hand left out."""

    chosen: tuple[date, ...]
    skipped: tuple[date, ...]


def pattern_days(pattern: Pattern) -> Days:
    """The days of the pattern, in order. RuleViolation where it makes no timetable.

    Source: L. 260/1949 for the national holidays; the patron day of a town is typed by hand.
    """
    wanted = _lessons_wanted(pattern)
    chosen: list[date] = []
    skipped: list[date] = []
    day = pattern.first
    while len(chosen) < wanted:
        if day - pattern.first > _YEARS_AHEAD:
            raise RuleViolation(
                Sentence("Con questi giorni le lezioni non finiscono entro tre anni.")
            )
        if day.weekday() in pattern.weekdays:
            free = not is_holiday(day) and day not in pattern.left_out
            (chosen if free else skipped).append(day)
        day += timedelta(days=1)
    return Days(tuple(chosen), tuple(skipped))


def _lessons_wanted(pattern: Pattern) -> int:
    if not pattern.weekdays:
        raise RuleViolation(Sentence("Scegliere almeno un giorno della settimana."))
    if pattern.lesson_minutes <= 0:
        raise RuleViolation(Sentence("La lezione deve durare almeno un minuto."))
    if pattern.lessons is None and (pattern.minutes or 0) <= 0:
        raise RuleViolation(Sentence("Le lezioni in tabella coprono già la durata del corso."))
    wanted = pattern.lessons
    if wanted is None:
        wanted = -(-(pattern.minutes or 0) // pattern.lesson_minutes)
    if not 1 <= wanted <= MOST_LESSONS:
        raise RuleViolation(
            Sentence("Le lezioni possono essere da 1 a %(most)d.", {"most": MOST_LESSONS})
        )
    return wanted
