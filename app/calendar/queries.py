# SPDX-License-Identifier: AGPL-3.0-or-later
"""The lessons of a period as the actor may see them, and what they may be narrowed by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, literal, select, union_all

from app import clock, labels
from app.actor import Actor
from app.clock import ROME
from app.domain.calendar import days_window
from app.domain.edition import EditionState
from app.domain.people import search_key
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
    """Body, course, venue, trainer: what the lessons in reach have, as the address chose.

    One statement.
    """
    mine = clause(Lesson, actor)

    def of(column: Any) -> Select[Any]:
        lessons = select(column).select_from(Lesson)
        return lessons.join(Edition, Edition.id == Lesson.edition_id).where(mine)

    staff = select(LessonStaff.person_id).where(TEACHES, LessonStaff.lesson_id.in_(of(Lesson.id)))
    offered = [
        (Organisation, Organisation.short_name, of(Edition.delivering_body_id)),
        (Course, Course.code + " " + Course.title, of(Edition.course_id)),
        (Venue, Venue.town + ", " + Venue.name, of(VENUE)),
        (Person, Person.family_name + " " + Person.given_name, staff),
    ]
    bodies, courses, venues, trainers = _choices(
        select(model.id, name).where(model.id.in_(ids)) for model, name, ids in offered
    )
    found = [
        Filter("body", _("Ente attuatore"), bodies, _by(Edition.delivering_body_id)),
        Filter("course", _("Corso"), courses, _by(Edition.course_id)),
        Filter("venue", _("Sede"), venues, _by(VENUE)),
        Filter("trainer", _("Docente"), trainers, _taught_by),
    ]
    return [chosen(filter_) for filter_ in found if len(filter_.choices) > 1]


def _choices(statements: Iterable[Select[Any]]) -> list[list[tuple[str, str]]]:
    """What each of the statements offers (id, name), in order of name; asked all at once."""
    parts = [
        statement.add_columns(literal(place).label("place"))
        for place, statement in enumerate(statements)
    ]
    found: list[list[tuple[str, str]]] = [[] for _part in parts]
    for number, name, place in db.session.execute(union_all(*parts)):
        found[place].append((str(number), name))
    return [sorted(choices, key=lambda choice: search_key(choice[1])) for choices in found]


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
