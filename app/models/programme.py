# SPDX-License-Identifier: AGPL-3.0-or-later
"""The funded programme (progetto), its indicators and their readings."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Table
from app.models.types import CleanText, Id, UtcDateTime


class Programme(Table):
    """A funded project such as FOR PA, PROG 105920. Never the fund itself."""

    __tablename__ = "programme"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(CleanText(40), unique=True)
    acronym: Mapped[str] = mapped_column(CleanText(40))
    title: Mapped[str] = mapped_column(CleanText(300))
    fund_name: Mapped[str] = mapped_column(CleanText(200))
    annual_programme: Mapped[str] = mapped_column(CleanText(80))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    retention_until: Mapped[date]
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    default_threshold: Mapped[int] = mapped_column(default=80)
    late_grace_minutes: Mapped[int] = mapped_column(default=0)
    office_share: Mapped[int] = mapped_column(default=50)
    timezone: Mapped[str] = mapped_column(CleanText(40), default="Europe/Rome")
    union_line: Mapped[str] = mapped_column(CleanText(80))
    fund_line: Mapped[str] = mapped_column(CleanText(200))
    ministry_line: Mapped[str] = mapped_column(CleanText(120))
    publicity_statement: Mapped[str] = mapped_column(CleanText(400))
    # [{"sha256": of a kept file, "name": what the logo shows}], in the order they stand.
    logos: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("default_threshold BETWEEN 0 AND 100", name="threshold_percent"),
        CheckConstraint("late_grace_minutes BETWEEN 0 AND 60", name="grace_minutes"),
        CheckConstraint("office_share BETWEEN 1 AND 100", name="office_share"),
    )


class Indicator(Table):
    """A measure the grant agreement asks for, with its target."""

    __tablename__ = "indicator"

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    code: Mapped[str] = mapped_column(CleanText(10))
    target: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("programme_id", "code"),
        CheckConstraint("target >= 0", name="target_not_negative"),
    )


class IndicatorReading(Table):
    """What an indicator stood at on a day, and where the rows behind it are kept."""

    __tablename__ = "indicator_reading"

    id: Mapped[Id]
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    read_on: Mapped[date]
    value: Mapped[int]
    rows_ref: Mapped[str | None] = mapped_column(CleanText(200))

    __table_args__ = (UniqueConstraint("indicator_id", "read_on"),)
