# SPDX-License-Identifier: AGPL-3.0-or-later
"""A leaf of the calendar: the weeks of a month, or one week, with their lessons.

However many there are, only so many of a day are drawn; the others are counted,
and a link leads to them.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app import clock
from app.actor import Actor
from app.calendar.queries import Sitting, filters, moments, sittings
from app.clock import ROME
from app.domain.calendar import (
    FIRST_DAY,
    LAST_DAY,
    days_window,
    first_of_month,
    monday_of,
    month_window,
    weeks_of_month,
)
from app.domain.timetable import Window
from app.listing import Filter
from app.models import Lesson

IN_MONTH, IN_WEEK = 4, 30  # lessons drawn of a day


@dataclass(frozen=True)
class Day:
    """A day of the leaf. ``inside``: of the month shown; ``more`` lessons are not drawn."""

    day: date
    inside: bool
    sittings: list[Sitting]
    more: int


@dataclass(frozen=True)
class Leaf:
    """A month or a week: its days, and where leafing leads (None where the calendar ends)."""

    first: date
    weeks: list[list[Day]]
    before: date | None
    after: date | None
    today: date
    total: int
    filters: list[Filter]

    @property
    def last(self) -> date:
        return self.weeks[-1][-1].day

    @property
    def kept(self) -> dict[str, Any]:
        """The filters chosen, to be carried along."""
        return {f.name: f.value for f in self.filters if f.value}


def month_leaf(actor: Actor, day: date) -> Leaf:
    """The month of the day: a fixed number of statements."""
    first = first_of_month(day)
    weeks = weeks_of_month(first)
    window = month_window(first)
    return _leaf(actor, first, weeks, window, IN_MONTH, _steps(first, -1), _steps(first, 1))


def week_leaf(actor: Actor, day: date) -> Leaf:
    """The week of the day."""
    first = monday_of(day)
    days = [first + timedelta(days=n) for n in range(7)]
    before, after = first - timedelta(days=7), first + timedelta(days=7)
    return _leaf(
        actor, first, [days], days_window(days[0], days[-1]), IN_WEEK, _kept(before), _kept(after)
    )


def _steps(first: date, months: int) -> date | None:
    return _kept(first_of_month(first, months))


def _kept(day: date) -> date | None:
    return day if FIRST_DAY <= day <= LAST_DAY else None


def _leaf(
    actor: Actor,
    first: date,
    weeks: list[list[date]],
    window: Window,
    shown: int,
    before: date | None,
    after: date | None,
) -> Leaf:
    narrowing = filters(actor)
    found = moments(actor, window, narrowing)
    by_day = _by_day(found)
    drawn = [number for numbers in by_day.values() for number in numbers[:shown]]
    rows: dict[date, list[Sitting]] = {}
    for sitting in sittings(Lesson.id.in_(drawn)):
        rows.setdefault(sitting.day, []).append(sitting)
    month = first.month if len(weeks) > 1 else None
    return Leaf(
        first=first,
        weeks=[
            [
                Day(
                    day,
                    month is None or day.month == month,
                    rows.get(day, []),
                    max(0, len(by_day.get(day, ())) - shown),
                )
                for day in week
            ]
            for week in weeks
        ],
        before=before,
        after=after,
        today=clock.today(),
        total=len(found),
        filters=narrowing,
    )


def _by_day(found: list[tuple[int, datetime]]) -> dict[date, list[int]]:
    """The ids of the lessons by the day on the wall."""
    days: dict[date, list[int]] = {}
    for number, starts_at in found:
        days.setdefault(starts_at.astimezone(ROME).date(), []).append(number)
    return days
