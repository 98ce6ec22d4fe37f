# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a password must be: long, and not made of what everybody knows of its owner."""

from collections.abc import Iterable

from app.domain.errors import RuleViolation, Sentence
from app.domain.people import search_key

SHORTEST = 12  # characters
LONGEST = 1024  # characters; longer ones are refused, never cut

# A part of a name shorter than this says nothing about a password it occurs in.
SHORTEST_NAME = 4

TOO_SHORT = Sentence("Almeno %(number)d caratteri.", {"number": SHORTEST})
TOO_LONG = Sentence("Al massimo %(number)d caratteri.", {"number": LONGEST})
OWN_NAME = Sentence("La password non può essere il proprio nome o indirizzo, nemmeno allungato.")


def check_password(password: str, names: Iterable[str]) -> None:
    """Refuse what is too short or too long, or little more than one of the ``names``.

    ``names``: what others know of the owner (name, e-mail address). Raises RuleViolation.
    No rule asks for capitals or signs. Source: NIST SP 800-63B, 5.1.1.2; ASVS 5.0, 6.2.
    """
    if len(password) < SHORTEST:
        raise RuleViolation(TOO_SHORT)
    if len(password) > LONGEST:
        raise RuleViolation(TOO_LONG)
    rest = search_key(password)
    for part in sorted(parts(names), key=len, reverse=True):
        rest = rest.replace(part, "")
    letters = [sign for sign in rest if sign.isalpha()]
    if rest != search_key(password) and len(letters) < SHORTEST // 2:
        raise RuleViolation(OWN_NAME)


def parts(names: Iterable[str]) -> set[str]:
    """The words of the names that are long enough to matter, folded."""
    words = (
        word for name in names for word in search_key("".join(map(_letter, name.strip()))).split()
    )
    return {word for word in words if len(word) >= SHORTEST_NAME}


def _letter(sign: str) -> str:
    return sign if sign.isalnum() else " "
