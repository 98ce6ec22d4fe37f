# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reading a PDF back with other people's programs, and the gates it has to pass.

Every gate returns what is wrong, as sentences; an empty list is a pass.
"""

import re
import subprocess
import unicodedata
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pikepdf
import zxingcpp
from pikepdf import pdfa
from PIL import Image
from pypdf import PdfReader

from app.documents.publicity import EMBLEM_ALT, PublicityBlock

_PATHS = {"S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh"}
_PAINTING = _PATHS | {"Tj", "TJ", "'", '"', "Do", "INLINE IMAGE"}
_STANDARD = re.compile(r"/?(Helvetica|Times|Courier|Symbol|ZapfDingbats)")


def _run(*command: str, data: bytes) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "document.pdf"
        path.write_bytes(data)
        named = [str(path) if word == "PDF" else word for word in command]
        ran = subprocess.run(named, check=True, capture_output=True, timeout=60)  # noqa: S603
        return ran.stdout


def text_by_poppler(data: bytes) -> str:
    """What a person selects and copies, by another renderer than ours."""
    return unicodedata.normalize("NFC", _run("pdftotext", "PDF", "-", data=data).decode())


def text_by_pypdf(data: bytes) -> str:
    """The same by a library that shares no code with it."""
    pages = PdfReader(BytesIO(data)).pages
    return unicodedata.normalize("NFC", "\n".join(page.extract_text() for page in pages))


def spoken(data: bytes) -> str:
    """What a screen reader goes through, in the order of the structure tree."""
    return unicodedata.normalize("NFC", _run("pdfinfo", "-struct-text", "PDF", data=data).decode())


def pages(data: bytes) -> list[str]:
    """The text of each page in the order it is written, spaces and line ends alike."""
    shown = unicodedata.normalize("NFC", _run("pdftotext", "-raw", "PDF", "-", data=data).decode())
    return [" ".join(page.split()) for page in shown.split("\f")[:-1]]


def outside(data: bytes, number: int, edges: tuple[float, float, float, float]) -> list[str]:
    """Words of a page beyond the edges: left, top, right, bottom, from the upper left corner."""
    return [
        word
        for left, top, right, bottom, word in words(data, number)
        if left < edges[0] or top < edges[1] or right > edges[2] or bottom > edges[3]
    ]


def words(data: bytes, number: int = 1) -> list[tuple[float, float, float, float, str]]:
    """Left, top, right, bottom in points from the upper left corner of a page, and the word."""
    only = ("-f", str(number), "-l", str(number))
    page = _run("pdftotext", "-bbox", *only, "PDF", "-", data=data).decode()
    pattern = r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>'
    return [(*map(float, found[:4]), found[4]) for found in re.findall(pattern, page)]  # type: ignore[misc]


def overprinted(data: bytes, number: int = 1) -> list[tuple[str, str]]:
    """Pairs of words of a page whose x-height zones meet."""
    zones = [
        (left, top + (bottom - top) * 0.42, right, bottom - (bottom - top) * 0.28, word)
        for left, top, right, bottom, word in words(data, number)
    ]
    return [
        (a[4], b[4])
        for place, a in enumerate(zones)
        for b in zones[place + 1 :]
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]


def struck(data: bytes, number: int = 1) -> list[str]:
    """The words of a page that a line runs through, in order."""
    with pikepdf.open(BytesIO(data)) as pdf:
        page = pdf.pages[number - 1]
        height = float(page.mediabox[3])
        lines = [(a, height - y, b) for a, y, b in _level_lines(page)]
    return [
        word
        for left, top, right, bottom, word in words(data, number)
        if any(
            a <= left + 1 and right - 1 <= b and top < y < bottom - (bottom - top) * 0.2
            for a, y, b in lines
        )
    ]


def _level_lines(page: pikepdf.Page) -> Iterator[tuple[float, float, float]]:
    """Start, height and end of the level lines drawn among the words."""
    start, inside = (0.0, 0.0), ""
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) in {"BDC", "BMC"}:
            inside = str(operands[0])
        elif str(operator) == "m":
            start = (float(operands[0]), float(operands[1]))
        elif str(operator) == "l" and inside != "/Artifact" and float(operands[1]) == start[1]:
            yield start[0], start[1], float(operands[0])


def picture(data: bytes, dots_per_inch: int = 100, number: int = 1) -> Image.Image:
    """A page as a scanner would give it."""
    only = ("-f", str(number), "-l", str(number))
    shown = _run("pdftoppm", "-r", str(dots_per_inch), *only, "-gray", "PDF", data=data)
    return Image.open(BytesIO(shown))


def codes_read(image: Image.Image) -> list[str]:
    """Texts of the QR codes a telephone would find."""
    return [code.text for code in zxingcpp.read_barcodes(image)]


def archive_faults(data: bytes) -> list[str]:
    """Against PDF/A-2b; a pass is strong evidence, not a certification."""
    return [str(finding) for finding in pdfa.validate_written(BytesIO(data), "2b").findings]


def damage(data: bytes) -> list[str]:
    """Complaints about the file's syntax, by the library of ``qpdf --check``."""
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            return [*pdf.check_pdf_syntax(), *map(str, pdf.get_warnings())]
    except pikepdf.PdfError as error:
        return [str(error)]


def font_faults(data: bytes) -> list[str]:
    """Fonts a reader would have to find elsewhere."""
    faults = []
    with pikepdf.open(BytesIO(data)) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font":
                name = str(item.get("/BaseFont"))
                if _STANDARD.match(name):
                    faults.append(f"standard font {name}")
                if "/FontFile2" not in item.get("/FontDescriptor", {}):
                    faults.append(f"{name} is not embedded")
    return faults


