# SPDX-License-Identifier: AGPL-3.0-or-later
"""The catalogue: courses and their modules."""

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.certificates import CertificateKind
from app.domain.vocabulary import CourseState
from app.models.base import Table, related
from app.models.types import CleanText, Id, choice


class Course(Table):
    """An item of the catalogue; it is taught in editions."""

    __tablename__ = "course"

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    code: Mapped[str] = mapped_column(CleanText(20))
    title: Mapped[str] = mapped_column(CleanText(200))
    search_key: Mapped[str] = mapped_column(CleanText(400))
    objectives: Mapped[str] = mapped_column(CleanText(2000), default="")
    contents: Mapped[str] = mapped_column(CleanText(4000), default="")
    audience: Mapped[str] = mapped_column(CleanText(400), default="")
    area: Mapped[str] = mapped_column(CleanText(80), default="")
    planned_minutes: Mapped[int]
    certificate_kind: Mapped[CertificateKind] = mapped_column(choice(CertificateKind))
    default_threshold: Mapped[int] = mapped_column(default=80)
    state: Mapped[CourseState] = mapped_column(choice(CourseState))
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    modules: Mapped[list["Module"]] = related(back_populates="course", order_by="Module.seq")

    __table_args__ = (
        UniqueConstraint("programme_id", "code"),
        CheckConstraint("planned_minutes BETWEEN 1 AND 100000", name="planned_minutes"),
        CheckConstraint("default_threshold BETWEEN 0 AND 100", name="threshold_percent"),
    )


class Module(Table):
    """A part of a course."""

    __tablename__ = "module"

    id: Mapped[Id]
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    seq: Mapped[int]
    title: Mapped[str] = mapped_column(CleanText(200))
    minutes: Mapped[int]

    course: Mapped[Course] = related(back_populates="modules")

    __table_args__ = (
        UniqueConstraint("course_id", "seq"),
        CheckConstraint("minutes BETWEEN 1 AND 100000", name="minutes"),
    )
