# SPDX-License-Identifier: AGPL-3.0-or-later
"""The attendance register: one per edition, one sheet per lesson, one entry per person."""

import secrets
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.attendance import Presence, Source
from app.domain.register import Hand, SheetState
from app.domain.vocabulary import CorrectionState, CorrectionSubject, RecordKind
from app.models.base import Table, related
from app.models.editions import Edition, Lesson
from app.models.enrolments import Enrolment
from app.models.types import CleanText, Id, UtcDateTime, choice


class AttendanceRegister(Table):
    """The bound book of an edition; no mark before it is endorsed (vidimazione)."""

    __tablename__ = "attendance_register"

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), unique=True)
    number: Mapped[str] = mapped_column(CleanText(40), unique=True)
    pages: Mapped[int]
    endorsed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    endorsed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    endorsement_hash: Mapped[str | None] = mapped_column(CleanText(64))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Endorsed later, for lessons added meanwhile: one row of AdditionalPages each time.
    added_pages: Mapped[int] = mapped_column(default=0, server_default="0")

    edition: Mapped[Edition] = related()

    __table_args__ = (
        CheckConstraint("pages BETWEEN 1 AND 1000", name="pages"),
        CheckConstraint("added_pages BETWEEN 0 AND 1000", name="added_pages"),
    )

    @property
    def all_pages(self) -> int:
        """The pages endorsed at first, and those endorsed since."""
        return self.pages + self.added_pages


class AdditionalPages(Table):
    """The endorsement of pages added to a register already endorsed; chained to the one before."""

    __tablename__ = "additional_pages"

    id: Mapped[Id]
    register_id: Mapped[int] = mapped_column(ForeignKey("attendance_register.id"))
    first_page: Mapped[int]
    last_page: Mapped[int]
    endorsed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    endorsed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    previous_hash: Mapped[str] = mapped_column(CleanText(64))
    hash: Mapped[str] = mapped_column(CleanText(64))

    __table_args__ = (
        UniqueConstraint("register_id", "first_page"),
        CheckConstraint("first_page BETWEEN 2 AND last_page", name="first_page"),
        CheckConstraint("last_page <= 1000", name="last_page"),
    )


class RegisterSheet(Table):
    """The page of one lesson."""

    __tablename__ = "register_sheet"

    id: Mapped[Id]
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), unique=True)
    state: Mapped[SheetState] = mapped_column(choice(SheetState), default=SheetState.NOT_OPEN)
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    topic_done: Mapped[str] = mapped_column(CleanText(300), default="")
    starts_at_real: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at_real: Mapped[datetime | None] = mapped_column(UtcDateTime)
    heads_counted: Mapped[int | None]
    note: Mapped[str] = mapped_column(CleanText(300), default="")
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_hand: Mapped[Hand | None] = mapped_column(choice(Hand))
    closed_late: Mapped[bool] = mapped_column(default=False)
    delivered_minutes: Mapped[int] = mapped_column(default=0)
    reopened_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    content_hash: Mapped[str | None] = mapped_column(CleanText(64))
    previous_hash: Mapped[str | None] = mapped_column(CleanText(64))
    page_version: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    lesson: Mapped[Lesson] = related()
    entries: Mapped[list["AttendanceEntry"]] = related(back_populates="sheet")

    __table_args__ = (
        CheckConstraint("ends_at_real > starts_at_real", name="real_times"),
        CheckConstraint("heads_counted BETWEEN 0 AND 10000", name="heads"),
        CheckConstraint("delivered_minutes BETWEEN 0 AND 720", name="delivered_minutes"),
        CheckConstraint(
            "state <> 'closed' OR (closed_at IS NOT NULL AND starts_at_real IS NOT NULL "
            "AND ends_at_real IS NOT NULL AND content_hash IS NOT NULL)",
            name="closed_complete",
        ),
    )
    __mapper_args__ = {"version_id_col": version}


