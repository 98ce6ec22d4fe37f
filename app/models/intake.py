# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists of officials that were sent: who sent them, what came of every row.

The file itself is not kept, its SHA-256 is. What the rows say of people is removed
once they are imported, or after a week.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.intake.life import IntakeState
from app.domain.intake.matching import Outcome
from app.models.base import Table, related
from app.models.bodies import Organisation
from app.models.types import CleanText, Id, UtcDateTime, choice


class PersonImport(Table):
    """One list. ``organisation_id``: whose people they are, none where every row names a body."""

    __tablename__ = "person_import"

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    file_name: Mapped[str] = mapped_column(CleanText(200))
    sha256: Mapped[str] = mapped_column(CleanText(64))
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("role_assignment.id"))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[IntakeState] = mapped_column(choice(IntakeState), index=True)
    reason: Mapped[str] = mapped_column(CleanText(400), default="")
    headings: Mapped[list[str]] = mapped_column(JSON)
    heading_key: Mapped[str] = mapped_column(CleanText(64))
    hidden: Mapped[list[int]] = mapped_column(JSON)
    mapping: Mapped[dict[str, str]] = mapped_column(JSON)
    family_first: Mapped[bool] = mapped_column(default=True)
    update_known: Mapped[bool] = mapped_column(default=True)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    wrong: Mapped[int] = mapped_column(default=0)
    asking: Mapped[int] = mapped_column(default=0)
    warned: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str] = mapped_column(CleanText(64), default="")
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cleared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation | None] = related()

    __table_args__ = (
        CheckConstraint("total BETWEEN 1 AND 20000", name="total"),
        CheckConstraint("done BETWEEN 0 AND total", name="done"),
        CheckConstraint("undone_at IS NULL OR applied_at IS NOT NULL", name="undone_after"),
        Index("ix_person_import_remembered", "programme_id", "heading_key"),
    )


class PersonImportRow(Table):
    """One row of a list: what it says while it waits, then what came of it."""

    __tablename__ = "person_import_row"

    id: Mapped[Id]
    import_id: Mapped[int] = mapped_column(ForeignKey("person_import.id"))
    number: Mapped[int]
    cells: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    label: Mapped[str] = mapped_column(CleanText(170), default="")
    options: Mapped[list[list[str]] | None] = mapped_column(JSON(none_as_null=True))
    chosen: Mapped[int | None]
    problems: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    stops: Mapped[bool] = mapped_column(default=False)
    asks: Mapped[bool] = mapped_column(default=False)
    warns: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    affiliation_id: Mapped[int | None] = mapped_column(ForeignKey("affiliation.id"), index=True)
    affiliated: Mapped[bool] = mapped_column(default=False)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    written: Mapped[str | None] = mapped_column(CleanText(64))

    __table_args__ = (UniqueConstraint("import_id", "number"),)
