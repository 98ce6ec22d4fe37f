# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whom and what the rows of a timetable may name: people to assign, venues, modules."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, true

from app import clock
from app.actor import Actor
from app.assignments import in_force
from app.domain.roles import Role
from app.domain.written_times import name_key
from app.extensions import db
from app.models import Lesson, LessonStaff, Person, RoleAssignment, UserAccount, Venue
from app.scope import clause


@dataclass(frozen=True)
class People:
    """Labels by id, and the ids that each column may name by name key."""

    labels: Mapping[int, str]
    trainers: Mapping[str, int]
    tutors: Mapping[str, int]

    def names(self, ids: Iterable[int]) -> str:
        return ", ".join(self.labels.get(one, "–") for one in ids)

    def listed(self, of: Mapping[str, int]) -> list[str]:
        """The labels to choose from, in order."""
        return sorted(self.labels[one] for one in set(of.values()))


@dataclass(frozen=True)
class Places:
    """Venues: labels and capacities by id, ids by name key."""

    labels: Mapping[int, str]
    capacities: Mapping[int, int]
    keys: Mapping[str, int]


def people_of(actor: Actor, lessons: list[Lesson]) -> People:
    """Trainers and tutors of the programme whom the actor may assign, and those assigned."""
    rows = db.session.execute(
        select(
            Person.id, Person.family_name, Person.given_name, Person.work_email, RoleAssignment.role
        )
        .join(UserAccount, UserAccount.person_id == Person.id)
        .join(RoleAssignment, RoleAssignment.account_id == UserAccount.id)
        .where(
            RoleAssignment.role.in_([Role.TRAINER, Role.TUTOR]),
            RoleAssignment.programme_id == actor.programme_id,
            in_force(clock.today()),
            Person.active,
            _assignable(actor),
        )
    ).all()
    names = {row.id: (f"{row.family_name} {row.given_name}", row.work_email or "") for row in rows}
    teach = {row.id for row in rows if row.role is Role.TRAINER}
    assist = {row.id for row in rows}
    for lesson in lessons:
        for one in lesson.staff:
            person = one.person
            full = f"{person.family_name} {person.given_name}"
            names.setdefault(person.id, (full, person.work_email or ""))
            teach.add(person.id)
            assist.add(person.id)
    labels = _labels(names)
    keys = {name_key(label): person for person, label in labels.items()}
    return People(
        labels,
        {key: person for key, person in keys.items() if person in teach},
        {key: person for key, person in keys.items() if person in assist},
    )


def _labels(names: Mapping[int, tuple[str, str]]) -> dict[int, str]:
    """Family name first; of those with one name, the address says who is who."""
    times = Counter(name_key(name) for name, _address in names.values())
    return {
        person: name if times[name_key(name)] == 1 else f"{name} ({address or person})"
        for person, (name, address) in names.items()
    }


def _assignable(actor: Actor) -> ColumnElement[bool]:
    """An organiser assigns people of her body, or who taught or were assisted by her already."""
    if actor.role is Role.PROGRAMME_COORDINATOR:
        return true()
    assigned = select(LessonStaff.person_id).join(Lesson, Lesson.id == LessonStaff.lesson_id)
    ours = RoleAssignment.organisation_id == actor.organisation_id
    known = Person.id.in_(assigned.where(clause(Lesson, actor)))
    return ours | known | clause(Person, actor)


def places_of() -> Places:
    """Every venue there is."""
    rows = db.session.execute(
        select(Venue.id, Venue.town, Venue.name, Venue.capacity).order_by(Venue.town, Venue.name)
    ).all()
    labels = {row.id: f"{row.town}, {row.name}" for row in rows}
    times = Counter(name_key(row.name) for row in rows)
    alone = {name_key(row.name): row.id for row in rows if times[name_key(row.name)] == 1}
    return Places(
        labels,
        {row.id: row.capacity for row in rows},
        alone | {name_key(label): venue for venue, label in labels.items()},
    )


def modules_of(labels: Mapping[int, str]) -> dict[str, int]:
    """The modules by their number, their title, and both."""
    keys: dict[str, int] = {}
    for module, label in labels.items():
        number, _dot, title = label.partition(". ")
        for text in (number, title, label):
            keys.setdefault(name_key(text), module)
    return keys
