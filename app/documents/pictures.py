# SPDX-License-Identifier: AGPL-3.0-or-later
"""Logos as objects of a PDF, decoded once for all the documents that show them."""

import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from typing import Any

from PIL import Image
from reportlab.pdfbase import pdfdoc

_MOST = (480, 320)  # pixels: over 500 to the inch at the size logos are printed
_QUALITY = 92


@dataclass(frozen=True)
class Logo:
    """A picture by the SHA-256 of its bytes; ``name`` is what a reader hears instead."""

    sha256: str
    name: str


@dataclass(frozen=True)
class Picture:
    """A picture ready to be written: its name in the file, its pixels, its object."""

    name: str
    width: int
    height: int
    written: bytes = field(repr=False)


@dataclass(frozen=True)
class _Source:
    sha256: str
    data: bytes = field(compare=False)  # the hash already tells one from the other


class Written(pdfdoc.PDFObject):  # type: ignore[misc]
    """The picture as an object of one document."""

    __RefOnly__ = 1

    def __init__(self, picture: Picture) -> None:
        self._bytes = picture.written

    def format(self, _document: Any) -> bytes:
        return self._bytes


def picture(digest: str, data: bytes) -> Picture:
    """The picture whose bytes (opaque PNG or JPEG, already judged) have this SHA-256.

    Raises ValueError when they have another one.
    """
    return _picture(_Source(digest, data))


@lru_cache(maxsize=64)
def _picture(source: _Source) -> Picture:
    if sha256(source.data).hexdigest() != source.sha256:
        raise ValueError(f"these are not the bytes of logo {source.sha256}")
    with Image.open(BytesIO(source.data), formats=("JPEG", "PNG")) as opened:
        drawn = opened.convert("RGB")
        if opened.format == "JPEG":
            coding, stream = "DCTDecode", source.data
            if opened.mode != "RGB" or opened.width > _MOST[0] or opened.height > _MOST[1]:
                stream = _smaller(drawn)
        else:
            drawn.thumbnail(_MOST, Image.Resampling.LANCZOS)
            coding, stream = "FlateDecode", zlib.compress(drawn.tobytes(), 9)
    head = (
        f"<</Type /XObject /Subtype /Image /Width {drawn.width} /Height {drawn.height} /ColorSpace "
        f"/DeviceRGB /BitsPerComponent 8 /Filter /{coding} /Length {len(stream)}>>\nstream\n"
    )
    written = head.encode() + stream + b"\nendstream"
    return Picture(f"logo{source.sha256[:32]}", *drawn.size, written)


def _smaller(drawn: Image.Image) -> bytes:
    """The picture within its bounds, as a JPEG anew."""
    out = BytesIO()
    drawn.thumbnail(_MOST, Image.Resampling.LANCZOS)
    drawn.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
