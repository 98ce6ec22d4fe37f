# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tagged pages: whatever is painted belongs to the structure tree or is an artifact.

Coordinates are points from the lower left corner. The tags are those of
ISO 32000-1, 14.7-14.8; CAD art. 23-ter c. 5-bis asks for accessible documents.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import Any, Literal

from reportlab.lib.colors import Color
from reportlab.lib.rl_accel import escapePDF
from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from app.documents import fonts
from app.documents.archive import LANGUAGE, Properties, identify, make_archivable
from app.documents.pictures import Picture, Written
from app.documents.structure import Element, Structure

INK = Color(0x17 / 255, 0x32 / 255, 0x4D / 255)  # body colour of Bootstrap Italia
MUTED = Color(0x45 / 255, 0x5A / 255, 0x6B / 255)  # 7.2:1 on white
BLUE = Color(0, 0x66 / 255, 0xCC / 255)  # its primary colour
DEEP_BLUE = Color(0, 0x33 / 255, 0x99 / 255)  # that of the emblem, on what is worth a frame
SHADE = Color(0xEE / 255, 0xF2 / 255, 0xF6 / 255)  # behind the headings of tables
RULE = Color(0xB8 / 255, 0xC4 / 255, 0xD0 / 255)

Align = Literal["left", "centre", "right"]


class _Lighter(pdfdoc.PDFStreamFilterZCompress):  # type: ignore[misc]
    """zlib's third level: a certificate takes 7 % less time, and 3 % more bytes."""

    def encode(self, text: str | bytes) -> bytes:
        return zlib.compress(text.encode() if isinstance(text, str) else text, 3)


pdfdoc.PDFZCompress = _Lighter()  # ReportLab has no setting for it
_saving = Lock()  # ReportLab's font parser keeps its place in the file: one subset at a time


@dataclass(frozen=True)
class Style:
    """Face, size in points, colour, and points of space between letters."""

    face: str = fonts.REGULAR
    size: float = 10.0
    colour: Color = INK
    tracking: float = 0.0


FOLIO = Style(size=7.5, colour=MUTED)


