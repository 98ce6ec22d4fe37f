# SPDX-License-Identifier: AGPL-3.0-or-later
"""The waiting list of an edition and its seats: held by one hand at a time, every move written."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select

from app import audit, clock
from app.actor import SYSTEM, Actor
from app.audit import Action
from app.domain import seats as rules
from app.domain.enrolment import EnrolmentState, MoveReason, check_transition, takes_seat
from app.domain.seats import Seats
from app.extensions import db
from app.hours import TAKES_PLACE
from app.models import Edition, Enrolment, EnrolmentMove, Lesson, SeatAllotment

TAKING = [state for state in EnrolmentState if takes_seat(state)]


def hold(edition: Edition) -> None:
    """Keep others from the seats of the edition until the commit; what it says is read again."""
    db.session.execute(select(Edition.id).where(Edition.id == edition.id).with_for_update())
    db.session.refresh(edition, ["state", "seats_max", "gives_back_on", "gave_back_at"])


def taken_by_body(edition_id: int) -> dict[int, int]:
    """How many people of each home body have a seat."""
    rows = db.session.execute(
        select(Enrolment.home_body_id, func.count())
        .where(Enrolment.edition_id == edition_id, Enrolment.state.in_(TAKING))
        .group_by(Enrolment.home_body_id)
    )
    return {body: number for body, number in rows}  # noqa: C416


def seats_of(edition: Edition) -> Seats:
    """The seats of the edition as they are now: two statements."""
    allotted = db.session.execute(
        select(SeatAllotment.organisation_id, SeatAllotment.seats).where(
            SeatAllotment.edition_id == edition.id
        )
    )
    return Seats(
        total=edition.seats_max,
        allotted={body: number for body, number in allotted},  # noqa: C416
        taken=taken_by_body(edition.id),
        given_back=edition.gave_back_at is not None,
    )


def waiting(edition_id: int) -> list[Enrolment]:
    """The waiting list, the first in front."""
    return list(
        db.session.scalars(
            select(Enrolment)
            .where(Enrolment.edition_id == edition_id, Enrolment.state == EnrolmentState.WAITLISTED)
            .order_by(Enrolment.waitlist_position, Enrolment.id)
            .execution_options(populate_existing=True)
        )
    )


def ahead_of(one: Enrolment) -> list[Enrolment]:
    """Those in front of this one."""
    place = one.waitlist_position or 0
    return [other for other in waiting(one.edition_id) if (other.waitlist_position or 0) < place]


def has_seat(edition: Edition, body_id: int) -> bool:
    """Whether somebody of the body gets a seat now, behind those who wait already."""
    bodies = [one.home_body_id for one in waiting(edition.id)]
    return rules.has_seat(bodies, seats_of(edition), body_id)


def begun(edition_id: int) -> bool:
    """Whether the first lesson has begun."""
    first = db.session.scalar(
        select(func.min(Lesson.starts_at)).where(Lesson.edition_id == edition_id, TAKES_PLACE)
    )
    return isinstance(first, datetime) and first <= clock.now()


# --- moves ---------------------------------------------------------------------


def move(
    actor: Actor | None,
    enrolment: Enrolment,
    state: EnrolmentState,
    reason: MoveReason,
    *,
    position: int | None = None,
    note: str = "",
    new: bool = False,
) -> None:
    """Put the enrolment in the state and place, and write the move.

    ``actor`` None: it follows from what happened to others, who are not named.
    """
    if not new and state != enrolment.state:
        check_transition(enrolment.state, state)
    db.session.add(
        EnrolmentMove(
            enrolment_id=enrolment.id,
            from_state=None if new else enrolment.state,
            to_state=state,
            from_position=None if new else enrolment.waitlist_position,
            to_position=position,
            reason=reason,
            note=note,
            by_id=actor.account_id if actor else None,
            by_label=actor.name if actor else "",
            at=clock.now(),
        )
    )
    enrolment.state, enrolment.waitlist_position = state, position


def set_aside(actor: Actor, enrolment: Enrolment, note: str) -> None:
    """Close an enrolment that another one of the same person stands for; its moves stay."""
    db.session.add(
        EnrolmentMove(
            enrolment_id=enrolment.id,
            from_state=enrolment.state,
            to_state=EnrolmentState.REJECTED,
            from_position=enrolment.waitlist_position,
            reason=MoveReason.REJECTED,
            note=note,
            by_id=actor.account_id,
            by_label=actor.name,
            at=clock.now(),
        )
    )
    enrolment.state, enrolment.waitlist_position = EnrolmentState.REJECTED, None


def confirm(
    actor: Actor,
    edition: Edition,
    enrolment: Enrolment,
    reason: MoveReason,
    *,
    named: bool = True,
    note: str = "",
    new: bool = False,
) -> None:
    """Give the seat. ``named`` False: it follows from what happened to others."""
    move(actor if named else None, enrolment, EnrolmentState.CONFIRMED, reason, note=note, new=new)
    enrolment.confirmed_at = clock.now()
    enrolment.confirmed_by_id = actor.account_id
    audit.record(
        actor,
        Action.ENROLMENT_CONFIRMED,
        enrolment,
        edition.code,
        body_id=enrolment.home_body_id,
        reason=reason,
    )


def enter(
    actor: Actor,
    edition: Edition,
    enrolment: Enrolment,
    reason: MoveReason,
    *,
    note: str = "",
    new: bool = False,
) -> None:
    """Put the enrolment on the waiting list, at the place of its request."""
    queue = [one for one in waiting(edition.id) if one.id != enrolment.id]
    place = rules.place_of([one.requested_at for one in queue], enrolment.requested_at)
    move(
        actor,
        enrolment,
        EnrolmentState.WAITLISTED,
        reason,
        position=place + 1,
        note=note,
        new=new,
    )
    renumber([*queue[:place], enrolment, *queue[place:]], MoveReason.EARLIER_REQUEST)
    audit.record(
        actor,
        Action.ENROLMENT_WAITLISTED,
        enrolment,
        edition.code,
        body_id=enrolment.home_body_id,
        position=place + 1,
    )


def renumber(queue: Sequence[Enrolment], reason: MoveReason) -> None:
    """The places from 1, without gaps; whose place changes is told why."""
    for position, one in enumerate(queue, start=1):
        if one.waitlist_position != position:
            move(None, one, EnrolmentState.WAITLISTED, reason, position=position)


def refill(
    actor: Actor, edition: Edition, reason: MoveReason, besides: Collection[int] = ()
) -> list[Enrolment]:
    """Give the free seats to the waiting list, in the published order. Who got one.

    ``besides``: who has just been put on the list, and is not taken off it again.
    """
    queue = [one for one in waiting(edition.id) if one.id not in besides]
    chosen = rules.promoted([one.home_body_id for one in queue], seats_of(edition))
    for place in chosen:
        confirm(actor, edition, queue[place], reason, named=False)
    db.session.flush()
    close_gap(edition)
    return [queue[place] for place in chosen]


def seats_changed(actor: Actor, edition: Edition) -> list[Enrolment]:
    """The seats are others: who waits gets them, while the first lesson has not begun."""
    return [] if begun(edition.id) else refill(actor, edition, MoveReason.SEATS_CHANGED)


def close_gap(edition: Edition) -> None:
    """Somebody has left the list: those behind move up."""
    renumber(waiting(edition.id), MoveReason.AHEAD_LEFT)


def give_back(edition: Edition) -> list[Enrolment]:
    """The empty seats of the bodies become common, once; who got one. Nobody asks: the day came."""
    hold(edition)
    today = clock.today()
    if not rules.due_to_give_back(edition.gives_back_on, edition.gave_back_at is not None, today):
        return []
    edition.gave_back_at = clock.now()
    audit.record(SYSTEM, Action.SEATS_GIVEN_BACK, edition, edition.code)
    return [] if begun(edition.id) else refill(SYSTEM, edition, MoveReason.GIVEN_BACK)
