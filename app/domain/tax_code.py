# SPDX-License-Identifier: AGPL-3.0-or-later
"""Codice fiscale: structure, check character, omocodia, agreement with the person.

Source: DM 23-12-1976 (how the code is made, omocodia, check character), DPR
605/1973. Temporary codes of people have eleven digits, checked like VAT numbers.
A well-formed code is never refused because it differs from the computed one.
"""

import re
from datetime import date
from typing import Any

from app.domain.errors import RuleViolation, Sentence
from app.domain.people import search_key

LENGTH = 16
TEMPORARY_LENGTH = 11
_FORMAT = re.compile(
    "[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]"
)
_TEMPORARY = re.compile("[0-9]{11}")
_MONTHS = "ABCDEHLMPRST"
_DIGITS_AT = (6, 7, 9, 10, 12, 13, 14)
_OMOCODIA = str.maketrans("LMNPQRSTUV", "0123456789")
_FEMALE_DAYS = 40
_ODD = (
    1,
    0,
    5,
    7,
    9,
    13,
    15,
    17,
    19,
    21,
    2,
    4,
    18,
    20,
    11,
    3,
    6,
    8,
    12,
    14,
    16,
    10,
    22,
    25,
    24,
    23,
)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def normalise(text: str) -> str:
    """The code in capitals without any space."""
    return "".join(text.split()).upper()


def check(code: str) -> None:
    """Whether the code, normalised, can be a codice fiscale (or a temporary one).

    Raises RuleViolation saying what is wrong: length, shape, date, check character.
    """
    code = normalise(code)
    if len(code) == TEMPORARY_LENGTH and _TEMPORARY.fullmatch(code):
        _check_temporary(code)
        return
    if len(code) != LENGTH:
        raise RuleViolation(
            Sentence(
                "Il codice fiscale ha 16 caratteri (11 cifre se provvisorio): "
                "qui sono %(characters)d.",
                {"characters": len(code)},
            )
        )
    if not _FORMAT.fullmatch(code):
        raise RuleViolation(
            Sentence(
                "Il codice fiscale ha lettere e cifre in un ordine impossibile: ricontrollarlo."
            )
        )
    if not _date_exists(code):
        raise RuleViolation(
            Sentence("La data di nascita scritta nel codice fiscale non esiste: ricontrollarlo.")
        )
    if _check_character(code[:15]) != code[15]:
        raise RuleViolation(
            Sentence("Il codice fiscale non torna con il suo ultimo carattere: ricontrollarlo.")
        )


def _check_temporary(code: str) -> None:
    total = sum(int(digit) for digit in code[::2])
    total += sum(sum(divmod(2 * int(digit), 10)) for digit in code[1::2])
    if total % 10 or not int(code):
        raise RuleViolation(
            Sentence("Il codice fiscale provvisorio non torna con l'ultima cifra: ricontrollarlo.")
        )


def _digits(code: str) -> str:
    """The first fifteen characters with digits where omocodia put letters."""
    return "".join(
        c.translate(_OMOCODIA) if i in _DIGITS_AT else c for i, c in enumerate(code[:15])
    )


def _date_exists(code: str) -> bool:
    plain = _digits(code)
    year, day = int(plain[6:8]), int(plain[9:11])
    try:
        # The century is not written; 2000 + year is leap whenever 1900 + year can be.
        date(2000 + year, _MONTHS.index(plain[8]) + 1, day % _FEMALE_DAYS)
    except ValueError:
        return False
    return day < 2 * _FEMALE_DAYS


def _check_character(body: str) -> str:
    values = [int(c) if c.isdigit() else _LETTERS.index(c) for c in body]
    total = sum(_ODD[v] for v in values[::2]) + sum(values[1::2])
    return _LETTERS[total % 26]


def without_omocodia(code: str) -> str:
    """The code as it would be had nobody else had the same; temporary codes unchanged.

    Expects a code that ``check`` accepts.
    """
    code = normalise(code)
    if len(code) == TEMPORARY_LENGTH:
        return code
    body = _digits(code)
    return body + _check_character(body)


def expected_code(family: str, given: str, sex: str, birth_date: date, belfiore: str) -> str:
    """The code computed from the person; ``sex`` is M or F, ``belfiore`` of the birthplace.

    Raises ValueError for any other sex.
    """
    body = (
        _family_part(family)
        + _given_part(given)
        + _birth_part(birth_date)
        + f"{birth_date.day + _sex_shift(sex):02d}"
        + belfiore.upper()
    )
    return body + _check_character(body)


def differences(
    code: str,
    *,
    family: str,
    given: str,
    sex: str | None = None,
    birth_date: date | None = None,
    belfiore: str | None = None,
) -> list[Sentence]:
    """What of the person the code contradicts, by name; omocodia is undone first.

    What is not known (None) is not compared, and temporary codes tell nothing. A
    disagreement deserves a warning, never a refusal. Expects a code that ``check``
    accepts. Source: DM 23-12-1976 (omocodia, changed data).
    """
    plain = without_omocodia(code)
    if len(plain) == TEMPORARY_LENGTH:
        return []
    day = int(plain[9:11])
    born = birth_date is None or (plain[6:9], day % _FEMALE_DAYS) == (
        _birth_part(birth_date),
        birth_date.day,
    )
    parts = (
        (Sentence("cognome"), plain[:3] == _family_part(family)),
        (Sentence("nome"), plain[3:6] == _given_part(given)),
        (Sentence("data di nascita"), born),
        (Sentence("sesso"), sex is None or (day > _FEMALE_DAYS) == (_sex_shift(sex) > 0)),
        (Sentence("luogo di nascita"), belfiore is None or plain[11:15] == belfiore.upper()),
    )
    return [name for name, same in parts if not same]


def agrees(code: str, **known: Any) -> bool:
    """Whether nothing known of the person contradicts the code: see ``differences``."""
    return not differences(code, **known)


def comparable(code: str | None) -> str:
    """The code under which two writings of one code are the same; empty for none.

    Whatever ``check`` would refuse is compared as it stands.
    """
    plain = normalise(code or "")
    return without_omocodia(plain) if _FORMAT.fullmatch(plain) else plain


def _parts(name: str) -> tuple[str, str]:
    """The consonants and the vowels of a name, in order, in capitals."""
    letters = [c for c in search_key(name).upper() if c in _LETTERS]
    return (
        "".join(c for c in letters if c not in "AEIOU"),
        "".join(c for c in letters if c in "AEIOU"),
    )


def _family_part(family: str) -> str:
    consonants, vowels = _parts(family)
    return (consonants + vowels + "XXX")[:3]


def _given_part(given: str) -> str:
    consonants, vowels = _parts(given)
    if len(consonants) >= 4:
        consonants = consonants[0] + consonants[2:4]
    return (consonants + vowels + "XXX")[:3]


def _birth_part(birth_date: date) -> str:
    return f"{birth_date.year % 100:02d}{_MONTHS[birth_date.month - 1]}"


def _sex_shift(sex: str) -> int:
    if sex not in ("M", "F"):
        raise ValueError(f"sex must be M or F, not {sex!r}")
    return _FEMALE_DAYS if sex == "F" else 0


def names_agree(code: str, family: str, given: str) -> bool:
    """Whether the six letters of the code, which may be malformed, are those of the names."""
    return code[:6] == _family_part(family) + _given_part(given)
