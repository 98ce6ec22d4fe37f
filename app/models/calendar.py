# SPDX-License-Identifier: AGPL-3.0-or-later
"""Addresses by which a calendar program reads somebody's lessons."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.accounts import RoleAssignment, UserAccount
from app.models.base import Table, related
from app.models.types import CleanText, Id, UtcDateTime


class CalendarFeed(Table):
    """A secret address for one role of an account, one at a time. Only its hash is kept."""

    __tablename__ = "calendar_feed"

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("role_assignment.id"))
    token_hash: Mapped[str] = mapped_column(CleanText(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    account: Mapped[UserAccount] = related()
    assignment: Mapped[RoleAssignment] = related()

    __table_args__ = (
        CheckConstraint("withdrawn_at >= created_at", name="withdrawn_later"),
        Index(
            "uq_calendar_feed_in_use",
            "assignment_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )
