# SPDX-License-Identifier: AGPL-3.0-or-later
"""Italian words for dates, as official documents write them."""

from datetime import date

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


def italian_date(day: date) -> str:
    """ "14 maggio 2015"; the first of the month is an ordinal, "1º maggio 2015"."""
    number = "1º" if day.day == 1 else str(day.day)
    return f"{number} {_MONTHS[day.month - 1]} {day.year}"
