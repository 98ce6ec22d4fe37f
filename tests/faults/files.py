# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files as people send them, and as nobody should: pictures, PDFs, workbooks."""

import io
import zipfile
import zlib
from collections.abc import Iterable

import pikepdf
from PIL import Image

from app.spreadsheets import write_template

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET = "xl/worksheets/sheet1.xml"
A4 = (595, 842)


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **more
) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new(mode, size, more.pop("colour", 0)).save(out, kind, **more)
    return out.getvalue()


def pdf(pages: int = 1, size: tuple[int, int] = A4, **more) -> bytes:
    """A PDF of empty pages."""
    return saved(_blank(pages, size), **more)


def saved(document: pikepdf.Pdf, **more) -> bytes:
    out = io.BytesIO()
    document.save(out, **more)
    return out.getvalue()


def _blank(pages: int, size: tuple[int, int]) -> pikepdf.Pdf:
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=size)
    return document


def drawing(program: bytes) -> bytes:
    """A PDF whose one page is drawn by this program."""
    document = _blank(1, A4)
    document.pages[0].Contents = pikepdf.Stream(document, program)
    return saved(document)


def picture_bomb(side: int) -> bytes:
    """A small PDF with a picture of side × side points in it."""
    document = _blank(1, A4)
    pack = zlib.compressobj(9)
    row = bytes(side * 3)
    packed = b"".join(pack.compress(row) for _ in range(side)) + pack.flush()
    picture_ = pikepdf.Stream(document, packed)
    picture_.Type, picture_.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    picture_.Width = picture_.Height = side
    picture_.BitsPerComponent, picture_.ColorSpace = 8, pikepdf.Name.DeviceRGB
    picture_.Filter = pikepdf.Name.FlateDecode
    page = document.pages[0]
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=picture_))
    page.Contents = pikepdf.Stream(document, b"q 595 0 0 842 0 0 cm /I Do Q")
    return saved(document)


def zipped(members: Iterable[tuple[str, bytes | str]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def workbook(part: str = "", content: bytes | str = b"") -> bytes:
    """A small workbook, with one of its parts put in another's place."""
    with zipfile.ZipFile(io.BytesIO(write_template(["Nome"], [["Anna"]]))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return zipped((members | ({part: content} if part else {})).items())


def sheet_of(rows: str, before: str = "") -> str:
    """The XML of a worksheet with these rows."""
    return (
        f'<?xml version="1.0"?>{before}<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>'
    )
