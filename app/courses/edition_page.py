# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page of one edition: its lessons, its register, its people."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, literal, select
from sqlalchemy.orm import joinedload

from app.access import can
from app.actor import Actor
from app.courses.variations.queries import LastVariation, register_and_variations
from app.domain.edition import EditionState, has_ended
from app.domain.enrolment import expected
from app.domain.prospects import Prospect
from app.domain.register import SheetState
from app.domain.roles import Permission
from app.domain.vocabulary import LessonState, StaffRole
from app.extensions import db
from app.hours import held
from app.models import (
    AttendanceEntry,
    AttendanceRegister,
    Edition,
    Enrolment,
    Lesson,
    LessonStaff,
    Person,
    RegisterSheet,
)
from app.outlook import outlooks
from app.scope import clause
from app.standings import Standing, standing, standings

EDITION_PAGE = (
    joinedload(Edition.delivering_body),
    joinedload(Edition.course),
    joinedload(Edition.venue),
    joinedload(Edition.organiser),
)


@dataclass(frozen=True)
class LessonRow:
    """A lesson of the edition and the state of its page."""

    id: int
    seq: int
    starts_at: datetime
    ends_at: datetime
    topic: str
    state: LessonState
    moved_from: datetime | None
    planned_minutes: int
    trainers: str
    sheet_state: SheetState
    closed_at: datetime | None
    closed_late: bool
    present: int
    marked: int
    visible: bool


@dataclass(frozen=True)
class EditionPage:
    """One edition: its lessons, its register, its people."""

    edition: Edition
    lessons: list[LessonRow]
    register: AttendanceRegister | None
    people: list[Standing]
    prospects: dict[int, Prospect]
    last_variations: list[LastVariation] = field(default_factory=list)

    @property
    def held(self) -> list[LessonRow]:
        return [row for row in self.lessons if row.sheet_state == SheetState.CLOSED]

    @property
    def open_pages(self) -> int:
        taking_place = (LessonState.SCHEDULED, LessonState.HELD)
        return sum(
            row.sheet_state != SheetState.CLOSED
            for row in self.lessons
            if row.state in taking_place
        )

    @property
    def expected(self) -> list[Standing]:
        return [person for person in self.people if expected(person.state)]

    @property
    def reaching(self) -> list[Standing]:
        return [person for person in self.expected if person.reaches_threshold]

    @property
    def below(self) -> list[Standing]:
        return [person for person in self.expected if not person.reaches_threshold]

    @property
    def can_close(self) -> bool:
        return (
            can(Permission.EDITION_CLOSE)
            and self.edition.state == EditionState.RUNNING
            and self.open_pages == 0
        )


def edition_page(actor: Actor, edition: Edition) -> EditionPage:
    """The page of the edition in a fixed number of statements."""
    register, last = register_and_variations(edition.id)
    return EditionPage(
        last_variations=last if can(Permission.VARIATION_READ) else [],
        edition=edition,
        lessons=_lessons(actor, edition.id),
        register=register,
        people=_people(actor, edition.id) if can(Permission.ENROLMENT_READ) else [],
        prospects=_prospects(actor, edition) if can(Permission.ENROLMENT_READ) else {},
    )


def _prospects(actor: Actor, edition: Edition) -> dict[int, Prospect]:
    """Where each stands, while the edition is not over."""
    if has_ended(edition.state):
        return {}
    found = outlooks(clause(Enrolment, actor), Enrolment.edition_id == edition.id)
    return {enrolment_id: outlook.prospect for enrolment_id, outlook in found.items()}


def _people(actor: Actor, edition_id: int) -> list[Standing]:
    mine = clause(Enrolment, actor), Enrolment.edition_id == edition_id
    rows = db.session.execute(standings(*mine, held=held(literal(edition_id))))
    return [standing(row) for row in rows]


def _lessons(actor: Actor, edition_id: int) -> list[LessonRow]:
    marks = (
        select(
            AttendanceEntry.sheet_id,
            func.count().label("marked"),
            func.sum(case((AttendanceEntry.status == "present", 1), else_=0)).label("present"),
        )
        .group_by(AttendanceEntry.sheet_id)
        .subquery()
    )
    mine = select(Lesson.id).where(clause(Lesson, actor), Lesson.edition_id == edition_id)
    rows = db.session.execute(
        select(
            Lesson,
            RegisterSheet,
            func.coalesce(marks.c.present, 0),
            func.coalesce(marks.c.marked, 0),
            Lesson.id.in_(mine),
        )
        .join(RegisterSheet, RegisterSheet.lesson_id == Lesson.id)
        .outerjoin(marks, marks.c.sheet_id == RegisterSheet.id)
        .where(Lesson.edition_id == edition_id)
        .order_by(Lesson.seq)
    ).all()
    trainers = _trainers(edition_id)
    return [_lesson_row(row, trainers.get(row[0].id, "")) for row in rows]


def _trainers(edition_id: int) -> dict[int, str]:
    names: dict[int, list[str]] = {}
    rows = db.session.execute(
        select(LessonStaff.lesson_id, Person.given_name, Person.family_name)
        .join(Person, Person.id == LessonStaff.person_id)
        .join(Lesson, Lesson.id == LessonStaff.lesson_id)
        .where(
            Lesson.edition_id == edition_id,
            LessonStaff.role.in_([StaffRole.TRAINER, StaffRole.CO_TRAINER]),
        )
        .order_by(Person.family_name)
    )
    for lesson_id, given, family in rows:
        names.setdefault(lesson_id, []).append(f"{given} {family}")
    return {lesson_id: ", ".join(found) for lesson_id, found in names.items()}


def _lesson_row(row: Any, trainers: str) -> LessonRow:
    lesson, sheet, present, marked, mine = row
    return LessonRow(
        id=lesson.id,
        seq=lesson.seq,
        starts_at=lesson.starts_at,
        ends_at=lesson.ends_at,
        topic=sheet.topic_done or lesson.topic,
        state=lesson.state,
        moved_from=lesson.moved_from,
        planned_minutes=lesson.planned_minutes,
        trainers=trainers,
        sheet_state=sheet.state,
        closed_at=sheet.closed_at,
        closed_late=sheet.closed_late,
        present=present,
        marked=marked,
        visible=bool(mine),
    )
