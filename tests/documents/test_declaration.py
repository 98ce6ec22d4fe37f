# SPDX-License-Identifier: AGPL-3.0-or-later
"""The declaration says the hours or the presence, and that it is no certificate."""

from dataclasses import replace

import pytest

from app.documents.certificate_content import CertificateContent
from app.documents.declaration import render_declaration
from tests.documents import reading
from tests.documents.certificate_specimens import (
    DECLARATION_OF_HOURS,
    DECLARATION_OF_PRESENCE,
    IMAGES,
    LOGOS,
    WITH_ASSESSMENT,
)

EDGES = (30.0, 24.0, 595.28 - 30, 841.89 - 20)  # points
LONG = replace(
    WITH_ASSESSMENT,
    kind="declaration",
    kind_title="DICHIARAZIONE DELLE ORE FREQUENTATE",
    number_text="",
    given_name="W" * 40,
    family_name="M" * 40,
    home_body="Unione dei Comuni del Trasimeno e della Valnestore" * 2,
    issuing_body="Unione dei Comuni del Trasimeno e della Valnestore " * 2,
)


def _text(content: CertificateContent) -> str:
    return " ".join(reading.text_by_poppler(render_declaration(content, IMAGES)).split())


def test_it_says_the_hours_attended() -> None:
    shown = _text(DECLARATION_OF_HOURS)

    for part in (
        "DICHIARAZIONE DELLE ORE FREQUENTATE Si dichiara che Lucia Fontebella",
        "nato/a a Perugia (PG) il 12 marzo 1978, codice fiscale FNTLCU78C52G478B, "
        "in servizio presso: Comune di Gubbio",
        "iscritto/a all'edizione C02-01 di «Comunicazione interculturale al front office»",
        "ha frequentato 12 h 30 min su 16 h (pari al 78 %) "
        "dall'11 novembre 2014 al 25 novembre 2014.",
        "non è un attestato e non dà diritto a crediti formativi",
        "Perugia, 14 maggio 2015",
        DECLARATION_OF_HOURS.verification_code,
        DECLARATION_OF_HOURS.verification_url,
        "pagina 1 di 1",
    ):
        assert part in shown
    assert "presente il" not in shown
    assert " n. " not in shown, "it is not in the repertory"


def test_it_says_when_somebody_was_present() -> None:
    shown = _text(DECLARATION_OF_PRESENCE)

    assert "DICHIARAZIONE DI PRESENZA" in shown
    assert "è stato/a presente martedì 25 novembre 2014, dalle 9:00 alle 13:00" in shown
    assert "78 %" not in shown
    assert "non è un attestato" in shown
    assert "Altro nome di esempio" in shown
    assert "sigillo elettronico dimostrativo" in shown


def test_what_is_not_known_leaves_no_gap() -> None:
    shown = _text(replace(DECLARATION_OF_HOURS, birth_place="", tax_code=None, home_body=""))

    assert "nato/a il 12 marzo 1978, iscritto/a all'edizione" in shown

    nothing = replace(DECLARATION_OF_HOURS, birth_place="", birth_date=None, tax_code=None)
    assert "Lucia Fontebella in servizio presso: Comune di Gubbio, iscritto/a" in _text(nothing)
    assert "Lucia Fontebella iscritto/a" in _text(replace(nothing, home_body=""))
    assert CertificateContent.from_json(nothing.to_json()) == nothing


@pytest.mark.parametrize("content", [DECLARATION_OF_HOURS, DECLARATION_OF_PRESENCE, LONG])
def test_nothing_is_clipped_or_printed_over(content: CertificateContent) -> None:
    data = render_declaration(content, IMAGES)

    assert len(reading.pages(data)) == 1
    assert reading.outside(data, 1, EDGES) == []
    assert reading.overprinted(data) == []
    assert reading.codes_read(reading.picture(data, 100)) == [content.verification_url]


def test_many_presences_go_on_overleaf_with_the_signature() -> None:
    lines = tuple(f"lezione {number}, dalle 9:00 alle 13:00" for number in range(40))
    data = render_declaration(replace(DECLARATION_OF_PRESENCE, presence_lines=lines), IMAGES)

    first, second = reading.pages(data)
    assert "lezione 39" in second
    assert "Nome di esempio" in second
    assert "Nome di esempio" not in first
    assert reading.overprinted(data, 2) == []


def test_a_logo_whose_picture_is_missing_is_an_error() -> None:
    with pytest.raises(ValueError, match=f"no picture for logo {LOGOS[0].sha256}"):
        render_declaration(DECLARATION_OF_HOURS)
