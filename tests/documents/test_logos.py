# SPDX-License-Identifier: AGPL-3.0-or-later
"""Logos: never larger than the emblem, never over the words, written once and decoded once."""

import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from io import BytesIO

import pikepdf
import pytest
from PIL import Image

from app.documents import pictures
from app.documents.certificate import render_certificate
from app.documents.certificate_content import CertificateContent, Logo
from app.documents.declaration import render_declaration
from tests.documents import reading
from tests.documents.certificate_specimens import (
    CERTIFICATE,
    DECLARATION_OF_HOURS,
    IMAGES,
    LOGOS,
    WITH_ASSESSMENT,
    logo_file,
)

Box = tuple[float, float, float, float]
SHAPES = [(24, 24), (100, 1_200), (1_200, 100), (600, 400), (300, 400), (1_200, 1_200), (25, 24)]
LONG_NAME = "Unione dei Comuni del Trasimeno e della Valnestore e dei Colli del Tevere"
BOTH = pytest.mark.parametrize(
    ("render", "content"),
    [(render_certificate, CERTIFICATE), (render_declaration, DECLARATION_OF_HOURS)],
)
Render = Callable[..., bytes]


def _logos(*files: bytes) -> tuple[tuple[Logo, ...], dict[str, bytes]]:
    images = {sha256(content).hexdigest(): content for content in files}
    return tuple(Logo(digest, f"Logo {digest[:4]}") for digest in images), images


def _boxes(data: bytes) -> tuple[Box, list[Box]]:
    """Left, top, right and bottom of the emblem and of every logo, from the upper left corner."""
    with pikepdf.open(BytesIO(data)) as pdf:
        page = pdf.pages[0]
        height = float(page.mediabox[3])
        drawn = page.Contents.read_bytes().decode("latin-1")
    number = r"(-?[\d.]+)"
    emblem = re.search(
        rf"1 0 0 1 {number} {number} cm 0 0.2 0.6 rg 0 0 {number} {number} re", drawn
    )
    logos = re.findall(rf"{number} 0 0 {number} {number} {number} cm /FormXob\S+ Do", drawn)
    assert emblem
    x, y, wide, high = map(float, emblem.groups())
    boxes = [tuple(map(float, logo)) for logo in logos]
    return (x, height - y - high, x + wide, height - y), [
        (x, height - y - h, x + w, height - y) for w, h, x, y in boxes
    ]


@BOTH
@pytest.mark.parametrize("shape", SHAPES)
def test_no_logo_is_larger_than_the_emblem(
    render: Render, content: CertificateContent, shape: tuple[int, int]
) -> None:
    logos, images = _logos(logo_file(*shape, "#8a1c1c"))

    emblem, (logo,) = _boxes(render(replace(content, logos=logos), images))

    wide, high = logo[2] - logo[0], logo[3] - logo[1]
    assert wide <= emblem[2] - emblem[0] + 0.01
    assert high <= emblem[3] - emblem[1] + 0.01
    assert wide / high == pytest.approx(shape[0] / shape[1], rel=0.02), "not distorted"
    assert max(wide / (emblem[2] - emblem[0]), high / (emblem[3] - emblem[1])) > 0.5, "legible"


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("shape", [(1_200, 100), (600, 400), (300, 400)])
def test_logos_and_words_keep_apart(shape: tuple[int, int], count: int) -> None:
    files = [logo_file(*shape, f"#{number}{number}1c1c") for number in range(10, 10 + count)]
    logos, images = _logos(*files)
    block = replace(CERTIFICATE.publicity, ministry_line="MINISTERO DELL'INTERNO E DELLE AUTONOMIE")
    content = replace(CERTIFICATE, logos=logos, issuing_body=LONG_NAME, publicity=block)
    data = render_certificate(content, images)

    emblem, boxes = _boxes(data)

    taken = [*boxes, emblem, *(word[:4] for word in reading.words(data))]
    assert len(boxes) == count
    assert [
        (place, other)
        for place, box in enumerate(boxes)
        for other, taken_box in enumerate(taken)
        if place != other and _meet(box, taken_box)
    ] == []
    assert all(left > 26 and top > 26 and right < 816 for left, top, right, _ in boxes)


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def test_what_meets_is_noticed() -> None:
    assert _meet((0, 0, 10, 10), (9, 9, 20, 20))
    assert not _meet((0, 0, 10, 10), (11, 0, 20, 10))


def test_a_logo_is_heard_unless_its_name_is_written_already() -> None:
    data = render_certificate(replace(WITH_ASSESSMENT, logos=LOGOS), IMAGES)

    with pikepdf.open(BytesIO(data)) as pdf:
        heard = [str(item.Alt) for item in pdf.objects if "/Alt" in _dictionary(item)]
    assert "Comune di Perugia" not in heard, "the issuing body stands under it"
    assert {"Anci Umbria", "Provincia di Perugia", "Aris Formazione"} <= set(heard)
    assert reading.structure_faults(data) == []


def _dictionary(item: object) -> pikepdf.Dictionary:
    return item if isinstance(item, pikepdf.Dictionary) else pikepdf.Dictionary()


@BOTH
def test_the_same_logo_twice_is_written_once(render: Render, content: CertificateContent) -> None:
    twice = replace(content, logos=(LOGOS[0], replace(LOGOS[0], name="Altro nome")))
    data = render(twice, IMAGES)

    assert reading.pictures(data) == 1
    assert len(_boxes(data)[1]) == 2
    assert reading.archive_faults(data) == []


def test_a_logo_is_decoded_once_for_all_documents() -> None:
    pictures._picture.cache_clear()
    content = replace(CERTIFICATE, logos=LOGOS)

    drawn = {render_certificate(content, {k: bytes(bytearray(v)) for k, v in IMAGES.items()})
             for _ in range(5)}  # fmt: skip

    assert len(drawn) == 1, "equal contents give equal bytes"
    assert pictures._picture.cache_info().misses == len(LOGOS)


def test_a_large_picture_does_not_make_a_large_file() -> None:
    noise = Image.effect_noise((1_200, 1_200), 90)
    out = BytesIO()
    noise.save(out, "JPEG", quality=95)  # and in grey
    logos, images = _logos(out.getvalue())

    data = render_certificate(replace(CERTIFICATE, logos=logos), images)

    assert len(out.getvalue()) > 700_000
    assert len(data) < 130_000
    assert reading.archive_faults(data) == []


def test_logos_that_cannot_be_drawn_are_an_error() -> None:
    (logo,), images = _logos(logo_file(300, 200, "#8a1c1c"))
    other = {logo.sha256: logo_file(300, 200, "#116633")}
    pictures._picture.cache_clear()

    with pytest.raises(ValueError, match="no picture for logo"):
        render_certificate(replace(CERTIFICATE, logos=(logo,)))
    with pytest.raises(ValueError, match="not the bytes of logo"):
        render_certificate(replace(CERTIFICATE, logos=(logo,)), other)
    with pytest.raises(ValueError, match="at most 4 logos"):
        render_certificate(replace(CERTIFICATE, logos=(logo,) * 5), images)
