# SPDX-License-Identifier: AGPL-3.0-or-later
"""What anybody may ask: is this certificate genuine? Is the system in order?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import inspect, select, text
from sqlalchemy.orm import aliased

from app.documents.certificate import CertificateContent
from app.domain.certificates import CertificateState, is_holder, masked_holder, number_text
from app.extensions import db
from app.models import Certificate, CertificateFile


@dataclass(frozen=True)
class Successor:
    """The certificate that took another's place."""

    number: str
    code: str


@dataclass(frozen=True)
class Verified:
    """A certificate as the public page shows it; the holder stays masked."""

    number: str
    code: str
    state: CertificateState
    holder: str
    given_name: str
    family_name: str
    content: CertificateContent
    issued_at: datetime
    revoked_at: datetime | None
    sha256: str
    replaced_by: Successor | None

    def belongs_to(self, typed: str) -> bool:
        """Whether the name typed is the holder's."""
        return is_holder(typed, self.given_name, self.family_name)


def verify(code: str) -> Verified | None:
    """The certificate with this code, or None."""
    later = aliased(Certificate)
    row = db.session.execute(
        select(Certificate, CertificateFile.sha256, later.number, later.year, later.code)
        .join(CertificateFile, CertificateFile.certificate_id == Certificate.id)
        .outerjoin(later, later.replaces_id == Certificate.id)
        .where(Certificate.code == code)
    ).first()
    if row is None:
        return None
    certificate, sha256, later_number, later_year, later_code = row
    return Verified(
        number=number_text(certificate.number, certificate.year),
        code=certificate.code,
        state=certificate.state,
        holder=masked_holder(certificate.holder_given_name, certificate.holder_family_name),
        given_name=certificate.holder_given_name,
        family_name=certificate.holder_family_name,
        content=CertificateContent.from_json(certificate.content),
        issued_at=certificate.issued_at,
        revoked_at=certificate.revoked_at,
        sha256=sha256,
        replaced_by=(
            Successor(number_text(later_number, later_year), later_code) if later_code else None
        ),
    )


def schema_version() -> str | None:
    """The migration the database stands at; None where nobody has made the tables yet."""
    if not inspect(db.session.connection()).has_table("alembic_version"):
        return None
    return db.session.scalar(text("SELECT version_num FROM alembic_version"))
