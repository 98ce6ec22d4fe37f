# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lessons taught or assisted at, added up once: for certificates, timesheets, lists of trainers.

One rule: a lesson counts once for a person, as teaching if she taught at it, and for the
minutes delivered that its closed page says. A page reopened counts again when it is closed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, select
from sqlalchemy.orm import aliased

from app.domain.edition import EditionState
from app.domain.register import SheetState
from app.domain.vocabulary import StaffRole
from app.extensions import db
from app.hours import TAKES_PLACE
from app.models import Edition, Lesson, LessonStaff, Organisation, Person, RegisterSheet

TAUGHT = (StaffRole.TRAINER, StaffRole.CO_TRAINER)
WORKED = (*TAUGHT, StaffRole.TUTOR)

CLOSED = RegisterSheet.state == SheetState.CLOSED
# Of the lesson joined with its page.
HELD_MINUTES = case((CLOSED, RegisterSheet.delivered_minutes), else_=0)


def parts(person_id: int | None = None) -> Subquery:
    """Each lesson once for each person at work in it; ``teaches`` is 1 where she taught."""
    chosen = select(
        LessonStaff.person_id,
        LessonStaff.lesson_id,
        func.max(case((LessonStaff.role.in_(TAUGHT), 1), else_=0)).label("teaches"),
    ).where(LessonStaff.role.in_(WORKED))
    if person_id is not None:
        chosen = chosen.where(LessonStaff.person_id == person_id)
    return chosen.group_by(LessonStaff.person_id, LessonStaff.lesson_id).subquery("parts")


@dataclass(frozen=True)
class Work:
    """A lesson of a person: planned, and if its page is closed the real times and minutes."""

    lesson_id: int
    seq: int
    edition_id: int
    edition_code: str
    course_title: str
    body: str
    teaches: bool
    starts_at: datetime
    ends_at: datetime
    planned_minutes: int
    closed: bool
    topic: str
    started_at: datetime | None
    ended_at: datetime | None
    minutes: int
    page_version: int

    @property
    def role(self) -> StaffRole:
        return StaffRole.TRAINER if self.teaches else StaffRole.TUTOR


def work_of(person_id: int, *where: ColumnElement[bool]) -> list[Work]:
    """The lessons of a person that take place, in order of time: one statement."""
    part = parts(person_id)
    rows = db.session.execute(
        select(
            Lesson.id,
            Lesson.seq,
            Edition.id,
            Edition.code,
            Edition.course_title,
            Organisation.short_name,
            part.c.teaches,
            Lesson.starts_at,
            Lesson.ends_at,
            Lesson.planned_minutes,
            CLOSED,
            case((RegisterSheet.topic_done != "", RegisterSheet.topic_done), else_=Lesson.topic),
            RegisterSheet.starts_at_real,
            RegisterSheet.ends_at_real,
            HELD_MINUTES,
            RegisterSheet.page_version,
        )
        .join(part, part.c.lesson_id == Lesson.id)
        .join(Edition, Edition.id == Lesson.edition_id)
        .join(Organisation, Organisation.id == Edition.delivering_body_id)
        .join(RegisterSheet, RegisterSheet.lesson_id == Lesson.id)
        .where(TAKES_PLACE, Edition.state != EditionState.CANCELLED, *where)
        .order_by(Lesson.starts_at, Lesson.id)
    )
    return [_work(row) for row in rows]


def _work(row: Any) -> Work:
    number, seq, edition, code, title, body, teaches, *rest = row
    return Work(number, seq, edition, code, title, body, bool(teaches), *rest)


@dataclass(frozen=True)
class EditionWork:
    """What somebody does in one edition, from her lessons in it."""

    edition_id: int
    edition_code: str
    course_title: str
    work: list[Work]

    @property
    def roles(self) -> list[StaffRole]:
        return sorted({one.role for one in self.work}, reverse=True)

    @property
    def held(self) -> int:
        return sum(one.closed for one in self.work)

    @property
    def planned_minutes(self) -> int:
        return sum(one.planned_minutes for one in self.work)

    @property
    def minutes(self) -> int:
        return sum(one.minutes for one in self.work)


def by_edition(work: list[Work]) -> list[EditionWork]:
    """The lessons by edition, the edition that began first first."""
    found: dict[int, EditionWork] = {}
    for one in work:
        of = EditionWork(one.edition_id, one.edition_code, one.course_title, [])
        found.setdefault(one.edition_id, of).work.append(one)
    return list(found.values())


@dataclass(frozen=True)
class Engagement:
    """Somebody is at work in two lessons that overlap."""

    person_id: int
    name: str
    lessons: tuple["Engaged", "Engaged"]


@dataclass(frozen=True)
class Engaged:
    """One of them: of which edition and body, when."""

    lesson_id: int
    edition_id: int
    edition_code: str
    body: str
    starts_at: datetime
    ends_at: datetime


def double_bookings(*where: ColumnElement[bool], since: datetime) -> list[Engagement]:
    """People in two overlapping lessons, of whatever body, where one of them is as selected.

    ``where`` is about ``Lesson`` and ``Edition``, the lesson looked from; touching ends do
    not overlap. One statement; each pair once.
    """
    rows = db.session.execute(_overlapping(*where).where(Lesson.ends_at > since))
    found: dict[tuple[int, frozenset[int]], Engagement] = {}
    for person_id, family, given, *both in rows:
        pair = Engaged(*both[:6]), Engaged(*both[6:])
        key = person_id, frozenset(one.lesson_id for one in pair)
        found.setdefault(key, Engagement(person_id, f"{family} {given}", pair))
    return list(found.values())


def _overlapping(*where: ColumnElement[bool]) -> Select[Any]:
    mine, theirs = parts(), parts().alias("other_parts")
    other, edition, body = aliased(Lesson), aliased(Edition), aliased(Organisation)
    meets = other.state.in_(["scheduled", "held"]) & (edition.state != EditionState.CANCELLED)
    return (
        select(
            Person.id, Person.family_name, Person.given_name,
            Lesson.id, Edition.id, Edition.code, Organisation.short_name, Lesson.starts_at, Lesson.ends_at,
            other.id, edition.id, edition.code, body.short_name, other.starts_at, other.ends_at,
        )
        .select_from(Lesson)
        .join(Edition, Edition.id == Lesson.edition_id)
        .join(Organisation, Organisation.id == Edition.delivering_body_id)
        .join(mine, mine.c.lesson_id == Lesson.id)
        .join(Person, Person.id == mine.c.person_id)
        .join(theirs, theirs.c.person_id == mine.c.person_id)
        .join(other, (other.id == theirs.c.lesson_id) & (other.id != Lesson.id)
              & (other.starts_at < Lesson.ends_at) & (Lesson.starts_at < other.ends_at))
        .join(edition, edition.id == other.edition_id)
        .join(body, body.id == edition.delivering_body_id)
        .where(TAKES_PLACE, Edition.state != EditionState.CANCELLED, meets, *where)
        .order_by(Lesson.starts_at, Lesson.id, other.id)
    )  # fmt: skip
