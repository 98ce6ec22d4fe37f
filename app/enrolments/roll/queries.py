# SPDX-License-Identifier: AGPL-3.0-or-later
"""The enrolments of an edition in every state, its seats by body, what a decision would do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import joinedload

from app import labels
from app.actor import Actor
from app.domain import seats as rules
from app.domain.enrolment import Decision, EnrolmentState, pending, takes_seat
from app.domain.errors import Sentence
from app.domain.roles import Role
from app.domain.seats import Seats, published_order
from app.extensions import db
from app.listing import Filter, Listing, Plan, paginate
from app.models import Edition, Enrolment, Organisation, Person, SeatAllotment
from app.pages import day
from app.scope import clause, visible
from app.waitlist import seats_of, waiting

EDITION = (
    joinedload(Edition.course),
    joinedload(Edition.venue),
    joinedload(Edition.delivering_body),
)
_S = EnrolmentState
IN_ORDER = (_S.REQUESTED, _S.BODY_APPROVED, _S.WAITLISTED, _S.CONFIRMED)


@dataclass(frozen=True)
class RollRow:
    """One enrolment of the edition."""

    id: int
    person_id: int
    name: str
    home_body: str
    office: str
    state: EnrolmentState
    requested_at: datetime
    position: int | None
    version: int
    withdrawn_at: datetime | None

    @property
    def pending(self) -> bool:
        return pending(self.state)

    @property
    def may_leave(self) -> bool:
        return self.pending or self.state is EnrolmentState.CONFIRMED


@dataclass(frozen=True)
class Bar:
    """The seats of one body: kept for it, taken by its people, those who wait or ask."""

    body_id: int
    name: str
    own: int
    taken: int
    waiting: int
    requested: int

    @property
    def maximum(self) -> int:
        return max(self.own, self.taken, 1)


@dataclass(frozen=True)
class SeatsShown:
    """The seats as the actor may see them: ``whole`` None for a body's representative."""

    whole: Seats | None
    bars: list[Bar]
    order: Sentence
    common_left: bool
    gave_back_at: datetime | None


def roll(actor: Actor, edition: Edition) -> Listing:
    """The enrolments that the actor may see, those that wait for a decision first."""
    rank = case(
        *((Enrolment.state == state, place) for place, state in enumerate(IN_ORDER)),
        else_=len(IN_ORDER),
    )
    statement = (
        select(Enrolment, Person, Organisation.short_name)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Organisation, Organisation.id == Enrolment.home_body_id)
        .where(Enrolment.edition_id == edition.id, clause(Enrolment, actor))
    )
    plan = Plan(
        sorts={
            "state": [rank, Enrolment.waitlist_position, Person.search_key, Enrolment.id],
            "name": [Person.search_key, Enrolment.id],
            "body": [Organisation.search_key, Person.search_key, Enrolment.id],
            "requested": [Enrolment.requested_at, Enrolment.id],
            "position": [Enrolment.waitlist_position, Person.search_key, Enrolment.id],
        },
        search=Person.search_key + " " + Organisation.search_key,
        filters=_filters(actor, edition),
    )
    return paginate(statement, plan, lambda row: _row(*row))


def _filters(actor: Actor, edition: Edition) -> list[Filter]:
    states = Filter("state", _("Stato"), labels.choices(*EnrolmentState), Enrolment.state)
    if actor.role is Role.BODY_REPRESENTATIVE:
        return [states]
    bodies = db.session.execute(
        select(Organisation.id, Organisation.short_name)
        .where(
            Organisation.id.in_(
                select(Enrolment.home_body_id).where(
                    Enrolment.edition_id == edition.id, clause(Enrolment, actor)
                )
            )
        )
        .order_by(Organisation.search_key)
    )
    choices = [(str(body), name) for body, name in bodies]
    return [
        states,
        Filter("body", _("Ente"), choices, lambda value: Enrolment.home_body_id == int(value)),
    ]


def _row(enrolment: Enrolment, person: Person, body: str) -> RollRow:
    return RollRow(
        id=enrolment.id,
        person_id=person.id,
        name=f"{person.family_name} {person.given_name}",
        home_body=body,
        office=enrolment.office,
        state=enrolment.state,
        requested_at=enrolment.requested_at,
        position=enrolment.waitlist_position,
        version=enrolment.version,
        withdrawn_at=enrolment.withdrawn_at,
    )


