# SPDX-License-Identifier: AGPL-3.0-or-later
"""Registering people and where they work over time."""

from datetime import date
from typing import Any

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain import affiliations as rules
from app.domain.errors import RuleViolation, Sentence
from app.extensions import db
from app.models import Affiliation, Organisation, Person
from app.persons import (
    EmailTaken,
    accepted_tax_code,
    affiliate,
    check_unique,
    index,
    label,
    open_at,
    register_person,
)

__all__ = [
    "Conflict",
    "EmailTaken",
    "affiliate",
    "correct_affiliation",
    "correct_person",
    "end_affiliation",
    "move_person",
    "register_person",
]


class Conflict(RuleViolation):
    """Somebody else changed the person after this page was drawn."""


def check_seen(person: Person, version: int) -> None:
    """Whether the person is still as the page showed her. Raises Conflict."""
    if person.version != version:
        raise Conflict(
            Sentence("Nel frattempo questa scheda è cambiata: ricaricare la pagina e riprovare.")
        )


def correct_person(actor: Actor, person: Person, **values: Any) -> list[str]:
    """Correct what is known of a person; the names of what changed.

    Certificates already issued keep what they say: one with a mistake is replaced.
    Nothing of the old or new values goes into the trail. RuleViolation for a malformed
    tax code, and for a code or an e-mail that somebody else has.
    """
    if values.get("work_email"):
        values["work_email"] = values["work_email"].casefold()
    code = values.get("tax_code")
    if code and code != person.tax_code:
        values["tax_code"] = accepted_tax_code(code)
    check_unique(values.get("tax_code"), values.get("work_email"), person.id)
    changed = [name for name, value in values.items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, values[name])
    if changed:
        index(person)
        audit.record(actor, Action.PERSON_CORRECTED, person, label(person), fields=changed)
    return changed


def move_person(
    actor: Actor,
    affiliation: Affiliation,
    person: Person,
    body: Organisation,
    on: date,
    **values: Any,
) -> Affiliation:
    """The person leaves one body for another; enrolments made before keep the old one.

    ``values``: office, job title, service area, group and policy office with the new body,
    where they are not those with the old one. RuleViolation for an impossible day.
    """
    _check_open(affiliation)
    affiliation.ends_on = rules.last_day_before(affiliation.starts_on, on, clock.today())
    audit.record(
        actor,
        Action.PERSON_MOVED,
        affiliation,
        _name(affiliation),
        body_id=affiliation.organisation_id,
        to=body.id,
    )
    kept = {
        "group": affiliation.target_group,
        "office": affiliation.office,
        "job_title": affiliation.job_title,
        "service_area": affiliation.service_area,
        "policy_office": affiliation.policy_office,
    }
    db.session.flush()
    return affiliate(actor, person, body, starts_on=on, **{**kept, **values})


def end_affiliation(actor: Actor, affiliation: Affiliation, ends_on: date) -> None:
    """The person works for the body until this day, included. RuleViolation for an impossible day."""
    _check_open(affiliation)
    rules.check_end(affiliation.starts_on, ends_on, clock.today())
    affiliation.ends_on = ends_on
    audit.record(
        actor,
        Action.PERSON_LEFT,
        affiliation,
        _name(affiliation),
        body_id=affiliation.organisation_id,
        on=ends_on.isoformat(),
    )


def correct_affiliation(actor: Actor, affiliation: Affiliation, **values: Any) -> list[str]:
    """Correct what was written wrongly of an affiliation; the names of what changed.

    Enrolments keep what they were made with. RuleViolation for impossible days, and
    where it would be open a second time for its body.
    """
    starts_on = values.get("starts_on", affiliation.starts_on)
    ends_on = values.get("ends_on", affiliation.ends_on)
    rules.check_start(starts_on, clock.today())
    if ends_on is not None:
        rules.check_end(starts_on, ends_on, clock.today())
    else:
        other = open_at(affiliation.person_id, affiliation.organisation_id)
        rules.check_open(other not in (None, affiliation.id))
    changed = [name for name, value in values.items() if getattr(affiliation, name) != value]
    for name in changed:
        setattr(affiliation, name, values[name])
    if changed:
        audit.record(
            actor,
            Action.PERSON_AFFILIATION_CORRECTED,
            affiliation,
            _name(affiliation),
            body_id=affiliation.organisation_id,
            fields=changed,
        )
    return changed


def _check_open(affiliation: Affiliation) -> None:
    if affiliation.ends_on is not None:
        raise RuleViolation(Sentence("Questa appartenenza è già chiusa."))


def _name(affiliation: Affiliation) -> str:
    return f"appartenenza {affiliation.id}"


def check_start(starts_on: date) -> None:
    """Whether work may begin on this day. Raises RuleViolation."""
    rules.check_start(starts_on, clock.today())
