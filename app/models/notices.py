# SPDX-License-Identifier: AGPL-3.0-or-later
"""The words of messages to enrolled people, where a programme or an edition has its own."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.notices import NoticeKind
from app.models.base import Table
from app.models.types import CleanText, Id, UtcDateTime, choice


class NoticeText(Table):
    """One kind of message, for one edition or, without one, for the whole programme."""

    __tablename__ = "notice_text"

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))
    kind: Mapped[NoticeKind] = mapped_column(choice(NoticeKind))
    subject: Mapped[str] = mapped_column(CleanText(200))
    body: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (
        Index(
            "uq_notice_text_edition",
            "edition_id",
            "kind",
            unique=True,
            sqlite_where=text("edition_id IS NOT NULL"),
            postgresql_where=text("edition_id IS NOT NULL"),
        ),
        Index(
            "uq_notice_text_programme",
            "programme_id",
            "kind",
            unique=True,
            sqlite_where=text("edition_id IS NULL"),
            postgresql_where=text("edition_id IS NULL"),
        ),
    )
