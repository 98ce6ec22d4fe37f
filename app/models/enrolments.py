# SPDX-License-Identifier: AGPL-3.0-or-later
"""Enrolments, one per person and edition, their moves, seats, apologies, lessons recovered."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.enrolment import EnrolmentState, MoveReason
from app.models.base import Table, related
from app.models.bodies import Organisation
from app.models.editions import Edition, Lesson
from app.models.people import Person
from app.models.types import CleanText, Id, UtcDateTime, choice


class Enrolment(Table):
    """A person in an edition. The home body is a snapshot: later moves do not change it."""

    __tablename__ = "enrolment"

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    affiliation_id: Mapped[int | None] = mapped_column(ForeignKey("affiliation.id"))
    home_body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    office: Mapped[str] = mapped_column(CleanText(120), default="")
    state: Mapped[EnrolmentState] = mapped_column(choice(EnrolmentState))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    body_approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    waitlist_position: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_reason: Mapped[str | None] = mapped_column(CleanText(40))
    questionnaire_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    assessment_passed: Mapped[bool | None]
    notice_version: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)

    edition: Mapped[Edition] = related()
    person: Mapped[Person] = related()
    home_body: Mapped[Organisation] = related()

    __table_args__ = (
        UniqueConstraint("edition_id", "person_id"),
        # Who of a person, a body or an edition is enrolled where: these alone answer, without rows.
        Index("ix_enrolment_person_id", "person_id", "home_body_id", "edition_id", "state"),
        Index("ix_enrolment_home_body_id", "home_body_id", "edition_id", "state", "person_id"),
        Index("ix_enrolment_edition_id", "edition_id", "state"),
        CheckConstraint("waitlist_position >= 1", name="waitlist_position"),
    )
    __mapper_args__ = {"version_id_col": version}


class EnrolmentMove(Table):
    """A passage of an enrolment to another state or place of the list. Append-only.

    ``by_label`` is empty where it follows from what happened to others: who that was is
    nobody's business here.
    """

    __tablename__ = "enrolment_move"

    id: Mapped[Id]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    from_state: Mapped[EnrolmentState | None] = mapped_column(choice(EnrolmentState, "from_state"))
    to_state: Mapped[EnrolmentState] = mapped_column(choice(EnrolmentState, "to_state"))
    from_position: Mapped[int | None]
    to_position: Mapped[int | None]
    reason: Mapped[MoveReason] = mapped_column(choice(MoveReason))
    note: Mapped[str] = mapped_column(CleanText(300), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    by_label: Mapped[str] = mapped_column(CleanText(200), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SeatAllotment(Table):
    """Seats of an edition kept for one body, until they are given back."""

    __tablename__ = "seat_allotment"

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    seats: Mapped[int]

    __table_args__ = (
        UniqueConstraint("edition_id", "organisation_id"),
        CheckConstraint("seats BETWEEN 0 AND 10000", name="seats"),
    )


class Apology(Table):
    """Somebody says before a lesson that she will not come. No mark: it counts in nothing."""

    __tablename__ = "apology"

    id: Mapped[Id]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), index=True)
    note: Mapped[str] = mapped_column(CleanText(200), default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (
        Index(
            "uq_apology_standing",
            "enrolment_id",
            "lesson_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )


class Recovery(Table):
    """A lesson missed, to be attended in another edition of the same course."""

    __tablename__ = "recovery"

    id: Mapped[Id]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    missed_lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), index=True)
    arranged_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    arranged_at: Mapped[datetime] = mapped_column(UtcDateTime)

    enrolment: Mapped[Enrolment] = related()
    missed_lesson: Mapped[Lesson] = related(foreign_keys=[missed_lesson_id])
    lesson: Mapped[Lesson] = related(foreign_keys=[lesson_id])

    __table_args__ = (
        UniqueConstraint("enrolment_id", "missed_lesson_id"),
        UniqueConstraint("enrolment_id", "lesson_id"),
        CheckConstraint("lesson_id <> missed_lesson_id", name="another_lesson"),
    )
