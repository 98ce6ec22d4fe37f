# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: no changed certificate passes for the one issued.

A hundred are forged: some drawn anew with another name, other hours, another
date, by our own program; some changed in the file itself. Told apart are they
by the SHA-256 that the public page compares, and by the seal as well.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from app.documents import signature_reader
from app.documents.certificate import render_certificate
from app.documents.seal import Seal
from app.documents.signatures import SealReport, reports
from tests.documents import reading, signers
from tests.documents.specimens import CERTIFICATE

NAMES = (
    "Lucio",
    "Luciana",
    "Licia",
    "Lidia",
    "Lucrezia",
    "Lu\u0441ia",
)  # the last with a Cyrillic es
EACH = 25


@pytest.fixture(scope="module")
def plain() -> bytes:
    return render_certificate(CERTIFICATE)


@pytest.fixture(scope="module")
def issued(plain: bytes) -> bytes:
    return Seal(signers.seal_key()).apply(plain, signers.AT)


def examined(pdf: bytes) -> tuple[SealReport, ...]:
    return reports(signature_reader.answer(pdf, ["examine"]))


def drawn_anew() -> Iterator[bytes]:
    """Another name, other hours, another date: what whoever has this program can do."""
    for i in range(EACH):
        content = (
            replace(CERTIFICATE, family_name=f"Fontebella{chr(97 + i)}"),
            replace(CERTIFICATE, counted_minutes=CERTIFICATE.counted_minutes + 1 + i),
            replace(CERTIFICATE, issue_date=CERTIFICATE.issue_date + timedelta(days=1 + i)),
        )[i % 3]
        yield render_certificate(content)


def rewritten(issued: bytes, change: Callable[[pikepdf.Pdf, int], None]) -> Iterator[bytes]:
    """The issued file opened, changed and saved by another program."""
    for i in range(EACH):
        with pikepdf.open(BytesIO(issued)) as pdf:
            change(pdf, i)
            out = BytesIO()
            pdf.save(out)
        yield out.getvalue()


def exchange_letters(pdf: pikepdf.Pdf, number: int) -> None:
    """Turn round the glyphs of one string that is shown: letters of a name, figures of hours."""
    page = pdf.pages[0]
    instructions = list(pikepdf.parse_content_stream(page))
    shown = [
        i
        for i, one in enumerate(instructions)
        if str(one.operator) == "Tj" and len(bytes(one.operands[0])) > 3
    ]
    at = shown[number % len(shown)]
    glyphs = bytes(instructions[at].operands[0])
    changed = pikepdf.String(glyphs[::-1])
    instructions[at] = pikepdf.ContentStreamInstruction([changed], pikepdf.Operator("Tj"))
    page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))


def cover(pdf: pikepdf.Pdf, number: int) -> None:
    """A white box over a part of the page, as if something else had stood there."""
    box = f"q 1 1 1 rg {80 + 20 * number} {200 + number} 120 30 re f Q".encode()
    pdf.pages[0].contents_add(pdf.make_stream(box))


def incremental(issued: bytes) -> Iterator[bytes]:
    """The bytes issued first, unchanged, and a change appended after them."""
    start = issued.rindex(b"startxref") + 10
    previous = int(issued[start : issued.index(b"\n", start)])
    with pikepdf.open(BytesIO(issued)) as pdf:
        number, size = pdf.pages[0].objgen[0], int(pdf.trailer.Size)
        text = pdf.pages[0].obj.unparse(resolved=True).decode("latin-1")
        root, info = (pdf.trailer[name].objgen[0] for name in ("/Root", "/Info"))
    for i in range(EACH):
        page = text.rstrip()[:-2] + f" /Rotate {90 * (1 + i % 3)} /UserUnit {1 + i} >>"
        body = f"\n{number} 0 obj\n{page}\nendobj\n".encode("latin-1")
        table = len(issued) + len(body)
        end = (
            f"xref\n{number} 1\n{len(issued) + 1:010d} 00000 n \n"
            f"trailer\n<< /Size {size} /Root {root} 0 R /Info {info} 0 R /Prev {previous} >>\n"
            f"startxref\n{table}\n%%EOF\n"
        )
        yield issued + body + end.encode()


def test_a_hundred_forgeries_are_told_from_the_original(issued: bytes) -> None:
    forged = [
        *drawn_anew(),
        *rewritten(issued, exchange_letters),
        *rewritten(issued, cover),
        *incremental(issued),
    ]
    digests = {sha256(pdf).hexdigest() for pdf in forged}
    assert (len(forged), len(digests)) == (100, 100)
    assert sha256(issued).hexdigest() not in digests
    assert [report.sound for report in examined(issued)] == [True]
    passing = [i for i, pdf in enumerate(forged) if _sealed(examined(pdf))]
    assert passing == []


def _sealed(found: tuple[SealReport, ...]) -> bool:
    return bool(found) and all(report.sound for report in found)


def test_the_forgeries_are_changed_indeed(issued: bytes) -> None:
    """Otherwise telling them apart would prove nothing."""
    original = reading.text_by_poppler(issued)
    for forged in [*list(drawn_anew())[:6], *list(rewritten(issued, exchange_letters))[:4]]:
        assert reading.text_by_poppler(forged) != original
    covered = next(rewritten(issued, cover))
    assert reading.text_by_poppler(covered) == original
    assert pictures(covered) != pictures(issued)
    turned = next(incremental(issued))
    with pikepdf.open(BytesIO(turned)) as pdf:
        assert pdf.pages[0].obj.Rotate == 90


def pictures(pdf: bytes) -> Any:
    return reading._run("pdftoppm", "-r", "30", "-gray", "PDF", data=pdf)


def test_one_byte_anywhere_makes_another_file(issued: bytes) -> None:
    """Every byte of the file in turn, by one bit; the seal is asked about some of them."""
    digest, changed = sha256(issued).digest(), bytearray(issued)
    for at in range(len(issued)):
        changed[at] ^= 1
        assert sha256(changed).digest() != digest, at
        changed[at] ^= 1
    assert sha256(changed).digest() == digest
    chance = random.Random(105_920)  # noqa: S311 - which bytes are tried, the same in every run
    for at in chance.sample(range(len(issued)), 60):
        changed[at] ^= 1
        assert not _sealed(examined(bytes(changed))), at
        changed[at] ^= 1
