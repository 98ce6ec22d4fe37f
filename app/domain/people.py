# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names of people: as a search looks for them, as two writings of one name, as a line at the door."""

import unicodedata

from app.domain.errors import RuleViolation, Sentence

_SIGNS: dict[int, str | None] = {
    **dict.fromkeys(map(ord, "'’‘‛ʼʹ`´′＇"), None),
    **dict.fromkeys(map(ord, "-‐‑‒–—―−﹣－"), " "),
}
_LETTERS = str.maketrans(
    {
        "đ": "d",
        "ð": "d",
        "ø": "o",
        "ł": "l",
        "ħ": "h",
        "ŧ": "t",
        "ŋ": "n",
        "ı": "i",
        "ĸ": "k",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ə": "e",
    }
)


def search_key(text: str) -> str:
    """The text without case, accents, apostrophes, hyphens and double spaces.

    Apostrophes vanish, because many write Nicolo' for Nicolò and Dangelo for
    D'Angelo; hyphens become spaces. Letters that no accent explains (đ, ø, ł, ß)
    become their plain neighbours. For searching only: the name itself is kept as
    the person writes it.
    """
    bare = unicodedata.normalize("NFKD", text.translate(_SIGNS))
    folded = unicodedata.normalize("NFKD", bare.casefold())
    letters = "".join(c for c in folded if not unicodedata.category(c).startswith("M"))
    # Once more: taking characters apart may have set free an apostrophe (ŉ) or a hyphen.
    return " ".join(letters.translate(_SIGNS).translate(_LETTERS).split())


LONGEST_KEY = 500


def name_key(given: str, family: str) -> str:
    """The same for two writings of one name: the words of its ``search_key`` in order.

    Given and family name may be swapped; empty where the name has no letters; at most
    ``LONGEST_KEY`` characters, because some letters become many.
    """
    return " ".join(sorted(search_key(f"{family} {given}").split()))[:LONGEST_KEY]


# What turns the direction of the text around it, and so another name or a whole page.
_TURNING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def check_name(text: str) -> None:
    """Whether this may be a given or a family name: it has a letter, nothing turns its direction.

    Any alphabet will do. Raises RuleViolation.
    """
    if not any(unicodedata.category(c).startswith("L") for c in text):
        raise RuleViolation(Sentence("Scrivere il nome con le sue lettere."))
    if _TURNING.intersection(text):
        raise RuleViolation(
            Sentence("Il nome contiene segni invisibili che ne cambiano il verso: riscriverlo.")
        )


# Words that begin a family name and are no part of the given one.
_ITALIAN = ("d", "da", "dal", "dalla", "dalle", "dallo", "de", "dei", "del", "della", "delle",
            "dello", "degli", "di", "la", "le", "li", "lo")  # fmt: skip
_FOREIGN = ("al", "ben", "bin", "den", "der", "du", "el", "van", "von")
_PARTICLES = frozenset(_ITALIAN + _FOREIGN)


def split_name(line: str) -> tuple[str, str]:
    """Given and family name of a line as people write it: Maria Rosa De Luca, or De Luca, Maria Rosa.

    A guess to be completed later: the last word and the particles before it are the
    family name. Raises RuleViolation for a single word.
    """
    family, comma, given = (part.strip() for part in line.partition(","))
    if not comma:
        words = line.split()
        at = len(words) - 1
        while at > 1 and search_key(words[at - 1]) in _PARTICLES:
            at -= 1
        given, family = " ".join(words[:at]), " ".join(words[at:])
    if not given or not family:
        raise RuleViolation(Sentence("Scrivere nome e cognome."))
    check_name(given)
    check_name(family)
    return given, family
