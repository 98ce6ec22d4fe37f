# SPDX-License-Identifier: AGPL-3.0-or-later
"""The bodies that are there already, and the municipalities one may still pick."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app import clock
from app.actor import Actor
from app.bodies.adding.candidates import Known, Registered
from app.domain.partnership import Span
from app.domain.people import search_key
from app.domain.vocabulary import PartnershipRole
from app.extensions import db
from app.models import Organisation, Partnership, Programme
from app.municipalities import Municipality, municipalities
from app.scope import clause


def programme_of(actor: Actor) -> Programme:
    """The programme the actor's role was given for."""
    return db.session.get_one(Programme, actor.programme_id)


def known(actor: Actor, programme: Programme, role: PartnershipRole) -> Known:
    """Every body, and who holds this part of the programme: two statements."""
    bodies = [
        Registered(*row)
        for row in db.session.execute(
            select(
                Organisation.id, Organisation.name, Organisation.istat_code, Organisation.active
            ).where(clause(Organisation, actor))
        )
    ]
    held = db.session.execute(
        select(Organisation.id, Organisation.name, Partnership.starts_on, Partnership.ends_on)
        .join(Partnership, Partnership.organisation_id == Organisation.id)
        .where(Partnership.programme_id == programme.id, Partnership.role == role)
    )
    return Known(
        role=role,
        starts_on=max(programme.starts_on, min(clock.today(), programme.ends_on)),
        by_name={search_key(one.name): one for one in bodies},
        by_istat={one.istat_code: one for one in bodies if one.istat_code},
        holders={number: (name, Span(start, end)) for number, name, start, end in held},
    )


@dataclass(frozen=True)
class Choice:
    """A municipality to pick; ``parts``: those it has in the programme already."""

    municipality: Municipality
    parts: Sequence[PartnershipRole]


def choices(actor: Actor, query: str) -> list[Choice]:
    """The municipalities whose name or province has every word of the query."""
    words = search_key(query).split()
    found = [
        one
        for one in municipalities()
        if all(word in search_key(f"{one.name} {one.province_code}") for word in words)
    ]
    rows = db.session.execute(
        select(Organisation.istat_code, Partnership.role)
        .join(Partnership, Partnership.organisation_id == Organisation.id)
        .where(Partnership.programme_id == actor.programme_id, Organisation.istat_code.is_not(None))
        .order_by(Partnership.id)
    )
    parts: dict[str, list[PartnershipRole]] = {}
    for istat, role in rows:
        parts.setdefault(istat, []).append(role)
    return [Choice(one, parts.get(one.istat_code, ())) for one in found]
