# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ruled tables: their heading comes back at the top of every page they go on to."""

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from app.documents.fonts import SEMIBOLD
from app.documents.leaves import LEFT, Leaves, Words, depth, put_lines, set_words
from app.documents.page import INK, RULE, SHADE, Align, Style, fill, line

HEADING = Style(SEMIBOLD, 7.5, INK)
_INSET = 3.5  # points between a rule and the words
_PAD = 2.5

Cell = tuple[Words, ...]


@dataclass(frozen=True)
class Column:
    """What stands above a column, and its width in points."""

    heading: str
    width: float
    align: Align = "left"


@dataclass(frozen=True)
class Row:
    """Cells from left to right, at least ``height`` points high."""

    cells: tuple[Cell, ...]
    height: float = 15.0


def draw_table(leaves: Leaves, columns: Sequence[Column], rows: Iterable[Row]) -> None:
    """The heading and the rows, none of them divided. Raises MissingGlyph, TextTooLong."""
    headings = Row(tuple((Words(column.heading, HEADING),) for column in columns))
    titles = _set(columns, headings)
    above = _height(headings, titles)
    with leaves.paper.group("Table"):
        for place, row in enumerate(rows):
            lines = _set(columns, row)
            height = _height(row, lines)
            if place == 0:
                leaves.need(above + height)  # a heading never stands alone
                _draw_row(leaves, columns, headings, titles, "TH")
            elif leaves.need(height, repeated=above):
                _draw_row(leaves, columns, headings, titles)
            _draw_row(leaves, columns, row, lines, "TD")


def _set(columns: Sequence[Column], row: Row) -> list[list[Words]]:
    return [
        set_words(cell, column.width - 2 * _INSET)
        for column, cell in zip(columns, row.cells, strict=True)
    ]


def _height(row: Row, cells: list[list[Words]]) -> float:
    return max(row.height, *(depth(lines) + 2 * _PAD for lines in cells))


def _draw_row(
    leaves: Leaves, columns: Sequence[Column], row: Row, cells: list[list[Words]], tag: str = ""
) -> None:
    """Without ``tag`` the row is only for the eye: a heading said once already."""
    paper, top, height = leaves.paper, leaves.y, _height(row, cells)
    with paper.artifact():
        paper.paint(_rules(columns, top, height, shaded=tag != "TD"))
    with paper.group("TR") if tag else nullcontext():
        x = LEFT
        for column, lines in zip(columns, cells, strict=True):
            at = {"left": _INSET, "centre": column.width / 2, "right": column.width - _INSET}
            with paper.tagged(tag) if tag else paper.artifact("Pagination"):
                put_lines(paper, lines, x + at[column.align], top - _PAD, column.align)
            x += column.width
    leaves.y -= height


def _rules(columns: Sequence[Column], top: float, height: float, shaded: bool) -> str:
    bottom, right = top - height, LEFT + sum(column.width for column in columns)
    code = [fill(LEFT, bottom, right - LEFT, height, SHADE)] if shaded else []
    if shaded:
        code.append(line(LEFT, top, right, top, RULE, 0.5))
    code.append(line(LEFT, bottom, right, bottom, RULE, 0.5))
    x = LEFT
    for side in (0.0, *(column.width for column in columns)):
        x += side
        code.append(line(x, top, x, bottom, RULE, 0.5))
    return " ".join(code)
