# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads files nobody vouches for, in a process of its own with little time and memory.

``app.uploads`` runs it by its path: ``check`` or ``page <number> <side>``, the file on
standard input. On standard output comes a line of JSON, then bytes. A file that
crashes or starves a decoder ends this process and nothing else.
"""

import io
import json
import resource
import sys
import warnings
from typing import Any

import pypdfium2
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
    return {}, _jpeg(picture)


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
    """The picture upright, bounded, and without anything but its pixels.

    Of a file with several frames only a phone's (MPO) is taken, and of it the first.
    """
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(raw), formats=("JPEG", "PNG")) as picture:
            if picture.format == "PNG" and getattr(picture, "is_animated", False):
                raise Refused("animated")
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("pixels") from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return _jpeg(_opaque(upright))


def _opaque(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # sixteen bits of grey
        return picture.convert("I").point(lambda grey: grey / 256).convert("RGB")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    paper = Image.new("RGB", picture.size, WHITE)
    layer = picture.convert("RGBA")
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper


def _jpeg(picture: Image.Image) -> bytes:
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)  # pixels only: profiles, comments and places stay behind
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True)
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
        else:
            answer, content = page(raw, int(words[1]), int(words[2]))
    except Refused as refused:
        answer, content = {"refused": str(refused)}, b""
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + content)


if __name__ == "__main__":
    main(sys.argv[1:])
