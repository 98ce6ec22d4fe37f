# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who of which office is away at lessons on which day to come: what ``app.open_counters`` judges by."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select, true

from app import clock
from app.actor import Actor
from app.clock import ROME
from app.domain.calendar import days_window
from app.domain.edition import EditionState
from app.domain.offices import office_key
from app.extensions import db
from app.hours import EXPECTED, TAKES_PLACE
from app.models import (
    Affiliation,
    Course,
    Edition,
    Enrolment,
    Lesson,
    Organisation,
    Person,
    Programme,
)
from app.scope import clause

HORIZON = timedelta(days=180)  # how far ahead offices are looked after
COMING_STATES = (EditionState.OPEN, EditionState.CONFIRMED, EditionState.RUNNING)
COMING = Edition.state.in_(COMING_STATES)

Office = tuple[int, str]  # body and key


@dataclass
class Ground:
    """What the rule needs: editions and their days, offices and their people."""

    editions: dict[int, Row[Any]] = field(default_factory=dict)
    days: dict[int, set[date]] = field(default_factory=dict)
    enrolled: dict[int, list[int]] = field(default_factory=dict)
    offices: dict[int, list[tuple[Office, Row[Any]]]] = field(default_factory=dict)  # by person
    members: dict[Office, list[Row[Any]]] = field(default_factory=dict)
    away: dict[Office, dict[date, set[int]]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)  # of those who may be seen, in order

    def share(self, edition_id: int) -> int:
        """Percent of an office that may be away, as the edition's programme says."""
        row = self.editions.get(edition_id)
        return int(row.office_share) if row else 100

    def staff(self, office: Office, day: date) -> int:
        """How many people the office has that day."""
        return len({row.person_id for row in self.members[office] if runs(row, day)})

    def staff_by_day(self, office: Office) -> dict[date, int]:
        days = {day for days in self.days.values() for day in days}
        return {day: self.staff(office, day) for day in days}

    def offices_in(self, edition_id: int) -> list[Office]:
        """The offices with somebody in the edition."""
        people = self.enrolled.get(edition_id, ())
        return sorted({office for p in people for office, _ in self.offices.get(p, ())})

    def people_of(self, edition_id: int, office: Office) -> list[int]:
        """The people of the office in the edition, the last enrolled first."""
        return [
            person
            for person in self.enrolled.get(edition_id, ())
            if any(other == office for other, _ in self.offices.get(person, ()))
        ]

    def away_on(self, office: Office, day: date) -> int:
        return len(self.away.get(office, {}).get(day, ()))


def gather(
    bodies: ColumnElement[bool], adding: dict[int, Collection[int]], actor: Actor | None
) -> Ground:
    """Three statements: the people of the bodies, where they are enrolled, lessons to come."""
    ground, today = Ground(), clock.today()
    last = today + HORIZON
    for row in db.session.execute(_people(bodies, today, actor)):
        office = row.organisation_id, office_key(row.office)
        if row.visible:
            ground.names[row.person_id] = f"{row.family_name} {row.given_name}"
        if office[1]:
            ground.members.setdefault(office, []).append(row)
            ground.offices.setdefault(row.person_id, []).append((office, row))
    for row in db.session.execute(_lessons(today, last, actor)):
        ground.editions[row.id] = row
        ground.days.setdefault(row.id, set()).add(row.starts_at.astimezone(ROME).date())
    for person_id, edition_id in db.session.execute(_enrolments(bodies, today)):
        ground.enrolled.setdefault(edition_id, []).append(person_id)
    for edition_id, people in adding.items():
        there = ground.enrolled.setdefault(edition_id, [])
        there += [person for person in people if person not in there]
    for edition_id, days in ground.days.items():
        _send(ground, ground.enrolled.get(edition_id, ()), days)
    return ground


def _send(ground: Ground, people: Iterable[int], days: Collection[date]) -> None:
    """Those people are at a lesson on those days, away from each office they belong to then."""
    for person in people:
        for office, row in ground.offices.get(person, ()):
            for day in days:
                if runs(row, day):
                    ground.away.setdefault(office, {}).setdefault(day, set()).add(person)


def runs(row: Row[Any], day: date) -> bool:
    return bool(row.starts_on <= day and (row.ends_on is None or row.ends_on >= day))


def _people(bodies: ColumnElement[bool], today: date, actor: Actor | None) -> Select[Any]:
    return (
        select(
            Affiliation.person_id,
            Affiliation.organisation_id,
            Affiliation.office,
            Affiliation.starts_on,
            Affiliation.ends_on,
            Organisation.short_name,
            Person.family_name,
            Person.given_name,
            (clause(Person, actor) if actor else true()).label("visible"),
        )
        .join(Person, Person.id == Affiliation.person_id)
        .join(Organisation, Organisation.id == Affiliation.organisation_id)
        .where(
            bodies,
            Person.active,
            Affiliation.office != "",
            or_(Affiliation.ends_on.is_(None), Affiliation.ends_on >= today),
        )
        .order_by(Person.search_key, Person.id, Affiliation.id)
    )


def _lessons(today: date, last: date, actor: Actor | None) -> Select[Any]:
    window = days_window(today, last)
    taken = (
        select(func.count())
        .where(Enrolment.edition_id == Edition.id, EXPECTED)
        .correlate(Edition)
        .scalar_subquery()
    )
    return (
        select(
            Edition.id,
            Edition.code,
            Edition.course_title,
            Edition.course_id,
            Edition.state,
            (Edition.seats_max - taken).label("seats"),
            (clause(Edition, actor) if actor else true()).label("visible"),
            Lesson.starts_at,
            Programme.office_share,
        )
        .join(Lesson, Lesson.edition_id == Edition.id)
        .join(Course, Course.id == Edition.course_id)
        .join(Programme, Programme.id == Course.programme_id)
        .where(COMING, TAKES_PLACE, Lesson.starts_at >= window.start, Lesson.starts_at < window.end)
        .order_by(Lesson.starts_at, Lesson.id)
    )


def _enrolments(bodies: ColumnElement[bool], today: date) -> Select[Any]:
    """The last to be enrolled first: she is asked first whether she could go elsewhere."""
    lessons = select(Lesson.edition_id).where(Lesson.starts_at >= days_window(today, today).start)
    return (
        select(Enrolment.person_id, Enrolment.edition_id)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .where(
            COMING,
            EXPECTED,
            Enrolment.edition_id.in_(lessons),
            Enrolment.person_id.in_(select(Affiliation.person_id).where(bodies)),
        )
        .order_by(Enrolment.id.desc())
    )
