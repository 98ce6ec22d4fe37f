# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every certificate of the demonstration: fit for the archive, tagged, sealed, told from another file."""

import shutil
import subprocess

import pytest
from sqlalchemy import select

from app.cli.demo.scenarios import scenario
from app.documents.certificate import CertificateContent, render_certificate
from app.domain.certificates import CertificateState
from app.extensions import db
from app.models import Certificate, CertificateFile, Derogation, Edition, Enrolment, Person
from tests.documents import reading


@pytest.fixture
def files(demo):
    """Each certificate with its bytes."""
    rows = db.session.execute(
        select(Certificate, CertificateFile.pdf)
        .join(CertificateFile, CertificateFile.certificate_id == Certificate.id)
        .order_by(Certificate.id)
    ).all()
    assert len(rows) > 240
    return rows


def unsealed(certificate: Certificate, pdf: bytes) -> bytes:
    """The document before the seal, drawn again from what the row says it says."""
    drawn = render_certificate(CertificateContent.from_json(certificate.content))
    assert pdf.startswith(drawn), f"certificate {certificate.id} is not what its content says"
    return drawn


def test_each_is_drawn_again_from_its_content_fit_for_the_archive_and_tagged(files):
    for certificate, pdf in files:
        drawn = unsealed(certificate, pdf)
        assert reading.archive_faults(drawn) == []
        assert reading.structure_faults(drawn) == []


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="poppler")
def test_each_is_sealed_and_another_program_says_so(files, tmp_path):
    for certificate, pdf in files:
        path = tmp_path / f"{certificate.id}.pdf"
        path.write_bytes(pdf)
        said = subprocess.run(  # noqa: S603 - a program of the system on our own file
            ["pdfsig", "-nocert", str(path)],  # noqa: S607
            capture_output=True, check=True, text=True,
        ).stdout  # fmt: skip
        assert "Signature is Valid" in said
        assert "Total document signed" in said
        assert "senza valore legale" in said


def _of(name: str) -> list[Certificate]:
    told = scenario(name)
    return list(
        db.session.scalars(
            select(Certificate)
            .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
            .join(Person, Person.id == Enrolment.person_id)
            .join(Edition, Edition.id == Enrolment.edition_id)
            .where(Person.work_email == told.who, Edition.code == told.edition)
            .order_by(Certificate.id)
        )
    )


def test_the_one_with_a_mistake_was_replaced(demo):
    wrong, right = _of("replaced")
    assert (wrong.state, right.state) == (CertificateState.REPLACED, CertificateState.ISSUED)
    assert right.replaces_id == wrong.id
    assert wrong.content["birth_place"] == "Citta di Castelo (PG)"
    assert right.content["birth_place"] == "Città di Castello (PG)"


def test_one_was_revoked_and_one_rests_on_a_derogation(demo):
    (revoked,) = _of("revoked")
    assert revoked.state is CertificateState.REVOKED
    (below,) = _of("derogated")
    assert below.state is CertificateState.ISSUED
    assert below.content["share_percent"] < 80
    assert "deroga" not in str(below.content).casefold()
    assert db.session.scalars(select(Derogation.enrolment_id)).one() == below.enrolment_id
