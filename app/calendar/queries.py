# SPDX-License-Identifier: AGPL-3.0-or-later
"""The lessons of a period as the actor may see them, and what they may be narrowed by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, select

from app import clock, labels
from app.actor import Actor
from app.clock import ROME
from app.domain.calendar import days_window
from app.domain.edition import EditionState
from app.domain.timetable import Window
from app.domain.vocabulary import LessonState, StaffRole
from app.extensions import db
from app.listing import Filter, Listing, Plan, chosen, folded, paginate
from app.models import Course, Edition, Lesson, LessonStaff, Organisation, Person, Venue
from app.scope import clause

TEACHES = LessonStaff.role.in_([StaffRole.TRAINER, StaffRole.CO_TRAINER])
VENUE = func.coalesce(Lesson.venue_id, Edition.venue_id)
UPCOMING, PAST = "upcoming", "past"


@dataclass(frozen=True)
class Sitting:
    """A lesson as the calendar shows it."""

    id: int
    seq: int
    starts_at: datetime
    ends_at: datetime
    topic: str
    lesson_state: LessonState
    moved_from: datetime | None
    edition_id: int
    code: str
    edition_state: EditionState
    course_title: str
    venue: str
    address: str
    town: str
    body: str
    revision: int
    trainers: str = ""

    @property
    def day(self) -> date:
        return self.starts_at.astimezone(ROME).date()

    @property
    def state(self) -> LessonState:
        """Its own; of an edition called off, called off."""
        if self.edition_state is EditionState.CANCELLED:
            return LessonState.CANCELLED
        return self.lesson_state

    @property
    def called_off(self) -> bool:
        """Nobody meets then: cancelled, or held at another time instead."""
        return self.state in (LessonState.CANCELLED, LessonState.MOVED)


def within(window: Window) -> ColumnElement[bool]:
    """Lessons that begin in the window."""
    return (Lesson.starts_at >= window.start) & (Lesson.starts_at < window.end)


def moments(actor: Actor, window: Window, filters: Sequence[Filter]) -> list[tuple[int, datetime]]:
    """Id and beginning of each lesson of the period: one light statement, however many."""
    statement = select(Lesson.id, Lesson.starts_at).join(Edition, Edition.id == Lesson.edition_id)
    for filter_ in filters:
        if filter_.value:
            statement = statement.where(filter_.column(filter_.value))
    rows = db.session.execute(
        statement.where(clause(Lesson, actor), within(window)).order_by(Lesson.starts_at, Lesson.id)
    )
    return [(row[0], row[1]) for row in rows]


def sittings(*where: ColumnElement[bool]) -> list[Sitting]:
    """The lessons selected with who teaches them, in order of time: two statements."""
    rows = db.session.execute(_sittings().where(*where).order_by(Lesson.starts_at, Lesson.id))
    return with_trainers([Sitting(*row) for row in rows])


def _sittings() -> Select[Any]:
    return (
        select(
            Lesson.id,
            Lesson.seq,
            Lesson.starts_at,
            Lesson.ends_at,
            Lesson.topic,
            Lesson.state,
            Lesson.moved_from,
            Edition.id,
            Edition.code,
            Edition.state,
            Edition.course_title,
            Venue.name,
            Venue.address,
            Venue.town,
            Organisation.short_name,
            Lesson.revision,
        )
        .join(Edition, Edition.id == Lesson.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .join(Venue, Venue.id == VENUE)
        .join(Organisation, Organisation.id == Edition.delivering_body_id)
    )


def with_trainers(found: Iterable[Sitting]) -> list[Sitting]:
    """The same with the names of who teaches: one statement."""
    rows = list(found)
    names: dict[int, list[str]] = {}
    staff = (
        select(LessonStaff.lesson_id, Person.given_name, Person.family_name)
        .join(Person, Person.id == LessonStaff.person_id)
        .where(LessonStaff.lesson_id.in_([row.id for row in rows]), TEACHES)
        .order_by(Person.search_key, Person.id)
    )
    for lesson_id, given, family in db.session.execute(staff):
        names.setdefault(lesson_id, []).append(f"{given} {family}")
    return [replace(row, trainers=", ".join(names.get(row.id, ()))) for row in rows]


def filters(actor: Actor) -> list[Filter]:
    """Body, course, venue, trainer: what the lessons in reach have, as the address chose."""
    mine = clause(Lesson, actor)

    def of(column: Any) -> Select[Any]:
        lessons = select(column).select_from(Lesson)
        return lessons.join(Edition, Edition.id == Lesson.edition_id).where(mine)

    bodies = select(Organisation.id, Organisation.short_name).where(
        Organisation.id.in_(of(Edition.delivering_body_id))
    )
    courses = select(Course.id, Course.code + " " + Course.title).where(
        Course.id.in_(of(Edition.course_id))
    )
    venues = select(Venue.id, Venue.town + ", " + Venue.name).where(Venue.id.in_(of(VENUE)))
    staff = select(LessonStaff.person_id).where(TEACHES, LessonStaff.lesson_id.in_(of(Lesson.id)))
    trainers = select(Person.id, Person.family_name + " " + Person.given_name).where(
        Person.id.in_(staff)
    )
    offered = [
        Filter("body", _("Ente attuatore"), _choices(bodies, 1), _by(Edition.delivering_body_id)),
        Filter("course", _("Corso"), _choices(courses, 1), _by(Edition.course_id)),
        Filter("venue", _("Sede"), _choices(venues, 1), _by(VENUE)),
        Filter("trainer", _("Docente"), _choices(trainers, 1), _taught_by),
    ]
    return [chosen(filter_) for filter_ in offered if len(filter_.choices) > 1]


def _choices(statement: Select[Any], order: int) -> list[tuple[str, str]]:
    names = list(statement.selected_columns)[order]
    return [(str(row[0]), row[1]) for row in db.session.execute(statement.order_by(names))]


def _by(column: Any) -> Any:
    return lambda value: column == int(value)


def _taught_by(value: str) -> ColumnElement[bool]:
    return Lesson.id.in_(
        select(LessonStaff.lesson_id).where(LessonStaff.person_id == int(value), TEACHES)
    )


def lesson_list(actor: Actor, day: date | None = None) -> Listing:
    """Every lesson in reach, or those of a day, as a list."""
    statement = _sittings().where(clause(Lesson, actor))
    if day is not None:
        statement = statement.where(within(days_window(day, day)))
    listing = paginate(
        statement,
        Plan(
            sorts={
                "start": [Lesson.starts_at, Lesson.id],
                "edition": [Edition.code, Lesson.seq, Lesson.id],
                "venue": [Venue.town, Venue.name, Lesson.starts_at, Lesson.id],
            },
            search=Course.search_key
            + " "
            + folded(Edition.code + " " + Venue.town + " " + Lesson.topic),
            filters=[
                Filter(
                    "when",
                    _("Periodo"),
                    [(UPCOMING, _("Da oggi in poi")), (PAST, _("Già passate"))],
                    _when,
                ),
                *filters(actor),
                Filter("state", _("Stato"), labels.choices(*LessonState), Lesson.state),
            ],
            keep=["day"],
        ),
        lambda row: Sitting(*row),
    )
    listing.rows = with_trainers(listing.rows)
    return listing


def _when(value: str) -> ColumnElement[bool]:
    today = clock.today()
    midnight = days_window(today, today).start
    return Lesson.starts_at >= midnight if value == UPCOMING else Lesson.starts_at < midnight
