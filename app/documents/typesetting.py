# SPDX-License-Identifier: AGPL-3.0-or-later
"""Making words fit: wrap, then shrink, then refuse; never clip."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.documents.fonts import width
from app.domain.errors import RuleViolation, Sentence

_STEP = 0.5  # points between one size tried and the next
LONGEST = 2_000  # characters: longer texts are refused before any work is done on them


class TextTooLong(RuleViolation):
    """The text does not fit its place even at the smallest legible size."""

    def __init__(self, text: str) -> None:
        super().__init__(
            Sentence(
                "Il testo che comincia con «%(start)s» è troppo lungo per il documento.",
                {"start": text[:40]},
            )
        )


@dataclass(frozen=True)
class Step:
    """At most ``lines`` lines, at sizes from ``largest`` down to ``smallest`` points."""

    lines: int
    largest: float
    smallest: float


@dataclass(frozen=True)
class Fitted:
    """Lines that fit, and the size in points at which they do."""

    size: float
    lines: tuple[str, ...]


def fit(text: str, face: str, measure: float, *steps: Step, balanced: bool = False) -> Fitted:
    """The first size of the first step at which the text fits ``measure`` points.

    ``balanced`` evens out the lines, for headings. Raises TextTooLong, MissingGlyph.
    """
    if len(text) > LONGEST:
        raise TextTooLong(text)
    for step in steps:
        for size in _sizes(text, face, measure, step):
            lines = wrap(text, face, size, measure)
            if len(lines) <= step.lines:
                if balanced and len(lines) > 1:
                    lines = _balance(text, face, size, measure, lines)
                return Fitted(size, tuple(lines))
    raise TextTooLong(text)


def _sizes(text: str, face: str, measure: float, step: Step) -> Iterator[float]:
    """Sizes worth trying: those at which the letters' total width could fit at all."""
    unit = width(face, text, 1.0) or 1.0
    size = step.largest
    while size >= step.smallest:
        if unit * size <= measure * step.lines:
            yield size
        size -= _STEP


def wrap(text: str, face: str, size: float, measure: float) -> list[str]:
    """Lines no wider than ``measure`` points; a word wider than that is broken.

    Raises MissingGlyph.
    """
    if width(face, text, size) <= measure:
        return [text]
    lines: list[str] = []
    line = ""
    for word in _pieces(text, face, size, measure):
        longer = f"{line} {word}" if line else word
        if line and width(face, longer, size) > measure:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]


def _pieces(text: str, face: str, size: float, measure: float) -> Iterator[str]:
    for word in filter(None, text.split(" ")):
        while width(face, word, size) > measure and len(word) > 1:
            cut = _longest_start(word, face, size, measure)
            yield word[:cut]
            word = word[cut:]
        yield word


def _longest_start(word: str, face: str, size: float, measure: float) -> int:
    """How many letters of a word too long fit; at least one, found by halving."""
    fits, beyond = 1, len(word)
    while beyond - fits > 1:
        middle = (fits + beyond) // 2
        if width(face, word[:middle], size) <= measure:
            fits = middle
        else:
            beyond = middle
    return fits


def _balance(text: str, face: str, size: float, measure: float, lines: list[str]) -> list[str]:
    """The narrowest measure that needs no more lines, so that none is left almost empty."""
    low, high = measure / len(lines) / 2, measure
    best = lines
    while high - low > size:
        middle = (low + high) / 2
        tried = wrap(text, face, size, middle)
        if len(tried) <= len(lines) and len(" ".join(tried)) == len(" ".join(lines)):
            best, high = tried, middle
        else:
            low = middle
    return best
