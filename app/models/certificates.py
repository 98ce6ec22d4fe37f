# SPDX-License-Identifier: AGPL-3.0-or-later
"""Certificates: an immutable row, its file, the counter that numbers them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.certificates import CertificateKind, CertificateState
from app.models.base import Table, related
from app.models.bodies import Organisation
from app.models.enrolments import Enrolment
from app.models.types import CleanText, Id, UtcDateTime, choice

_VALID = text("state IN ('issued', 'under_review')")


class CertificateTemplate(Table):
    """What a programme's certificates say beside the facts; one version in force at a time."""

    __tablename__ = "certificate_template"

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    version: Mapped[int]
    issuing_body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    issue_place: Mapped[str] = mapped_column(CleanText(80))
    signatory_name: Mapped[str] = mapped_column(CleanText(120))
    signatory_quality: Mapped[str] = mapped_column(CleanText(120))
    art40_notice: Mapped[bool] = mapped_column(default=True)
    stamp_duty_note: Mapped[str] = mapped_column(CleanText(300), default="")

    issuing_body: Mapped[Organisation] = related()

    __table_args__ = (UniqueConstraint("programme_id", "version"),)


class CertificateCounter(Table):
    """The last number given, per issuing body and year; locked while a number is taken."""

    __tablename__ = "certificate_counter"

    issuing_body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_number: Mapped[int] = mapped_column(default=0)

    __table_args__ = (CheckConstraint("last_number >= 0", name="last_number"),)


class Certificate(Table):
    """What was issued, to whom, with which content. Never changed, never deleted."""

    __tablename__ = "certificate"

    id: Mapped[Id]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    kind: Mapped[CertificateKind] = mapped_column(choice(CertificateKind))
    issuing_body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    year: Mapped[int]
    number: Mapped[int]
    code: Mapped[str] = mapped_column(CleanText(32), unique=True)
    holder_given_name: Mapped[str] = mapped_column(CleanText(80))
    holder_family_name: Mapped[str] = mapped_column(CleanText(80))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    template_version: Mapped[int]
    state: Mapped[CertificateState] = mapped_column(choice(CertificateState))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    revoked_reason: Mapped[str] = mapped_column(CleanText(300), default="")
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), unique=True)

    enrolment: Mapped[Enrolment] = related()
    issuing_body: Mapped[Organisation] = related()
    file: Mapped["CertificateFile"] = related(back_populates="certificate")

    __table_args__ = (
        UniqueConstraint("issuing_body_id", "year", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("year BETWEEN 2000 AND 9999", name="year"),
        Index(
            "uq_certificate_valid",
            "enrolment_id",
            "kind",
            unique=True,
            sqlite_where=_VALID,
            postgresql_where=_VALID,
        ),
    )


class CertificateFile(Table):
    """The bytes handed out, identical for ever, and their SHA-256."""

    __tablename__ = "certificate_file"

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(CleanText(64))

    certificate: Mapped[Certificate] = related(back_populates="file")