class Paper:
    """A document being written, page after page."""

    def __init__(
        self, size: tuple[float, float], properties: Properties, folio: tuple[float, float]
    ) -> None:
        """``folio`` is where "pagina n di N" ends, on every page. Raises FontsMissingError."""
        fonts.covered(fonts.REGULAR)
        self.width, self.height = size
        self._properties = properties
        self._folio = folio
        self._out = BytesIO()
        self._canvas = Canvas(
            self._out,
            pagesize=size,
            invariant=1,
            pageCompression=1,
            pdfVersion=(1, 7),
            initialFontName=fonts.REGULAR,
            lang=LANGUAGE,
        )
        self._document = self._canvas._doc
        self._structure = Structure()
        self._inside = False
        self._spoken = False
        self._turned = 0
        self._parts = [0]
        make_archivable(self._document, properties)

    @contextmanager
    def group(self, kind: str) -> Iterator[None]:
        """A structure element that holds others (Sect, Table, TR)."""
        self._structure.begin(kind)
        yield
        self._structure.end()

    @contextmanager
    def tagged(self, kind: str, alt: str = "") -> Iterator[Element]:
        """Content of the document; a Figure needs ``alt``, what a reader hears instead."""
        if kind == "Figure" and not alt:
            raise ValueError("a Figure needs its alternative text")
        element = self._structure.begin(kind, alt)
        self._begin(f"/{kind} <</MCID {self._structure.mark(element)}>> BDC")
        yield element
        self._end()
        self._structure.end()

    @contextmanager
    def artifact(self, kind: str = "Layout") -> Iterator[None]:
        """Decoration, or what every page repeats: not for the ear."""
        self._begin(f"/Artifact <</Type /{kind}>> BDC")
        yield
        self._end()

    @contextmanager
    def running(self, kind: str, alt: str = "") -> Iterator[None]:
        """What stands on every page: part of the document on the first, an artifact after."""
        with self.artifact("Pagination") if self._turned else self.tagged(kind, alt):
            yield

    def _begin(self, opening: str) -> None:
        if self._inside:
            raise ValueError("marked content cannot be nested")
        self._inside, self._spoken = True, False
        self._canvas._code.append(opening)

    def _end(self) -> None:
        self._canvas._code.append("EMC")
        self._inside = False

    def write(self, x: float, y: float, text: str, style: Style, align: Align = "left") -> None:
        """One line of text with its baseline at ``y``. Raises MissingGlyph.

        A space is put before a second line of the same element: without it a
        screen reader would join the last word of one to the first of the next.
        """
        self._must_be_inside()
        if align != "left":
            extent = fonts.width(style.face, text, style.size, style.tracking)
            x -= extent if align == "right" else extent / 2
        if self._spoken:
            text = f" {text}"
            x -= fonts.width(style.face, " ", style.size) + style.tracking
        self._spoken = True
        code = [f"BT {rgb(style.colour)} rg {style.tracking:g} Tc 1 0 0 1 {x:.2f} {y:.2f} Tm"]
        for run in fonts.runs(style.face, text):
            font = pdfmetrics.getFont(run.font)
            for subset, codes in font.splitString(run.text, self._document):
                name = font.getSubsetInternalName(subset, self._document)
                code.append(f"{name} {style.size * run.scale:.4g} Tf ({escapePDF(codes)}) Tj")
        self._canvas._code.append(" ".join([*code, "ET"]))

    def paint(self, operators: str) -> None:
        """Ready-made painting operators, kept from disturbing what follows."""
        self._must_be_inside()
        self._canvas._code.append(f"q {operators} Q")

    def show(self, picture: Picture, x: float, y: float, w: float, h: float) -> None:
        """A picture ``w`` points wide and ``h`` high; the file holds it once."""
        name = pdfdoc.xObjectName(picture.name)
        if name not in self._document.idToObject:
            self._document.addForm(picture.name, Written(picture))
        self._canvas._formsinuse.append(picture.name)
        self.paint(f"{w:.2f} 0 0 {h:.2f} {x:.2f} {y:.2f} cm /{name} Do")

    def link(self, element: Element, address: str, box: tuple[float, float, float, float]) -> None:
        """Make ``box`` (left, bottom, right, top) open ``address``."""
        annotation = pdfdoc.PDFDictionary(
            {
                "Type": "/Annot",
                "Subtype": "/Link",
                "Rect": pdfdoc.PDFArray(box),
                "Border": "[0 0 0]",
                "F": 4,  # print
                "Contents": pdfdoc.PDFString(address),
                "A": pdfdoc.PDFDictionary({"S": "/URI", "URI": pdfdoc.PDFString(address)}),
            }
        )
        number = self._structure.link(element, annotation)
        self._canvas._addAnnotation(annotation, name=f"link{number}")

    def next_page(self, *, new_part: bool = False) -> None:
        """Close this page; pages are numbered anew in each part (what is kept apart once printed)."""
        self._turned += 1
        if new_part:
            self._parts.append(self._turned)
        self._structure.close_page()
        self._canvas.showPage()

    def finish(self) -> bytes:
        """Number the pages and hand over the file; the paper cannot be written on any more."""
        self.next_page()
        pages = self._document.Pages.pages
        for number, page in enumerate(pages):
            page.stream += self._numbered(number, len(pages))
            page.Trans = None
            page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
            page.StructParents, page.Tabs = number, "/S"
        self._structure.install(self._document)
        identify(self._document, self._properties, [page.stream for page in pages])
        with _saving:
            self._canvas.save()
        return self._out.getvalue()

    def _numbered(self, number: int, pages: int) -> str:
        first = max(start for start in self._parts if start <= number)
        after = min((start for start in self._parts if start > number), default=pages)
        text = f"pagina {number - first + 1} di {after - first}"
        with self.artifact("Pagination"):
            self.write(*self._folio, text, FOLIO, "right")
        code = "\n".join(self._canvas._code) + "\n"
        self._canvas._code.clear()
        return code

    def _must_be_inside(self) -> None:
        if not self._inside:
            raise ValueError("painting outside of tags and artifacts")


def line(x1: float, y1: float, x2: float, y2: float, colour: Color, weight: float) -> str:
    """Operators of a straight line ``weight`` points thick."""
    return f"{rgb(colour)} RG {weight:g} w {x1:.2f} {y1:.2f} m {x2:.2f} {y2:.2f} l S"


def frame(x: float, y: float, w: float, h: float, colour: Color, weight: float) -> str:
    """Operators of an empty rectangle drawn with a line ``weight`` points thick."""
    return f"{rgb(colour)} RG {weight:g} w {x:.2f} {y:.2f} {w:.2f} {h:.2f} re S"


def fill(x: float, y: float, w: float, h: float, colour: Color) -> str:
    """Operators of a plain rectangle."""
    return f"{rgb(colour)} rg {x:.2f} {y:.2f} {w:.2f} {h:.2f} re f"


def rgb(colour: Any) -> str:
    """The colour as operands, to be followed by ``rg`` or ``RG``."""
    return f"{colour.red:.4g} {colour.green:.4g} {colour.blue:.4g}"
