# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lessons in time: from clock on the wall to UTC and back, lengths, holidays, deadlines.

Lengths are always computed in UTC, so the two nights of the year on which
the clock changes cannot lengthen or shorten a lesson.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.errors import RuleViolation, Sentence

ROME = ZoneInfo("Europe/Rome")
LONGEST_LESSON = timedelta(hours=12)
_MINUTE = timedelta(minutes=1)
_TIME = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})|([0-9]{2})([0-9]{2})")


@dataclass(frozen=True)
class Window:
    """A stretch of time between two aware moments; the end is not part of it."""

    start: datetime
    end: datetime


def clock_text(moment: datetime, zone: ZoneInfo = ROME) -> str:
    """The local time as ``HH:MM``."""
    return f"{moment.astimezone(zone):%H:%M}"


def day_text(moment: datetime, zone: ZoneInfo = ROME) -> str:
    """The local date as ``DD/MM/YYYY``."""
    return f"{moment.astimezone(zone):%d/%m/%Y}"


def at(day: date, time_of_day: time, zone: ZoneInfo = ROME) -> datetime:
    """The moment in UTC at which the clocks of the zone show this date and time.

    Raises RuleViolation for a time the clocks skip (29/03/2015 02:30) or show
    twice (25/10/2015 02:30). Source: legal time, directive 2000/84/EC.
    """
    local = datetime.combine(day, time_of_day, zone)
    moment = local.astimezone(UTC)
    shown = {"time": f"{time_of_day:%H:%M}", "day": f"{day:%d/%m/%Y}"}
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise RuleViolation(
            Sentence(
                "Le %(time)s del %(day)s non esistono: quella notte entra l'ora legale. "
                "Scegliere un'altra ora.",
                shown,
            )
        )
    if local.replace(fold=1).astimezone(UTC) != moment:
        raise RuleViolation(
            Sentence(
                "Le %(time)s del %(day)s esistono due volte: quella notte finisce l'ora legale. "
                "Scegliere un'altra ora.",
                shown,
            )
        )
    return moment


def parse_time(text: str) -> time:
    """The time of day written as 9:20, 09:20, 9.20 or 0920 (ASCII digits only).

    Raises RuleViolation for anything else, 24:00 and 9:75 included.
    """
    found = _TIME.fullmatch(text.strip())
    if found:
        hour, minute = (int(part) for part in found.groups() if part is not None)
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise RuleViolation(
        Sentence("«%(text)s» non è un'ora: scrivere ad esempio 09:20.", {"text": text.strip()})
    )


def check_lesson(start: datetime, end: datetime, zone: ZoneInfo = ROME) -> None:
    """A lesson ends after it starts, on the same local date, within twelve hours.

    Raises RuleViolation. Source: FP register practice, one sheet per day of lesson.
    """
    if end.astimezone(UTC) <= start.astimezone(UTC):
        raise RuleViolation(
            Sentence(
                "La fine della lezione (%(end)s) deve venire dopo l'inizio (%(start)s).",
                {"start": clock_text(start, zone), "end": clock_text(end, zone)},
            )
        )
    if start.astimezone(zone).date() != end.astimezone(zone).date():
        raise RuleViolation(
            Sentence("La lezione deve finire nello stesso giorno: dividerla in due lezioni.")
        )
    if end.astimezone(UTC) - start.astimezone(UTC) > LONGEST_LESSON:
        raise RuleViolation(
            Sentence("La lezione supera le 12 ore: controllare gli orari o dividerla in due.")
        )


def united(windows: Iterable[Window], gap: timedelta = timedelta(0)) -> list[Window]:
    """The same time in UTC, sorted, without overlaps; gaps shorter than ``gap`` are filled.

    Windows that end where they start, or before, hold no time and are left out.
    """
    utc = [Window(w.start.astimezone(UTC), w.end.astimezone(UTC)) for w in windows]
    result: list[Window] = []
    for window in sorted((w for w in utc if w.start < w.end), key=lambda w: w.start):
        last = result[-1] if result else None
        if last and (window.start <= last.end or window.start - last.end < gap):
            result[-1] = Window(last.start, max(last.end, window.end))
        else:
            result.append(window)
    return result


def net_minutes(windows: Iterable[Window], breaks: Iterable[Window] = ()) -> int:
    """Whole minutes of the windows (overlaps once) outside the breaks.

    Seconds are floored once, on the total.
    """
    taught = united(windows)
    total = sum((w.end - w.start for w in taught), timedelta(0))
    for pause in united(breaks):
        for window in taught:
            common = min(window.end, pause.end) - max(window.start, pause.start)
            total -= max(common, timedelta(0))
    return total // _MINUTE


def length_minutes(start: datetime, end: datetime, breaks: Iterable[Window] = ()) -> int:
    """Whole minutes from start to end, net of the breaks, computed in UTC."""
    return net_minutes([Window(start, end)], breaks)


def overlap(a: Window, b: Window) -> bool:
    """Whether the two windows share some time; touching ends do not."""
    return a.start.astimezone(UTC) < b.end.astimezone(UTC) and b.start.astimezone(
        UTC
    ) < a.end.astimezone(UTC)


_FIXED_HOLIDAYS = frozenset(
    {(1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (11, 1), (12, 8), (12, 25), (12, 26)}
)


def _easter(year: int) -> date:
    """Easter Sunday, Gregorian calendar (anonymous algorithm, Nature, 20 April 1876)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    moon = century - century // 4 - (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + moon + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def is_holiday(day: date) -> bool:
    """Whether it is a national holiday, Easter and its Monday included; Sundays as such are not.

    Source: L. 260/1949 and changes (L. 54/1977, DPR 792/1985, L. 336/2000;
    4 October from 2026, L. 151/2025).
    """
    if (day.month, day.day) in _FIXED_HOLIDAYS:
        return True
    if (day.month, day.day) == (10, 4) and day.year >= 2026:
        return True
    return day - _easter(day.year) in (timedelta(0), timedelta(days=1))


def is_working_day(day: date) -> bool:
    """Monday to Friday, national holidays excluded; patron days differ by town and count."""
    return day.weekday() < 5 and not is_holiday(day)


def close_deadline(lesson_end: datetime, zone: ZoneInfo = ROME) -> datetime:
    """23:59:59 local of the next working day after the lesson, as UTC.

    Source: FP register practice, the register is compiled day by day; an
    electronic register accepts the marks until the end of the next working day.
    """
    day = lesson_end.astimezone(zone).date() + timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, time(23, 59, 59), zone).astimezone(UTC)
