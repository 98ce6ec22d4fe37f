# SPDX-License-Identifier: AGPL-3.0-or-later
"""A row of logos beside the emblem, none of which outdoes it.

The emblem is never smaller than a logo, neither in height nor in width
(graphical specifications: "at least the same size as the biggest of the other
logos"); wide and tall logos get the same surface, so that none shouts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

from app.documents.page import Paper
from app.documents.pictures import Logo, Picture, picture

MOST_LOGOS = 4
GAP = 16.0  # points between one and the next


@dataclass(frozen=True)
class Row:
    """Logos with their sizes in points."""

    logos: tuple[tuple[Logo, Picture, float, float], ...]
    height: float

    @property
    def width(self) -> float:
        return sum(width for _, _, width, _ in self.logos) + GAP * max(len(self.logos) - 1, 0)


def set_logos(logos: tuple[Logo, ...], images: Mapping[str, bytes], emblem_height: float) -> Row:
    """The logos beside an emblem of this height in points, half as wide again.

    ``images``: their bytes by SHA-256. Raises ValueError for more than four
    logos, or one whose bytes are missing or not those of its hash.
    """
    if len(logos) > MOST_LOGOS:
        raise ValueError(f"at most {MOST_LOGOS} logos")
    if lacking := [logo.sha256 for logo in logos if logo.sha256 not in images]:
        raise ValueError(f"no picture for logo {', '.join(lacking)}")
    height = 0.86 * emblem_height
    sized = []
    for logo in logos:
        drawn = picture(logo.sha256, images[logo.sha256])
        shape = drawn.width / drawn.height
        high = min(height, 0.82 * emblem_height / sqrt(shape), 1.5 * emblem_height / shape)
        sized.append((logo, drawn, high * shape, high))
    return Row(tuple(sized), height if logos else 0.0)


def draw_logos(paper: Paper, names: Iterable[str], row: Row, x: float, top: float) -> None:
    """The row from ``x`` on; a logo that only repeats one of the names on the page is silent."""
    written = {name.casefold() for name in names} | {""}
    for logo, drawn, width, height in row.logos:
        name = logo.name.strip()
        silent = name.casefold() in written
        with paper.artifact() if silent else paper.tagged("Figure", alt=name):
            paper.show(drawn, x, top - (row.height + height) / 2, width, height)
        x += width + GAP
