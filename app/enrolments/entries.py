# SPDX-License-Identifier: AGPL-3.0-or-later
"""A new enrolment, and the entry of the trail for what becomes of it."""

from sqlalchemy import select

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain.enrolment import EnrolmentState
from app.domain.errors import RuleViolation, Sentence
from app.extensions import db
from app.models import Affiliation, Edition, Enrolment, Person


def new(actor: Actor, edition: Edition, person_id: int, affiliation: Affiliation) -> Enrolment:
    """An enrolment asked for now. Raises RuleViolation for a second one of the same person."""
    already = db.session.scalar(
        select(Enrolment.id).where(
            Enrolment.edition_id == edition.id, Enrolment.person_id == person_id
        )
    )
    if already is not None:
        raise RuleViolation(Sentence("C'è già un'iscrizione di questa persona in questa edizione."))
    # A record found to be somebody else's points to her: enrolments belong to the one that stays.
    # Held, so that whoever joins it at this moment is waited for, or finds this enrolment.
    pointer = select(Person.merged_into_id).where(Person.id == person_id)
    if db.session.scalar(pointer.with_for_update(read=True, key_share=True)) is not None:
        raise RuleViolation(
            Sentence("Questa scheda è stata unita a un'altra: iscrivere quella rimasta.")
        )
    return Enrolment(
        edition_id=edition.id,
        person_id=person_id,
        affiliation_id=affiliation.id,
        home_body_id=affiliation.organisation_id,
        office=affiliation.office,
        requested_at=clock.now(),
        requested_by_id=actor.account_id,
    )


def add(enrolment: Enrolment, state: EnrolmentState) -> None:
    """Keep it, so that it has a number."""
    enrolment.state = state
    db.session.add(enrolment)
    db.session.flush()


def note_deed(
    actor: Actor, action: Action, edition: Edition, enrolment: Enrolment, **details: object
) -> None:
    """The entry of the trail, under the home body."""
    audit.record(actor, action, enrolment, edition.code, body_id=enrolment.home_body_id, **details)