def reach_faults(data: bytes, allowed: set[str]) -> list[str]:
    """Whatever leads out of the document, or runs in it."""
    faults = []
    with pikepdf.open(BytesIO(data)) as pdf:
        for item in pdf.objects:
            for key, value in _entries(item):
                if key == "/URI" and str(value) not in allowed and str(value) != "/URI":
                    faults.append(f"leads to {value}")
                if key in {"/JS", "/JavaScript", "/OpenAction", "/AA", "/EmbeddedFiles", "/EF"}:
                    faults.append(f"has {key}")
                if key == "/S" and str(value) in {
                    "/Launch",
                    "/GoToR",
                    "/SubmitForm",
                    "/ImportData",
                }:
                    faults.append(f"does {value}")
    return faults


def pictures(data: bytes) -> int:
    """How many pictures the file holds, drawn or not."""
    with pikepdf.open(BytesIO(data)) as pdf:
        streams = [item for item in pdf.objects if isinstance(item, pikepdf.Stream)]
        return sum(item.get("/Subtype") == "/Image" for item in streams)


def _entries(item: Any) -> Iterator[tuple[str, Any]]:
    """Keys and values of a dictionary and of those directly inside it."""
    if isinstance(item, pikepdf.Stream):
        item = item.stream_dict
    if isinstance(item, pikepdf.Dictionary):
        for key, value in item.items():
            yield key, value
            if isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect:
                yield from _entries(value)
    elif isinstance(item, pikepdf.Array):
        for value in item:
            if isinstance(value, pikepdf.Dictionary) and not value.is_indirect:
                yield from _entries(value)


def structure_faults(data: bytes) -> list[str]:
    """What a screen reader would miss or stumble over."""
    with pikepdf.open(BytesIO(data)) as pdf:
        faults = _catalog_faults(pdf)
        if "/StructTreeRoot" not in pdf.Root:
            return [*faults, "no structure tree"]
        elements = list(_elements(pdf.Root.StructTreeRoot.K))
        claimed = [_owned(pdf, element) for element in elements]
        owned = {mark for marks in claimed for mark in marks}
        for number, page in enumerate(pdf.pages):
            faults += _page_faults(page, number, owned)
        for element in elements:
            if element.S == "/Figure" and not str(element.get("/Alt", "")).strip():
                faults.append("a figure without alternative text")
        if sum(element.S == "/H1" for element in elements) != 1:
            faults.append("not exactly one H1")
    return faults


def _catalog_faults(pdf: pikepdf.Pdf) -> list[str]:
    root = pdf.Root
    faults = []
    if str(root.get("/Lang", "")) != "it-IT":
        faults.append("the language is not it-IT")
    if not root.get("/MarkInfo", {}).get("/Marked", False):
        faults.append("not marked as tagged")
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False):
        faults.append("the title is not displayed")
    if not str(pdf.docinfo.get("/Title", "")).strip():
        faults.append("no title")
    return faults


def _elements(kids: Any) -> Iterator[pikepdf.Dictionary]:
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from _elements(kid.get("/K", pikepdf.Array()))


def _owned(pdf: pikepdf.Pdf, element: pikepdf.Dictionary) -> list[tuple[int, int]]:
    """Page and number of the marked content that belongs to the element."""
    marks = [int(kid) for kid in element.get("/K", []) if isinstance(kid, int)]
    if not marks:
        return []
    page = next(n for n, page in enumerate(pdf.pages) if page.objgen == element.Pg.objgen)
    return [(page, mark) for mark in marks]


def _page_faults(page: pikepdf.Page, number: int, owned: set[tuple[int, int]]) -> list[str]:
    faults, inside = [], ""
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in {"BDC", "BMC"}:
            if inside:
                faults.append("marked content inside marked content")
            inside = str(operands[0])
            if inside != "/Artifact" and (number, int(operands[1].MCID)) not in owned:
                faults.append(f"{inside} that is not in the structure tree")
        elif name == "EMC":
            inside = ""
        elif name in _PAINTING and not inside:
            faults.append(f"{name} paints outside of tags and artifacts")
    return faults


def publicity_faults(data: bytes, block: PublicityBlock) -> list[str]:
    """Parts of the publicity of the fund that the document does not show."""
    shown = " ".join(text_by_poppler(data).split())
    parts = (block.union_line, block.fund_line, block.ministry_line, block.statement)
    parts += (block.programme_title, block.programme_code)
    faults = [f"«{part}» is not there" for part in parts if part not in shown]
    with pikepdf.open(BytesIO(data)) as pdf:
        elements = list(_elements(pdf.Root.get("/StructTreeRoot", {}).get("/K", [])))
    if not any(str(element.get("/Alt", "")) == EMBLEM_ALT for element in elements):
        faults.append("the emblem is not there")
    return faults


def bare_pages(data: bytes, block: PublicityBlock) -> list[int]:
    """Numbers of the pages that lack the emblem or the words that go with it."""
    parts = (block.union_line, block.fund_line, block.ministry_line, block.statement)
    shown = pages(data)
    with pikepdf.open(BytesIO(data)) as pdf:
        fields = [b"0 0.2 0.6 rg" in page.Contents.read_bytes() for page in pdf.pages]
    return [
        number
        for number, (text, field) in enumerate(zip(shown, fields, strict=True), start=1)
        if not field or any(part not in text for part in parts)
    ]
