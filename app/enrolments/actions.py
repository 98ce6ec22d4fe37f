# SPDX-License-Identifier: AGPL-3.0-or-later
"""Enrolling, nominating, asking, leaving: every deed holds the edition's seats first."""

from collections.abc import Sequence

from app import clock, waitlist
from app.actor import Actor
from app.audit import Action
from app.domain.enrolment import (
    EnrolmentState,
    MoveReason,
    WithdrawalReason,
    check_running,
    check_window,
    promotes,
)
from app.domain.errors import RuleViolation, Sentence
from app.enrolments.entries import add, new, note_deed
from app.extensions import db
from app.models import Affiliation, Edition, Enrolment, Person

_S = EnrolmentState


def enrol(
    actor: Actor, edition: Edition, person: Person, affiliation: Affiliation, note: str = ""
) -> Enrolment:
    """Confirm the person, or put her on the waiting list when the seats are taken."""
    waitlist.hold(edition)
    check_running(edition.state)
    enrolment = new(actor, edition, person.id, affiliation)
    if waitlist.has_seat(edition, enrolment.home_body_id):
        add(enrolment, _S.CONFIRMED)
        reason = MoveReason.ENROLLED
        waitlist.confirm(actor, edition, enrolment, reason, note=note, new=True)
    else:
        add(enrolment, _S.WAITLISTED)
        waitlist.enter(actor, edition, enrolment, MoveReason.FULL, note=note, new=True)
    db.session.flush()
    return enrolment


def nominate(
    actor: Actor, edition: Edition, people: Sequence[tuple[Person, Affiliation]]
) -> tuple[int, int]:
    """The body's own people, several at once: how many have a seat, how many wait.

    Raises RuleViolation outside the days of enrolment. Source: a nomination by the
    body's representative needs no approval by the body.
    """
    waitlist.hold(edition)
    check_window(edition.state, edition.enrol_opens_on, edition.enrol_closes_on, clock.today())
    seated = 0
    for person, affiliation in people:
        enrolment = new(actor, edition, person.id, affiliation)
        enrolment.body_approved_by_id = actor.account_id
        if waitlist.has_seat(edition, enrolment.home_body_id):
            add(enrolment, _S.BODY_APPROVED)
            waitlist.move(actor, enrolment, _S.BODY_APPROVED, MoveReason.NOMINATED, new=True)
            note_deed(actor, Action.ENROLMENT_NOMINATED, edition, enrolment)
            seated += 1
        else:
            add(enrolment, _S.WAITLISTED)
            waitlist.enter(actor, edition, enrolment, MoveReason.NOMINATED, new=True)
        db.session.flush()
    return seated, len(people) - seated


def request(actor: Actor, edition: Edition, affiliation: Affiliation) -> Enrolment:
    """The official asks for herself. Raises RuleViolation outside the days of enrolment."""
    waitlist.hold(edition)
    check_window(edition.state, edition.enrol_opens_on, edition.enrol_closes_on, clock.today())
    enrolment = new(actor, edition, affiliation.person_id, affiliation)
    add(enrolment, _S.REQUESTED)
    waitlist.move(actor, enrolment, _S.REQUESTED, MoveReason.ASKED, new=True)
    note_deed(actor, Action.ENROLMENT_REQUESTED, edition, enrolment)
    return enrolment


def reorder(actor: Actor, edition: Edition, enrolment: Enrolment, position: int, note: str) -> None:
    """The coordinator gives somebody another place in the list, with the reason."""
    waitlist.hold(edition)
    db.session.refresh(enrolment, ["state", "waitlist_position", "version"])
    if enrolment.state is not _S.WAITLISTED:
        raise RuleViolation(Sentence("La persona non è più in lista d'attesa."))
    others = [one for one in waitlist.waiting(edition.id) if one.id != enrolment.id]
    place = min(position, len(others) + 1)
    if place == enrolment.waitlist_position:
        raise RuleViolation(Sentence("La persona è già a quel posto della lista."))
    waitlist.move(actor, enrolment, _S.WAITLISTED, MoveReason.REORDERED, position=place, note=note)
    waitlist.renumber([*others[: place - 1], enrolment, *others[place - 1 :]], MoveReason.OVERTAKEN)
    note_deed(actor, Action.ENROLMENT_REORDERED, edition, enrolment, position=place, reason=note)


def withdraw(
    actor: Actor,
    edition: Edition,
    enrolment: Enrolment,
    reason: WithdrawalReason,
    promote: bool = False,
) -> Enrolment | None:
    """Withdraw the person; the first of the waiting list takes the seat. Who that is, or None.

    After the first lesson the seat stays empty unless ``promote``: the organiser says so.
    """
    waitlist.hold(edition)
    db.session.refresh(enrolment, ["state", "waitlist_position", "version"])
    waitlist.move(actor, enrolment, _S.WITHDRAWN, MoveReason.WITHDRAWN)
    enrolment.withdrawn_at = clock.now()
    enrolment.withdrawn_reason = reason
    note_deed(actor, Action.ENROLMENT_WITHDRAWN, edition, enrolment, reason=reason)
    db.session.flush()
    waitlist.close_gap(edition)
    if not promotes(started=waitlist.begun(edition.id), asked=promote):
        return None
    gained = waitlist.refill(actor, edition, MoveReason.SEAT_FREED)
    return gained[0] if gained else None
