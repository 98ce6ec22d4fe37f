# SPDX-License-Identifier: AGPL-3.0-or-later
"""Dates of birth as spreadsheets and people write them."""

import re
from datetime import date, timedelta

from app.domain.errors import RuleViolation, Sentence
from app.domain.people import search_key

OLDEST = 120  # years
YOUNGEST = 15  # years of somebody whose year of birth is written with two digits
_MONTHS = (
    "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre",
    "ottobre", "novembre", "dicembre",
)  # fmt: skip
_NUMBERS = re.compile(r"([0-9]{1,2})[/.\- ]([0-9]{1,2})[/.\- ]([0-9]{4}|[0-9]{2})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_WORDS = re.compile(r"([0-9]{1,2})o? ([a-z]{3,9}) ([0-9]{4}|[0-9]{2})")
_SERIAL = re.compile(r"([1-9][0-9]{3,4})([.,]0+)?")
_TIME = re.compile(r"[ T]+0{1,2}:00(:00)?(\.0+)?Z?\Z")
# Day 1 of spreadsheets is 1 January 1900, and they hold 1900 for a leap year.
_DAY_ZERO = date(1899, 12, 30)


def read_birth_date(text: str, today: date) -> tuple[date, Sentence | None]:
    """The day, and a warning where the century had to be guessed.

    Reads 12/03/1978, 12.3.78, 1978-03-12, 12 marzo 1978, and the number that a spreadsheet
    keeps for a day (28561). Raises RuleViolation for what is none, or no day of birth.
    """
    bare = _TIME.sub("", text.strip())
    short = False
    if found := _ISO.fullmatch(bare):
        year, month, day = (int(part) for part in found.groups())
    elif found := _NUMBERS.fullmatch(bare):
        day, month, year = (int(part) for part in found.groups())
        short = len(found[3]) == 2
    elif (found := _WORDS.fullmatch(search_key(bare[:40]))) and _month(found[2]):
        day, month, year = int(found[1]), _month(found[2]), int(found[3])
        short = len(found[3]) == 2
    elif found := _SERIAL.fullmatch(bare):
        return _checked(_DAY_ZERO + timedelta(days=int(found[1])), today), None
    else:
        raise RuleViolation(Sentence("Non è una data: scriverla come 31/12/1980."))
    if short:
        year += 1900 if 2000 + year > today.year - YOUNGEST else 2000
    born = _checked(_day(year, month, day), today)
    guessed = Sentence("L'anno ha due cifre: inteso %(year)d.", {"year": year}) if short else None
    return born, guessed


def _month(word: str) -> int:
    """1 to 12, also from the first three letters; 0 for another word."""
    return next((n for n, name in enumerate(_MONTHS, 1) if name.startswith(word)), 0)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise RuleViolation(
            Sentence("Questo giorno non esiste: scrivere giorno, mese e anno, come 31/12/1980.")
        ) from None


def _checked(born: date, today: date) -> date:
    if not (today.year - OLDEST <= born.year and born < today):
        raise RuleViolation(Sentence("Una data di nascita sta nel passato, non oltre 120 anni fa."))
    return born
