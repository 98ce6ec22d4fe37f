# SPDX-License-Identifier: AGPL-3.0-or-later
"""The bound register of an edition: its pages, what stands in their margin, its totals."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import aliased, joinedload

from app.actor import Actor
from app.clock import ROME
from app.domain.endorsement import pages_to_add
from app.domain.register import SheetState
from app.domain.vocabulary import LessonState, StaffRole
from app.extensions import db
from app.hours import IN_REGISTER
from app.models import (
    AdditionalPages,
    AttendanceEntry,
    AttendanceRegister,
    Edition,
    Enrolment,
    Lesson,
    LessonStaff,
    Recovery,
    RegisterSheet,
    ScannedEvidence,
    UserAccount,
)
from app.registers.book.history import History, histories
from app.registers.corrections.queries import CorrectionRow, margin_notes
from app.scope import clause
from app.standings import Standing, all_standings

BOOK = (
    joinedload(Edition.course),
    joinedload(Edition.delivering_body),
    joinedload(Edition.venue),
)
TEACHING = (StaffRole.TRAINER, StaffRole.CO_TRAINER)
_closer, _endorser = aliased(UserAccount), aliased(UserAccount)


@dataclass(frozen=True)
class Page:
    """One numbered page: its lesson, its state, and everything in its margin.

    ``present`` and ``person_minutes`` are those of the marks as they stand.
    """

    lesson: Lesson
    sheet: RegisterSheet
    closed_by: str
    present: int
    person_minutes: int
    scans: int
    visible: bool
    history: History
    corrections: list[CorrectionRow]

    @property
    def number(self) -> int:
        return self.lesson.seq

    @property
    def topic(self) -> str:
        return self.sheet.topic_done or self.lesson.topic

    @property
    def trainers(self) -> tuple[str, ...]:
        staff = [s.person for s in self.lesson.staff if s.role in TEACHING]
        return tuple(f"{person.given_name} {person.family_name}" for person in staff)

    @property
    def takes_place(self) -> bool:
        return self.lesson.state in (LessonState.SCHEDULED, LessonState.HELD)

    @property
    def closed(self) -> bool:
        return self.sheet.state is SheetState.CLOSED

    @property
    def closed_early(self) -> bool:
        """Closed before the end it states: allowed, and said for ever."""
        closed, end = self.sheet.closed_at, self.sheet.ends_at_real
        return bool(closed and end and closed < end)

    @property
    def annotated(self) -> bool:
        """Whether anything stands in its margin."""
        return bool(self.corrections or self.history.reopenings or self.history.earlier)


@dataclass
class Month:
    """The lessons of a month: held, minutes delivered, minutes times persons."""

    first: datetime
    lessons: int = 0
    held: int = 0
    delivered: int = 0
    person_minutes: int = 0

    @property
    def key(self) -> tuple[int, int]:
        """Year and month, where the programme is."""
        here = self.first.astimezone(ROME)
        return here.year, here.month

    def add(self, page: Page) -> None:
        self.lessons += 1
        if page.closed:
            self.held += 1
            self.delivered += page.sheet.delivered_minutes
            self.person_minutes += page.person_minutes


@dataclass(frozen=True)
class Book:
    """The register of an edition, as it stands; without one, nothing but the edition."""

    edition: Edition
    register: AttendanceRegister | None = None
    endorsed_by: str = ""
    pages: list[Page] = field(default_factory=list)
    on_it: list[Standing] = field(default_factory=list)
    additional: list[tuple[AdditionalPages, str]] = field(default_factory=list)

    @property
    def lacking(self) -> tuple[int, int] | None:
        """The pages that lessons need and nobody endorsed, once the register is endorsed."""
        if self.register is None or self.register.endorsed_at is None:
            return None
        return pages_to_add(self.register.all_pages, last_page(self.pages))

    @property
    def people(self) -> list[Standing]:
        """Those of the edition, by surname; guests who recover a lesson here are not theirs."""
        return [person for person in self.on_it if person.edition_id == self.edition.id]

    @property
    def months(self) -> list[Month]:
        found: dict[tuple[int, int], Month] = {}
        for page in self.pages:
            if page.takes_place:
                month = Month(page.lesson.starts_at)
                found.setdefault(month.key, month).add(page)
        return [found[key] for key in sorted(found)]

    @property
    def closed(self) -> list[Page]:
        return [page for page in self.pages if page.closed]

    @property
    def annotated(self) -> list[Page]:
        return [page for page in self.pages if page.annotated]

    @property
    def to_close(self) -> list[Page]:
        return [page for page in self.pages if page.takes_place and not page.closed]

    @property
    def delivered(self) -> int:
        return sum(page.sheet.delivered_minutes for page in self.closed)

    @property
    def person_minutes(self) -> int:
        return sum(page.person_minutes for page in self.closed)

    def chosen(self, which: str) -> list[Page]:
        """The pages of the index: all, those to close, those with something in the margin."""
        return {"open": self.to_close, "notes": self.annotated}.get(which, self.pages)


def book(actor: Actor, edition: Edition) -> Book:
    """The whole book in five statements."""
    rows = _rows(actor, edition)
    if not rows:
        return Book(edition)
    register, endorsed_by = rows[0][:2]
    on_it = all_standings(_stands_in_it(actor, edition))
    names = {person.enrolment_id: person.name for person in on_it}
    records = histories(register.id, names)
    sheets = [row.RegisterSheet.id for row in rows if row.RegisterSheet is not None]
    notes = margin_notes(sheets)
    pages = [
        Page(*row[2:], history=records.get(sheet_id, History()), corrections=notes[sheet_id])
        for sheet_id, row in zip(sheets, rows, strict=False)
    ]
    return Book(edition, register, endorsed_by or "", pages, on_it, _additional(register.id))


def _additional(register_id: int) -> list[tuple[AdditionalPages, str]]:
    """Pages endorsed later, and by whom."""
    rows = db.session.execute(
        select(AdditionalPages, func.coalesce(_endorser.display_name, ""))
        .outerjoin(_endorser, _endorser.id == AdditionalPages.endorsed_by_id)
        .where(AdditionalPages.register_id == register_id)
        .order_by(AdditionalPages.first_page)
    )
    return [(pages, by) for pages, by in rows]


def _stands_in_it(actor: Actor, edition: Edition) -> ColumnElement[bool]:
    """Whoever has a line on a page: those of the edition, and guests."""
    guests = (
        select(Recovery.enrolment_id)
        .join(Lesson, Lesson.id == Recovery.lesson_id)
        .where(Lesson.edition_id == edition.id)
    )
    ours = clause(Enrolment, actor) & (Enrolment.edition_id == edition.id)
    return (ours | Enrolment.id.in_(guests)) & IN_REGISTER


def _rows(actor: Actor, edition: Edition) -> list[Row[Any]]:
    """The register beside each of its pages in their order; one row where it has none yet."""
    mine = select(Lesson.id).where(clause(Lesson, actor), Lesson.edition_id == edition.id)
    found = db.session.execute(
        select(
            AttendanceRegister,
            _endorser.display_name,
            Lesson,
            RegisterSheet,
            func.coalesce(_closer.display_name, "").label("closed_by"),
            _of_marks(func.count()).where(AttendanceEntry.status == "present").scalar_subquery(),
            _of_marks(
                func.coalesce(func.sum(AttendanceEntry.counted_minutes), 0)
            ).scalar_subquery(),
            select(func.count())
            .where(
                ScannedEvidence.sheet_id == RegisterSheet.id, ScannedEvidence.withdrawn_at.is_(None)
            )
            .scalar_subquery(),
            Lesson.id.in_(mine),
        )
        .select_from(AttendanceRegister)
        .outerjoin(_endorser, _endorser.id == AttendanceRegister.endorsed_by_id)
        .outerjoin(Lesson, Lesson.edition_id == AttendanceRegister.edition_id)
        .outerjoin(RegisterSheet, RegisterSheet.lesson_id == Lesson.id)
        .outerjoin(_closer, _closer.id == RegisterSheet.closed_by_id)
        .options(joinedload(Lesson.staff).joinedload(LessonStaff.person), joinedload(Lesson.venue))
        .where(AttendanceRegister.edition_id == edition.id)
        .order_by(Lesson.seq)
    )
    return list(found.unique())


def _of_marks(what: Any) -> Select[Any]:
    return select(what).where(AttendanceEntry.sheet_id == RegisterSheet.id).correlate(RegisterSheet)


def last_page(pages: Iterable[Page]) -> int:
    """The highest page number that a lesson needs."""
    return max((page.number for page in pages), default=0)
