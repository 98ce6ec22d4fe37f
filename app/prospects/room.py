# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a lesson missed can be recovered: what the rule must know, in two statements."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, select

from app import clock
from app.domain.errors import RuleViolation
from app.domain.recoveries import Guest, Sitting, check_recovery
from app.domain.register import SheetState
from app.domain.timetable import Window
from app.extensions import db
from app.hours import EXPECTED, TAKES_PLACE
from app.models import (
    Course,
    Edition,
    Enrolment,
    Lesson,
    Organisation,
    Recovery,
    RegisterSheet,
    Venue,
)
from app.standings import Standing


@dataclass(frozen=True)
class Place:
    """A lesson: what the rule sees of it, and what people read."""

    sitting: Sitting
    edition_code: str
    topic: str
    place: str
    body: str
    people: int
    seats: int
    enrolled: bool

    @property
    def starts_at(self) -> datetime:
        return self.sitting.window.start

    @property
    def ends_at(self) -> datetime:
        return self.sitting.window.end


@dataclass(frozen=True)
class Arranged:
    """A recovery of the person: for which enrolment and lesson, and where."""

    id: int
    enrolment_id: int
    missed: int
    lesson: int


@dataclass(frozen=True)
class Room:
    """The person's lessons, her recoveries, and the lessons of other editions of the course."""

    person: Standing
    counted: Mapping[int, int]
    places: dict[int, Place]
    arranged: list[Arranged]

    def recovery_of(self, lesson_id: int) -> Arranged | None:
        """The recovery arranged for a lesson of this enrolment."""
        return next(
            (
                one
                for one in self.arranged
                if (one.enrolment_id, one.missed) == (self.person.enrolment_id, lesson_id)
            ),
            None,
        )

    def offers(self, missed: int) -> list[Place]:
        """Where the lesson may be recovered."""
        return [place for place in self.places.values() if self._allows(missed, place)]

    def check(self, missed: int, other: Place) -> None:
        """Raises RuleViolation unless the other lesson may make up for the missed one."""
        used = {one.lesson for one in self.arranged}
        commitments = [
            place.sitting
            for place in self.places.values()
            if place.enrolled or place.sitting.lesson in used
        ]
        guest = Guest(
            counted=self.counted[missed],
            editions={place.sitting.edition for place in self.places.values() if place.enrolled},
            lessons=commitments,
            recovered={one.missed for one in self.arranged if self.recovery_of(one.missed)},
            used=used,
        )
        check_recovery(
            self.places[missed].sitting,
            other.sitting,
            guest,
            people=other.people,
            seats=other.seats,
            now=clock.now(),
        )

    def _allows(self, missed: int, place: Place) -> bool:
        try:
            self.check(missed, place)
        except RuleViolation:
            return False
        return True


def room_of(person: Standing, counted: Mapping[int, int]) -> Room:
    """The room of an enrolment; ``counted`` are its minutes by lesson."""
    arranged = [
        Arranged(*row)
        for row in db.session.execute(
            select(
                Recovery.id, Recovery.enrolment_id, Recovery.missed_lesson_id, Recovery.lesson_id
            )
            .join(Enrolment, Enrolment.id == Recovery.enrolment_id)
            .where(Enrolment.person_id == person.person_id)
        )
    ]
    used = [one.lesson for one in arranged]
    rows = db.session.execute(_lessons_around(person, used))
    return Room(person, counted, {row.Lesson.id: _place(row) for row in rows}, arranged)


def _lessons_around(person: Standing, used: list[int]) -> Select[Any]:
    """Her own lessons, those where she is a guest, and those to come of the same course."""
    mine = select(Enrolment.edition_id).where(Enrolment.person_id == person.person_id, EXPECTED)
    to_come = Lesson.starts_at > clock.now() - timedelta(days=1)  # the rule looks closer
    people = (
        select(func.count())
        .where(Enrolment.edition_id == Lesson.edition_id, EXPECTED)
        .correlate(Lesson)
        .scalar_subquery()
    )
    guests = (
        select(func.count())
        .where(Recovery.lesson_id == Lesson.id)
        .correlate(Lesson)
        .scalar_subquery()
    )
    enrolled = Lesson.edition_id.in_(mine)
    same_course = (Course.id == person.course_id) & to_come
    return (
        select(
            Lesson,
            Edition,
            Venue,
            Organisation.short_name.label("body"),
            RegisterSheet.state.label("sheet_state"),
            (people + guests).label("people"),
            enrolled.label("enrolled"),
        )
        .join(Edition, Edition.id == Lesson.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .join(Venue, Venue.id == func.coalesce(Lesson.venue_id, Edition.venue_id))
        .join(Organisation, Organisation.id == Edition.delivering_body_id)
        .join(RegisterSheet, RegisterSheet.lesson_id == Lesson.id)
        .where(enrolled | Lesson.id.in_(used) | same_course, TAKES_PLACE)
        .order_by(Lesson.starts_at, Lesson.id)
    )


def _place(row: Row[Any]) -> Place:
    lesson, edition = row.Lesson, row.Edition
    sitting = Sitting(
        lesson=lesson.id,
        edition=edition.id,
        course=edition.course_id,
        number=lesson.seq,
        module=lesson.module_id,
        window=Window(lesson.starts_at, lesson.ends_at),
        planned=lesson.planned_minutes,
        state=lesson.state,
        closed=row.sheet_state == SheetState.CLOSED,
    )
    return Place(
        sitting=sitting,
        edition_code=edition.code,
        topic=lesson.topic,
        place=f"{row.Venue.town}, {row.Venue.name}",
        body=row.body,
        people=row.people,
        seats=min(edition.seats_max, row.Venue.capacity),
        enrolled=bool(row.enrolled),
    )
