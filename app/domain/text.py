# SPDX-License-Identifier: AGPL-3.0-or-later
"""What text is allowed to be before it is stored, searched or printed."""

import unicodedata

_KEPT = "\n\t"


def clean(text: str) -> str:
    """The text in NFC, without control characters (line feed and tab stay) and lone surrogates.

    Source: Unicode general categories Cc and Cs; PostgreSQL refuses U+0000,
    UTF-8 has no lone surrogates.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c in _KEPT or unicodedata.category(c) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", text)


def is_clean(text: str) -> bool:
    """Whether nothing has to be taken out of the text (the form of accents aside)."""
    return clean(text) == unicodedata.normalize(
        "NFC", text.replace("\r\n", "\n").replace("\r", "\n")
    )
