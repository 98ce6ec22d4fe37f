# SPDX-License-Identifier: AGPL-3.0-or-later
"""Several enrolments decided at once: confirmed, put on the list, rejected, approved by the body."""

from collections.abc import Sequence

from app import waitlist
from app.actor import Actor
from app.audit import Action
from app.domain import seats
from app.domain.enrolment import (
    Decision,
    EnrolmentState,
    MoveReason,
    check_running,
    check_transition,
)
from app.domain.errors import RuleViolation, Sentence
from app.enrolments.entries import note_deed
from app.extensions import db
from app.models import Edition, Enrolment

_S = EnrolmentState


def decide(
    actor: Actor,
    edition: Edition,
    people: Sequence[Enrolment],
    decision: Decision,
    note: str,
    versions: dict[int, int],
) -> dict[EnrolmentState, int]:
    """Decide of several at once, in the order of their requests: how many are now in which state.

    ``versions``: what each looked like to whoever decides; one that has changed
    meanwhile stops them all. Raises RuleViolation.
    """
    waitlist.hold(edition)
    check_running(edition.state)
    chosen = sorted(people, key=lambda one: (one.requested_at, one.id))
    for one in chosen:
        db.session.refresh(one, ["state", "waitlist_position", "version"])
        check_seen(versions.get(one.id), one.version)
    deed = {
        Decision.CONFIRM: _confirm,
        Decision.WAITLIST: _put_on_list,
        Decision.REJECT: _reject,
        Decision.APPROVE: _approve,
    }[decision]
    for one in chosen:
        deed(actor, edition, one, note)
        db.session.flush()
    if decision in (Decision.REJECT, Decision.WAITLIST) and not waitlist.begun(edition.id):
        put_aside = {one.id for one in chosen}
        waitlist.refill(actor, edition, MoveReason.SEAT_FREED, besides=put_aside)
    found: dict[EnrolmentState, int] = {}
    for one in chosen:
        found[one.state] = found.get(one.state, 0) + 1
    return found


def check_seen(seen: int | None, version: int) -> None:
    """Whether nobody has decided since the page was drawn. Raises RuleViolation."""
    if seen != version:
        raise RuleViolation(
            Sentence(
                "Nel frattempo qualcuno ha deciso di una di queste iscrizioni, o la lista si è "
                "mossa: ricaricare l'elenco e scegliere di nuovo. Non è stato cambiato nulla."
            )
        )


def _confirm(actor: Actor, edition: Edition, one: Enrolment, note: str) -> None:
    """Whoever has a seat, or finds one; the others wait, those who wait already stay."""
    if one.state is _S.WAITLISTED:
        ahead = [other.home_body_id for other in waitlist.ahead_of(one)]
        if seats.has_seat(ahead, waitlist.seats_of(edition), one.home_body_id):
            waitlist.confirm(actor, edition, one, MoveReason.CONFIRMED, note=note)
            db.session.flush()
            waitlist.close_gap(edition)
        return
    check_transition(one.state, _S.CONFIRMED)
    if one.state is _S.BODY_APPROVED or waitlist.has_seat(edition, one.home_body_id):
        waitlist.confirm(actor, edition, one, MoveReason.CONFIRMED, note=note)
    else:
        waitlist.enter(actor, edition, one, MoveReason.FULL, note=note)


def _put_on_list(actor: Actor, edition: Edition, one: Enrolment, note: str) -> None:
    if one.state is _S.WAITLISTED:
        return
    check_transition(one.state, _S.WAITLISTED)
    waitlist.enter(actor, edition, one, MoveReason.WAITLISTED, note=note)


def _reject(actor: Actor, edition: Edition, one: Enrolment, note: str) -> None:
    waitlist.move(actor, one, _S.REJECTED, MoveReason.REJECTED, note=note)
    note_deed(actor, Action.ENROLMENT_REJECTED, edition, one, reason=note)
    db.session.flush()
    waitlist.close_gap(edition)


def _approve(actor: Actor, edition: Edition, one: Enrolment, note: str) -> None:
    """The home body agrees: a seat of hers, or the waiting list."""
    check_transition(one.state, _S.BODY_APPROVED)
    one.body_approved_by_id = actor.account_id
    if waitlist.has_seat(edition, one.home_body_id):
        waitlist.move(actor, one, _S.BODY_APPROVED, MoveReason.APPROVED, note=note)
        note_deed(actor, Action.ENROLMENT_APPROVED, edition, one)
    else:
        waitlist.enter(actor, edition, one, MoveReason.APPROVED, note=note)
