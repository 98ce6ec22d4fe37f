# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lessons held whose page is not closed: what trainer, organiser and coordinator are reminded of.

One condition stands behind every list and behind the morning's message, so that
none of them raises an alarm the others do not know of.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select

from app import clock
from app.actor import Actor
from app.clock import ROME
from app.domain.edition import EditionState
from app.domain.register import SheetState
from app.domain.vocabulary import StaffRole
from app.extensions import db
from app.hours import EXPECTED, TAKES_PLACE
from app.models import (
    Course,
    Edition,
    Enrolment,
    Lesson,
    LessonStaff,
    Organisation,
    Person,
    RegisterSheet,
)
from app.scope import clause

TEACHES = LessonStaff.role.in_([StaffRole.TRAINER, StaffRole.CO_TRAINER])


@dataclass(frozen=True)
class OpenSheet:
    """A lesson held whose page is not closed. ``reopened_until``: while it may be written again."""

    lesson_id: int
    seq: int
    starts_at: datetime
    edition_code: str
    course_title: str
    programme_id: int
    body_id: int
    body: str
    state: SheetState
    reopened_until: datetime | None
    trainer_ids: tuple[int, ...]
    trainers: str

    def days_late(self, today: date) -> int:
        """Whole days since the day of the lesson."""
        return (today - self.starts_at.astimezone(ROME).date()).days


def waiting(before: datetime) -> ColumnElement[bool]:
    """The lesson was over by then, it took place, somebody was expected, its page is not closed.

    Of ``Lesson`` joined with ``Edition`` and ``RegisterSheet``.
    """
    expected = select(Enrolment.id).where(Enrolment.edition_id == Lesson.edition_id, EXPECTED)
    return and_(
        TAKES_PLACE,
        Edition.state.notin_([EditionState.DRAFT, EditionState.CANCELLED]),
        Lesson.ends_at <= before,
        RegisterSheet.state != SheetState.CLOSED,
        expected.correlate(Lesson).exists(),
    )


def open_sheets(actor: Actor) -> list[OpenSheet]:
    """Those of the actor's lessons that wait to be closed now, the oldest first: one statement."""
    return sheets(waiting(clock.now()), clause(Lesson, actor))


def sheets(*where: ColumnElement[bool]) -> list[OpenSheet]:
    """The lessons selected, with who teaches them, the oldest first: one statement."""
    rows = db.session.execute(
        select(
            Lesson.id,
            Lesson.seq,
            Lesson.starts_at,
            Edition.code,
            Edition.course_title,
            Course.programme_id,
            Organisation.id.label("body_id"),
            Organisation.short_name,
            RegisterSheet.state,
            RegisterSheet.reopened_until,
            Person.id.label("trainer_id"),
            (Person.given_name + " " + Person.family_name).label("trainer"),
        )
        .join(Edition, Edition.id == Lesson.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .join(Organisation, Organisation.id == Edition.delivering_body_id)
        .join(RegisterSheet, RegisterSheet.lesson_id == Lesson.id)
        .outerjoin(LessonStaff, (LessonStaff.lesson_id == Lesson.id) & TEACHES)
        .outerjoin(Person, Person.id == LessonStaff.person_id)
        .where(*where)
        .order_by(Lesson.starts_at, Lesson.id, LessonStaff.id)
    )
    return _joined(rows)


def _joined(rows: Iterable[Row[Any]]) -> list[OpenSheet]:
    """One of the rows that have the same lesson and different trainers."""
    by_lesson: dict[int, list[Row[Any]]] = {}
    for row in rows:
        by_lesson.setdefault(row.id, []).append(row)
    return [_open_sheet(of_lesson) for of_lesson in by_lesson.values()]


def _open_sheet(rows: list[Row[Any]]) -> OpenSheet:
    first = rows[0]
    return OpenSheet(
        lesson_id=first.id,
        seq=first.seq,
        starts_at=first.starts_at,
        edition_code=first.code,
        course_title=first.course_title,
        programme_id=first.programme_id,
        body_id=first.body_id,
        body=first.short_name,
        state=first.state,
        reopened_until=first.reopened_until,
        trainer_ids=tuple(row.trainer_id for row in rows if row.trainer_id),
        trainers=", ".join(row.trainer for row in rows if row.trainer_id),
    )
