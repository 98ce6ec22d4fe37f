# SPDX-License-Identifier: AGPL-3.0-or-later
"""Registering bodies, and the part each plays in a programme."""

from app import audit
from app.actor import Actor
from app.audit import Action
from app.domain.people import search_key
from app.domain.vocabulary import BodyKind, PartnershipRole
from app.extensions import db
from app.models import Organisation, Partnership, Programme


def register_body(
    actor: Actor,
    *,
    kind: BodyKind,
    name: str,
    short_name: str,
    province_code: str | None = None,
    istat_code: str | None = None,
    belfiore_code: str | None = None,
    population: int | None = None,
) -> Organisation:
    """A body, once."""
    body = Organisation(
        kind=kind,
        name=name,
        short_name=short_name,
        search_key=search_key(f"{name} {short_name} {province_code or ''}"),
        province_code=province_code,
        istat_code=istat_code,
        belfiore_code=belfiore_code,
        population=population,
    )
    db.session.add(body)
    db.session.flush()
    audit.record(actor, Action.BODY_CREATED, body, name, body_id=body.id)
    return body


def join_programme(
    actor: Actor, body: Organisation, programme: Programme, role: PartnershipRole
) -> Partnership:
    """The body takes a part in the programme from its beginning."""
    partnership = Partnership(
        programme_id=programme.id,
        organisation_id=body.id,
        role=role,
        starts_on=programme.starts_on,
    )
    db.session.add(partnership)
    db.session.flush()
    audit.record(
        actor, Action.BODY_JOINED, partnership, body.name, body_id=body.id, part=role.value
    )
    return partnership
