# SPDX-License-Identifier: AGPL-3.0-or-later
"""The audit trail, and the answers already given to requests that may come twice."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Table
from app.models.types import CleanText, UtcDateTime


class AuditEvent(Table):
    """One deed, written in the transaction that did it, chained to the one before.

    ``seal`` is made of ``hash`` with a key kept outside the database.
    """

    __tablename__ = "audit_event"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    actor_label: Mapped[str] = mapped_column(CleanText(200))
    role: Mapped[str] = mapped_column(CleanText(32))
    action: Mapped[str] = mapped_column(CleanText(60))
    target_type: Mapped[str] = mapped_column(CleanText(40))
    target_id: Mapped[int]
    target_label: Mapped[str] = mapped_column(CleanText(200))
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    details: Mapped[str] = mapped_column(Text)
    request_id: Mapped[str] = mapped_column(CleanText(36))
    previous_hash: Mapped[str] = mapped_column(CleanText(64))
    hash: Mapped[str] = mapped_column(CleanText(64), unique=True)
    seal: Mapped[str | None] = mapped_column(CleanText(64))

    __table_args__ = (
        CheckConstraint("sequence >= 1", name="sequence"),
        Index("ix_audit_event_target", "target_type", "target_id"),
    )


class IdempotencyKey(Table):
    """The answer given to a request with this key: the same request gets it again."""

    __tablename__ = "idempotency_key"

    key: Mapped[str] = mapped_column(CleanText(64), primary_key=True)
    owner: Mapped[str] = mapped_column(CleanText(64))
    fingerprint: Mapped[str] = mapped_column(CleanText(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    status: Mapped[int | None]
    location: Mapped[str] = mapped_column(CleanText(500), default="")
    body: Mapped[str] = mapped_column(Text, default="")
