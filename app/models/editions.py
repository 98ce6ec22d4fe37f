# SPDX-License-Identifier: AGPL-3.0-or-later
"""Scheduled runs of a course: venues, editions, lessons and who teaches them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.edition import EditionState
from app.domain.vocabulary import EditionKind, LessonState, Mode, StaffRole
from app.models.base import Table, related
from app.models.bodies import Organisation
from app.models.courses import Course, Module
from app.models.people import Person
from app.models.types import CleanText, Id, UtcDateTime, choice


class Venue(Table):
    """Where lessons are held."""

    __tablename__ = "venue"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(CleanText(200))
    town: Mapped[str] = mapped_column(CleanText(80))
    address: Mapped[str] = mapped_column(CleanText(200), default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    capacity: Mapped[int]
    accessible: Mapped[bool] = mapped_column(default=True)
    istat_code: Mapped[str | None] = mapped_column(CleanText(6))
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (
        UniqueConstraint("name", "town"),
        CheckConstraint("capacity BETWEEN 1 AND 10000", name="capacity"),
    )


class Edition(Table):
    """A scheduled run of a course. Threshold and planned minutes freeze when it opens."""

    __tablename__ = "edition"

    id: Mapped[Id]
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    course_title: Mapped[str] = mapped_column(CleanText(200))
    code: Mapped[str] = mapped_column(CleanText(30), unique=True)
    kind: Mapped[EditionKind] = mapped_column(choice(EditionKind))
    delivering_body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"))
    mode: Mapped[Mode] = mapped_column(choice(Mode), default=Mode.IN_PERSON)
    seats_min: Mapped[int] = mapped_column(default=1)
    seats_max: Mapped[int]
    enrol_opens_on: Mapped[date | None]
    enrol_closes_on: Mapped[date | None]
    gives_back_on: Mapped[date | None]
    gave_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    threshold: Mapped[int]
    planned_minutes: Mapped[int]
    body_approval: Mapped[bool] = mapped_column(default=True)
    asks_questionnaire: Mapped[bool] = mapped_column(default=False)
    credits_asked: Mapped[bool] = mapped_column(default=False)
    credits_event_id: Mapped[str | None] = mapped_column(CleanText(40))
    credits_training: Mapped[int | None]
    credits_ethics: Mapped[int | None]
    state: Mapped[EditionState] = mapped_column(choice(EditionState))
    minutes_reason: Mapped[str] = mapped_column(CleanText(500), default="", server_default="")
    confirm_reason: Mapped[str] = mapped_column(CleanText(500), default="", server_default="")
    cancel_reason: Mapped[str] = mapped_column(CleanText(500), default="", server_default="")
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    course: Mapped[Course] = related()
    delivering_body: Mapped[Organisation] = related()
    organiser: Mapped[Person | None] = related()
    venue: Mapped[Venue] = related()
    lessons: Mapped[list["Lesson"]] = related(back_populates="edition", order_by="Lesson.seq")

    __table_args__ = (
        CheckConstraint("seats_min BETWEEN 1 AND seats_max", name="seats"),
        CheckConstraint("seats_max <= 10000", name="seats_bound"),
        CheckConstraint("threshold BETWEEN 0 AND 100", name="threshold_percent"),
        CheckConstraint("planned_minutes BETWEEN 1 AND 100000", name="planned_minutes"),
        CheckConstraint("enrol_closes_on >= enrol_opens_on", name="enrol_dates"),
    )


class Lesson(Table):
    """One sitting of an edition, in UTC; the local date is the programme's."""

    __tablename__ = "lesson"

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    seq: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    planned_minutes: Mapped[int]
    module_id: Mapped[int | None] = mapped_column(ForeignKey("module.id"))
    topic: Mapped[str] = mapped_column(CleanText(300))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    state: Mapped[LessonState] = mapped_column(choice(LessonState), default=LessonState.SCHEDULED)
    moved_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # How many variations there were: calendars take the entry with the highest.
    revision: Mapped[int] = mapped_column(default=0, server_default="0")

    edition: Mapped[Edition] = related(back_populates="lessons")
    module: Mapped[Module | None] = related()
    venue: Mapped[Venue | None] = related()
    breaks: Mapped[list["LessonBreak"]] = related(order_by="LessonBreak.starts_at")
    staff: Mapped[list["LessonStaff"]] = related(back_populates="lesson")

    __table_args__ = (
        UniqueConstraint("edition_id", "seq"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("planned_minutes BETWEEN 1 AND 720", name="planned_minutes"),
        CheckConstraint("seq BETWEEN 1 AND 1000", name="seq"),
    )


class LessonBreak(Table):
    """A pause that counts for nobody."""

    __tablename__ = "lesson_break"

    id: Mapped[Id]
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("ends_at > starts_at", name="ends_after_start"),)


class LessonStaff(Table):
    """Who teaches or assists at a lesson."""

    __tablename__ = "lesson_staff"

    id: Mapped[Id]
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[StaffRole] = mapped_column(choice(StaffRole))
    reason: Mapped[str] = mapped_column(CleanText(200), default="")

    lesson: Mapped[Lesson] = related(back_populates="staff")
    person: Mapped[Person] = related()

    __table_args__ = (UniqueConstraint("lesson_id", "person_id", "role"),)