def seats_shown(actor: Actor, edition: Edition) -> SeatsShown:
    """The seats by body; a representative sees her own body and whether common ones are left."""
    seats = seats_of(edition)
    own_only = actor.role is Role.BODY_REPRESENTATIVE
    return SeatsShown(
        whole=None if own_only else seats,
        bars=_bars(edition, actor.organisation_id if own_only else None),
        order=order_of(edition, seats),
        common_left=min(seats.common_free, seats.free) > 0,
        gave_back_at=edition.gave_back_at,
    )


def order_of(edition: Edition, seats: Seats) -> Sentence:
    """The published order of this edition, for everybody concerned."""
    return published_order(
        allotted=bool(seats.allotted),
        given_back=seats.given_back,
        day=day(edition.gives_back_on, "plain") if edition.gives_back_on else "",
    )


def _bars(edition: Edition, only: int | None) -> list[Bar]:
    def number(*states: EnrolmentState) -> Any:
        return func.coalesce(func.sum(case((Enrolment.state.in_(states), 1), else_=0)), 0)

    own = func.coalesce(func.max(SeatAllotment.seats), 0)
    taking = [state for state in EnrolmentState if takes_seat(state)]
    rows = db.session.execute(
        select(
            Organisation.id,
            Organisation.short_name,
            own,
            number(*taking),
            number(_S.WAITLISTED),
            number(_S.REQUESTED),
        )
        .outerjoin(
            SeatAllotment,
            (SeatAllotment.organisation_id == Organisation.id)
            & (SeatAllotment.edition_id == edition.id),
        )
        .outerjoin(
            Enrolment,
            (Enrolment.home_body_id == Organisation.id) & (Enrolment.edition_id == edition.id),
        )
        .where(
            Organisation.id == only
            if only is not None
            else or_(SeatAllotment.id.is_not(None), Enrolment.id.is_not(None))
        )
        .group_by(Organisation.id, Organisation.short_name, Organisation.search_key)
        .order_by(Organisation.search_key)
    )
    return [Bar(*row) for row in rows]


@dataclass(frozen=True)
class Forecast:
    """What a decision would do, before it is taken."""

    people: list[tuple[RollRow, EnrolmentState]]

    def number(self, state: EnrolmentState) -> int:
        return sum(then is state for _row, then in self.people)


def chosen(actor: Actor, edition: Edition, ids: Sequence[int]) -> list[Enrolment]:
    """Those picked, of this edition and of the actor's scope, in the order of their requests."""
    found = db.session.scalars(
        visible(Enrolment, actor)
        .where(Enrolment.edition_id == edition.id, Enrolment.id.in_(ids))
        .order_by(Enrolment.requested_at, Enrolment.id)
    )
    return list(found)


def forecast(actor: Actor, edition: Edition, ids: Sequence[int], decision: Decision) -> Forecast:
    """Each person picked, and the state she would be in."""
    rows = [
        _row(*row)
        for row in db.session.execute(
            select(Enrolment, Person, Organisation.short_name)
            .join(Person, Person.id == Enrolment.person_id)
            .join(Organisation, Organisation.id == Enrolment.home_body_id)
            .where(clause(Enrolment, actor), Enrolment.edition_id == edition.id)
            .where(Enrolment.id.in_(ids))
            .order_by(Enrolment.requested_at, Enrolment.id)
        )
    ]
    bodies = {one.id: one.home_body_id for one in chosen(actor, edition, ids)}
    if decision not in (Decision.CONFIRM, Decision.APPROVE):
        then = _S.REJECTED if decision is Decision.REJECT else _S.WAITLISTED
        return Forecast([(row, then) for row in rows])
    return Forecast(_seated(edition, rows, bodies, decision))


def _seated(
    edition: Edition, rows: list[RollRow], bodies: dict[int, int], decision: Decision
) -> list[tuple[RollRow, EnrolmentState]]:
    """Seats given in the order of the requests, until there are none."""
    seats, queue = seats_of(edition), waiting(edition.id)
    line = [one.home_body_id for one in queue]
    yes = _S.CONFIRMED if decision is Decision.CONFIRM else _S.BODY_APPROVED
    found = []
    for row in rows:
        ahead = line[: (row.position or 1) - 1] if row.state is _S.WAITLISTED else line
        if row.state is _S.BODY_APPROVED:
            found.append((row, yes))
        elif rules.has_seat(ahead, seats, bodies[row.id]):
            seats = seats.with_one_of(bodies[row.id])
            found.append((row, yes))
        else:
            line = [*line, bodies[row.id]] if row.state is not _S.WAITLISTED else line
            found.append((row, _S.WAITLISTED))
    return found
