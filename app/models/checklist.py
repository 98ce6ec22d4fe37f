# SPDX-License-Identifier: AGPL-3.0-or-later
"""What has to be ready for an edition: the standard list of a programme, the items of each edition."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Table
from app.models.types import CleanText, Id, UtcDateTime


class StandardItem(Table):
    """What every new edition of the programme takes on its list."""

    __tablename__ = "standard_item"

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    title: Mapped[str] = mapped_column(CleanText(200))
    days: Mapped[int]

    __table_args__ = (CheckConstraint("days BETWEEN -365 AND 365", name="days"),)


class ChecklistItem(Table):
    """One thing to do for an edition, ``days`` from its first lesson; who did it, and when."""

    __tablename__ = "checklist_item"

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    title: Mapped[str] = mapped_column(CleanText(200))
    days: Mapped[int]
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    done_by_label: Mapped[str] = mapped_column(CleanText(200), default="", server_default="")

    __table_args__ = (
        CheckConstraint("days BETWEEN -365 AND 365", name="days"),
        Index("ix_checklist_item_edition_id_days", "edition_id", "days"),
    )
