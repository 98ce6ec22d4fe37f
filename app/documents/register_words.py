# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the register writes moments, times and hashes."""

from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.timetable import clock_text, day_text

_SHORT = 16  # digits of a hash that people compare by eye


def moment_text(moment: datetime, zone: ZoneInfo) -> str:
    """ "25/11/2014, ore 13:05"."""
    return f"{day_text(moment, zone)}, ore {clock_text(moment, zone)}"


def span_text(start: datetime, end: datetime | None, zone: ZoneInfo) -> str:
    """ "09:00–13:00"; without end, "09:00–…"."""
    return f"{clock_text(start, zone)}–{clock_text(end, zone) if end else '…'}"


def grouped(hash_text: str) -> str:
    """The first sixteen digits in groups of four."""
    short = hash_text[:_SHORT]
    return " ".join(short[i : i + 4] for i in range(0, len(short), 4))
