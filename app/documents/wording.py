# SPDX-License-Identifier: AGPL-3.0-or-later
"""Italian words for dates, as official documents write them."""

from datetime import date
from typing import Literal

_MONTHS = (
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
)
_WEEKDAYS = ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica")
_ELIDED = {"il": "l'", "dal": "dall'", "al": "all'"}
_VOWELS = {8, 11}  # otto, undici


def italian_date(day: date) -> str:
    """ "14 maggio 2015"; the first of the month is an ordinal, "1º maggio 2015"."""
    number = "1º" if day.day == 1 else str(day.day)
    return f"{number} {_MONTHS[day.month - 1]} {day.year}"


def weekday_date(day: date) -> str:
    """ "martedì 25 novembre 2014"."""
    return f"{_WEEKDAYS[day.weekday()]} {italian_date(day)}"


def month_text(year: int, month: int) -> str:
    """ "novembre 2014"; ``month`` from 1 to 12."""
    return f"{_MONTHS[month - 1]} {year}"


def dated(word: Literal["il", "dal", "al"], day: date) -> str:
    """The date after its article, elided before a vowel: "dal 6 maggio 2015", "dall'11 maggio"."""
    return f"{_ELIDED[word] if day.day in _VOWELS else word + ' '}{italian_date(day)}"


def born(place: str, day: date | None) -> str:
    """ "nato/a a Perugia (PG) il 12 marzo 1978", as far as it is known."""
    known = (f"a {place}" if place else "", dated("il", day) if day else "")
    return " ".join(filter(None, ("nato/a" if any(known) else "", *known)))
