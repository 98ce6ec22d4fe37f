# SPDX-License-Identifier: AGPL-3.0-or-later
"""Calendar files (RFC 5545): for a message's attachment, a download, a subscription."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app
from icalendar import Calendar, Event, Timezone, vText

from app.clock import ROME

MEDIA_TYPE = "text/calendar"

# The rule of the Union since 1996 (directive 2000/84/EC), good for every year of a programme.
# The library would compute one for a span of years only.
_ROME = """BEGIN:VTIMEZONE
TZID:Europe/Rome
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""


@dataclass(frozen=True)
class CalendarEntry:
    """One appointment. ``key`` never changes for the same thing, ``sequence`` rises with each change.

    Moments are aware; ``changed_at`` is when the entry last became what it says.
    """

    key: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    changed_at: datetime
    sequence: int = 0
    location: str = ""
    description: str = ""
    address: str = ""
    cancelled: bool = False


def calendar_file(entries: Iterable[CalendarEntry], *, name: str) -> bytes:
    """The calendar ``name`` with these appointments, at their local hours."""
    calendar = Calendar()
    calendar.add("prodid", "-//FOR PA//Calendario//IT")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", vText(name))
    calendar.add_component(Timezone.from_ical(_ROME))
    for entry in entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _event(entry: CalendarEntry) -> Event:
    event = Event()
    event.add("uid", f"{entry.key}@{urlsplit(current_app.config['BASE_URL']).hostname}")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("dtstart", entry.starts_at.astimezone(ROME))
    event.add("dtend", entry.ends_at.astimezone(ROME))
    event.add("summary", entry.summary)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    for field in ("location", "description"):
        if text := getattr(entry, field):
            event.add(field, text)
    if entry.address:
        event.add("url", entry.address)
    return event
