# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads files nobody vouches for, in a process of its own with little time and memory.

``app.uploads`` runs it by its path: ``check``, ``logo`` or ``page <number> <side>``, the
file on standard input. On standard output comes a line of JSON, then bytes. A file that
crashes or starves a decoder ends this process and nothing else.
"""

import base64
import io
import json
import resource
import sys
import warnings
from typing import Any
from xml.etree import ElementTree

import defusedxml.ElementTree
import pypdfium2
import resvg_py
from defusedxml.common import DefusedXmlException
from PIL import Image, ImageOps
from pypdfium2.raw import FPDF_ERR_PASSWORD, FPDF_GetSecurityHandlerRevision

MEMORY = 1_000_000_000  # bytes of addresses, the libraries themselves included
SECONDS = 3  # of a processor

MAX_PIXELS = 25_000_000
MAX_PAGES = 50
PAGE_SIDES = (20, 5_000)  # points: from a label to well beyond A0
LONGEST_SIDE = 3_000  # pixels of a picture kept
JPEG_QUALITY = 85
WHITE = (255, 255, 255)

LOGO_SIDES = (24, 1_200)  # pixels: the least of the longer side, the most of both
LOGO_SHAPE = 12  # times as long as high, or as high as long
LOGO_QUALITY = 92
NEARLY_WHITE = 245
SVG_ELEMENTS = 10_000
SVG_DEPTH = 64
SVG = "{http://www.w3.org/2000/svg}"
# What is drawn. Everything else is left out: scripts, animations, what editors note for themselves.
SVG_SHAPES = {
    "svg", "g", "a", "switch", "defs", "symbol", "use", "style", "image", "path", "rect", "circle",
    "ellipse", "line", "polyline", "polygon", "linearGradient", "radialGradient", "stop", "pattern",
    "clipPath", "mask", "marker", "filter", "feBlend", "feColorMatrix", "feComponentTransfer",
    "feComposite", "feDropShadow", "feFlood", "feFuncA", "feFuncB", "feFuncG", "feFuncR", "feGaussianBlur",
    "feMerge", "feMergeNode", "feMorphology", "feOffset",
}  # fmt: skip
SVG_TEXTS = {"text", "tspan", "textPath", "tref"}
SVG_PICTURES = ("data:image/png;base64,", "data:image/jpeg;base64,", "data:image/jpg;base64,")


class Refused(Exception):  # noqa: N818 - says what happened
    """The word of the reason; ``app.uploads`` has the sentence."""


def check(raw: bytes) -> tuple[dict[str, Any], bytes]:
    """What the file is by its content, and for a picture the bytes drawn anew."""
    if raw.startswith(b"%PDF-"):
        return {"media_type": "application/pdf", "pages": _pages(raw)}, b""
    if raw.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return {"media_type": "image/jpeg", "pages": 1}, _redrawn(raw)
    raise Refused("kind")


def page(raw: bytes, number: int, side: int) -> tuple[dict[str, Any], bytes]:
    """The page of the PDF as a JPEG whose longest side is as many pixels."""
    with _document(raw) as document:
        found = document[number - 1]
        scale = side / max(found.get_size())
        picture = found.render(scale=scale).to_pil().convert("RGB")
    return {}, _encoded(picture, "JPEG", JPEG_QUALITY)


def logo(raw: bytes) -> tuple[dict[str, Any], bytes]:
    """The logo drawn anew on white: opaque, bounded, without anything but its pixels."""
    if raw.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        picture, kind = _upright(raw, LOGO_SIDES[1])
    elif raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        picture, kind = _drawn(_svg(raw)), "PNG"
    else:
        raise Refused("logo_kind")
    _check_logo(picture)
    media_type = "image/jpeg" if kind == "JPEG" else "image/png"
    return {"media_type": media_type, "pages": 1}, _encoded(picture, kind, LOGO_QUALITY)


def _check_logo(picture: Image.Image) -> None:
    short, long = sorted(picture.size)
    if long < LOGO_SIDES[0] or long > LOGO_SHAPE * short:
        raise Refused("logo_shape")
    if picture.convert("L").getextrema()[0] >= NEARLY_WHITE:
        raise Refused("logo_blank")


def _svg(raw: bytes) -> str:
    """The drawing written anew with what it needs: what was checked is what is drawn."""
    depth = count = 0
    events = defusedxml.ElementTree.iterparse(
        io.BytesIO(raw), ("start", "end"), forbid_dtd=False, forbid_entities=True
    )
    try:
        for happened, _element in events:
            depth += 1 if happened == "start" else -1
            count += happened == "start"
            if depth > SVG_DEPTH or count > SVG_ELEMENTS:
                raise Refused("svg_complex")
    except DefusedXmlException as error:
        raise Refused("svg_entities") from error
    except ElementTree.ParseError as error:
        raise Refused("logo_damaged") from error
    if events.root.tag != f"{SVG}svg":
        raise Refused("logo_kind")
    _strip(events.root)
    return ElementTree.tostring(events.root, encoding="unicode")


def _strip(element: ElementTree.Element) -> None:
    """Leave out what is not drawn; refuse what the drawing would want from elsewhere."""
    _check_references(element)
    for child in list(element):
        name = child.tag.removeprefix(SVG)
        if name in SVG_TEXTS:
            raise Refused("svg_text")
        if child.tag.startswith(SVG) and name == "feImage":
            raise Refused("svg_references")
        if child.tag.startswith(SVG) and name in SVG_SHAPES:
            _strip(child)
        else:
            element.remove(child)


def _check_references(element: ElementTree.Element) -> None:
    for name, value in list(element.attrib.items()):
        if name.rpartition("}")[2] != "href":
            continue
        if element.tag == f"{SVG}a":
            del element.attrib[name]  # nobody can click on paper
        elif element.tag == f"{SVG}image" and value.startswith(SVG_PICTURES):
            element.set(name, _embedded(value))
        elif not value.startswith("#"):
            raise Refused("svg_references")


def _embedded(address: str) -> str:
    """A picture inside the drawing, drawn anew like any other."""
    picture, kind = _upright(base64.b64decode(address.partition(",")[2]), LOGO_SIDES[1], keep=True)
    content = base64.b64encode(_encoded(picture, kind, LOGO_QUALITY)).decode()
    return f"data:image/{kind.lower()};base64,{content}"


def _drawn(drawing: str) -> Image.Image:
    side = LOGO_SIDES[1]
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=drawing, width=side, height=side, background="white", skip_system_fonts=True
        )
    except ValueError as error:
        raise Refused("svg_complex" if "limit" in str(error) else "logo_damaged") from error
    return Image.open(io.BytesIO(png), formats=("PNG",)).convert("RGB")


def _document(raw: bytes) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code == FPDF_ERR_PASSWORD
        raise Refused("encrypted" if locked else "damaged") from error
    if FPDF_GetSecurityHandlerRevision(document) != -1:
        raise Refused("encrypted")
    return document


def _pages(raw: bytes) -> int:
    if b"%%EOF" not in raw[-1024:]:
        raise Refused("damaged")  # cut short, or another file hangs on it
    with _document(raw) as document:
        pages = len(document)
        if pages > MAX_PAGES:
            raise Refused("pages")
        least, most = PAGE_SIDES
        sides = [side for number in range(pages) for side in document.get_page_size(number)]
        if not sides or not all(least <= side <= most for side in sides):
            raise Refused("damaged")
    return pages


def _redrawn(raw: bytes) -> bytes:
    """The picture upright, bounded, and without anything but its pixels."""
    return _encoded(_upright(raw, LONGEST_SIDE)[0], "JPEG", JPEG_QUALITY)


def _upright(raw: bytes, side: int, keep: bool = False) -> tuple[Image.Image, str]:
    """The picture within a square of so many pixels, on white unless ``keep``; and its kind.

    Of a file with several frames only a phone's (MPO) is taken, and of it the first.
    """
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(raw), formats=("JPEG", "PNG")) as picture:
            if picture.format == "PNG" and getattr(picture, "is_animated", False):
                raise Refused("animated")
            kind = "PNG" if picture.format == "PNG" else "JPEG"
            picture.draft("RGB", (side, side))
            upright = ImageOps.exif_transpose(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("pixels") from error
    upright.thumbnail((side, side))
    if keep and kind == "PNG":
        return upright.convert("RGBA"), kind
    return _opaque(upright), kind


def _opaque(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # sixteen bits of grey
        return picture.convert("I").point(lambda grey: grey / 256).convert("RGB")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    paper = Image.new("RGB", picture.size, WHITE)
    layer = picture.convert("RGBA")
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper


def _encoded(picture: Image.Image, kind: str, quality: int) -> bytes:
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)  # pixels only: profiles, comments and places stay behind
    out = io.BytesIO()
    bare.save(out, kind, quality=quality, optimize=True)
    return out.getvalue()


def main(words: list[str]) -> None:
    """Answer one question on one file; a failure that has no word ends the process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    raw = sys.stdin.buffer.read()
    try:
        if words[0] == "check":
            answer, content = check(raw)
        elif words[0] == "logo":
            Image.init()  # what it would look for later
            resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))  # from here on no file opens
            answer, content = logo(raw)
        else:
            answer, content = page(raw, int(words[1]), int(words[2]))
    except Refused as refused:
        answer, content = {"refused": str(refused)}, b""
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + content)


if __name__ == "__main__":
    main(sys.argv[1:])
