# SPDX-License-Identifier: AGPL-3.0-or-later
"""What anybody may ask: is this certificate genuine? Is the system in order?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, inspect, select, text
from sqlalchemy.orm import aliased

from app.documents.certificate import CertificateContent
from app.domain.certificates import (
    CertificateKind,
    CertificateState,
    codes_between,
    is_holder,
    masked_holder,
    number_text,
    parse_number,
)
from app.extensions import db
from app.models import Certificate, CertificateFile, SignedCopy


@dataclass(frozen=True)
class Successor:
    """The certificate that took another's place."""

    number: str
    code: str


@dataclass(frozen=True)
class SignedOutside:
    """The copy signed outside, as far as the page tells of it."""

    sha256: str
    signers: str
    added_at: datetime


@dataclass(frozen=True)
class Verified:
    """A certificate as the public page shows it; the holder stays masked."""

    number: str  # empty for a declaration
    code: str
    kind: CertificateKind
    state: CertificateState
    holder: str
    given_name: str
    family_name: str
    content: CertificateContent
    issued_at: datetime
    review_since: datetime | None
    revoked_at: datetime | None
    pdf: bytes
    sha256: str
    signed: SignedOutside | None
    replaced_by: Successor | None

    def belongs_to(self, typed: str) -> bool:
        """Whether the name typed is the holder's."""
        return is_holder(typed, self.given_name, self.family_name)


def verify(code: str, number: str = "") -> Verified | None:
    """The certificate with this code (beside a number, with the first part of it), or None.

    Whatever was typed the database is asked once and the same way, and the number is
    compared only where the code was right: how long it takes tells nothing about either.
    """
    numbered = bool(number.strip())
    row = db.session.execute(_QUESTION, _between(code, numbered)).first()
    if row is None:
        return None
    certificate, file, signed, later = row
    if numbered and parse_number(number) != (certificate.number, certificate.year):
        return None
    return Verified(
        number=_number(certificate),
        code=certificate.code,
        kind=certificate.kind,
        state=certificate.state,
        holder=masked_holder(certificate.holder_given_name, certificate.holder_family_name),
        given_name=certificate.holder_given_name,
        family_name=certificate.holder_family_name,
        content=CertificateContent.from_json(certificate.content),
        issued_at=certificate.issued_at,
        review_since=certificate.review_since,
        revoked_at=certificate.revoked_at,
        pdf=file.pdf,
        sha256=file.sha256,
        signed=SignedOutside(signed.sha256, signed.signers, signed.added_at) if signed else None,
        replaced_by=Successor(_number(later), later.code) if later else None,
    )


_later = aliased(Certificate)
_QUESTION = (
    select(Certificate, CertificateFile, SignedCopy, _later)
    .join(CertificateFile, CertificateFile.certificate_id == Certificate.id)
    .outerjoin(SignedCopy, SignedCopy.certificate_id == Certificate.id)
    .outerjoin(_later, _later.replaces_id == Certificate.id)
    .where(Certificate.code.between(bindparam("first"), bindparam("last")))
)


def _between(code: str, numbered: bool) -> dict[str, str]:
    """The codes to look for; what cannot be a code is looked for as well, and is not there."""
    first, last = codes_between(code, numbered=numbered) or ("", "")
    return {"first": first, "last": last}


def _number(certificate: Certificate) -> str:
    return number_text(certificate.number, certificate.year) if certificate.number else ""


def schema_version() -> str | None:
    """The migration the database stands at; None where nobody has made the tables yet."""
    if not inspect(db.session.connection()).has_table("alembic_version"):
        return None
    return db.session.scalar(text("SELECT version_num FROM alembic_version"))
