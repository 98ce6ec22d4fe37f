# SPDX-License-Identifier: AGPL-3.0-or-later
"""Registering bodies and changing what is known of them; the part each plays in a programme."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from app import audit
from app.actor import Actor
from app.audit import Action
from app.domain.errors import RuleViolation, Sentence
from app.domain.people import search_key
from app.domain.programme import check_seen
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
    tax_code: str | None = None,
    ipa_code: str | None = None,
    certified_email: str | None = None,
) -> Organisation:
    """A body, once."""
    body = Organisation(
        kind=kind,
        name=name,
        short_name=short_name,
        search_key=_key(name, short_name, province_code),
        province_code=province_code,
        istat_code=istat_code,
        belfiore_code=belfiore_code,
        population=population,
        tax_code=tax_code,
        ipa_code=ipa_code,
        certified_email=certified_email,
    )
    db.session.add(body)
    db.session.flush()
    audit.record(actor, Action.BODY_CREATED, body, name, body_id=body.id)
    return body


def _key(name: str, short_name: str, province_code: str | None) -> str:
    return search_key(f"{name} {short_name} {province_code or ''}")[:300]


def check_new(values: Mapping[str, Any], body_id: int | None = None) -> None:
    """No other body has this name or these codes. Raises RuleViolation."""
    codes = [
        getattr(Organisation, name) == values[name]
        for name in ("istat_code", "belfiore_code")
        if values[name]
    ]
    twins = db.session.scalars(
        select(Organisation.name)
        .where(or_(Organisation.name == values["name"], *codes), Organisation.id != (body_id or 0))
        .limit(1)
    ).one_or_none()
    if twins is not None:
        raise RuleViolation(
            Sentence(
                "C'è già %(body)s, con lo stesso nome o lo stesso codice: si apre dall'elenco "
                "degli enti.",
                {"body": twins},
            )
        )


def change_body(
    actor: Actor, body: Organisation, seen: int, values: Mapping[str, Any]
) -> list[str]:
    """Change what is known of the body; the names of what changed.

    RuleViolation: somebody has saved meanwhile, or another body has this name or code.
    """
    check_seen(seen=seen, now=body.version)
    check_new(values, body.id)
    changed = [name for name, value in values.items() if getattr(body, name) != value]
    if not changed:
        return []
    old = {name: getattr(body, name) for name in changed}
    for name in changed:
        setattr(body, name, values[name])
    body.search_key = _key(body.name, body.short_name, body.province_code)
    audit.record(
        actor,
        Action.BODY_CHANGED,
        body,
        body.name,
        body_id=body.id,
        old=old,
        new={name: values[name] for name in changed},
    )
    return changed


def join_programme(
    actor: Actor,
    body: Organisation,
    programme: Programme,
    role: PartnershipRole,
    starts_on: date | None = None,
) -> Partnership:
    """The body takes a part in the programme, from its beginning unless another day is given."""
    partnership = Partnership(
        programme_id=programme.id,
        organisation_id=body.id,
        role=role,
        starts_on=starts_on or programme.starts_on,
    )
    db.session.add(partnership)
    db.session.flush()
    audit.record(
        actor, Action.BODY_JOINED, partnership, body.name, body_id=body.id, part=role.value
    )
    return partnership


def deactivate(
    actor: Actor,
    body: Organisation,
    programme: Programme,
    parts: Sequence[Partnership],
    today: date,
) -> None:
    """The body is offered nowhere any more; its open parts in the programme end today."""
    body.active = False
    ended = []
    for part in parts:
        if part.ends_on is None or part.ends_on > today:
            part.ends_on = max(today, part.starts_on or today)
            ended.append(part.role.value)
    audit.record(
        actor,
        Action.BODY_DEACTIVATED,
        body,
        body.name,
        body_id=body.id,
        ended=ended,
        programme=programme.code,
    )


def reactivate(actor: Actor, body: Organisation) -> None:
    """The body may be chosen again; its parts are begun again by themselves."""
    if not body.active:
        body.active = True
        audit.record(actor, Action.BODY_REACTIVATED, body, body.name, body_id=body.id)
