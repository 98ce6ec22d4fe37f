# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may be enrolled in an edition: what each has done already, and which lessons clash."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased

from app.actor import Actor
from app.domain.enrolment import EnrolmentState, takes_seat
from app.domain.roles import Role
from app.domain.seats import has_seat
from app.extensions import db
from app.hours import TAKES_PLACE
from app.listing import CEILING, Listing, Plan, paginate
from app.models import Affiliation, Edition, Enrolment, Lesson, Organisation, Person
from app.pages import moment
from app.scope import clause
from app.waitlist import seats_of, waiting

TAKING = [state for state in EnrolmentState if takes_seat(state)]


@dataclass
class Candidate:
    """A person in one of her offices; ``clashes`` in words."""

    affiliation_id: int
    person_id: int
    name: str
    home_body: str
    body_id: int
    office: str
    done: list[str] = field(default_factory=list)
    clashes: list[str] = field(default_factory=list)


def candidates(actor: Actor, edition: Edition) -> Listing:
    """People the actor may enrol and who are not in the edition yet: four statements."""
    plan = Plan(
        sorts={
            "name": [Person.search_key, Affiliation.id],
            "body": [Organisation.search_key, Person.search_key, Affiliation.id],
            "office": [Affiliation.office, Person.search_key, Affiliation.id],
        },
        search=_found,
        ceiling=CEILING,
        key=Affiliation.id,
    )
    listing = paginate(_eligible(actor, edition), plan, lambda row: _candidate(*row))
    _tell(actor, edition, listing.rows)
    return listing


def _found(word: str) -> ColumnElement[bool]:
    """What a word finds: the person, or her body."""
    names = Person.search_key, Organisation.search_key
    return or_(*(name.contains(word, autoescape=True) for name in names))


def chosen(actor: Actor, edition: Edition, ids: Sequence[int]) -> list[Candidate]:
    """Those picked, by surname; who may not be enrolled by the actor is not among them."""
    rows = db.session.execute(
        _eligible(actor, edition)
        .where(Affiliation.id.in_(ids))
        .order_by(Person.search_key, Affiliation.id)
    )
    found = list({one.person_id: one for one in (_candidate(*row) for row in rows)}.values())
    _tell(actor, edition, found)
    return found


def rows_of(people: Sequence[Candidate]) -> list[tuple[Person, Affiliation]]:
    """The rows behind the people chosen, in their order."""
    found = db.session.execute(
        select(Person, Affiliation)
        .join(Affiliation, Affiliation.person_id == Person.id)
        .where(Affiliation.id.in_([one.affiliation_id for one in people]))
        .order_by(Person.search_key, Affiliation.id)
    )
    return [(person, affiliation) for person, affiliation in found]


def seated(edition: Edition, people: Sequence[Candidate]) -> int:
    """How many of them would have a seat, in this order."""
    seats, line = seats_of(edition), [one.home_body_id for one in waiting(edition.id)]
    number = 0
    for one in people:
        if has_seat(line, seats, one.body_id):
            seats, number = seats.with_one_of(one.body_id), number + 1
        else:
            line = [*line, one.body_id]
    return number


def _eligible(actor: Actor, edition: Edition) -> Select[Any]:
    inside = select(Enrolment.person_id).where(Enrolment.edition_id == edition.id)
    statement = (
        select(Person, Affiliation, Organisation.short_name)
        .join(Affiliation, Affiliation.person_id == Person.id)
        .join(Organisation, Organisation.id == Affiliation.organisation_id)
        .where(
            clause(Person, actor),
            Person.active,
            Affiliation.ends_on.is_(None),
            Person.id.notin_(inside),
        )
    )
    if actor.role is Role.BODY_REPRESENTATIVE:
        return statement.where(Affiliation.organisation_id == actor.organisation_id)
    return statement


def _candidate(person: Person, affiliation: Affiliation, body: str) -> Candidate:
    return Candidate(
        affiliation_id=affiliation.id,
        person_id=person.id,
        name=f"{person.family_name} {person.given_name}",
        home_body=body,
        body_id=affiliation.organisation_id,
        office=affiliation.office,
    )


def _tell(actor: Actor, edition: Edition, people: Sequence[Candidate]) -> None:
    """Beside each: editions of the same course, and lessons at the same hours."""
    ids = [one.person_id for one in people]
    done, clashes = _done(actor, edition, ids), _clashes(actor, edition, ids)
    for one in people:
        one.done, one.clashes = done[one.person_id], clashes[one.person_id]


def _done(actor: Actor, edition: Edition, people: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = db.session.execute(
        select(Enrolment.person_id, Edition.code)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .where(
            clause(Enrolment, actor),
            Enrolment.person_id.in_(people),
            Edition.course_id == edition.course_id,
            Edition.id != edition.id,
            Enrolment.state.in_(TAKING),
        )
        .order_by(Edition.code)
    )
    for person, code in rows:
        found[person].append(code)
    return found


def _clashes(actor: Actor, edition: Edition, people: list[int]) -> dict[int, list[str]]:
    """Lessons of other editions that overlap with one of this edition."""
    ours = aliased(Lesson)
    found: dict[int, list[str]] = defaultdict(list)
    rows = db.session.execute(
        select(Enrolment.person_id, Edition.code, Lesson.starts_at)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Lesson, Lesson.edition_id == Edition.id)
        .join(ours, (ours.starts_at < Lesson.ends_at) & (ours.ends_at > Lesson.starts_at))
        .where(
            clause(Enrolment, actor),
            Enrolment.person_id.in_(people),
            Enrolment.state.in_(TAKING),
            ours.edition_id == edition.id,
            Edition.id != edition.id,
            TAKES_PLACE,
        )
        .order_by(Lesson.starts_at)
        .distinct()
    )
    for person, code, starts_at in rows:
        found[person].append(f"{code}, {moment(starts_at)}")
    return found
