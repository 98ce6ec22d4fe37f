# SPDX-License-Identifier: AGPL-3.0-or-later
"""Registering a person and where she works: what pages, files and the sheet at the door share."""

from datetime import date

from sqlalchemy import select

from app import audit
from app.actor import Actor
from app.audit import Action
from app.domain import affiliations as rules
from app.domain import tax_code as tax_codes
from app.domain.errors import RuleViolation, Sentence
from app.domain.people import name_key, search_key
from app.domain.vocabulary import PolicyOffice, ServiceArea, TargetGroup
from app.extensions import db
from app.models import Affiliation, Organisation, Person

LONGEST_SEARCH_KEY = 340  # characters kept


def register_person(
    actor: Actor,
    *,
    given_name: str,
    family_name: str,
    work_email: str | None = None,
    sex: str | None = None,
    birth_date: date | None = None,
    birth_place: str | None = None,
    birth_place_code: str | None = None,
    tax_code: str | None = None,
    is_social_worker: bool = False,
    incomplete: bool = False,
) -> Person:
    """A person, with as little as is known.

    ``incomplete``: somebody else writes the rest later. RuleViolation for a malformed tax
    code, and for a code or an e-mail that somebody else has.
    """
    person = Person(
        given_name=given_name,
        family_name=family_name,
        work_email=work_email.casefold() if work_email else None,
        sex=sex,
        birth_date=birth_date,
        birth_place=birth_place,
        birth_place_code=birth_place_code,
        tax_code=accepted_tax_code(tax_code) if tax_code else None,
        is_social_worker=is_social_worker,
        incomplete=incomplete,
        registered_by_body_id=actor.organisation_id,
    )
    check_unique(person.tax_code, person.work_email)
    index(person)
    db.session.add(person)
    db.session.flush()
    audit.record(actor, Action.PERSON_CREATED, person, label(person))
    return person


def affiliate(
    actor: Actor,
    person: Person,
    body: Organisation,
    *,
    starts_on: date,
    group: TargetGroup | None,
    office: str = "",
    job_title: str = "",
    service_area: ServiceArea | None = None,
    policy_office: PolicyOffice | None = None,
) -> Affiliation:
    """The person works for the body from this day. No group: who teaches or organises.

    RuleViolation where she works there already.
    """
    rules.check_open(open_at(person.id, body.id) is not None)
    affiliation = Affiliation(
        person_id=person.id,
        organisation_id=body.id,
        office=office,
        job_title=job_title,
        service_area=service_area,
        target_group=group,
        policy_office=policy_office,
        starts_on=starts_on,
    )
    db.session.add(affiliation)
    db.session.flush()
    audit.record(actor, Action.PERSON_AFFILIATED, affiliation, body.short_name, body_id=body.id)
    return affiliation


def open_at(person_id: int, body_id: int) -> int | None:
    """The affiliation by which the person works for the body now, if she does."""
    return db.session.scalar(
        select(Affiliation.id).where(
            Affiliation.person_id == person_id,
            Affiliation.organisation_id == body_id,
            Affiliation.ends_on.is_(None),
        )
    )


def accepted_tax_code(code: str) -> str:
    """The code in capitals without spaces. RuleViolation for one that cannot be."""
    code = tax_codes.normalise(code)
    tax_codes.check(code)
    return code


def check_unique(tax_code: str | None, email: str | None, own_id: int | None = None) -> None:
    """Whether code and address are nobody else's; says nothing of whose they are.

    Raises RuleViolation.
    """
    if tax_code and _taken(Person.tax_code == tax_code, own_id):
        raise RuleViolation(Sentence("Questo codice fiscale è già di un'altra persona."))
    if email and _taken(Person.work_email == email, own_id):
        raise EmailTaken(Sentence("Questo indirizzo e-mail è già di un'altra persona."))


class EmailTaken(RuleViolation):
    """The address is somebody else's: told beside its own field."""


def _taken(condition: object, own_id: int | None) -> bool:
    wanted = select(Person.id).where(condition, Person.id != (own_id or 0))  # type: ignore[arg-type]
    return db.session.scalar(wanted.limit(1)) is not None


def index(person: Person) -> None:
    """Write anew the keys by which the person is found."""
    keys = keys_of(person.given_name, person.family_name, person.work_email, person.tax_code)
    for name, value in keys.items():
        setattr(person, name, value)


def keys_of(
    given_name: str, family_name: str, work_email: str | None, tax_code: str | None
) -> dict[str, str | None]:
    """The keys of whoever is called so; some letters become many."""
    found = search_key(f"{family_name} {given_name} {work_email or ''}")
    return {
        "search_key": found[:LONGEST_SEARCH_KEY],
        "name_key": name_key(given_name, family_name),
        "tax_key": tax_codes.comparable(tax_code) or None,
    }


def label(person: Person) -> str:
    """How the trail names a person: by number."""
    return f"persona {person.id}"
