# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two records of people: found to be one, or said to be two."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Table
from app.models.types import Id, UtcDateTime


class PersonMerge(Table):
    """A record joined to another: how both were, and what moved. Never changed, never deleted."""

    __tablename__ = "person_merge"

    id: Mapped[Id]
    kept_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    merged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    merged_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    moved: Mapped[dict[str, Any]] = mapped_column(JSON)

    __table_args__ = (CheckConstraint("merged_id <> kept_id", name="two_records"),)


class PersonDistinction(Table):
    """Somebody looked at these two and said that they are two people: not proposed again."""

    __tablename__ = "person_distinction"

    id: Mapped[Id]
    first_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="in_order"),
    )
