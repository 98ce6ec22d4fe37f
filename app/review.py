# SPDX-License-Identifier: AGPL-3.0-or-later
"""Certificates that rest on a page which says something else now."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, select

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain.certificates import CertificateState, number_text
from app.extensions import db
from app.models import Certificate, Enrolment


def hold_people(*where: ColumnElement[bool]) -> None:
    """Hold the enrolments selected until the commit.

    Of who changes hours and who fixes what rests on them (an outcome, a certificate),
    one waits and sees what the other did.
    """
    query = select(Enrolment.id).where(*where).order_by(Enrolment.id)
    db.session.execute(query.with_for_update(key_share=True))


def put_under_review(actor: Actor, enrolment_ids: Collection[int], reason: str) -> list[str]:
    """Put under review the certificates issued to these enrolments; their numbers.

    Nothing is reissued silently: the coordinator confirms, revokes or replaces them.
    """
    if not enrolment_ids:
        return []
    hold_people(Enrolment.id.in_(enrolment_ids))
    found = db.session.scalars(
        select(Certificate)
        .where(
            Certificate.enrolment_id.in_(enrolment_ids),
            Certificate.state == CertificateState.ISSUED,
        )
        .order_by(Certificate.id)
        .with_for_update()
    ).all()
    for certificate in found:
        certificate.state = CertificateState.UNDER_REVIEW
        certificate.review_since, certificate.review_reason = clock.now(), reason[:300]
        label = _label(certificate)
        audit.record(actor, Action.CERTIFICATE_PUT_UNDER_REVIEW, certificate, label, reason=reason)
    return [_label(certificate) for certificate in found]


def _label(certificate: Certificate) -> str:
    """Its number; a declaration, which has none, is known by its code."""
    if certificate.number is None:
        return certificate.code[:8]
    return number_text(certificate.number, certificate.year)
