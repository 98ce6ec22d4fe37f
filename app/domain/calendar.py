# SPDX-License-Identifier: AGPL-3.0-or-later
"""Days, weeks and months as people leaf through them, and the moments they stand for."""

import re
from calendar import Calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.timetable import ROME, Window

# A programme lasts a few years; beyond these nobody leafs, and no date overflows.
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2099, 12, 31)

_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def parse_month(text: str) -> date | None:
    """The first day of the month written as 2015-05; None for anything else."""
    found = _MONTH.fullmatch(text)
    return _date(found[1], found[2], "1") if found else None


def parse_day(text: str) -> date | None:
    """The day written as 2015-05-14; None for anything else."""
    found = _DAY.fullmatch(text)
    return _date(*found.groups()) if found else None


def _date(*parts: str) -> date | None:
    try:
        day = date(*(int(part) for part in parts))
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


def first_of_month(day: date, months: int = 0) -> date:
    """The first day of the month so many months after that of ``day``."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def monday_of(day: date) -> date:
    """The first day of the week."""
    return day - timedelta(days=day.weekday())


def weeks_of_month(first: date) -> list[list[date]]:
    """The weeks, Monday to Sunday, that the month takes part in."""
    return Calendar().monthdatescalendar(first.year, first.month)


def days_window(first: date, last: date, zone: ZoneInfo = ROME) -> Window:
    """From the first midnight of the first day to that after the last, in UTC.

    A day of 23 or 25 hours is as whole as the others: midnights are those of the zone.
    """
    start = datetime.combine(first, time(), zone)
    end = datetime.combine(last + timedelta(days=1), time(), zone)
    return Window(start.astimezone(UTC), end.astimezone(UTC))


def month_window(first: date, zone: ZoneInfo = ROME) -> Window:
    """The month as it begins and ends on the wall of the zone, in UTC."""
    return days_window(first, first_of_month(first, 1) - timedelta(days=1), zone)
