# SPDX-License-Identifier: AGPL-3.0-or-later
"""Messages to send: written with the deed they tell of, sent afterwards by the worker."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import MessageState
from app.models.base import Table
from app.models.types import CleanText, Id, UtcDateTime, choice


class OutboxMessage(Table):
    """One message to one address. ``once_key`` keeps a message of a kind and day unique."""

    __tablename__ = "outbox_message"

    id: Mapped[Id]
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"))
    kind: Mapped[str] = mapped_column(CleanText(40))
    to_address: Mapped[str] = mapped_column(CleanText(254))
    to_name: Mapped[str] = mapped_column(CleanText(200), default="")
    subject: Mapped[str] = mapped_column(CleanText(200))
    body: Mapped[str] = mapped_column(Text)
    about_type: Mapped[str] = mapped_column(CleanText(40), default="")
    about_id: Mapped[int | None]
    once_key: Mapped[str | None] = mapped_column(CleanText(120), unique=True)
    message_id: Mapped[str] = mapped_column(CleanText(120), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[MessageState] = mapped_column(choice(MessageState))
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_error: Mapped[str] = mapped_column(CleanText(300), default="")
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_outbox_message_due", "state", "next_try_at"),
        Index("ix_outbox_message_about", "about_type", "about_id"),
    )


class OutboxAttachment(Table):
    """A file that travels with a message."""

    __tablename__ = "outbox_attachment"

    id: Mapped[Id]
    message_id: Mapped[int] = mapped_column(ForeignKey("outbox_message.id"), index=True)
    name: Mapped[str] = mapped_column(CleanText(120))
    media_type: Mapped[str] = mapped_column(CleanText(80))
    content: Mapped[bytes] = mapped_column(LargeBinary)
