# SPDX-License-Identifier: AGPL-3.0-or-later
"""The people of the programme: their list, bodies and offices to choose from."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select, union

from app import labels
from app.access import can
from app.actor import Actor
from app.domain.people import search_key
from app.domain.roles import Permission, Role
from app.domain.vocabulary import ServiceArea, TargetGroup
from app.extensions import db
from app.hours import ATTENDED, EXPECTED
from app.listing import Filter, Listing, Plan, paginate, wants_csv
from app.models import Affiliation, Enrolment, Office, Organisation, Person
from app.scope import WORKS_NOW, clause

# Beyond so many, a list is narrowed before it is counted to the end.
CEILING = 2_000
MOST_OFFICES = 200
MANY = 5_000
Bodies = list[tuple[int, str]]


@dataclass(frozen=True)
class PersonRow:
    id: int
    family_name: str
    given_name: str
    body: str
    office: str
    service_area: ServiceArea | None
    group: TargetGroup | None
    incomplete: bool
    editions: int = 0
    counted: int = 0


def person_list(actor: Actor) -> Listing:
    """The people the actor may see, where they work now, their editions and hours.

    First who stands on the page, then what is said of them: two short questions each.
    """
    listing = paginate(
        select(Person.id).where(clause(Person, actor)), _plan(actor), lambda row: row.id
    )
    listing.rows = _rows(actor, listing.rows)
    return listing


def _plan(actor: Actor) -> Plan:
    def of_now(column: Any) -> Any:
        return (
            select(column)
            .select_from(Affiliation)
            .join(Organisation, Organisation.id == Affiliation.organisation_id)
            .where(Affiliation.id == current_affiliation(actor))
            .scalar_subquery()
        )

    editions, counted = _sums(actor)
    bodies = body_choices(actor)
    by_name = [Person.search_key, Person.id]
    return Plan(
        sorts={
            "name": by_name,
            "body": [of_now(Organisation.short_name), *by_name],
            "office": [of_now(Affiliation.office), *by_name],
            "editions": [editions, *by_name],
            "hours": [counted, *by_name],
        },
        search=_search(actor, bodies),
        filters=_filters(actor, bodies),
        ceiling=None if wants_csv() else CEILING,
    )


def current_affiliation(actor: Actor) -> Any:
    """Of a person's open affiliations within reach, the one begun last."""
    return (
        select(func.max(Affiliation.id))
        .where(Affiliation.person_id == Person.id, WORKS_NOW, _at_hand(actor))
        .correlate(Person)
        .scalar_subquery()
    )


def _at_hand(actor: Actor) -> ColumnElement[bool]:
    """A representative knows where people work only as far as it is her own body."""
    if actor.role == Role.BODY_REPRESENTATIVE:
        return Affiliation.organisation_id == actor.organisation_id
    return Affiliation.organisation_id.is_not(None)


def _sums(actor: Actor) -> tuple[Any, Any]:
    """A person's editions and counted minutes within reach."""
    ours = (Enrolment.person_id == Person.id, clause(Enrolment, actor), EXPECTED)
    editions = select(func.count(Enrolment.id)).where(*ours)
    counted = (
        select(func.coalesce(func.sum(ATTENDED.c.counted), 0))
        .select_from(Enrolment)
        .join(ATTENDED, ATTENDED.c.enrolment_id == Enrolment.id)
        .where(*ours)
    )
    return (
        editions.correlate(Person).scalar_subquery(),
        counted.correlate(Person).scalar_subquery(),
    )


def _search(actor: Actor, bodies: Bodies) -> Callable[[str], ColumnElement[bool]]:
    """What a word finds: name and e-mail, the body; the tax code for those who may read it."""
    text, keys = _searched(actor), [(number, search_key(name)) for number, name in bodies]

    def asks(word: str) -> ColumnElement[bool]:
        found = text.contains(word, autoescape=True)
        named = [number for number, key in keys if word in key]
        return or_(found, works_at(Affiliation.organisation_id.in_(named))) if named else found

    return asks


def _searched(actor: Actor) -> Any:
    """A representative finds by e-mail only who works for her body now: an address tells where
    somebody went."""
    if actor.role == Role.BODY_REPRESENTATIVE:
        here = works_at(Affiliation.organisation_id == actor.organisation_id)
        return case((here, Person.search_key), else_=Person.name_key)
    if can(Permission.PERSON_READ_BIRTH):
        return Person.search_key + " " + func.coalesce(func.lower(Person.tax_code), "")
    return Person.search_key


