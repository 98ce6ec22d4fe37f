# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whatever a name is made of, it is printed exactly or refused aloud, and it never does anything."""

from dataclasses import replace
from io import BytesIO
from unicodedata import normalize

import pikepdf
import pytest

from app.documents.certificate import render_certificate
from app.documents.declaration import render_declaration
from app.documents.fonts import MissingGlyph, missing_glyphs
from tests.documents import reading
from tests.documents.certificate_specimens import BARE, DECLARATION_OF_HOURS, IMAGES, LOGOS
from tests.documents.names import INVISIBLE, LETTERS, MARKUP, NEIGHBOURS, names

CERTIFICATE = replace(BARE, family_name="", logos=LOGOS[:1])
ALLOWED = {CERTIFICATE.verification_url}


@pytest.fixture(scope="module")
def outcome() -> dict[str, bytes | MissingGlyph]:
    """For every name its certificate, or why there is none."""
    return {name: _print(name) for name in names()}


@pytest.fixture(scope="module")
def printed(outcome: dict[str, bytes | MissingGlyph]) -> dict[str, bytes]:
    return {name: data for name, data in outcome.items() if isinstance(data, bytes)}


def _print(name: str) -> bytes | MissingGlyph:
    try:
        return render_certificate(replace(CERTIFICATE, given_name=name), IMAGES)
    except MissingGlyph as refused:
        return refused


def _bound(documents: list[bytes]) -> bytes:
    """All in one file, read by one run of the reader."""
    out = BytesIO()
    with pikepdf.new() as book:
        for data in documents:
            with pikepdf.open(BytesIO(data)) as pdf:
                book.pages.extend(pdf.pages)
        book.save(out)
    return out.getvalue()


def _altered(printed: dict[str, bytes]) -> list[tuple[str, str]]:
    """Names that do not read back letter by letter, with what is read instead."""
    found = []
    for name, page in zip(printed, reading.pages(_bound(list(printed.values()))), strict=True):
        read = page.partition("Si attesta che")[2].partition("nato/a a Perugia")[0]
        if "".join(read.split()) != "".join(normalize("NFC", name).split()):
            found.append((name, read))
    return found


def test_there_are_five_hundred_names() -> None:
    assert len(names()) == 500
    assert max(map(len, names())) == 80


def test_every_name_reads_back_as_it_is(printed: dict[str, bytes]) -> None:
    assert _altered(printed) == []


def test_a_name_that_reads_back_otherwise_is_noticed(printed: dict[str, bytes]) -> None:
    (_, first), (_, second) = list(printed.items())[:2]

    assert [name for name, _ in _altered({"Ada Fo": first, "Ada Fa": second})] == [
        "Ada Fo",
        "Ada Fa",
    ]


def test_europe_is_printed_and_the_invisible_is_refused(printed: dict[str, bytes]) -> None:
    europe = set("".join(LETTERS.values()))

    assert missing_glyphs("".join(sorted(europe | set(map(str.upper, europe))))) == []
    assert [name for name in (*NEIGHBOURS, *MARKUP) if name not in printed] == []
    assert [sign for sign in INVISIBLE if f"Fonte{sign}bella" in printed] == []
    assert len(printed) > 400


def test_a_refusal_names_the_characters(outcome: dict[str, bytes | MissingGlyph]) -> None:
    refused = {name: why for name, why in outcome.items() if isinstance(why, MissingGlyph)}

    assert len(refused) > 40
    for name, why in refused.items():
        assert list(why.characters) == missing_glyphs(name) != []
        assert all(f"U+{ord(sign):04X}" in str(why.sentence) for sign in why.characters)


def test_no_name_leads_anywhere_or_brings_anything(printed: dict[str, bytes]) -> None:
    for name, data in printed.items():
        assert reading.reach_faults(data, ALLOWED) == [], name
        assert reading.pictures(data) == 1, name


@pytest.mark.parametrize("name", [*MARKUP, *NEIGHBOURS])
def test_a_declaration_prints_the_same_name(name: str) -> None:
    content = replace(DECLARATION_OF_HOURS, given_name=name, family_name="")
    data = render_declaration(content, IMAGES)

    (page,) = reading.pages(data)
    assert f"Si dichiara che {' '.join(name.split())} nato/a a Perugia" in page
    assert reading.reach_faults(data, ALLOWED) == []
    assert reading.pictures(data) == 1
