# SPDX-License-Identifier: AGPL-3.0-or-later
"""Trainers and tutors: their assignments and hours, as far as the actor may see."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from flask import abort
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, select

from app import clock
from app.actor import Actor
from app.clock import ROME
from app.domain.calendar import first_of_month
from app.domain.edition import EditionState
from app.domain.vocabulary import StaffRole
from app.extensions import db
from app.hours import TAKES_PLACE
from app.labels import label
from app.listing import Filter, Listing, Plan, paginate
from app.models import Course, Edition, Lesson, Person, RegisterSheet
from app.scope import ASSIGNED, clause
from app.teaching import CLOSED, HELD_MINUTES, Engagement, Work, double_bookings, parts, work_of


@dataclass(frozen=True)
class TrainerRow:
    """Somebody who teaches or assists: lessons and minutes in the editions in reach."""

    id: int
    family_name: str
    given_name: str
    teaches: int
    lessons: int
    editions: int
    planned: int
    held_lessons: int
    held: int
    next_at: datetime | None

    @property
    def role(self) -> StaffRole:
        return StaffRole.TRAINER if self.teaches else StaffRole.TUTOR


def reach(actor: Actor) -> ColumnElement[bool]:
    """The editions whose lessons count: one's own of the programme, or those one may see."""
    if actor.role in ASSIGNED:
        courses = select(Course.id).where(Course.programme_id == actor.programme_id)
        return Edition.course_id.in_(courses)
    return clause(Edition, actor)


def trainer_list(actor: Actor) -> Listing:
    """Everybody at work in the editions in reach, with lessons and hours."""
    part = parts()
    takes_place = and_(TAKES_PLACE, Edition.state != EditionState.CANCELLED)
    sums = (
        select(
            part.c.person_id,
            func.max(part.c.teaches).label("teaches"),
            func.count().label("lessons"),
            func.count(Edition.id.distinct()).label("editions"),
            func.sum(Lesson.planned_minutes).label("planned"),
            func.count().filter(CLOSED).label("held_lessons"),
            func.sum(HELD_MINUTES).label("held"),
            func.min(Lesson.starts_at).filter(Lesson.starts_at > clock.now()).label("next_at"),
        )
        .join(Lesson, Lesson.id == part.c.lesson_id)
        .join(Edition, Edition.id == Lesson.edition_id)
        .join(RegisterSheet, RegisterSheet.lesson_id == Lesson.id)
        .where(takes_place, reach(actor))
        .group_by(part.c.person_id)
        .subquery("sums")
    )
    columns = [column for column in sums.c if column.name != "person_id"]
    return paginate(
        select(Person.id, Person.family_name, Person.given_name, *columns).join(
            sums, sums.c.person_id == Person.id
        ),
        Plan(
            sorts={
                "name": [Person.search_key, Person.id],
                "lessons": [sums.c.lessons, Person.search_key, Person.id],
                "planned": [sums.c.planned, Person.search_key, Person.id],
                "held": [sums.c.held, Person.search_key, Person.id],
                "next": [sums.c.next_at, Person.search_key, Person.id],
            },
            search=Person.search_key,
            filters=[
                Filter(
                    "role",
                    _("Ruolo"),
                    [("trainer", label(StaffRole.TRAINER)), ("tutor", label(StaffRole.TUTOR))],
                    lambda value: sums.c.teaches == (1 if value == "trainer" else 0),
                )
            ],
        ),
        lambda row: TrainerRow(*row),
    )


def bookings(actor: Actor) -> list[Engagement]:
    """Double bookings still to come in which a lesson in reach takes part, wherever the other is."""
    return double_bookings(reach(actor), since=clock.now())


def trainer(actor: Actor, person_id: int) -> Person:
    """The trainer or tutor with this id, if the actor may see her hours; otherwise 404."""
    statement = select(Person).where(Person.id == person_id)
    if actor.role in ASSIGNED:
        statement = statement.where(Person.id == actor.person_id)
    else:
        part = parts(person_id)
        lessons = (
            select(part.c.person_id)
            .join(Lesson, Lesson.id == part.c.lesson_id)
            .join(Edition, Edition.id == Lesson.edition_id)
            .where(reach(actor))
        )
        statement = statement.where(Person.id.in_(lessons))
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        abort(404)
    return found


@dataclass(frozen=True)
class Month:
    """A month of somebody's work."""

    first: date
    work: list[Work]

    @property
    def held(self) -> list[Work]:
        return [one for one in self.work if one.closed]

    @property
    def minutes(self) -> int:
        return sum(one.minutes for one in self.held)

    @property
    def planned(self) -> int:
        return sum(one.planned_minutes for one in self.work)


def months(actor: Actor, person: Person) -> list[Month]:
    """Her lessons in reach by month on the wall, the last first: one statement."""
    work = work_of(person.id, reach(actor))
    return [
        Month(first, list(lessons))
        for first, lessons in groupby(reversed(work), lambda one: _month(one.starts_at))
    ]


def _month(moment: datetime) -> date:
    return first_of_month(moment.astimezone(ROME).date())


def month_of(months_: list[Month], first: date | None) -> Month:
    """The month asked for, else the last with lessons held, else the first to come."""
    if first is not None:
        return next((one for one in months_ if one.first == first), Month(first, []))
    held = next((one for one in months_ if one.held), None)
    return held or next(iter(months_), Month(first_of_month(clock.today()), []))