def next_version(version: int | None) -> int:
    """One more; at first any number, so that a mark taken away and written anew looks new."""
    return secrets.randbelow(500_000_000) + 1 if version is None else version + 1


class AttendanceEntry(Table):
    """The mark of one person at one lesson; ``version`` travels in the form.

    ``received_at`` is set where a mark was made without network: when it arrived.
    """

    __tablename__ = "attendance_entry"

    id: Mapped[Id]
    sheet_id: Mapped[int] = mapped_column(ForeignKey("register_sheet.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    status: Mapped[Presence] = mapped_column(choice(Presence))
    counted_minutes: Mapped[int] = mapped_column(default=0)
    source: Mapped[Source] = mapped_column(choice(Source))
    marked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    marked_by_label: Mapped[str] = mapped_column(CleanText(200))
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    sheet: Mapped[RegisterSheet] = related(back_populates="entries")
    enrolment: Mapped[Enrolment] = related()
    intervals: Mapped[list["PresenceInterval"]] = related(
        order_by="PresenceInterval.entered_at", cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("sheet_id", "enrolment_id"),
        CheckConstraint("counted_minutes BETWEEN 0 AND 720", name="counted_minutes"),
        CheckConstraint("status = 'present' OR counted_minutes = 0", name="absent_counts_zero"),
    )
    __mapper_args__ = {"version_id_col": version, "version_id_generator": next_version}


class PresenceInterval(Table):
    """From when to when a person was in the room. No exit while the sheet is open."""

    __tablename__ = "presence_interval"

    id: Mapped[Id]
    entry_id: Mapped[int] = mapped_column(ForeignKey("attendance_entry.id"), index=True)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("left_at > entered_at", name="leaves_after_entering"),)


class BookRecord(Table):
    """What was written into the bound register, in order; never changed, never taken out."""

    __tablename__ = "book_record"

    id: Mapped[Id]
    register_id: Mapped[int] = mapped_column(ForeignKey("attendance_register.id"))
    position: Mapped[int]
    kind: Mapped[RecordKind] = mapped_column(choice(RecordKind))
    sheet_id: Mapped[int] = mapped_column(ForeignKey("register_sheet.id"), index=True)
    version: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    content: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str] = mapped_column(CleanText(64))
    hash: Mapped[str] = mapped_column(CleanText(64), unique=True)

    __table_args__ = (
        UniqueConstraint("register_id", "position"),
        CheckConstraint("position >= 1", name="position"),
    )


class Correction(Table):
    """A change to a closed page: asked by one, decided by another, never an overwrite."""

    __tablename__ = "correction"

    id: Mapped[Id]
    sheet_id: Mapped[int] = mapped_column(ForeignKey("register_sheet.id"), index=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("attendance_entry.id"))
    subject: Mapped[CorrectionSubject] = mapped_column(choice(CorrectionSubject))
    old_value: Mapped[str] = mapped_column(CleanText(400))
    new_value: Mapped[str] = mapped_column(CleanText(400))
    reason: Mapped[str] = mapped_column(CleanText(400))
    attachment_name: Mapped[str] = mapped_column(CleanText(200), default="")
    attachment_sha256: Mapped[str | None] = mapped_column(ForeignKey("evidence_file.sha256"))
    state: Mapped[CorrectionState] = mapped_column(choice(CorrectionState))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_role: Mapped[str] = mapped_column(CleanText(32))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_note: Mapped[str] = mapped_column(CleanText(400), default="")
    counted_before: Mapped[int | None]
    counted_after: Mapped[int | None]

    sheet: Mapped[RegisterSheet] = related()
    entry: Mapped[AttendanceEntry | None] = related()

    __table_args__ = (
        CheckConstraint("decided_by_id <> asked_by_id", name="four_eyes"),
        CheckConstraint(
            "(state = 'asked') = (decided_by_id IS NULL) "
            "AND (decided_by_id IS NULL) = (decided_at IS NULL)",
            name="decided",
        ),
        Index(
            "uq_correction_pending",
            "sheet_id",
            "entry_id",
            "subject",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )
