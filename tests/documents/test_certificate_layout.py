# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whatever the length of its texts, a certificate stays inside of its frame and legible."""

from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest

from app.documents.certificate import CertificateContent, render_certificate
from app.documents.typesetting import TextTooLong
from tests.documents import reading
from tests.documents.certificate_specimens import (
    BARE,
    CERTIFICATE,
    FULL,
    IMAGES,
    TEACHING,
    WITH_ASSESSMENT,
)

EDGES = (26.0, 26.0, 841.89 - 26, 595.28 - 26)  # points: the inner line of the frame

EXTREMES = [
    FULL,
    BARE,
    replace(CERTIFICATE, given_name="W" * 40, family_name="M" * 40),
    replace(CERTIFICATE, given_name="Ĝ" * 80, family_name=""),
    replace(FULL, course_title="Accoglienza e integrazione dei cittadini " * 7),
    replace(FULL, venues=FULL.venues * 2, credits_line="Crediti formativi " * 12),
    replace(CERTIFICATE, course_title="X" * 255, home_body="Y" * 200),
    replace(CERTIFICATE, issuing_body="Unione dei Comuni del Trasimeno e della Valnestore " * 2),
    replace(CERTIFICATE, stamp_duty_note="Nota sull'imposta di bollo. " * 12),
    replace(
        CERTIFICATE, signatory_quality="Il Dirigente del Settore " * 4, signatory_name="N" * 60
    ),
    replace(CERTIFICATE, delivering_body="Consorzio interprovinciale per la formazione " * 2),
    replace(CERTIFICATE, verification_url="https://forpa.example.it/" + "v" * 120),
    WITH_ASSESSMENT,
    replace(WITH_ASSESSMENT, given_name="W" * 40, family_name="M" * 40),
    replace(
        WITH_ASSESSMENT,
        signatory_name="Nome di esempio molto lungo " * 4,
        second_signatory_name="Altro nome di esempio lungo " * 4,
        signatory_quality="Il Dirigente del Settore servizi " * 3,
        second_signatory_quality="La Responsabile del progetto e " * 3,
    ),
    replace(WITH_ASSESSMENT, note="W" * 299, verification_url="https://a.example/" + "v" * 99),
    TEACHING,
]


@pytest.mark.parametrize("content", EXTREMES)
def test_nothing_is_clipped_or_printed_over(content: CertificateContent) -> None:
    data = render_certificate(content, IMAGES)

    assert reading.outside(data, 1, EDGES) == []
    assert reading.overprinted(data) == []
    assert reading.codes_read(reading.picture(data, 150)) == [content.verification_url]
    shown = "".join(reading.text_by_poppler(data).split())
    for text in (
        content.signatory_quality,
        content.given_name,
        content.family_name,
        content.course_title,
    ):
        assert "".join(text.split()) in shown


def test_words_outside_of_the_frame_and_over_others_are_noticed() -> None:
    out = BytesIO()
    with pikepdf.open(BytesIO(render_certificate(CERTIFICATE))) as pdf:
        page = pdf.pages[0]
        drawn = page.Contents.read_bytes()
        moved = b"q 1 0 0 1 -60 3 cm " + drawn + b" Q"
        page.Contents = pdf.make_stream(drawn + moved)
        pdf.save(out)

    assert reading.outside(out.getvalue(), 1, EDGES) != []
    assert reading.overprinted(out.getvalue()) != []


def test_a_text_beyond_all_measure_is_refused() -> None:
    with pytest.raises(TextTooLong):
        render_certificate(replace(CERTIFICATE, course_title="Integrazione " * 400))
    with pytest.raises(TextTooLong):
        render_certificate(replace(CERTIFICATE, family_name="x" * 1_000_000))
