# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a badge is drawn from, and which bodies issue."""

from flask import abort
from sqlalchemy import select

from app.actor import Actor
from app.extensions import db
from app.models import Certificate, CertificateTemplate, Organisation, Person
from app.scope import clause


def certificate_of(actor: Actor, certificate_id: int) -> tuple[Certificate, str, str | None]:
    """The certificate, who issued it, the holder's work address; 404 outside the scope."""
    row = db.session.execute(
        select(Certificate, Organisation.name, Person.work_email)
        .join(Organisation, Organisation.id == Certificate.issuing_body_id)
        .join(Person, Person.id == Certificate.person_id)
        .where(Certificate.id == certificate_id, clause(Certificate, actor))
    ).one_or_none()
    if row is None:
        abort(404)
    certificate, body, email = row
    return certificate, body, email


def issuer_name(body_id: int) -> str:
    """The name of a body that issues certificates, or has issued some; 404 for any other."""
    issues = (
        select(CertificateTemplate.id).where(CertificateTemplate.issuing_body_id == body_id),
        select(Certificate.id).where(Certificate.issuing_body_id == body_id),
    )
    name = db.session.scalar(
        select(Organisation.name).where(
            Organisation.id == body_id, issues[0].exists() | issues[1].exists()
        )
    )
    if name is None:
        abort(404)
    return name
