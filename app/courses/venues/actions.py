# SPDX-License-Identifier: AGPL-3.0-or-later
"""The places where lessons are held."""

from app import audit
from app.actor import Actor
from app.audit import Action
from app.extensions import db
from app.models import Venue


def add_venue(
    actor: Actor,
    *,
    name: str,
    town: str,
    address: str,
    capacity: int,
    istat_code: str | None = None,
) -> Venue:
    """A place where lessons are held."""
    venue = Venue(name=name, town=town, address=address, capacity=capacity, istat_code=istat_code)
    db.session.add(venue)
    db.session.flush()
    audit.record(actor, Action.VENUE_ADDED, venue, f"{town}, {name}")
    return venue
