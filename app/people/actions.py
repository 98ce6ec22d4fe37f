# SPDX-License-Identifier: AGPL-3.0-or-later
"""Registering people and where they work over time."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app import audit
from app.actor import Actor
from app.audit import Action
from app.domain import tax_code as tax_codes
from app.domain.errors import RuleViolation, Sentence
from app.domain.people import search_key
from app.domain.vocabulary import PolicyOffice, ServiceArea, TargetGroup
from app.extensions import db
from app.models import Affiliation, Organisation, Person


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
) -> Person:
    """A person, with as little as is known. RuleViolation for a malformed tax code."""
    if tax_code:
        tax_code = tax_codes.normalise(tax_code)
        tax_codes.check(tax_code)
    person = Person(
        given_name=given_name,
        family_name=family_name,
        search_key=search_key(f"{family_name} {given_name} {work_email or ''}"),
        work_email=work_email.casefold() if work_email else None,
        sex=sex,
        birth_date=birth_date,
        birth_place=birth_place,
        birth_place_code=birth_place_code,
        tax_code=tax_code or None,
        is_social_worker=is_social_worker,
    )
    db.session.add(person)
    db.session.flush()
    audit.record(actor, Action.PERSON_CREATED, person, f"persona {person.id}")
    return person


def correct_person(actor: Actor, person: Person, **values: Any) -> list[str]:
    """Correct what is known of a person; the names of what changed.

    Certificates already issued keep what they say: one with a mistake is replaced.
    Nothing of the old or new values goes into the trail. RuleViolation for a malformed
    tax code, or one that somebody else has.
    """
    code = values.get("tax_code")
    if code:
        values["tax_code"] = code = tax_codes.normalise(code)
        tax_codes.check(code)
        taken = select(Person.id).where(Person.tax_code == code, Person.id != person.id)
        if db.session.scalar(taken):
            raise RuleViolation(Sentence("Questo codice fiscale è già di un'altra persona."))
    changed = [name for name, value in values.items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, values[name])
    if changed:
        person.search_key = search_key(
            f"{person.family_name} {person.given_name} {person.work_email or ''}"
        )
        label = f"persona {person.id}"
        audit.record(actor, Action.PERSON_CORRECTED, person, label, fields=changed)
    return changed


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
    """The person works for the body from this day. No group: who teaches or organises."""
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


def move_person(
    actor: Actor, affiliation: Affiliation, person: Person, body: Organisation, on: date
) -> Affiliation:
    """The person leaves one body for another; enrolments made before keep the old one."""
    affiliation.ends_on = on - timedelta(days=1)
    audit.record(
        actor,
        Action.PERSON_MOVED,
        affiliation,
        body.short_name,
        body_id=affiliation.organisation_id,
        to=body.id,
    )
    return affiliate(
        actor,
        person,
        body,
        starts_on=on,
        group=affiliation.target_group,
        office=affiliation.office,
        job_title=affiliation.job_title,
        service_area=affiliation.service_area,
    )
