# SPDX-License-Identifier: AGPL-3.0-or-later
"""A derogation granted, or withdrawn before anything rests on it."""

from sqlalchemy import select

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.certificates.queries import trainers_of
from app.domain import derogations as rules
from app.domain.derogations import DerogationCategory
from app.domain.errors import RuleViolation, Sentence
from app.extensions import db
from app.hours import VALID
from app.kept_files import keep
from app.models import Certificate, Derogation, Edition, Enrolment
from app.review import hold_people
from app.standings import Standing, one_standing
from app.uploads import CheckedFile


def check_grant(actor: Actor, standing: Standing) -> None:
    """Whether the actor may grant a derogation to this enrolment now. Raises RuleViolation."""
    edition = db.session.get_one(Edition, standing.edition_id)
    rules.check_grant(
        decider=actor.person_id,
        concerned=standing.person_id,
        trainers=trainers_of(edition),
        case=standing.case,
    )


def grant(
    actor: Actor,
    standing: Standing,
    category: DerogationCategory,
    reason: str,
    file: CheckedFile,
    file_name: str,
) -> Derogation:
    """Write the derogation with its document; the certificate stays an act of its own."""
    hold_people(Enrolment.id == standing.enrolment_id)
    check_grant(actor, one_standing(standing.enrolment_id, standing.edition_id) or standing)
    derogation = Derogation(
        enrolment_id=standing.enrolment_id,
        category=category,
        reason=reason,
        file_name=file_name,
        sha256=keep(file.media_type, file.content),
        decided_at=clock.now(),
        decided_by_id=actor.account_id,
    )
    db.session.add(derogation)
    db.session.flush()
    audit.record(
        actor,
        Action.DEROGATION_GRANTED,
        derogation,
        standing.edition_code,
        enrolment=standing.enrolment_id,
        category=category,
        sha256=derogation.sha256,
    )
    return derogation


def withdraw(actor: Actor, derogation: Derogation, reason: str) -> None:
    """Take a derogation back, with the reason; it stays written."""
    hold_people(Enrolment.id == derogation.enrolment_id)
    db.session.refresh(derogation, ["withdrawn_at"])
    if derogation.withdrawn_at is not None:
        raise RuleViolation(Sentence("La deroga è già stata ritirata."))
    certified = db.session.scalar(
        select(Certificate.id)
        .where(
            Certificate.enrolment_id == derogation.enrolment_id,
            Certificate.number.is_not(None),
            VALID,
        )
        .limit(1)
    )
    rules.check_withdrawal(certificate_exists=certified is not None)
    derogation.withdrawn_at, derogation.withdrawn_by_id = clock.now(), actor.account_id
    derogation.withdrawn_reason = reason
    audit.record(
        actor,
        Action.DEROGATION_WITHDRAWN,
        derogation,
        derogation.enrolment.edition.code,
        enrolment=derogation.enrolment_id,
        reason=reason,
    )
