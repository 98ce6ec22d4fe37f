# SPDX-License-Identifier: AGPL-3.0-or-later
"""What changed in a timetable after its edition opened. Only added to, never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.variations import VariationKind
from app.models.base import Table, related
from app.models.editions import Edition
from app.models.types import CleanText, Id, UtcDateTime, choice


class Variation(Table):
    """One lesson's change: what was (None: it was not there), what is (None: not held), why.

    ``number`` counts the variations of the edition; ``told`` holds the ids of the people
    the message was put in the outbox for.
    """

    __tablename__ = "variation"

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    number: Mapped[int]
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), index=True)
    kind: Mapped[VariationKind] = mapped_column(choice(VariationKind))
    old: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    new: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    reason: Mapped[str] = mapped_column(CleanText(300))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_by_label: Mapped[str] = mapped_column(CleanText(200))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told: Mapped[list[int]] = mapped_column(JSON)

    edition: Mapped[Edition] = related()

    __table_args__ = (
        UniqueConstraint("edition_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("old IS NOT NULL OR new IS NOT NULL", name="says_something"),
    )
