# SPDX-License-Identifier: AGPL-3.0-or-later
"""Certificates that rest on a page which says something else now."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, select

from app import audit
from app.actor import Actor
from app.audit import Action
from app.domain.certificates import CertificateState
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
        number = f"{certificate.number}/{certificate.year}"
        audit.record(actor, Action.CERTIFICATE_PUT_UNDER_REVIEW, certificate, number, reason=reason)
    return [f"{certificate.number}/{certificate.year}" for certificate in found]
