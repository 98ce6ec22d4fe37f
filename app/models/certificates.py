# SPDX-License-Identifier: AGPL-3.0-or-later
"""Certificates: an immutable row, its file, the counter that numbers them, what leads to them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.certificates import BatchItemState, CertificateKind, CertificateState
from app.domain.derogations import DerogationCategory
from app.models.base import Table, related
from app.models.bodies import Organisation
from app.models.editions import Edition
from app.models.enrolments import Enrolment
from app.models.evidence import EvidenceFile
from app.models.people import Person
from app.models.types import CleanText, Id, UtcDateTime, choice

_VALID = text("state IN ('issued', 'under_review') AND kind <> 'declaration'")


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
    intro_text: Mapped[str] = mapped_column(CleanText(120), default="Si attesta che")
    note: Mapped[str] = mapped_column(CleanText(300), default="")
    second_signatory_name: Mapped[str] = mapped_column(CleanText(120), default="")
    second_signatory_quality: Mapped[str] = mapped_column(CleanText(120), default="")
    # [{"sha256": of a kept file, "name": what the logo is}], in the order they stand.
    logos: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    set_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

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
    """What was issued, to whom, with which content. Never changed, never deleted.

    A declaration has no number of the repertory; one of teaching has no enrolment.
    """

    __tablename__ = "certificate"

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"), index=True)
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lesson.id"))
    kind: Mapped[CertificateKind] = mapped_column(choice(CertificateKind))
    issuing_body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    year: Mapped[int]
    number: Mapped[int | None]
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
    review_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review_reason: Mapped[str] = mapped_column(CleanText(300), default="")
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), unique=True)

    edition: Mapped[Edition] = related()
    person: Mapped[Person] = related()
    enrolment: Mapped[Enrolment | None] = related()
    issuing_body: Mapped[Organisation] = related()
    file: Mapped["CertificateFile"] = related(back_populates="certificate")

    __table_args__ = (
        UniqueConstraint("issuing_body_id", "year", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(kind = 'declaration') = (number IS NULL)", name="numbered"),
        CheckConstraint("kind = 'teaching' OR enrolment_id IS NOT NULL", name="enrolled"),
        CheckConstraint("year BETWEEN 2000 AND 9999", name="year"),
        Index(
            "uq_certificate_valid",
            "edition_id",
            "person_id",
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


class SignedCopy(Table):
    """A copy of the document signed outside; its bytes begin with those of the document."""

    __tablename__ = "signed_copy"

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(CleanText(64))
    signers: Mapped[str] = mapped_column(CleanText(300))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))


class CertificateBatch(Table):
    """An issue asked for on a previewed list; the worker does it, one certificate at a time."""

    __tablename__ = "certificate_batch"

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("role_assignment.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    notify: Mapped[bool] = mapped_column(default=False)

    edition: Mapped[Edition] = related()
    items: Mapped[list["CertificateBatchItem"]] = related(order_by="CertificateBatchItem.seq")


class CertificateBatchItem(Table):
    """One certificate of a batch: waiting, issued, or refused with the reason."""

    __tablename__ = "certificate_batch_item"

    id: Mapped[Id]
    batch_id: Mapped[int] = mapped_column(ForeignKey("certificate_batch.id"))
    seq: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"))
    kind: Mapped[CertificateKind] = mapped_column(choice(CertificateKind))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"))
    replaced_reason: Mapped[str] = mapped_column(CleanText(300), default="")
    state: Mapped[BatchItemState] = mapped_column(choice(BatchItemState))
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"))
    reason: Mapped[str] = mapped_column(CleanText(400), default="")

    person: Mapped[Person] = related()

    __table_args__ = (
        UniqueConstraint("batch_id", "seq"),
        UniqueConstraint("batch_id", "person_id", "kind"),
    )


class Derogation(Table):
    """A certificate below the threshold, decided with category, text and attachment."""

    __tablename__ = "derogation"

    id: Mapped[Id]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    category: Mapped[DerogationCategory] = mapped_column(choice(DerogationCategory))
    reason: Mapped[str] = mapped_column(CleanText(1000))
    file_name: Mapped[str] = mapped_column(CleanText(200))
    sha256: Mapped[str] = mapped_column(ForeignKey("evidence_file.sha256"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_reason: Mapped[str] = mapped_column(CleanText(300), default="")

    enrolment: Mapped[Enrolment] = related()
    file: Mapped[EvidenceFile] = related()

    __table_args__ = (
        Index(
            "uq_derogation_in_force",
            "enrolment_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )
