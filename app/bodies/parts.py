# SPDX-License-Identifier: AGPL-3.0-or-later
"""When a body begins and ends the parts it plays in the programme, and which offices it has."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app import audit
from app.actor import Actor
from app.audit import Action
from app.domain.partnership import Span
from app.domain.programme import check_seen
from app.domain.vocabulary import PartnershipRole, ServiceArea
from app.extensions import db
from app.models import Office, Organisation, Partnership, Programme

Held = Mapping[PartnershipRole, Partnership]


def seen_parts(held: Held) -> str:
    """The parts a form was filled from, in one line, to notice that they changed."""
    return " ".join(
        f"{role.value}={held[role].starts_on}/{held[role].ends_on}"
        for role in PartnershipRole
        if role in held
    )


def set_parts(
    actor: Actor,
    body: Organisation,
    programme: Programme,
    held: Held,
    seen: str,
    wanted: Mapping[PartnershipRole, Span],
) -> list[PartnershipRole]:
    """Begin, end or move the body's parts; those that changed.

    RuleViolation: somebody has saved others meanwhile.
    """
    check_seen(seen=seen, now=seen_parts(held))
    changed, old = [], {}
    for role, span in wanted.items():
        part = held.get(role)
        if part is None:
            part = Partnership(programme_id=programme.id, organisation_id=body.id, role=role)
            db.session.add(part)
        elif Span(part.starts_on, part.ends_on) == span:
            continue
        else:
            old[role.value] = _text(Span(part.starts_on, part.ends_on))
        part.starts_on, part.ends_on = span.starts_on, span.ends_on
        changed.append(role)
    if changed:
        db.session.flush()
        audit.record(
            actor,
            Action.PARTS_SET,
            body,
            body.name,
            body_id=body.id,
            old=old,
            new={role.value: _text(wanted[role]) for role in changed},
        )
    return changed


def _text(span: Span) -> list[str]:
    return [day.isoformat() if day else "" for day in (span.starts_on, span.ends_on)]


@dataclass(frozen=True)
class OfficeLine:
    """An office as the form has it; no number for a new one."""

    id: int | None
    name: str
    service_area: ServiceArea | None
    active: bool


def set_offices(
    actor: Actor, body: Organisation, kept: Sequence[Office], lines: Iterable[OfficeLine]
) -> int:
    """Add and change the offices of a body; how many changed. None is ever taken away."""
    by_id, changed = {one.id: one for one in kept}, []
    for line in lines:
        office = by_id[line.id] if line.id is not None else Office(organisation_id=body.id)
        new = (line.name, line.service_area, line.active)
        if line.id is not None and (office.name, office.service_area, office.active) == new:
            continue
        office.name, office.service_area, office.active = new
        if line.id is None:
            db.session.add(office)
        changed.append(line)
    if changed:
        db.session.flush()
        audit.record(
            actor,
            Action.OFFICES_SET,
            body,
            body.name,
            body_id=body.id,
            offices=[
                {"name": one.name, "area": one.service_area or "", "active": one.active}
                for one in changed
            ],
        )
    return len(changed)
