# SPDX-License-Identifier: AGPL-3.0-or-later
"""Records written in a hurry: who they are, and whom they may turn out to be."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.actor import Actor
from app.domain.errors import RuleViolation, Sentence
from app.extensions import db
from app.listing import Listing, Plan, paginate
from app.models import Affiliation, Edition, Enrolment, Organisation, Person
from app.people.duplicates.facts import Facts
from app.people.duplicates.merging import merge
from app.people.duplicates.queries import Known
from app.people.queries import current_affiliation, email_at_hand
from app.scope import clause, enrolments_of_people

MOST_KNOWN = 5


@dataclass(frozen=True)
class IncompleteRow:
    """A record to be completed, the editions it stands in, and who it could be."""

    person: Known
    editions: list[tuple[int, str]] = field(default_factory=list)
    alike: list[Known] = field(default_factory=list)


def incomplete_list(actor: Actor) -> Listing:
    """The records to be completed within reach, with those of the same name."""
    statement = (
        select(
            Person.id,
            Person.given_name,
            Person.family_name,
            email_at_hand(actor),
            Person.incomplete,
            Organisation.short_name,
            Affiliation.office,
        )
        .outerjoin(Affiliation, Affiliation.id == current_affiliation(actor))
        .outerjoin(Organisation, Organisation.id == Affiliation.organisation_id)
        .where(Person.incomplete, clause(Person, actor))
    )
    plan = Plan(
        sorts={
            "name": [Person.search_key, Person.id],
            "body": [Organisation.short_name, Person.search_key, Person.id],
        },
        search=Person.search_key,
    )
    listing = paginate(statement, plan, lambda row: Known(*_said(row)))
    listing.rows = _with_company(actor, listing.rows)
    return listing


def _said(row: object) -> Iterable[object]:
    *first, body, office = row  # type: ignore[misc]
    return (*first, body or "", office or "")


def _with_company(actor: Actor, people: list[Known]) -> list[IncompleteRow]:
    ids = [person.id for person in people]
    editions, alike = _editions(actor, ids), _alike(actor, ids)
    return [IncompleteRow(person, editions[person.id], alike[person.id]) for person in people]


def _editions(actor: Actor, ids: list[int]) -> dict[int, list[tuple[int, str]]]:
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    rows = db.session.execute(
        select(Enrolment.person_id, Edition.id, Edition.code)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .where(Enrolment.person_id.in_(ids), enrolments_of_people(actor))
        .order_by(Edition.code)
    )
    for person_id, edition_id, code in rows:
        found[person_id].append((edition_id, code))
    return found


def _alike(actor: Actor, ids: list[int]) -> dict[int, list[Known]]:
    """For each of these records the people within reach with the same name."""
    found: dict[int, list[Known]] = defaultdict(list)
    hasty = aliased(Person)
    rows = db.session.execute(
        select(
            hasty.id,
            Person.id,
            Person.given_name,
            Person.family_name,
            email_at_hand(actor),
            Person.incomplete,
            Organisation.short_name,
            Affiliation.office,
        )
        .select_from(Person)
        .join(hasty, (hasty.name_key == Person.name_key) & (hasty.id != Person.id))
        .outerjoin(Affiliation, Affiliation.id == current_affiliation(actor))
        .outerjoin(Organisation, Organisation.id == Affiliation.organisation_id)
        .where(hasty.id.in_(ids), Person.name_key != "", clause(Person, actor))
        .order_by(Person.incomplete, Person.id)
        .limit(MOST_KNOWN * max(1, len(ids)))
    )
    for hasty_id, *known in rows:
        found[hasty_id].append(Known(*_said(known)))
    return found


def recognise(actor: Actor, person: Person, known: Person) -> Facts:
    """Join the record to be completed to the known person's, who keeps all she had.

    RuleViolation for a record that is complete: those are joined by the coordinator alone.
    """
    if not person.incomplete:
        raise RuleViolation(
            Sentence("Questa scheda non è più da completare: ricaricare la pagina.")
        )
    return merge(actor, known, person)
