# SPDX-License-Identifier: AGPL-3.0-or-later
"""The people of the programme: their list, bodies and offices to choose from."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    case,
    exists,
    func,
    or_,
    select,
    true,
    type_coerce,
    union,
)

from app import labels
from app.access import can
from app.actor import Actor
from app.domain.people import search_key
from app.domain.roles import Permission, Role
from app.domain.vocabulary import ServiceArea, TargetGroup
from app.extensions import db
from app.hours import COUNTED_OF_EACH, EXPECTED
from app.listing import CEILING, Filter, Listing, Plan, paginate
from app.models import Affiliation, Enrolment, Office, Organisation, Person
from app.scope import WORKS_NOW, clause, enrolments_of_people

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
        ceiling=CEILING,
        key=Person.id,
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
    return true()


def _sums(actor: Actor) -> tuple[Any, Any]:
    """A person's editions and counted minutes within reach."""
    ours = (Enrolment.person_id == Person.id, enrolments_of_people(actor), EXPECTED)
    editions, counted = (
        select(figure).where(*ours).correlate(Person).scalar_subquery()
        for figure in (func.count(Enrolment.id), func.coalesce(func.sum(COUNTED_OF_EACH), 0))
    )
    return editions, counted


def _search(actor: Actor, bodies: Bodies) -> Callable[[str], ColumnElement[bool]]:
    """What a word finds: name and e-mail, the body; the tax code for those who may read it."""
    keys = [(number, search_key(name)) for number, name in bodies]

    def asks(word: str) -> ColumnElement[bool]:
        found = _found(actor, word)
        named = [number for number, key in keys if word in key]
        return or_(found, works_at(Affiliation.organisation_id.in_(named))) if named else found

    return asks


def _found(actor: Actor, word: str) -> ColumnElement[bool]:
    """A representative finds by e-mail only who works for her body now: an address tells where
    somebody went."""
    found = Person.search_key.contains(word, autoescape=True)
    if actor.role == Role.BODY_REPRESENTATIVE:
        here = works_at(Affiliation.organisation_id == actor.organisation_id)
        return or_(Person.name_key.contains(word, autoescape=True), found & here)
    if can(Permission.PERSON_READ_BIRTH):
        code = type_coerce(Person.tax_code, String)  # a word may be longer than a code
        return or_(found, code.contains(word.upper(), autoescape=True))
    return found


def works_at(*where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a person has an open affiliation of which all this is true."""
    return exists().where(Affiliation.person_id == Person.id, WORKS_NOW, *where).correlate(Person)


def _working(*where: ColumnElement[bool]) -> Select[Any]:
    """Who has an open affiliation of which all this is true: chosen first, mostly few of all."""
    return select(Affiliation.person_id).where(WORKS_NOW, *where)


def _filters(actor: Actor, bodies: Bodies) -> list[Filter]:
    def now(column: Any, common: str = "") -> Any:
        """``common``: the value most people have, asked of each instead of choosing them all."""

        def narrow(value: str) -> ColumnElement[bool]:
            where = _at_hand(actor), column == value
            return works_at(*where) if value == common else Person.id.in_(_working(*where))

        return narrow

    anywhere = works_at(_at_hand(actor))
    worked = select(Affiliation.person_id).where(Affiliation.ends_on.is_not(None))
    return [
        Filter("body", _("Ente"), [(str(number), name) for number, name in bodies],
               lambda value: Person.id.in_(_working(Affiliation.organisation_id == int(value)))),
        Filter("area", _("Area di servizio"), labels.choices(*ServiceArea),
               now(Affiliation.service_area)),
        Filter("group", _("Gruppo"), labels.choices(*TargetGroup),
               now(Affiliation.target_group, common=TargetGroup.OFFICIAL)),
        Filter("work", _("Lavora"), [("open", _("In servizio")), ("closed", _("Non più in servizio"))],
               lambda value: anywhere if value == "open" else Person.id.in_(worked) & ~anywhere),
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
        select(Enrolment.person_id, func.count(), func.sum(COUNTED_OF_EACH))
        .where(Enrolment.person_id.in_(ids), enrolments_of_people(actor), EXPECTED)
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