def works_at(*where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a person has an open affiliation of which all this is true."""
    return exists().where(Affiliation.person_id == Person.id, WORKS_NOW, *where).correlate(Person)


def _staff(body_id: int) -> Any:
    """Who works for the body now: a list, because it is short beside all the people."""
    return select(Affiliation.person_id).where(Affiliation.organisation_id == body_id, WORKS_NOW)


def _filters(actor: Actor, bodies: Bodies) -> list[Filter]:
    def now(column: Any) -> Any:
        return lambda value: works_at(_at_hand(actor), column == value)

    anywhere = works_at(_at_hand(actor))
    return [
        Filter("body", _("Ente"), [(str(number), name) for number, name in bodies],
               lambda value: Person.id.in_(_staff(int(value)))),
        Filter("area", _("Area di servizio"), labels.choices(*ServiceArea),
               now(Affiliation.service_area)),
        Filter("group", _("Gruppo"), labels.choices(*TargetGroup), now(Affiliation.target_group)),
        Filter("work", _("Lavora"), [("open", _("In servizio")), ("closed", _("Non più in servizio"))],
               lambda value: anywhere if value == "open" else ~anywhere),
        Filter("data", _("Scheda"), [("incomplete", _("Da completare"))],
               lambda _value: Person.incomplete),
    ]  # fmt: skip


def _rows(actor: Actor, ids: list[int]) -> list[PersonRow]:
    """What the list says of these people, in their order; a file asks for many at a time."""
    found: dict[int, PersonRow] = {}
    for start in range(0, len(ids), MANY):
        chosen = ids[start : start + MANY]
        found |= {row.id: PersonRow(*row) for row in db.session.execute(_details(actor, chosen))}
        for person_id, editions, counted in db.session.execute(_totals(actor, chosen)):
            found[person_id] = replace(found[person_id], editions=editions, counted=counted)
    return [found[number] for number in ids if number in found]


def _totals(actor: Actor, ids: list[int]) -> Select[Any]:
    return (
        select(Enrolment.person_id, func.count(), func.coalesce(func.sum(ATTENDED.c.counted), 0))
        .outerjoin(ATTENDED, ATTENDED.c.enrolment_id == Enrolment.id)
        .where(Enrolment.person_id.in_(ids), clause(Enrolment, actor), EXPECTED)
        .group_by(Enrolment.person_id)
    )


def _details(actor: Actor, ids: list[int]) -> Select[Any]:
    return (
        select(
            Person.id,
            Person.family_name,
            Person.given_name,
            func.coalesce(Organisation.short_name, ""),
            func.coalesce(Affiliation.office, ""),
            Affiliation.service_area,
            Affiliation.target_group,
            Person.incomplete,
        )
        .outerjoin(Affiliation, Affiliation.id == current_affiliation(actor))
        .outerjoin(Organisation, Organisation.id == Affiliation.organisation_id)
        .where(Person.id.in_(ids))
    )


def body_choices(actor: Actor) -> Bodies:
    """The active bodies the actor may see, by name."""
    rows = db.session.execute(
        select(Organisation.id, Organisation.name)
        .where(clause(Organisation, actor), Organisation.active)
        .order_by(Organisation.name)
    )
    return [(number, name) for number, name in rows]


def offices(actor: Actor) -> list[str]:
    """The offices known of the bodies within reach, to be proposed while writing."""
    bodies = select(Organisation.id).where(clause(Organisation, actor))
    written = select(Affiliation.office.label("name")).where(
        Affiliation.office != "", Affiliation.organisation_id.in_(bodies)
    )
    listed = select(Office.name).where(Office.active, Office.organisation_id.in_(bodies))
    known = union(written, listed).subquery()
    return list(db.session.scalars(select(known.c.name).order_by(known.c.name).limit(MOST_OFFICES)))


def email_at_hand(actor: Actor) -> Any:
    """The address, for a representative only of who works for her body now: it tells where
    somebody went."""
    if actor.role != Role.BODY_REPRESENTATIVE:
        return Person.work_email
    here = works_at(Affiliation.organisation_id == actor.organisation_id)
    return case((here, Person.work_email)).label("work_email")


def birth_code(place: str | None) -> str | None:
    """The code of a birthplace that is a municipality known here; None for any other."""
    town = search_key((place or "").partition("(")[0])
    if not town:
        return None
    return db.session.scalar(
        select(Organisation.belfiore_code)
        .where(Organisation.search_key.startswith(f"comune di {town} {town}", autoescape=True))
        .limit(1)
    )
