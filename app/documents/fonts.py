# SPDX-License-Identifier: AGPL-3.0-or-later
"""The typefaces of every document, and a loud refusal of what they cannot write.

Titillium Web is the face of public administration sites; DejaVu Sans steps in,
word by word, for alphabets it lacks (Greek, Cyrillic, Vietnamese). ReportLab
draws a missing glyph as nothing at all: hence every text passes through
``runs`` before it is measured or drawn.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFArray
from reportlab.pdfbase.ttfonts import TTFont

from app.domain.errors import RuleViolation, Sentence

# Binary streams, small subsets, no comments; colours are never read from text.
rl_config.useA85 = 0
rl_config.ttfAsciiReadable = 0
rl_config.pdfComments = 0
rl_config.toColorCanUse = None

FOLDER = Path(__file__).resolve().parent.parent / "static" / "vendor" / "fonts" / "ttf"

REGULAR = "TitilliumWeb-Regular"
ITALIC = "TitilliumWeb-Italic"
SEMIBOLD = "TitilliumWeb-SemiBold"
BOLD = "TitilliumWeb-Bold"
_SANS = "DejaVuSans"
_SANS_BOLD = "DejaVuSans-Bold"

FILES = {
    REGULAR: "titillium-web-regular.ttf",
    ITALIC: "titillium-web-italic.ttf",
    SEMIBOLD: "titillium-web-600.ttf",
    BOLD: "titillium-web-700.ttf",
    _SANS: "DejaVuSans.ttf",
    _SANS_BOLD: "DejaVuSans-Bold.ttf",
}
_FALLBACK = {REGULAR: _SANS, ITALIC: _SANS, SEMIBOLD: _SANS_BOLD, BOLD: _SANS_BOLD}
_FALLBACK_SCALE = 0.93  # capitals and x-height of DejaVu against those of Titillium Web
_RIGHT_TO_LEFT = {"R", "AL", "AN"}
_LATIN_MARKS = range(0x300, 0x370)  # accents that stand on the letter before them
_BLANK = {0x34F, 0x2800, 0xFFFC}  # in the fallback, and printed as nothing though they are no space
_lock = Lock()


class _Font(TTFont):  # type: ignore[misc]
    """A font whose widths are written at once: one by one took a twentieth of the time."""

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - ReportLab's name
        super().addObjects(doc)
        for font in doc.idToObject["BasicFonts"].dict.values():
            if isinstance(font.Widths, PDFArray):
                font.Widths = f"[{' '.join(f'{width:g}' for width in font.Widths.sequence)}]"


class FontsMissingError(RuntimeError):
    """The font files are not where the build of the front end puts them."""


class MissingGlyph(RuleViolation):
    """No typeface here writes these characters; nothing was drawn."""

    def __init__(self, characters: Iterable[str]) -> None:
        self.characters = tuple(characters)
        named = ", ".join(f"{c} (U+{ord(c):04X})" if c.isprintable() else f"U+{ord(c):04X}"
                          for c in self.characters)  # fmt: skip
        super().__init__(
            Sentence(
                "Il documento contiene caratteri che non sappiamo stampare: %(characters)s.",
                {"characters": named},
            )
        )


@dataclass(frozen=True)
class Run:
    """A stretch of text in one face; ``scale`` multiplies the size asked for."""

    font: str
    scale: float
    text: str


def _drawable(code: int) -> bool:
    """Whether a glyph alone is enough: no shaping, no right-to-left, no invisible sign.

    Beyond the basic plane, copied text would not be what was written.
    """
    character = chr(code)
    category = unicodedata.category(character)
    return (
        code <= 0xFFFF
        and code not in _BLANK
        and category[0] != "C"
        and category not in {"Zl", "Zp"}
        and (category != "Mn" or code in _LATIN_MARKS)
        and unicodedata.bidirectional(character) not in _RIGHT_TO_LEFT
    )


@cache
def _register(name: str) -> frozenset[int]:
    path = FOLDER / FILES[name]
    if not path.is_file():
        raise FontsMissingError(f"{path} is missing: build the front end first (./run setup)")
    font = _Font(name, str(path))
    pdfmetrics.registerFont(font)
    return frozenset(code for code in font.face.charToGlyph if _drawable(code))


def covered(name: str) -> frozenset[int]:
    """Code points the face can write on its own; registers the face the first time.

    Raises FontsMissingError.
    """
    with _lock:
        return _register(name)


def runs(face: str, text: str) -> list[Run]:
    """The text (brought to NFC) divided by face: whole words fall back, never single letters.

    Raises MissingGlyph with every character no face has, FontsMissingError.
    """
    text = unicodedata.normalize("NFC", text)
    own = covered(face)
    if own.issuperset(map(ord, text)):
        return [Run(face, 1.0, text)]
    if missing := missing_glyphs(text, face):
        raise MissingGlyph(missing)
    return _by_word(face, own, text)


def _by_word(face: str, own: frozenset[int], text: str) -> list[Run]:
    fallback = _FALLBACK[face]
    spare = covered(fallback)
    found: list[Run] = []
    for word in _words(text):
        if own.issuperset(map(ord, word)):
            found.append(Run(face, 1.0, word))
        elif spare.issuperset(map(ord, word)):
            found.append(Run(fallback, _FALLBACK_SCALE, word))
        else:
            found.extend(
                Run(face, 1.0, c) if ord(c) in own else Run(fallback, _FALLBACK_SCALE, c)
                for c in word
            )
    return found


def _words(text: str) -> list[str]:
    """Words and the spaces between them, in order."""
    first, *rest = text.split(" ")
    return [piece for piece in [first, *(p for word in rest for p in (" ", word))] if piece]


def missing_glyphs(text: str, face: str = REGULAR) -> list[str]:
    """Characters of the text, once each, that neither the face nor its fallback can write.

    Right-to-left scripts and invisible signs count as missing: their letters
    exist in the fallback, their shaping and order do not. Raises FontsMissingError.
    """
    known = covered(face) | covered(_FALLBACK[face])
    normal = unicodedata.normalize("NFC", text)
    return list(dict.fromkeys(c for c in normal if ord(c) not in known))


def width(face: str, text: str, size: float, tracking: float = 0.0) -> float:
    """Width in points of one line at ``size`` points, ``tracking`` points between letters.

    Raises MissingGlyph, FontsMissingError.
    """
    return _width_of_one(face, text) * size + tracking * max(len(text) - 1, 0)


@lru_cache(maxsize=2048)
def _width_of_one(face: str, text: str) -> float:
    """Width at a size of one point; most words of a document return on the next one."""
    return float(
        sum(pdfmetrics.stringWidth(run.text, run.font, run.scale) for run in runs(face, text))
    )
