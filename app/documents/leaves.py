# SPDX-License-Identifier: AGPL-3.0-or-later
"""Working papers: as many A4 pages as needed, each with the publicity of the fund and its own foot.

Pages stand upright, or lie where a table is wide. What is written goes downwards; what does
not fit goes on the next page, under the head that the document repeats there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app.documents.archive import Properties
from app.documents.fonts import REGULAR, SEMIBOLD, width
from app.documents.page import INK, MUTED, RULE, Align, Paper, Style, line
from app.documents.publicity import PublicityBlock, draw_band, draw_statement
from app.documents.typesetting import LONGEST, Step, TextTooLong, fit, wrap

WIDTH, HEIGHT = 595.28, 841.89  # A4 portrait, points
LEFT, RIGHT = 36.0, WIDTH - 36.0
MEASURE = RIGHT - LEFT
TOP = HEIGHT - 28.0
BOTTOM = 66.0  # what is written ends above
STATEMENT_BASE = 39.0
FOLIO_BASE = 24.0
LEADING = 1.22  # of the size, from one baseline to the next

TEXT = Style(REGULAR, 9, INK)
LABEL = Style(REGULAR, 7.5, MUTED, tracking=0.15)
_FOOT = Style(REGULAR, 7.5, MUTED)
_GUTTER = 14.0

Head = Callable[["Leaves"], None]


@dataclass(frozen=True)
class Words:
    """A text in a style; ``struck`` when it holds no longer and must stay legible."""

    text: str
    style: Style = TEXT
    struck: bool = False


@dataclass(frozen=True)
class Fact:
    """A label above its value, on ``share`` parts of the width."""

    label: str
    value: str
    share: float = 1.0


class Leaves:
    """Pages one after the other; ``y`` is the height, in points, down to which they are written."""

    def __init__(
        self, properties: Properties, publicity: PublicityBlock, *, landscape: bool = False
    ) -> None:
        """Raises FontsMissingError."""
        size = (HEIGHT, WIDTH) if landscape else (WIDTH, HEIGHT)
        self._edge, self._top = size[0] - LEFT, size[1] - (HEIGHT - TOP)
        self.paper = Paper(size, properties, folio=(self._edge, FOLIO_BASE))
        self._publicity = publicity
        self._identity = ""
        self._head: Head | None = None
        self._begun = False
        self.y = self._top
        self._left, self._right = LEFT, self._edge

    @contextmanager
    def inset(self, left: float = 0.0, right: float | None = None) -> Iterator[None]:
        """Write ``left`` points inside of the left margin, and as many (or ``right``) of the other."""
        self._left += left
        self._right -= left if right is None else right
        yield
        self._left, self._right = LEFT, self._edge

    def begin(self, identity: str, head: Head | None = None, *, new_part: bool = False) -> None:
        """A fresh page; ``identity`` stands at the foot, ``head`` on the pages that continue it.

        Raises MissingGlyph, TextTooLong.
        """
        if self._begun:
            self.paper.next_page(new_part=new_part)
        self._begun = True
        self._identity, self._head = identity, head
        self._furnish()

    def turn(self) -> None:
        """Go on overleaf."""
        self.paper.next_page()
        self._furnish()
        if self._head:
            self._head(self)

    def need(self, height: float, repeated: float = 0.0) -> bool:
        """Turn the page unless ``height`` points are free; whether it was turned.

        ``repeated`` is what comes before it overleaf, in points. Raises TextTooLong
        when no page is that high.
        """
        if self.y - height >= BOTTOM:
            return False
        self.turn()
        if self.y - repeated - height < BOTTOM:
            raise TextTooLong(self._identity)
        return True

    def _furnish(self) -> None:
        paper, right = self.paper, self._edge
        self.y = self._top - draw_band(paper, self._publicity, LEFT, right, self._top)
        identity = fit(self._identity, REGULAR, right - LEFT - 80, Step(1, 7.5, 3))
        with paper.artifact("Pagination"):
            paper.paint(line(LEFT, BOTTOM - 6, right, BOTTOM - 6, RULE, 0.5))
            style = Style(_FOOT.face, identity.size, _FOOT.colour)
            paper.write(LEFT, FOLIO_BASE, identity.lines[0], style)
        draw_statement(paper, self._publicity, LEFT, right, STATEMENT_BASE)

    def heading(self, tag: str, text: str, style: Style, above: float, keep: float = 60.0) -> None:
        """A heading with ``above`` points of air, and ``keep`` points of what follows on its page."""
        lines = wrapped(text, style, self._right - self._left)
        leading = style.size * 1.15
        self.need(above + leading * len(lines) + keep)
        self.y -= above
        with self.paper.tagged(tag):
            for words in lines:
                self.y -= leading
                put(self.paper, self._left, self.y + leading * 0.24, Words(words, style))

    def paragraph(self, *parts: Words, above: float = 2.0) -> None:
        """Texts on lines of their own, as one paragraph kept together."""
        lines = set_words(parts, self._right - self._left)
        self.need(above + depth(lines))
        self.y -= above
        with self.paper.tagged("P"):
            self.y = put_lines(self.paper, lines, self._left, self.y)

    def facts(self, *facts: Fact, size: float = 9.5) -> None:
        """A row of labels and values; an empty value shows as a dash."""
        measure = self._right - self._left - _GUTTER * (len(facts) - 1)
        unit = measure / sum(fact.share for fact in facts)
        style = Style(SEMIBOLD, size, INK)
        cells = [
            set_words((Words(fact.label, LABEL), Words(fact.value or "–", style)),
                      fact.share * unit)
            for fact in facts
        ]  # fmt: skip
        deepest = max(depth(lines) for lines in cells)
        self.need(deepest + 5)
        x = self._left
        for fact, lines in zip(facts, cells, strict=True):
            with self.paper.tagged("P"):
                put_lines(self.paper, lines, x, self.y - 5)
            x += fact.share * unit + _GUTTER
        self.y -= deepest + 5


def wrapped(text: str, style: Style, measure: float) -> list[str]:
    """Lines no wider than ``measure`` points. Raises MissingGlyph, TextTooLong."""
    if len(text) > LONGEST:
        raise TextTooLong(text)
    return wrap(text, style.face, style.size, measure)


def set_words(parts: tuple[Words, ...], measure: float) -> list[Words]:
    """The texts divided into lines."""
    return [
        Words(words, part.style, part.struck)
        for part in parts
        for words in wrapped(part.text, part.style, measure)
    ]


def depth(lines: list[Words]) -> float:
    """Points from the top of the first line to the foot of the last."""
    return sum(words.style.size * LEADING for words in lines)


def put(paper: Paper, x: float, y: float, words: Words, align: Align = "left") -> None:
    """One line, with a line through it when struck."""
    paper.write(x, y, words.text, words.style, align)
    if words.struck and words.text:
        style = words.style
        extent = width(style.face, words.text, style.size, style.tracking)
        start = x - {"left": 0.0, "centre": extent / 2, "right": extent}[align]
        middle = y + style.size * 0.26
        paper.paint(line(start, middle, start + extent, middle, style.colour, 0.8))


def put_lines(
    paper: Paper, lines: list[Words], x: float, top: float, align: Align = "left"
) -> float:
    """The lines from ``top`` down; returns where they end."""
    y = top
    for words in lines:
        y -= words.style.size * LEADING
        put(paper, x, y + words.style.size * 0.26, words, align)
    return y
