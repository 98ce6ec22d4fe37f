# SPDX-License-Identifier: AGPL-3.0-or-later
"""Certificates put into the small world as they are kept: row, content, file."""

import hashlib
from dataclasses import replace
from typing import Any

from app.documents.certificate import CertificateContent, render_certificate
from app.domain.certificates import (
    CertificateKind,
    CertificateState,
    format_code,
    new_code,
    number_text,
)
from app.models import Certificate, CertificateFile, Edition, Enrolment, SignedCopy
from tests import world as worlds
from tests.documents.specimens import CERTIFICATE

Kind = CertificateKind
PDF = b"%PDF-1.7 a file of the tests"


def put_certificate(
    session: Any,
    enrolment_id: int,
    *,
    number: int | None = 12,
    kind: CertificateKind = CertificateKind.FREQUENCY,
    pdf: bytes = PDF,
    content: dict[str, Any] | None = None,
    says: dict[str, Any] | None = None,
    **over: Any,
) -> str:
    """A certificate of 2015 for this enrolment; its code. ``says`` changes what it says."""
    enrolment, code = session.get_one(Enrolment, enrolment_id), new_code()
    edition = session.get_one(Edition, enrolment.edition_id)
    text = number_text(number, 2015) if number else ""
    said = content or _content(text, code, **(says or {})).to_json()
    values = {
        "edition_id": enrolment.edition_id,
        "person_id": enrolment.person_id,
        "enrolment_id": enrolment_id,
        "kind": kind,
        "issuing_body_id": edition.delivering_body_id,
        "year": 2015,
        "number": number,
        "code": code,
        "holder_given_name": said["given_name"],
        "holder_family_name": said["family_name"],
        "content": said,
        "template_version": 1,
        "state": CertificateState.ISSUED,
        "issued_at": worlds.NOW,
        "issued_by_id": 1,
    }
    certificate = worlds.add(Certificate(**values | over))
    digest = hashlib.sha256(pdf).hexdigest()
    worlds.add(CertificateFile(certificate_id=certificate.id, pdf=pdf, sha256=digest))
    return code


def _content(number: str, code: str, **says: Any) -> CertificateContent:
    return replace(
        CERTIFICATE,
        number_text=number,
        verification_code=format_code(code),
        verification_url=f"http://localhost/v/{code}",
        **says,
    )


def put_signed_copy(session: Any, code: str, pdf: bytes, signers: str) -> None:
    """The copy of this certificate signed outside."""
    certificate = session.query(Certificate).filter_by(code=code).one()
    digest = hashlib.sha256(pdf).hexdigest()
    worlds.add(
        SignedCopy(
            certificate_id=certificate.id,
            pdf=pdf,
            sha256=digest,
            signers=signers,
            added_at=worlds.NOW,
            added_by_id=1,
        )
    )


def draw(**says: Any) -> bytes:
    """The paper of a certificate that says this."""
    return render_certificate(replace(CERTIFICATE, **says))
