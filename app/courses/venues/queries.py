# SPDX-License-Identifier: AGPL-3.0-or-later
"""Venues, and the editions held in each."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.actor import Actor
from app.domain.edition import EditionState
from app.domain.roles import Role
from app.extensions import db
from app.listing import Filter, Listing, Plan, folded, paginate
from app.models import Edition, Venue
from app.scope import clause

TO_BE_HELD = Edition.state.in_(
    [EditionState.DRAFT, EditionState.OPEN, EditionState.CONFIRMED, EditionState.RUNNING]
)


@dataclass(frozen=True)
class VenueRow:
    id: int
    name: str
    town: str
    address: str
    capacity: int
    accessible: bool
    active: bool
    editions: int


def venue_list(actor: Actor) -> Listing:
    """Every venue with the number of editions the actor may see there."""
    editions = (
        select(func.count())
        .where(Edition.venue_id == Venue.id, clause(Edition, actor))
        .correlate(Venue)
        .scalar_subquery()
    )
    return paginate(
        select(
            Venue.id, Venue.name, Venue.town, Venue.address, Venue.capacity, Venue.accessible,
            Venue.active, editions.label("editions"),
        ).where(clause(Venue, actor)),
        Plan(
            sorts={
                "town": [Venue.town, Venue.name],
                "name": [Venue.name, Venue.town],
                "capacity": [Venue.capacity, Venue.town, Venue.name],
                "editions": [editions, Venue.town, Venue.name],
            },
            search=folded(Venue.town + " " + Venue.name + " " + Venue.address),
            filters=[
                Filter(
                    "use",
                    _("Uso"),
                    [("yes", _("In uso")), ("no", _("Non più in uso"))],
                    lambda value: Venue.active.is_(value == "yes"),
                )
            ],
        ),
        lambda row: VenueRow(*row),
    )  # fmt: skip


def seats_promised(venue_id: int) -> int:
    """The most seats that an edition still to be held there offers, whoever delivers it."""
    most = select(func.max(Edition.seats_max)).where(Edition.venue_id == venue_id, TO_BE_HELD)
    return db.session.scalar(most) or 0


def editions_there(actor: Actor, venue_id: int) -> list[Any]:
    """The actor's editions in the venue, the latest code last; at most two hundred."""
    return list(
        db.session.execute(
            select(Edition.id, Edition.code, Edition.course_title, Edition.state, Edition.seats_max)
            .where(Edition.venue_id == venue_id, clause(Edition, actor))
            .order_by(Edition.code)
            .limit(200)
        )
    )


def may_edit(actor: Actor, venue: Venue) -> bool:
    """Whether the actor may change this venue."""
    if actor.role is Role.PROGRAMME_COORDINATOR:
        return True
    own = venue.organisation_id is not None and venue.organisation_id == actor.organisation_id
    return actor.role is Role.ORGANISER and own
