# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stands beside a page of the register: files, scans, self check-ins, imported logs."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import CheckInKind, ImportKind
from app.models.base import Table, related
from app.models.registers import RegisterSheet
from app.models.types import CleanText, Id, UtcDateTime, choice


class EvidenceFile(Table):
    """The bytes of a file given as evidence, kept once under their SHA-256."""

    __tablename__ = "evidence_file"

    sha256: Mapped[str] = mapped_column(CleanText(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(CleanText(80))
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    __table_args__ = (CheckConstraint("size > 0", name="size"),)


class ScannedEvidence(Table):
    """The signed paper sheet, scanned and attached to its page; a wrong one is withdrawn."""

    __tablename__ = "scanned_evidence"

    id: Mapped[Id]
    sheet_id: Mapped[int] = mapped_column(ForeignKey("register_sheet.id"))
    file_name: Mapped[str] = mapped_column(CleanText(200))
    sha256: Mapped[str] = mapped_column(ForeignKey("evidence_file.sha256"))
    pages: Mapped[int] = mapped_column(default=1)
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    sheet: Mapped[RegisterSheet] = related()
    file: Mapped[EvidenceFile] = related()

    __table_args__ = (
        UniqueConstraint("sheet_id", "sha256"),
        CheckConstraint("pages BETWEEN 1 AND 1000", name="pages"),
    )


class ReconciledLine(Table):
    """What ink and register say of one person: they agree, or how they differ."""

    __tablename__ = "reconciled_line"

    id: Mapped[Id]
    evidence_id: Mapped[int] = mapped_column(ForeignKey("scanned_evidence.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    agrees: Mapped[bool]
    remark: Mapped[str] = mapped_column(CleanText(200), default="")
    written_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("evidence_id", "enrolment_id"),)


class SelfCheckIn(Table):
    """A person's own word that she came, or left. No address, place or face is kept."""

    __tablename__ = "self_check_in"

    id: Mapped[Id]
    sheet_id: Mapped[int] = mapped_column(ForeignKey("register_sheet.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    kind: Mapped[CheckInKind] = mapped_column(choice(CheckInKind))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("sheet_id", "enrolment_id", "kind"),)


class AttendanceImport(Table):
    """A platform's log or a spreadsheet of marks: kept as it came, applied at most once."""

    __tablename__ = "attendance_import"

    id: Mapped[Id]
    sheet_id: Mapped[int] = mapped_column(ForeignKey("register_sheet.id"), index=True)
    kind: Mapped[ImportKind] = mapped_column(choice(ImportKind))
    file_name: Mapped[str] = mapped_column(CleanText(200))
    sha256: Mapped[str] = mapped_column(ForeignKey("evidence_file.sha256"))
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    sheet: Mapped[RegisterSheet] = related()
    file: Mapped[EvidenceFile] = related()
