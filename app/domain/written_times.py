# SPDX-License-Identifier: AGPL-3.0-or-later
"""Dates and times as people write them in an Italian office: 12/01/2015, lun 12 gen 2015, 9-13."""

import re
from datetime import date, time

from app.domain.errors import RuleViolation, Sentence
from app.domain.people import search_key
from app.domain.timetable import parse_time

_MONTHS = ("gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic")
_MONTH_NAMES = (
    "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
    "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre",
)  # fmt: skip
_WEEKDAYS = ("lun", "mar", "mer", "gio", "ven", "sab", "dom")
_WEEKDAY_NAMES = (
    "lunedi", "martedi", "mercoledi", "giovedi", "venerdi", "sabato", "domenica",
)  # fmt: skip
_SHOWN = (
    Sentence("lunedì"), Sentence("martedì"), Sentence("mercoledì"), Sentence("giovedì"),
    Sentence("venerdì"), Sentence("sabato"), Sentence("domenica"),
)  # fmt: skip
_NUMBERS = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4}|[0-9]{2})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[t ]00:00(?::00)?)?")
_WORDS = re.compile(r"([0-9]{1,2})°? ([a-z]+) ([0-9]{4}|[0-9]{2})")
_WEEKDAY = re.compile(r"([a-z]+)[.,]? +(?=[0-9])")
_BETWEEN = re.compile(r" *(?:-|–|—|/| a | alle ) *")
_LONGEST = 40  # characters worth reading
FIRST_YEAR, LAST_YEAR = 2000, 2100


def parse_day(text: str) -> date:
    """The date written as 12/01/2015, 12-1-15, 12.1.2015, lun 12 gen 2015 or 2015-01-12.

    A year of two digits is of this century. Raises RuleViolation for anything else, for
    days that do not exist and for a weekday that is not that of the date.
    """
    said, weekday = text.strip()[:_LONGEST], None
    plain = " ".join(said.lower().replace("ì", "i").replace("i'", "i").replace("i’", "i").split())
    if found := _WEEKDAY.match(plain):
        weekday = _place(found[1], _WEEKDAYS, _WEEKDAY_NAMES)
        if weekday is None:
            raise _not_a_day(said)
        plain = plain[found.end() :]
    day = _day_of(plain, said)
    if weekday is not None and day.weekday() != weekday:
        raise RuleViolation(
            Sentence(
                "Il %(day)s è %(real)s, non %(said)s.",
                {
                    "day": f"{day:%d/%m/%Y}",
                    "real": _SHOWN[day.weekday()],
                    "said": _SHOWN[weekday],
                },
            )
        )
    return day


def _day_of(plain: str, said: str) -> date:
    if found := _ISO.fullmatch(plain):
        year, month, day = (int(part) for part in found.groups())
    elif found := _NUMBERS.fullmatch(plain):
        day, month, year = int(found[1]), int(found[2]), _year(found[3])
    elif found := _WORDS.fullmatch(plain):
        place = _place(found[2], _MONTHS, _MONTH_NAMES)
        day, month, year = int(found[1]), 0 if place is None else place + 1, _year(found[3])
    else:
        raise _not_a_day(said)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise _not_a_day(said)
    try:
        return date(year, month, day)
    except ValueError:
        raise _not_a_day(said) from None


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)


def _place(word: str, short: tuple[str, ...], long: tuple[str, ...]) -> int | None:
    for words in (short, long):
        if word in words:
            return words.index(word)
    return None


def _not_a_day(said: str) -> RuleViolation:
    if not said:
        return RuleViolation(Sentence("Scrivere la data, ad esempio 12/01/2015."))
    return RuleViolation(
        Sentence("«%(text)s» non è una data: scrivere ad esempio 12/01/2015.", {"text": said})
    )


def parse_hour(text: str) -> time:
    """The time of day written as 9, 9.00, 09:00, 0900 or ore 9. Raises RuleViolation."""
    said = text.strip()[:_LONGEST]
    if not said:
        raise RuleViolation(Sentence("Scrivere l'ora, ad esempio 09:20."))
    plain = said.lower().removeprefix("ore").removeprefix("h").strip()
    if plain.isascii() and plain.isdigit() and len(plain) <= 2:
        plain = f"{plain}:00"
    try:
        return parse_time(plain.removesuffix(":00") if plain.count(":") == 2 else plain)
    except RuleViolation:
        raise RuleViolation(
            Sentence("«%(text)s» non è un'ora: scrivere ad esempio 09:20.", {"text": said})
        ) from None


def parse_span(text: str) -> tuple[time, time]:
    """From when to when, written as 09:00-13:00, 9–13 or dalle 9 alle 13. Raises RuleViolation."""
    plain = text.strip()[:_LONGEST].lower().removeprefix("dalle").strip()
    parts = _BETWEEN.split(plain)
    if len(parts) != 2:
        raise RuleViolation(
            Sentence(
                "«%(text)s» non dice da che ora a che ora: scrivere ad esempio 11:00-11:15.",
                {"text": text.strip()[:_LONGEST]},
            )
        )
    return parse_hour(parts[0]), parse_hour(parts[1])


def parse_spans(text: str) -> list[tuple[time, time]]:
    """Several stretches of time, separated by commas or semicolons. Raises RuleViolation."""
    return [parse_span(part) for part in re.split("[,;]", text) if part.strip()]


def parse_days(text: str) -> list[date]:
    """Several dates, separated by commas, semicolons or line ends. Raises RuleViolation."""
    return [parse_day(part) for part in re.split("[,;\n]", text) if part.strip()]


def name_key(text: str) -> str:
    """A name to be found again whatever its case, accents and the order of its words."""
    return " ".join(sorted(search_key(text).split()))
