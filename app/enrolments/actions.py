# SPDX-License-Identifier: AGPL-3.0-or-later
"""Enrolling people: confirmed while there are seats, else on the waiting list in order."""

from sqlalchemy import func, select

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain import enrolment as rules
from app.domain.enrolment import EnrolmentState, expected
from app.extensions import db
from app.models import Affiliation, Edition, Enrolment, Person


def enrol(actor: Actor, edition: Edition, person: Person, affiliation: Affiliation) -> Enrolment:
    """Confirm the person, or put her on the waiting list when the seats are taken."""
    db.session.execute(select(Edition.id).where(Edition.id == edition.id).with_for_update())
    taken = _count(edition, [state for state in EnrolmentState if expected(state)])
    waiting = _count(edition, [EnrolmentState.WAITLISTED])
    confirmed = taken < edition.seats_max
    now = clock.now()
    enrolment = Enrolment(
        edition_id=edition.id,
        person_id=person.id,
        affiliation_id=affiliation.id,
        home_body_id=affiliation.organisation_id,
        office=affiliation.office,
        state=EnrolmentState.CONFIRMED if confirmed else EnrolmentState.WAITLISTED,
        requested_at=now,
        requested_by_id=actor.account_id,
        confirmed_at=now if confirmed else None,
        confirmed_by_id=actor.account_id if confirmed else None,
        waitlist_position=None if confirmed else waiting + 1,
    )
    db.session.add(enrolment)
    db.session.flush()
    action = Action.ENROLMENT_CONFIRMED if confirmed else Action.ENROLMENT_WAITLISTED
    audit.record(actor, action, enrolment, edition.code, body_id=affiliation.organisation_id)
    return enrolment


def withdraw(actor: Actor, edition: Edition, enrolment: Enrolment, reason: str) -> Enrolment | None:
    """Withdraw the person; the first of the waiting list takes the seat. Who that is, or None."""
    rules.check_transition(enrolment.state, EnrolmentState.WITHDRAWN)
    enrolment.state = EnrolmentState.WITHDRAWN
    enrolment.withdrawn_at = clock.now()
    enrolment.withdrawn_reason = reason
    audit.record(
        actor,
        Action.ENROLMENT_WITHDRAWN,
        enrolment,
        edition.code,
        body_id=enrolment.home_body_id,
        reason=reason,
    )
    return _promote(actor, edition)


def _promote(actor: Actor, edition: Edition) -> Enrolment | None:
    queue = db.session.scalars(
        select(Enrolment)
        .where(Enrolment.edition_id == edition.id, Enrolment.state == EnrolmentState.WAITLISTED)
        .order_by(Enrolment.waitlist_position)
        .with_for_update()
    ).all()
    if not queue:
        return None
    first, *rest = queue
    first.state = EnrolmentState.CONFIRMED
    first.confirmed_at, first.confirmed_by_id = clock.now(), actor.account_id
    first.waitlist_position = None
    for position, enrolment in enumerate(rest, start=1):
        enrolment.waitlist_position = position
    audit.record(actor, Action.ENROLMENT_CONFIRMED, first, edition.code, body_id=first.home_body_id)
    return first


def _count(edition: Edition, states: list[EnrolmentState]) -> int:
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Enrolment)
            .where(Enrolment.edition_id == edition.id, Enrolment.state.in_(states))
        )
        or 0
    )
