# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names of people as a search looks for them."""

import unicodedata

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
