# SPDX-License-Identifier: AGPL-3.0-or-later
"""The closed page a correction is about, and the request before whoever decides it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import joinedload

from app.actor import Actor
from app.domain.attendance import Interval, counted_minutes
from app.domain.register import SheetState
from app.domain.roles import Role
from app.domain.timetable import Window
from app.domain.vocabulary import CorrectionState, CorrectionSubject
from app.extensions import db
from app.models import (
    AttendanceEntry,
    AttendanceRegister,
    Correction,
    Course,
    Edition,
    Enrolment,
    Lesson,
    LessonStaff,
    Person,
    Programme,
    Recovery,
    RegisterSheet,
)
from app.registers.closing import breaks
from app.registers.marks import in_words
from app.scope import clause, get_visible

_PAGE = (
    joinedload(Lesson.edition),
    joinedload(Lesson.breaks),
)


@dataclass(frozen=True)
class PersonOnPage:
    """Somebody with a mark on the page."""

    enrolment_id: int
    person_id: int
    name: str
    entry: AttendanceEntry


@dataclass(frozen=True)
class ClosedPage:
    """A page, its book, and those of its people the actor may ask about.

    ``own``: an official asks, about her own row only.
    """

    lesson: Lesson
    sheet: RegisterSheet
    register: AttendanceRegister
    programme: Programme
    people: list[PersonOnPage]
    own: bool = False

    @property
    def edition(self) -> Edition:
        return self.lesson.edition

    @property
    def closed(self) -> bool:
        return self.sheet.state is SheetState.CLOSED

    @property
    def reported(self) -> bool:
        return self.programme.reported_at is not None

    @property
    def takes_requests(self) -> bool:
        return self.closed and not self.reported

    @property
    def calendar(self) -> Window:
        """When the lesson was to be held: what marks are written within."""
        return Window(self.lesson.starts_at, self.lesson.ends_at)

    @property
    def window(self) -> Window:
        """When the lesson was held, within the calendar: what closing counts by."""
        lesson, sheet = self.lesson, self.sheet
        start, end = sheet.starts_at_real, sheet.ends_at_real
        return Window(
            max(start or lesson.starts_at, lesson.starts_at),
            min(end or lesson.ends_at, lesson.ends_at),
        )

    def person(self, enrolment_id: int) -> PersonOnPage | None:
        return next((p for p in self.people if p.enrolment_id == enrolment_id), None)

    def present_value(self, subject: CorrectionSubject, entry: AttendanceEntry | None) -> str:
        """What the page says now, as it is kept."""
        match subject:
            case CorrectionSubject.MARK:
                return in_words(entry)
            case CorrectionSubject.TOPIC:
                return self.sheet.topic_done
            case _:
                return str(self.sheet.heads_counted or 0)

    def minutes(self, stays: Sequence[Interval]) -> int:
        """Minutes these stays count for, as closing counts them."""
        grace = self.programme.late_grace_minutes
        return counted_minutes(stays, self.window, breaks(self.lesson), grace)


def page_of(actor: Actor, lesson_id: int, lock: bool = False) -> ClosedPage:
    """The page of a lesson the actor may ask about; an official also of one she recovered."""
    if actor.role is Role.PARTICIPANT:
        lesson = _own_lesson(actor, lesson_id)
        return _load(lesson, Enrolment.person_id == actor.person_id, lock)
    return _load(get_visible(Lesson, lesson_id, actor, *_PAGE), None, lock)


def _own_lesson(actor: Actor, lesson_id: int) -> Lesson:
    guest = (
        select(Recovery.lesson_id)
        .join(Enrolment, Enrolment.id == Recovery.enrolment_id)
        .where(Enrolment.person_id == actor.person_id)
    )
    found = (
        db.session.scalars(
            select(Lesson)
            .where(Lesson.id == lesson_id, or_(clause(Lesson, actor), Lesson.id.in_(guest)))
            .options(*_PAGE)
        )
        .unique()
        .one_or_none()
    )
    if found is None:
        abort(404)
    return found


def _load(lesson: Lesson, whose: ColumnElement[bool] | None, lock: bool) -> ClosedPage:
    query: Select[Any] = (
        select(RegisterSheet, AttendanceRegister, Programme)
        .select_from(RegisterSheet)
        .join(AttendanceRegister, AttendanceRegister.edition_id == lesson.edition_id)
        .join(Course, Course.id == lesson.edition.course_id)
        .join(Programme, Programme.id == Course.programme_id)
        .where(RegisterSheet.lesson_id == lesson.id)
        .execution_options(populate_existing=True)
    )
    found = db.session.execute(query.with_for_update(of=RegisterSheet) if lock else query).first()
    if found is None:
        abort(404)
    sheet, register, programme = found
    own = whose is not None
    people = _people(AttendanceEntry.sheet_id == sheet.id, *([whose] if whose is not None else []))
    return ClosedPage(lesson, sheet, register, programme, people, own)


def _people(*where: ColumnElement[bool]) -> list[PersonOnPage]:
    rows = db.session.execute(
        select(AttendanceEntry, Enrolment.id, Person)
        .join(Enrolment, Enrolment.id == AttendanceEntry.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(*where)
        .options(joinedload(AttendanceEntry.intervals))
        .order_by(Person.search_key, Enrolment.id)
        .execution_options(populate_existing=True)
    ).unique()
    return [
        PersonOnPage(number, person.id, f"{person.family_name} {person.given_name}", entry)
        for entry, number, person in rows
    ]


def pending(sheet_id: int, subject: CorrectionSubject, entry_id: int | None) -> bool:
    """Whether a request about the same thing waits for its decision."""
    same = select(Correction.id).where(
        Correction.sheet_id == sheet_id,
        Correction.subject == subject,
        Correction.entry_id.is_(None) if entry_id is None else Correction.entry_id == entry_id,
        Correction.state == CorrectionState.ASKED,
    )
    return db.session.execute(same.limit(1)).first() is not None


@dataclass(frozen=True)
class CorrectionCase:
    """A request before whoever decides: the page, the person, whether the reader teaches there."""

    correction: Correction
    page: ClosedPage
    person: PersonOnPage | None
    on_staff: bool

    @property
    def open(self) -> bool:
        return self.correction.state is CorrectionState.ASKED

    @property
    def present_value(self) -> str:
        entry = self.person.entry if self.person else None
        return self.page.present_value(self.correction.subject, entry)

    @property
    def overtaken(self) -> bool:
        """Whether the page says something else now than when the correction was asked for."""
        return self.open and self.present_value != self.correction.old_value

    def asked_by(self, actor: Actor) -> bool:
        return self.correction.asked_by_id == actor.account_id

    def concerns(self, actor: Actor) -> bool:
        return self.person is not None and self.person.person_id == actor.person_id


def case_of(actor: Actor, correction_id: int, lock: bool = False) -> CorrectionCase:
    """The request and its page, held until the commit when ``lock``; 404 out of scope."""
    on_staff = exists().where(
        LessonStaff.lesson_id == Lesson.id, LessonStaff.person_id == actor.person_id
    )
    query = (
        select(Correction, Lesson, RegisterSheet, AttendanceRegister, Programme, on_staff)
        .join(RegisterSheet, RegisterSheet.id == Correction.sheet_id)
        .join(Lesson, Lesson.id == RegisterSheet.lesson_id)
        .join(AttendanceRegister, AttendanceRegister.edition_id == Lesson.edition_id)
        .join(Edition, Edition.id == Lesson.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .join(Programme, Programme.id == Course.programme_id)
        .where(Correction.id == correction_id, clause(Correction, actor))
        .options(*_PAGE)
        .execution_options(populate_existing=True)
    )
    rows = db.session.execute(query.with_for_update(of=RegisterSheet) if lock else query)
    found = rows.unique().one_or_none()
    if found is None:
        abort(404)
    correction, lesson, sheet, register, programme, teaches = found
    if lock:
        db.session.refresh(correction)  # another may have decided it while this one waited
    people = _people(AttendanceEntry.id == correction.entry_id) if correction.entry_id else []
    page = ClosedPage(lesson, sheet, register, programme, people)
    return CorrectionCase(correction, page, people[0] if people else None, teaches)
