# SPDX-License-Identifier: AGPL-3.0-or-later
"""The bodies, and the page of one with its part and its staff."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import case, exists, func, select

from app import labels
from app.actor import Actor
from app.domain.enrolment import expected
from app.domain.partnership import HELD_BY_ONE, Span
from app.domain.vocabulary import BodyKind, PartnershipRole
from app.extensions import db
from app.hours import EXPECTED
from app.listing import Filter, Listing, Plan, paginate
from app.models import Enrolment, Office, Organisation, Partnership, Programme
from app.scope import clause
from app.standings import Standing, all_standings

# Of several parts a list shows the first of these.
PARTS = (
    PartnershipRole.LEAD_BENEFICIARY,
    PartnershipRole.COORDINATOR_BODY,
    PartnershipRole.RESPONSIBLE_AUTHORITY,
    PartnershipRole.PARTNER_BODY,
    PartnershipRole.PARTICIPATING_BODY,
)
RANK = case({part: rank for rank, part in enumerate(PARTS)}, value=Partnership.role)


@dataclass(frozen=True)
class BodyRow:
    id: int
    name: str
    kind: BodyKind
    province_code: str | None
    population: int | None
    enrolled: int
    part: str
    active: bool


def body_list(actor: Actor) -> Listing:
    """Bodies with the people enrolled (as far as the actor may see) and their part."""
    enrolled = (
        select(func.count(Enrolment.person_id.distinct()))
        .where(
            Enrolment.home_body_id == Organisation.id,
            EXPECTED,
            clause(Enrolment, actor),
        )
        .correlate(Organisation)
        .scalar_subquery()
    )
    ours = (
        Partnership.organisation_id == Organisation.id,
        Partnership.programme_id == actor.programme_id,
    )
    part = select(func.min(RANK)).where(*ours).correlate(Organisation).scalar_subquery()
    statement = select(
        Organisation.id,
        Organisation.name,
        Organisation.kind,
        Organisation.province_code,
        Organisation.population,
        enrolled,
        part,
        Organisation.active,
    ).where(clause(Organisation, actor))
    return paginate(
        statement,
        Plan(
            sorts={
                "name": [Organisation.name],
                "enrolled": [enrolled, Organisation.name],
                "population": [Organisation.population, Organisation.name],
                "province": [Organisation.province_code, Organisation.name],
                "part": [part, Organisation.name],
                "kind": [Organisation.kind, Organisation.name],
            },
            search=Organisation.search_key,
            filters=[
                Filter("kind", _("Tipo"), labels.choices(*BodyKind), Organisation.kind),
                Filter("part", _("Ruolo"), labels.choices(*PartnershipRole),
                       lambda role: exists().where(*ours, Partnership.role == role)),
                Filter("province", _("Provincia"), [("PG", "Perugia"), ("TR", "Terni")],
                       Organisation.province_code),
                Filter("in", _("Nel progetto"), [("yes", _("Sì")), ("no", _("No"))],
                       lambda value: exists().where(*ours) == (value == "yes")),
            ],
        ),
        lambda row: BodyRow(*row[:6], "" if row[6] is None else labels.label(PARTS[row[6]]), row[7]),
    )  # fmt: skip


@dataclass(frozen=True)
class BodyPage:
    body: Organisation
    parts: Sequence[Partnership]
    offices: Sequence[Office]
    staff: list[Standing]

    @property
    def people(self) -> int:
        return len({row.person_id for row in self.staff if expected(row.state)})

    @property
    def certificates(self) -> int:
        return sum(1 for row in self.staff if row.certificate_id)

    @property
    def minutes(self) -> int:
        return sum(row.counted for row in self.staff)


def body_page(actor: Actor, body: Organisation) -> BodyPage:
    """The body's parts, its offices, its staff's enrolments within the actor's scope."""
    return BodyPage(
        body,
        parts(actor, body),
        offices(body),
        all_standings(clause(Enrolment, actor), Enrolment.home_body_id == body.id),
    )


def parts(actor: Actor, body: Organisation) -> list[Partnership]:
    """The parts of the body in the programme, the most leading first."""
    found = db.session.scalars(
        select(Partnership)
        .where(
            Partnership.organisation_id == body.id,
            Partnership.programme_id == actor.programme_id,
        )
        .order_by(RANK)
    )
    return list(found)


def offices(body: Organisation) -> list[Office]:
    """The offices of the body, those in use first."""
    found = db.session.scalars(
        select(Office)
        .where(Office.organisation_id == body.id)
        .order_by(Office.active.desc(), Office.name)
    )
    return list(found)


def programme_of(actor: Actor) -> Programme:
    """The programme the actor's role was given for."""
    return db.session.get_one(Programme, actor.programme_id)


def others_with(actor: Actor, body: Organisation) -> dict[PartnershipRole, list[tuple[str, Span]]]:
    """Who else holds each part that only one may hold, and when."""
    rows = db.session.execute(
        select(Partnership.role, Organisation.name, Partnership.starts_on, Partnership.ends_on)
        .join(Organisation, Organisation.id == Partnership.organisation_id)
        .where(
            Partnership.programme_id == actor.programme_id,
            Partnership.organisation_id != body.id,
            Partnership.role.in_(HELD_BY_ONE),
        )
    )
    found: dict[PartnershipRole, list[tuple[str, Span]]] = {}
    for role, name, start, end in rows:
        found.setdefault(role, []).append((name, Span(start, end)))
    return found
