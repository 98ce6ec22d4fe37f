# SPDX-License-Identifier: AGPL-3.0-or-later
"""Links by which a person lets somebody read her training record."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Table
from app.models.types import CleanText, Id, UtcDateTime


class RecordLink(Table):
    """A link for the employer: it expires, and can be withdrawn. Only its hash is kept."""

    __tablename__ = "record_link"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    label: Mapped[str] = mapped_column(CleanText(120))
    token_hash: Mapped[str] = mapped_column(CleanText(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("expires_at > created_at", name="expires_later"),)
