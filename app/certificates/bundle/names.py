# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names of files in an archive that any computer can unpack."""

import unicodedata

from app.domain.text import clean
from app.uploads import UNSEEN

FORBIDDEN = frozenset('\\/:*?"<>|')  # by the file systems of Windows
LONGEST = 120  # bytes, the ending not counted


def safe(text: str) -> str:
    """The text as part of a file's name: one line, no path, no sign that hides or turns others."""
    seen = (
        " " if c in FORBIDDEN or c.isspace() else c
        for c in clean(text)
        if c.isspace() or unicodedata.category(c) not in UNSEEN
    )
    name = " ".join("".join(seen).split())
    return name.encode()[:LONGEST].decode(errors="ignore").strip(" .")


class Names:
    """Gives each file a name of its own, told apart without regard to capitals."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def give(self, stem: str, ending: str) -> str:
        """The safe stem with its ending, and a number where it was given before."""
        stem, number = safe(stem), 1
        name = f"{stem}{ending}"
        while unicodedata.normalize("NFKC", name).casefold() in self._taken:
            number += 1
            name = f"{stem} ({number}){ending}"
        self._taken.add(unicodedata.normalize("NFKC", name).casefold())
        return name
