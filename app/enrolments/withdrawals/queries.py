# SPDX-License-Identifier: AGPL-3.0-or-later
"""One enrolment, every move of it, and who takes the seat if it is left."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.actor import Actor
from app.domain.enrolment import EnrolmentState, MoveReason
from app.domain.seats import promoted
from app.extensions import db
from app.models import Edition, Enrolment, EnrolmentMove, Person
from app.scope import get_visible
from app.waitlist import seats_of, waiting

ENROLMENT = (
    joinedload(Enrolment.person),
    joinedload(Enrolment.home_body),
    joinedload(Enrolment.edition).joinedload(Edition.course),
    joinedload(Enrolment.edition).joinedload(Edition.venue),
)


@dataclass(frozen=True)
class Move:
    """One step: to which state and place, why, by whom; empty where it followed from others."""

    state: EnrolmentState
    from_position: int | None
    to_position: int | None
    reason: MoveReason
    note: str
    by: str
    at: datetime


def enrolment_of(actor: Actor, enrolment_id: int) -> Enrolment:
    """The enrolment with its person and edition; 404 outside the actor's scope."""
    return get_visible(Enrolment, enrolment_id, actor, *ENROLMENT)


def moves_of(enrolment: Enrolment) -> list[Move]:
    """Every move, the last first."""
    rows = db.session.scalars(
        select(EnrolmentMove)
        .where(EnrolmentMove.enrolment_id == enrolment.id)
        .order_by(EnrolmentMove.id.desc())
    )
    return [
        Move(
            row.to_state,
            row.from_position,
            row.to_position,
            row.reason,
            row.note,
            row.by_label,
            row.at,
        )
        for row in rows
    ]


def heir_of(enrolment: Enrolment) -> str:
    """The name of who would take the seat left by this enrolment; empty if nobody."""
    seats = seats_of(enrolment.edition)
    body = enrolment.home_body_id
    left = {**seats.taken, body: max(0, seats.taken.get(body, 0) - 1)}
    seats = type(seats)(seats.total, seats.allotted, left, seats.given_back)
    line = [
        (one.person_id, one.home_body_id)
        for one in waiting(enrolment.edition_id)
        if one.id != enrolment.id
    ]
    first = promoted([home for _person, home in line], seats)[:1]
    if not first:
        return ""
    person = db.session.get_one(Person, line[first[0]][0])
    return f"{person.family_name} {person.given_name}"
