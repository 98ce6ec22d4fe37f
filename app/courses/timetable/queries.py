# SPDX-License-Identifier: AGPL-3.0-or-later
"""The timetable of an edition as it stands, and who and what may be named in it."""

import zlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.actor import Actor
from app.clashes import room_of
from app.courses.timetable.roster import People, Places, modules_of, people_of, places_of
from app.domain.enrolment import EnrolmentState
from app.domain.errors import RuleViolation
from app.domain.lesson_rows import Roster, RowText
from app.domain.register import SheetState
from app.domain.timetable import Window, clock_text, day_text
from app.domain.variation_words import Names
from app.domain.variations import LessonFacts, check_plannable
from app.domain.vocabulary import LessonState
from app.extensions import db
from app.models import (
    AttendanceRegister,
    Edition,
    Enrolment,
    Lesson,
    LessonStaff,
    Module,
    RegisterSheet,
)
from app.scope import get_visible
from app.variations import facts_of_lesson, trainers_of, tutors_of

TIMETABLE_PAGE = (
    joinedload(Edition.delivering_body),
    joinedload(Edition.course),
    joinedload(Edition.venue),
)


@dataclass(frozen=True)
class LessonNow:
    """A lesson as it stands, with the state of its page."""

    lesson: Lesson
    sheet: RegisterSheet

    @property
    def fixed(self) -> bool:
        """Whether the timetable no longer changes it: its page was opened, or it is not held."""
        return self.sheet.state is not SheetState.NOT_OPEN or not self.takes_place

    @property
    def takes_place(self) -> bool:
        return self.lesson.state in (LessonState.SCHEDULED, LessonState.HELD)

    @property
    def window(self) -> Window:
        return Window(self.lesson.starts_at, self.lesson.ends_at)

    @property
    def breaks(self) -> tuple[Window, ...]:
        return tuple(Window(one.starts_at, one.ends_at) for one in self.lesson.breaks)

    @property
    def trainers(self) -> tuple[int, ...]:
        return trainers_of(self.lesson)

    @property
    def tutors(self) -> tuple[int, ...]:
        return tutors_of(self.lesson)

    def facts(self, usual_venue: int) -> LessonFacts:
        """What a variation would be about."""
        return facts_of_lesson(self.lesson, usual_venue)


@dataclass(frozen=True)
class TimetableCase:
    """An edition's lessons, and what its rows may name."""

    edition: Edition
    register: AttendanceRegister | None
    lessons: list[LessonNow]
    people: People
    places: Places
    modules: dict[int, str]
    confirmed: int

    @property
    def why_not(self) -> RuleViolation | None:
        """The rule that keeps the timetable as it is, if there is one."""
        try:
            check_plannable(self.edition.state)
        except RuleViolation as violation:
            return violation
        return None

    @property
    def endorsed(self) -> bool:
        return self.register is not None and self.register.endorsed_at is not None

    @property
    def roster(self) -> Roster:
        return Roster(
            trainers=self.people.trainers,
            tutors=self.people.tutors,
            venues=self.places.keys,
            modules=modules_of(self.modules),
        )

    @property
    def seen(self) -> int:
        """Changes with every change of the timetable: tells a hand whether it saw them all."""
        usual = self.edition.venue_id
        said = [
            (one.lesson.id, one.lesson.seq, one.lesson.state, one.lesson.topic,
             one.lesson.module_id, one.sheet.state, one.facts(usual).as_kept())
            for one in self.lessons
        ]  # fmt: skip
        return zlib.crc32(repr([self.edition.state, usual, *said]).encode()) % 10**9

    @property
    def names(self) -> Names:
        """What ids of changes are called."""
        return Names(people=self.people.labels, venues=self.places.labels)

    def room(self, venue: int | None) -> int | None:
        """The room a lesson of this edition takes."""
        return room_of(self.edition.mode, venue, self.edition.venue_id)

    def text_of(self, now: LessonNow) -> RowText:
        """The row of a lesson as one would type it."""
        lesson = now.lesson
        return RowText(
            lesson=lesson.id,
            day=day_text(lesson.starts_at),
            start=clock_text(lesson.starts_at),
            end=clock_text(lesson.ends_at),
            breaks=", ".join(f"{clock_text(b.start)}-{clock_text(b.end)}" for b in now.breaks),
            module=self.modules.get(lesson.module_id or 0, ""),
            topic=lesson.topic,
            trainers=self.people.names(now.trainers),
            tutors=self.people.names(now.tutors),
            venue=self.places.labels.get(lesson.venue_id or 0, ""),
        )


def timetable_case(actor: Actor, edition_id: int, lock: bool = False) -> TimetableCase:
    """The timetable in a fixed number of statements; 404 outside the actor's scope.

    ``lock``: blank pages and edition are held until the commit, so that no page is opened
    and no other hand saves meanwhile.
    """
    edition = get_visible(Edition, edition_id, actor, *TIMETABLE_PAGE)
    if lock:
        db.session.execute(_blank_pages(edition_id).with_for_update(of=RegisterSheet)).all()
        db.session.refresh(edition, ["state", "venue_id", "mode"], with_for_update=True)
    rows = db.session.execute(
        select(Lesson, RegisterSheet)
        .join(RegisterSheet, RegisterSheet.lesson_id == Lesson.id)
        .where(Lesson.edition_id == edition_id)
        .options(
            joinedload(Lesson.breaks),
            joinedload(Lesson.staff).joinedload(LessonStaff.person),
        )
        .order_by(Lesson.seq)
        .execution_options(populate_existing=lock)
    )
    lessons = [LessonNow(*row) for row in rows.unique()]
    register, modules, confirmed = _around(edition, lock)
    return TimetableCase(
        edition,
        register,
        lessons,
        people=people_of(actor, [now.lesson for now in lessons]),
        places=places_of(),
        modules=modules,
        confirmed=confirmed,
    )


def _blank_pages(edition_id: int) -> Select[Any]:
    return (
        select(RegisterSheet.id)
        .join(Lesson, Lesson.id == RegisterSheet.lesson_id)
        .where(Lesson.edition_id == edition_id, RegisterSheet.state == SheetState.NOT_OPEN)
        .order_by(RegisterSheet.id)
    )


def _around(edition: Edition, lock: bool) -> tuple[AttendanceRegister | None, dict[int, str], int]:
    """The register, the modules of the course, how many are confirmed: one statement."""
    confirmed = (
        select(func.count())
        .where(Enrolment.edition_id == edition.id, Enrolment.state == EnrolmentState.CONFIRMED)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(AttendanceRegister, Module, confirmed)
        .select_from(Edition)
        .outerjoin(AttendanceRegister, AttendanceRegister.edition_id == Edition.id)
        .outerjoin(Module, Module.course_id == Edition.course_id)
        .where(Edition.id == edition.id)
        .order_by(Module.seq)
        .execution_options(populate_existing=lock)
    ).all()
    modules = {module.id: f"{module.seq}. {module.title}" for _r, module, _n in rows if module}
    return rows[0][0], modules, rows[0][2]
