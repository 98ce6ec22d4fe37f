# SPDX-License-Identifier: AGPL-3.0-or-later
"""Logos nobody vouches for: drawn anew or refused in words, soon, and reading nothing else."""

import base64
import io
import socket
import subprocess
import sys

import pytest
from PIL import Image

from app import scan_reader
from app.domain.errors import RuleViolation
from app.uploads import check_logo
from tests.faults.files import picture
from tests.faults.test_uploads import animation, gps_photo, refusal

NAMES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
RED = (255, 0, 0)
DOT = '<rect width="60" height="40" fill="red"/>'
LAUGHS = "<!DOCTYPE svg [<!ENTITY a0 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)
) + "]>"  # fmt: skip
FILE_ENTITY = '<!DOCTYPE svg [<!ENTITY file SYSTEM "file:///etc/hostname">]>'
PARAMETERS = '<!DOCTYPE svg [<!ENTITY % more SYSTEM "http://127.0.0.1:9/x.dtd"> %more;]>'


@pytest.fixture(autouse=True)
def answered():
    """No application here: files only."""


def svg(inside: str = DOT, before: str = "", size: str = 'width="60" height="40"') -> bytes:
    return f"{before}<svg {NAMES} {size}>{inside}</svg>".encode()


def data(kind: str, content: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def image(address: str) -> bytes:
    return svg(f'<image width="60" height="40" xlink:href="{address}"/>')


def uses(depth: int) -> bytes:
    """Ten of ten of ten: more shapes than any memory."""
    steps = "".join(
        f'<g id="g{n}">{f"""<use href="#g{n - 1}"/>""" * 10}</g>' for n in range(1, depth)
    )
    return svg(f'<defs><g id="g0">{DOT}</g>{steps}</defs><use href="#g{depth - 1}"/>')


def chain(links: int) -> bytes:
    """Each shape is the next: as deep as a stack is not."""
    steps = "".join(f'<g id="g{n}"><use href="#g{n - 1}"/></g>' for n in range(1, links))
    return svg(f'<defs><g id="g0">{DOT}</g>{steps}</defs><use href="#g{links - 1}"/>')


BAD_LOGOS = {
    "nothing": (lambda: b"", "vuoto"),
    "too big": (lambda: svg("<g/>" * 250_001), "1 MB"),
    "a PDF": (lambda: b"%PDF-1.7\n", "PNG, JPEG o SVG"),
    "a GIF": (lambda: picture("GIF", mode="L"), "PNG, JPEG o SVG"),
    "an SVG compressed": (lambda: b"\x1f\x8b" + bytes(50), "PNG, JPEG o SVG"),
    "a page": (lambda: b"<html><script>alert(1)</script></html>", "PNG, JPEG o SVG"),
    "a drawing of no namespace": (lambda: b"<svg width='9' height='9'/>", "PNG, JPEG o SVG"),
    "an SVG cut short": (lambda: svg()[:-8], "danneggiato"),
    "an SVG of nothing": (lambda: svg("", size=""), "bianco"),
    "an SVG of no size": (lambda: svg(size='width="0" height="0"'), "danneggiato"),
    "a PNG cut short": (lambda: picture("PNG", (900, 900))[:-200], "danneggiato"),
    "an animation": (animation, "animata"),
    "400 million points": (lambda: picture("PNG", (20_000, 20_000), "1"), "25 milioni"),
    "as thin as a hair": (lambda: picture("PNG", (1_200, 2)), "lungo e stretto"),
    "as small as a dot": (lambda: picture("PNG", (8, 8)), "troppo piccolo"),
    "white on white": (lambda: picture("PNG", mode="L", colour=255), "bianco"),
    "nothing on nothing": (lambda: picture("PNG", mode="RGBA", colour=(0, 0, 0, 0)), "bianco"),
    "a thousand million laughs": (lambda: svg(before=LAUGHS), "entità"),
    "a file as an entity": (lambda: svg("&file;", FILE_ENTITY), "entità"),
    "entities from elsewhere": (lambda: svg(before=PARAMETERS), "entità"),
    "ten thousand million shapes": (lambda: uses(11), "complesso"),
    "a chain of shapes": (lambda: chain(3_000), "complesso"),
    "itself within itself": (lambda: svg('<g id="a"><use href="#a"/></g>'), "bianco"),
    "deep": (lambda: svg("<g>" * 5_000 + "</g>" * 5_000), "complesso"),
    "many": (lambda: svg("<g/>" * 20_000), "complesso"),
    "letters": (lambda: svg(f"{DOT}<g><text>Comune</text></g>"), "testo"),
    "a picture on the disk": (lambda: image("/etc/logo.png"), "altri file"),
    "a picture beside": (lambda: image("logo.png"), "altri file"),
    "a picture by its address": (lambda: image("file:///etc/logo.png"), "altri file"),
    "a picture elsewhere": (lambda: image("http://127.0.0.1:9/logo.png"), "altri file"),
    "a drawing in the drawing": (lambda: image(data("svg+xml", svg())), "altri file"),
    "a picture by a filter": (lambda: svg(f'{DOT}<filter id="f"><feImage href="#x"/></filter>'), "altri file"),
    "shapes of another drawing": (lambda: svg('<use href="other.svg#a"/>'), "altri file"),
    "a bomb in the drawing": (lambda: image(data("png", picture("PNG", (20_000, 20_000), "1"))), "25 milioni"),
    "rubbish in the drawing": (lambda: image(data("png", b"x")), "danneggiato"),
    "a blur as wide as the sea": (
        lambda: svg(f'<filter id="f"><feMorphology operator="dilate" radius="1e9"/></filter>{DOT}'
                    '<rect width="60" height="40" filter="url(#f)"/>' * 2_000),
        "danneggiato",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_LOGOS)
def test_a_bad_logo_is_refused_in_words_and_soon(name):
    make, sentence = BAD_LOGOS[name]
    assert sentence in refusal(check_logo, make())


def drawn(raw: bytes) -> Image.Image:
    checked = check_logo(raw)
    logo = Image.open(io.BytesIO(checked.content))
    assert (logo.mode, checked.media_type) == ("RGB", f"image/{logo.format.lower()}")
    return logo


PLAIN = {
    "a drawing": svg(),
    "with its prolog": svg(before='\ufeff<?xml version="1.0" encoding="utf-8"?>\n<!-- a logo -->'),
    "with its document type": svg(before='<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://127.0.0.1:9/svg11.dtd">'),
    "with a view box only": svg(size='viewBox="0 0 60 40"'),
    "as large as a country": svg(size='width="1e9" height="1e9" viewBox="0 0 60 40" preserveAspectRatio="none"'),
    "with a script": svg(f'<script>alert(1)</script>{DOT}<g onload="alert(1)"/>'),
    "with a page in it": svg(f'{DOT}<foreignObject width="60" height="40"><p xmlns="http://www.w3.org/1999/xhtml">a</p></foreignObject>'),
    "with a link": svg(f'<a xlink:href="javascript:alert(1)">{DOT}</a>'),
    "with another sheet": svg(f'<style>@import url("http://127.0.0.1:9/a.css"); rect {{ fill: red }}</style>{DOT}'),
    "with a sheet of its own": svg('<style>.a { fill: #ff0000 }</style><rect class="a" width="60" height="40"/>'),
    "moving": svg(f'{DOT}<rect width="60" height="40" fill="red"><animate attributeName="fill" to="blue"/></rect>'),
    "of a program": svg(f'<x:view xmlns:x="urn:editor" x:href="/etc/passwd"/>{DOT}'),
    "with a picture in it": image(data("png", picture("PNG", colour=RED))),
    "with a photo in it": image(data("jpeg", picture("JPEG", colour=(254, 0, 0), quality=95))),
}  # fmt: skip


@pytest.mark.parametrize("name", PLAIN)
def test_a_drawing_becomes_a_picture_of_its_shapes_only(name):
    logo = drawn(PLAIN[name])
    assert max(logo.size) == 1_200
    assert min(logo.size) >= 800
    red, green, blue = logo.getpixel((logo.width // 2, logo.height // 2))
    assert red > 250
    assert max(green, blue) < 5


def test_what_is_transparent_becomes_paper():
    half = svg('<rect x="30" width="30" height="40" fill="red"/>')
    assert drawn(half).getpixel((100, 100)) == (255, 255, 255)
    assert drawn(half).getpixel((1_100, 100)) == RED


COLOURS = {"LA": (0, 255), "RGBA": (0, 0, 0, 255)}


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_picture_stays_what_it_is(mode):
    logo = drawn(picture("PNG", (2_400, 600), mode, colour=COLOURS.get(mode, 0)))
    assert (logo.format, logo.size) == ("PNG", (1_200, 300))


def test_only_the_pixels_of_a_photo_are_kept():
    checked = check_logo(gps_photo())
    assert drawn(gps_photo()).size == (40, 60)
    for left_behind in (b"Vaccara", b"scritto da me", b"profilo", b"Exif"):
        assert left_behind not in checked.content


def test_the_same_logo_gives_the_same_bytes():
    assert check_logo(svg()) == check_logo(svg())


# --- the drawer is kept from the disk and the network, whatever its input says ---------

UNCHECKED = """
import io, resource, runpy, sys
from PIL import Image
reader = runpy.run_path(sys.argv[1])
Image.init()
if sys.argv[2] == "closed":
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
drawn = reader["_drawn"](sys.stdin.read())
print(drawn.getpixel((600, 400)))
"""


def unchecked(raw: bytes, door: str) -> str:
    """What the drawer makes of a drawing that nobody looked through."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-I", "-c", UNCHECKED, scan_reader.__file__, door],
        input=raw,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip()


def test_behind_the_check_no_file_can_be_opened(tmp_path):
    """The control: with its files open, the drawer does read the disk."""
    secret = tmp_path / "secret.png"
    secret.write_bytes(picture("PNG", colour=RED))
    assert unchecked(image(str(secret)), "open") == str(RED)
    assert unchecked(image(str(secret)), "closed") == "(255, 255, 255)"
    with pytest.raises(RuleViolation, match="altri file"):
        check_logo(image(str(secret)))


def test_the_drawer_asks_nobody_on_the_network():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/logo.png"
        for raw in (
            image(address),
            svg(f'<style>@import url("{address}"); @font-face {{ src: url("{address}") }}</style>'),
            svg(f'<rect width="60" height="40" fill="url({address}#a)" filter="url({address}#b)"/>'),
            svg(before=f'<!DOCTYPE svg PUBLIC "a" "{address}">'),
            svg(before=f'<?xml-stylesheet href="{address}"?>'),
        ):  # fmt: skip
            unchecked(raw, "open")
            with pytest.raises(TimeoutError):
                server.accept()
