# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads a calendar file by the letter of RFC 5545, with nothing of the library that wrote it.

Offsets are taken from the VTIMEZONE in the file itself, as a calendar program does.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

ESCAPED = {"\\n": "\n", "\\N": "\n", "\\,": ",", "\\;": ";", "\\\\": "\\"}


def lines(file: bytes) -> list[str]:
    """The logical lines; every physical one ends with CRLF and has at most 75 octets."""
    assert file.endswith(b"\r\n")
    physical = file[:-2].split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in physical)
    assert max(len(line) for line in physical) <= 75
    return file[:-2].decode("utf-8").replace("\r\n ", "").split("\r\n")


def components(file: bytes, kind: str) -> list[list[str]]:
    """The lines of each component of the kind, those of inner ones left in."""
    found: list[list[str]] = []
    inside = False
    for line in lines(file):
        if line == f"BEGIN:{kind}":
            inside, found = True, [*found, []]
        elif line == f"END:{kind}":
            inside = False
        elif inside:
            found[-1].append(line)
    return found


def events(file: bytes) -> list[dict[str, Any]]:
    """Each event: its texts unescaped, DTSTART and DTEND in UTC."""
    zone = _observances(file)
    return [dict(_field(line, zone) for line in event) for event in components(file, "VEVENT")]


def _field(line: str, zone: list[tuple[datetime, timedelta]]) -> tuple[str, Any]:
    head, _colon, value = line.partition(":")
    name, *parameters = head.split(";")
    if name in ("DTSTART", "DTEND"):
        assert parameters == ["TZID=Europe/Rome"], line
        return name, _in_utc(datetime.strptime(value, "%Y%m%dT%H%M%S"), zone)  # noqa: DTZ007
    return name, re.sub(r"\\[nN,;\\]", lambda found: ESCAPED[found.group()], value)


def _in_utc(local: datetime, zone: list[tuple[datetime, timedelta]]) -> datetime:
    _since, offset = max(one for one in zone if one[0] <= local)
    return (local - offset).replace(tzinfo=UTC)


def _observances(file: bytes) -> list[tuple[datetime, timedelta]]:
    """When each offset begins, in local time, from the yearly rules of the file."""
    found = []
    for kind in ("STANDARD", "DAYLIGHT"):
        for part in components(file, kind):
            values = dict(line.split(":", 1) for line in part)
            first = datetime.strptime(values["DTSTART"], "%Y%m%dT%H%M%S")  # noqa: DTZ007
            month = re.fullmatch(
                r"FREQ=YEARLY;BYMONTH=(\d+);BYDAY=-1SU|FREQ=YEARLY;BYDAY=-1SU;BYMONTH=(\d+)",
                values["RRULE"],
            )
            assert month, values["RRULE"]
            sign = -1 if values["TZOFFSETTO"][0] == "-" else 1
            hours, minutes = int(values["TZOFFSETTO"][1:3]), int(values["TZOFFSETTO"][3:5])
            offset = sign * timedelta(hours=hours, minutes=minutes)
            for year in range(first.year, 2041):
                day = _last_sunday(year, int(month[1] or month[2]))
                found.append((datetime.combine(day, first.time()), offset))
    return found


def _last_sunday(year: int, month: int) -> date:
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() + 1) % 7)
