# SPDX-License-Identifier: AGPL-3.0-or-later
"""A document of ours as a picture, with words across it that say what it is not."""

from functools import lru_cache
from io import BytesIO
from math import atan2, degrees, hypot
from threading import Lock

import pypdfium2
from PIL import Image, ImageDraw, ImageFont

from app.documents.fonts import FILES, FOLDER, SEMIBOLD

TINT = (204, 51, 77, 56)  # red that the text below shows through
QUALITY = 80
SPREAD = 0.72  # of the diagonal

_drawing = Lock()  # PDFium draws one page at a time


def proof_picture(pdf: bytes, words: str, width: int) -> bytes:
    """The first page as WebP, ``width`` pixels wide, with the words along its diagonal.

    The PDF must be of our own making: a stranger's belongs into ``app.scan_reader``.
    """
    with _drawing, pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        picture = page.render(scale=width / page.get_width()).to_pil().convert("RGBA")
    picture.alpha_composite(_across(picture.size, words))
    out = BytesIO()
    picture.convert("RGB").save(out, "WEBP", quality=QUALITY, method=2)
    return out.getvalue()


@lru_cache(maxsize=4)
def _across(size: tuple[int, int], words: str) -> Image.Image:
    """A sheet of this size with nothing on it but the words."""
    width, height = size
    diagonal = hypot(width, height)
    path = FOLDER / FILES[SEMIBOLD]
    one_to_one = ImageFont.truetype(path, 100).getlength(words)
    font = ImageFont.truetype(path, 100 * SPREAD * diagonal / one_to_one)
    square = Image.new("RGBA", (int(diagonal), int(diagonal)), (0, 0, 0, 0))
    middle = (diagonal / 2, diagonal / 2)
    ImageDraw.Draw(square).text(middle, words, TINT, font, anchor="mm")
    turned = square.rotate(degrees(atan2(height, width)), Image.Resampling.BICUBIC)
    left, top = (int(diagonal) - width) // 2, (int(diagonal) - height) // 2
    return turned.crop((left, top, left + width, top + height))
