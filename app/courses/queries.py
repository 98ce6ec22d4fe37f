# SPDX-License-Identifier: AGPL-3.0-or-later
"""The catalogue, the editions, and the page of one edition."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from app import labels
from app.access import can
from app.actor import Actor
from app.domain.certificates import CertificateKind
from app.domain.edition import EditionState
from app.domain.enrolment import EnrolmentState, expected
from app.domain.register import SheetState
from app.domain.roles import Permission
from app.domain.vocabulary import CourseState, EditionKind, LessonState, StaffRole
from app.extensions import db
from app.hours import HELD, HELD_BY_EDITION, Standing, standing, standings
from app.listing import Filter, Listing, Plan, folded, paginate
from app.models import (
    AttendanceEntry,
    AttendanceRegister,
    Course,
    Edition,
    Enrolment,
    Lesson,
    LessonStaff,
    Organisation,
    Person,
    RegisterSheet,
    Venue,
)
from app.scope import clause

EDITION_PAGE = (
    joinedload(Edition.delivering_body),
    joinedload(Edition.course),
    joinedload(Edition.venue),
)


@dataclass(frozen=True)
class CourseRow:
    id: int
    code: str
    title: str
    area: str
    planned_minutes: int
    state: CourseState
    certificate_kind: CertificateKind
    editions: int


def course_list(actor: Actor) -> Listing:
    """The catalogue with the number of editions the actor may see."""
    editions = (
        select(func.count())
        .where(Edition.course_id == Course.id, clause(Edition, actor))
        .correlate(Course)
        .scalar_subquery()
    )
    return paginate(
        select(
            Course.id,
            Course.code,
            Course.title,
            Course.area,
            Course.planned_minutes,
            Course.state,
            Course.certificate_kind,
            editions.label("editions"),
        ).where(clause(Course, actor)),
        Plan(
            sorts={
                "code": [Course.code],
                "title": [Course.title, Course.id],
                "hours": [Course.planned_minutes, Course.code],
                "editions": [editions, Course.code],
            },
            search=Course.search_key,
            filters=[Filter("state", _("Stato"), labels.choices(*CourseState), Course.state)],
        ),
        lambda row: CourseRow(*row),
    )


@dataclass(frozen=True)
class EditionRow:
    id: int
    code: str
    course_title: str
    town: str
    delivering_body: str
    state: EditionState
    first_at: datetime | None
    last_at: datetime | None
    lessons: int
    lessons_held: int
    held: int
    planned: int
    enrolled: int


def edition_list(actor: Actor, course_id: int | None = None) -> Listing:
    """Editions with their dates, hours held and people enrolled (as far as the actor may see)."""
    enrolled = (
        select(func.count())
        .where(
            Enrolment.edition_id == Edition.id,
            Enrolment.state.in_([s for s in EnrolmentState if expected(s)]),
            clause(Enrolment, actor),
        )
        .correlate(Edition)
        .scalar_subquery()
    )
    statement = (
        select(
            Edition.id,
            Edition.code,
            Edition.course_title,
            Venue.town,
            Organisation.short_name,
            Edition.state,
            HELD_BY_EDITION.c.first_at,
            HELD_BY_EDITION.c.last_at,
            func.coalesce(HELD_BY_EDITION.c.lessons, 0),
            func.coalesce(HELD_BY_EDITION.c.lessons_held, 0),
            HELD,
            Edition.planned_minutes,
            enrolled.label("enrolled"),
        )
        .join(Venue, Venue.id == Edition.venue_id)
        .join(Organisation, Organisation.id == Edition.delivering_body_id)
        .join(Course, Course.id == Edition.course_id)
        .outerjoin(HELD_BY_EDITION, HELD_BY_EDITION.c.edition_id == Edition.id)
        .where(clause(Edition, actor))
    )
    if course_id is not None:
        statement = statement.where(Edition.course_id == course_id)
    return paginate(
        statement,
        Plan(
            sorts={
                "start": [HELD_BY_EDITION.c.first_at, Edition.code],
                "code": [Edition.code],
                "title": [Edition.course_title, Edition.code],
                "body": [Organisation.short_name, Edition.code],
                "enrolled": [enrolled, Edition.code],
            },
            search=Course.search_key + " " + folded(Edition.code + " " + Venue.town),
            filters=[
                Filter("state", _("Stato"), labels.choices(*EditionState), Edition.state),
                Filter("kind", _("Tipo"), labels.choices(*EditionKind), Edition.kind),
            ],
        ),
        lambda row: EditionRow(*row),
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
    return EditionPage(
        edition=edition,
        lessons=_lessons(actor, edition.id),
        register=db.session.scalars(
            select(AttendanceRegister).where(AttendanceRegister.edition_id == edition.id)
        ).one_or_none(),
        people=_people(actor, edition.id) if can(Permission.ENROLMENT_READ) else [],
    )


def _people(actor: Actor, edition_id: int) -> list[Standing]:
    rows = db.session.execute(
        standings(clause(Enrolment, actor), Enrolment.edition_id == edition_id)
    )
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
