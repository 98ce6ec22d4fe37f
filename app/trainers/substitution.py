# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is at work in a lesson, who could take a place there, and what that changes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.actor import Actor
from app.assignments import in_force
from app.domain import substitution as rules
from app.domain.clashes import Slot, clashes
from app.domain.errors import RuleViolation, Sentence
from app.domain.register import SheetState
from app.domain.roles import Role
from app.domain.timetable import Window
from app.domain.variation_words import Names
from app.domain.variations import Change, VariationKind, check_plannable, makes_variations
from app.domain.vocabulary import LessonState, StaffRole
from app.extensions import db
from app.hours import TAKES_PLACE
from app.models import (
    Course,
    Edition,
    Lesson,
    LessonStaff,
    Person,
    RegisterSheet,
    RoleAssignment,
    UserAccount,
)
from app.pages import clock_time, day
from app.teaching import WORKED
from app.variations import facts_of_lesson, names_of

LESSON = (
    joinedload(Lesson.edition).joinedload(Edition.venue),
    joinedload(Lesson.edition).joinedload(Edition.course),
    joinedload(Lesson.venue),
    selectinload(Lesson.breaks),
    selectinload(Lesson.staff),
)


@dataclass(frozen=True)
class Place:
    """Somebody's place in the lesson."""

    id: int
    person_id: int
    name: str
    role: StaffRole


@dataclass(frozen=True)
class Substitution:
    """What the page of a substitution needs."""

    lesson: Lesson
    sheet_state: SheetState
    places: list[Place]
    known: list[tuple[int, str]]

    @property
    def takes_place(self) -> bool:
        return takes_place(self.lesson)

    @property
    def varies(self) -> bool:
        """Whether somebody else in a place is a variation, with its reason and its message."""
        return makes_variations(self.lesson.edition.state)


def takes_place(lesson: Lesson) -> bool:
    return lesson.state in (LessonState.SCHEDULED, LessonState.HELD)


def substitution(actor: Actor, lesson: Lesson) -> Substitution:
    """The places of the lesson, and the trainers and tutors the programme knows: three statements."""
    places = db.session.execute(
        select(LessonStaff.id, Person.id, Person.family_name, Person.given_name, LessonStaff.role)
        .join(Person, Person.id == LessonStaff.person_id)
        .where(LessonStaff.lesson_id == lesson.id, LessonStaff.role.in_(WORKED))
        .order_by(Person.search_key, LessonStaff.id)
    )
    state = db.session.scalar(
        select(RegisterSheet.state).where(RegisterSheet.lesson_id == lesson.id)
    )
    return Substitution(
        lesson,
        state or SheetState.NOT_OPEN,
        [Place(row[0], row[1], f"{row[2]} {row[3]}", row[4]) for row in places],
        _known(actor),
    )


def check(lesson: Lesson, state: SheetState, place_id: int, person_id: int, reason: str) -> None:
    """Whether this person may have the place (a row of the lesson's staff). Raises RuleViolation.

    ``state``: of the lesson's page.
    """
    check_plannable(lesson.edition.state)
    rules.check_open(state, takes_place=takes_place(lesson))
    rules.check_reason(reason)
    if place_id not in {place.id for place in lesson.staff}:
        raise RuleViolation(Sentence("Nel frattempo l'assegnazione è cambiata: ricaricare."))
    others = elsewhere(person_id, lesson)
    rules.check_substitute(
        person_id,
        [place.person_id for place in lesson.staff],
        clashes([other.slot for other in others], slot_of(lesson, person_id)),
        "; ".join(other.words for other in others),
    )


def change_of(lesson: Lesson, place_id: int, person_id: int) -> Change:
    """What a variation says when this person has the place."""
    former = next(place.person_id for place in lesson.staff if place.id == place_id)
    old = facts_of_lesson(lesson, lesson.edition.venue_id)
    new = old.with_substitute(former, person_id)
    return Change(VariationKind.STAFF, lesson.seq, lesson.topic, old, new)


def names_in(change: Change) -> Names:
    """What the people and the room of the change are called: two statements."""
    venues = {facts.venue for facts in (change.old, change.new) if facts}
    return names_of(change.staff, venues)


def _known(actor: Actor) -> list[tuple[int, str]]:
    """Whoever teaches or assists in the programme, or may: by surname."""
    ours = select(Course.id).where(Course.programme_id == actor.programme_id)
    teaching = (
        select(LessonStaff.person_id)
        .join(Lesson, Lesson.id == LessonStaff.lesson_id)
        .join(Edition, Edition.id == Lesson.edition_id)
        .where(Edition.course_id.in_(ours), LessonStaff.role.in_(WORKED))
    )
    may = (
        select(UserAccount.person_id)
        .join(RoleAssignment, RoleAssignment.account_id == UserAccount.id)
        .where(
            RoleAssignment.role.in_([Role.TRAINER, Role.TUTOR]),
            RoleAssignment.programme_id == actor.programme_id,
            in_force(clock.today()),
            UserAccount.person_id.is_not(None),
        )
    )
    rows = db.session.execute(
        select(Person.id, Person.family_name, Person.given_name)
        .where(Person.active, or_(Person.id.in_(teaching), Person.id.in_(may)))
        .order_by(Person.search_key, Person.id)
    )
    return [(number, f"{family} {given}") for number, family, given in rows]


@dataclass(frozen=True)
class Elsewhere:
    """Another lesson of a person at the same time, as the rule and as a reader see it."""

    slot: Slot
    words: str


def elsewhere(person_id: int, lesson: Lesson) -> list[Elsewhere]:
    """Where the person is at work while the lesson is held, of whatever body: one statement."""
    rows = db.session.execute(
        select(Lesson.id, Lesson.edition_id, Edition.code, Lesson.starts_at, Lesson.ends_at)
        .join(Edition, Edition.id == Lesson.edition_id)
        .join(LessonStaff, LessonStaff.lesson_id == Lesson.id)
        .where(
            LessonStaff.person_id == person_id,
            TAKES_PLACE,
            Edition.state != "cancelled",
            Lesson.id != lesson.id,
            Lesson.starts_at < lesson.ends_at,
            Lesson.ends_at > lesson.starts_at,
        )
        .order_by(Lesson.starts_at)
    )
    return [_elsewhere(person_id, *row) for row in rows]


def _elsewhere(
    person_id: int, number: int, edition_id: int, code: str, start: datetime, end: datetime
) -> Elsewhere:
    slot = Slot(number, edition_id, Window(start, end), frozenset({person_id}))
    return Elsewhere(slot, f"{code}, {day(start)}, {clock_time(start)}–{clock_time(end)}")


def slot_of(lesson: Lesson, person_id: int) -> Any:
    """The lesson with the person at work in it."""
    window = Window(lesson.starts_at, lesson.ends_at)
    return Slot(lesson.id, lesson.edition_id, window, frozenset({person_id}))
