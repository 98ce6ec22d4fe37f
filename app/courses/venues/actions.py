# SPDX-License-Identifier: AGPL-3.0-or-later
"""The places where lessons are held."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from app import audit
from app.actor import Actor
from app.audit import Action
from app.domain.errors import RuleViolation, Sentence
from app.domain.hands import check_seen
from app.domain.roles import Role
from app.domain.venues import check_capacity, check_may_edit
from app.extensions import db
from app.models import Venue


class NameTaken(RuleViolation):
    """The town has a venue of this name."""

    def __init__(self, name: str, town: str) -> None:
        super().__init__(
            Sentence("A %(town)s c'è già una sede «%(name)s».", {"name": name, "town": town})
        )


def add_venue(
    actor: Actor,
    *,
    name: str,
    town: str,
    address: str,
    capacity: int,
    accessible: bool = True,
    istat_code: str | None = None,
) -> Venue:
    """A place where lessons are held; an organiser's belongs to her body. Raises NameTaken."""
    _check_name(name, town, None)
    venue = Venue(
        name=name,
        town=town,
        address=address,
        capacity=capacity,
        accessible=accessible,
        istat_code=istat_code,
        organisation_id=actor.organisation_id if actor.role is Role.ORGANISER else None,
    )
    db.session.add(venue)
    db.session.flush()
    audit.record(actor, Action.VENUE_ADDED, venue, f"{town}, {name}")
    return venue


def check_own(actor: Actor, venue: Venue) -> None:
    """The coordinator changes every venue, an organiser those her body added."""
    check_may_edit(
        coordinator=actor.role is Role.PROGRAMME_COORDINATOR,
        own=venue.organisation_id is not None and venue.organisation_id == actor.organisation_id,
    )


def change_venue(
    actor: Actor, venue: Venue, seen: int, values: Mapping[str, Any], seats_promised: int
) -> bool:
    """Write the columns; whether anything changed.

    ``seats_promised``: the most seats of an edition still to be held there.
    Raises NameTaken, RuleViolation.
    """
    check_own(actor, venue)
    db.session.refresh(venue, with_for_update=True)
    check_seen(seen=seen, current=venue.version)
    _check_name(values["name"], values["town"], venue.id)
    if values["capacity"] < venue.capacity:
        check_capacity(values["capacity"], seats_promised)
    changed = {name: value for name, value in values.items() if getattr(venue, name) != value}
    if not changed:
        return False
    _write(actor, venue, changed)
    return True


def set_active(actor: Actor, venue: Venue, active: bool) -> None:
    """Take the venue out of use, or back; editions planned there keep it."""
    check_own(actor, venue)
    if venue.active != active:
        _write(actor, venue, {"active": active})


def _write(actor: Actor, venue: Venue, changed: Mapping[str, Any]) -> None:
    old = {name: getattr(venue, name) for name in changed}
    for name, value in changed.items():
        setattr(venue, name, value)
    venue.version += 1
    label = f"{venue.town}, {venue.name}"
    audit.record(actor, Action.VENUE_CHANGED, venue, label, old=old, new=dict(changed))


def _check_name(name: str, town: str, venue_id: int | None) -> None:
    found = db.session.scalars(
        select(Venue.id).where(
            func.lower(Venue.name) == name.lower(), func.lower(Venue.town) == town.lower()
        )
    ).all()
    if set(found) - {venue_id}:
        raise NameTaken(name, town)
