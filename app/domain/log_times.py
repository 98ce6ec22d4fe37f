# SPDX-License-Identifier: AGPL-3.0-or-later
"""The times of a platform's log, in the many ways platforms write them."""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.errors import RuleViolation, Sentence

_DAY = timedelta(days=1)
_DATE = r"(?:(?P<a>\d{1,4})(?P<sep>[/.-])(?P<b>\d{1,2})(?P=sep)(?P<c>\d{1,4})[ ,T]{1,2})?"
_CLOCK = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d{1,9})?)?"
_HALF = r"(?: ?(?P<half>[AP])\.? ?M\.?)?"
_OFFSET = r"(?: ?(?:UTC|GMT)?(?P<offset>Z|[+-]\d{2}:?\d{2})| ?(?P<utc>UTC|GMT))?"
_MOMENT = re.compile(_DATE + _CLOCK + _HALF + _OFFSET, re.ASCII | re.IGNORECASE)


def read_moment(text: str, day: date, zone: ZoneInfo, *, after: datetime | None = None) -> datetime:
    """The moment, in UTC, that a cell of the log tells.

    ISO 8601, day/month/year or month/day/year (whichever is nearer to the lesson's
    ``day``), or the time alone, with or without AM/PM. Without an offset the clocks
    are those of the zone. ``after`` is the entry an exit belongs to: an exit with the
    time alone that would come before it is of the day after, and an hour the clocks
    show twice is the second one if the first would come before it.
    Raises RuleViolation for what is no time, and for a date more than one day from
    the lesson's. Source: the reports of the platforms in use.
    """
    shown = {"text": text[:40], "day": f"{day:%d/%m/%Y}"}
    bare = "".join(c for c in text if unicodedata.category(c) != "Cf")
    found = _MOMENT.fullmatch(" ".join(bare.split()))
    clock = _clock(found) if found else None
    if found is None or clock is None:
        raise RuleViolation(Sentence("«%(text)s» non è una data e ora riconoscibile.", shown))
    if found["a"] is None:
        return _time_alone(clock, day, zone, after, found)
    on = _nearest(found, day)
    if on is None:
        raise RuleViolation(Sentence("«%(text)s» non è una data e ora riconoscibile.", shown))
    if abs(on - day) > _DAY:
        raise RuleViolation(Sentence("«%(text)s» non è del giorno della lezione (%(day)s).", shown))
    return _moment(on, clock, zone, after, found)


def _clock(found: re.Match[str]) -> time | None:
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    half = (found["half"] or "").upper()
    if half == "A" and hour > 12:
        return None
    if half == "A" and hour == 12:
        hour = 0
    elif half == "P" and hour < 12:
        hour += 12
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def _nearest(found: re.Match[str], day: date) -> date | None:
    """The valid reading of the date that is nearest to the lesson's day."""
    a, b, c = found["a"], found["b"], found["c"]
    if len(a) > 2:
        orders = [(a, b, c)]
    else:
        year = c if len(c) > 2 else f"20{c:0>2}"
        orders = [(year, b, a), (year, a, b)]
    readings = []
    for year, month, day_of_month in orders:
        try:
            readings.append(date(int(year), int(month), int(day_of_month)))
        except ValueError:
            continue
    return min(readings, key=lambda reading: abs(reading - day), default=None)


def _time_alone(
    clock: time, day: date, zone: ZoneInfo, after: datetime | None, found: re.Match[str]
) -> datetime:
    moment = _moment(day, clock, zone, after, found)
    if after is not None and moment < after:
        return _moment(day + _DAY, clock, zone, after, found)
    return moment


def _moment(
    day: date, clock: time, zone: ZoneInfo, after: datetime | None, found: re.Match[str]
) -> datetime:
    local = datetime.combine(day, clock)
    if found["utc"] or (found["offset"] or "").upper() == "Z":
        return local.replace(tzinfo=UTC)
    if found["offset"]:
        sign = -1 if found["offset"][0] == "-" else 1
        hours, minutes = int(found["offset"][1:3]), int(found["offset"][-2:])
        return local.replace(tzinfo=UTC) - sign * timedelta(hours=hours, minutes=minutes)
    moment = local.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local:
        raise RuleViolation(
            Sentence(
                "Le %(time)s del %(day)s non esistono: quella notte entra l'ora legale.",
                {"time": f"{clock:%H:%M}", "day": f"{day:%d/%m/%Y}"},
            )
        )
    if after is not None and moment < after:
        return local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return moment
