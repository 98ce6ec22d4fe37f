# SPDX-License-Identifier: AGPL-3.0-or-later
"""The QR code: any telephone reads it, and another encoder draws the same."""

import re

import pytest
import zxingcpp
from PIL import Image

from app.documents import qr
from tests.documents import reading

TEXT = "https://forpa.example.it/v/" + "ABCD-EFGH-è7-" * 200


def _picture(rows: list[bytes]) -> Image.Image:
    """The modules, three pixels wide, within their quiet zone."""
    bare = Image.frombytes("L", (len(rows), len(rows)), b"".join(rows)).point(
        lambda d: 255 - 255 * d
    )
    wide = Image.new("L", (len(rows) + 8, len(rows) + 8), 255)
    wide.paste(bare, (4, 4))
    return wide.resize((wide.width * 3, wide.height * 3), Image.Resampling.NEAREST)


def _by_another(text: str) -> list[bytes]:
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    drawn = memoryview(code.to_image(scale=1, add_quiet_zones=False))
    return [bytes(cell < 128 for cell in row) for row in drawn.tolist()]


@pytest.mark.parametrize("length", [*range(1, 330, 7), 600, 1200])
def test_it_is_read_whatever_its_length(length: int) -> None:
    rows = qr.matrix(TEXT[:length])

    assert reading.codes_read(_picture(rows)) == [TEXT[:length]]


def test_another_encoder_that_takes_the_same_mask_draws_the_same() -> None:
    texts = [
        f"https://forpa.example.it/v/{number:x}" + "a" * (number % 150) for number in range(400)
    ]
    pairs = [(_by_another(text), qr.matrix(text)) for text in texts]

    assert all(len(theirs) == len(ours) for theirs, ours in pairs)
    marks = [(theirs, ours) for theirs, ours in pairs if theirs[8] == ours[8]]
    assert len(marks) > 20
    assert all(theirs == ours for theirs, ours in marks)


def test_a_word_gone_wrong_is_noticed() -> None:
    rows = qr.matrix(TEXT[:60])
    spoilt = [row[:12] + bytes(12) + row[24:] for row in rows]

    assert reading.codes_read(_picture(spoilt)) == []


def test_what_no_code_can_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        qr.matrix("x" * 2332)


def test_the_code_keeps_its_quiet_zone() -> None:
    operators, modules = qr.qr_code("https://forpa.example.it/", 90)

    width, _, _, height, x, y = map(float, re.search(r"0 g (.+) cm", operators)[1].split())  # type: ignore[index]
    assert re.search(rf"/W {modules - 8} /H {modules - 8} ", operators)
    edges = (x, y, 90 - x - width, 90 - y - height)
    assert edges == pytest.approx((qr.QUIET_ZONE * 90 / modules,) * 4, abs=0.01)


def test_the_stencil_says_each_module() -> None:
    text = "https://forpa.example.it/"
    rows = qr.matrix(text)
    operators, _modules = qr.qr_code(text, 90)

    bits = bytes.fromhex(re.search(r"ID ([0-9a-f]+)>", operators)[1])  # type: ignore[index]
    width = (len(rows) + 7) // 8
    lines = [
        f"{int.from_bytes(bits[at : at + width]):0{8 * width}b}"
        for at in range(0, len(bits), width)
    ]
    assert [line[: len(rows)] for line in lines] == ["".join(map(str, row)) for row in rows]
    assert not any(line[len(rows) :].strip("0") for line in lines)
