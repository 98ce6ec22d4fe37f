# SPDX-License-Identifier: AGPL-3.0-or-later
"""Documents kept for the dossier, exports in the making, requests of data subjects."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import DataRequestKind, JobState
from app.models.base import Table
from app.models.types import CleanText, Id, UtcDateTime, choice


class Document(Table):
    """A file of the programme's dossier, named by its SHA-256."""

    __tablename__ = "document"

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))
    title: Mapped[str] = mapped_column(CleanText(200))
    media_type: Mapped[str] = mapped_column(CleanText(80))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(CleanText(64))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (CheckConstraint("size >= 0", name="size"),)


class ExportJob(Table):
    """An export asked for, and how far it is."""

    __tablename__ = "export_job"

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    kind: Mapped[str] = mapped_column(CleanText(40))
    state: Mapped[JobState] = mapped_column(choice(JobState))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sha256: Mapped[str | None] = mapped_column(CleanText(64))


class DataSubjectRequest(Table):
    """A person's request under articles 15 to 18 of the GDPR, and its outcome."""

    __tablename__ = "data_subject_request"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[DataRequestKind] = mapped_column(choice(DataRequestKind))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(CleanText(400), default="")
