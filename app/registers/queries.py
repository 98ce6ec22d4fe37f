# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sheet of a lesson: its people, their marks, its register."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import abort
from sqlalchemy import ColumnElement, case, func, null, or_, select, union_all
from sqlalchemy.orm import joinedload

from app import clock
from app.actor import Actor
from app.domain.attendance import Interval, Presence, Tally, hours_text, share, tally
from app.domain.check_in import EARLY, LATE
from app.domain.enrolment import expected
from app.domain.register import SheetState, is_late, mark_deadline
from app.domain.timetable import Window, clock_text
from app.domain.vocabulary import CheckInKind
from app.extensions import db
from app.hours import IN_REGISTER
from app.models import (
    Apology,
    AttendanceEntry,
    AttendanceRegister,
    Course,
    Edition,
    Enrolment,
    Lesson,
    Programme,
    Recovery,
    RegisterSheet,
    ScannedEvidence,
    SelfCheckIn,
)
from app.pages import percent
from app.scope import clause
from app.standings import Standing, all_standings

# What the sheet shows of its lesson.
SHEET_PAGE = (
    joinedload(Lesson.edition).joinedload(Edition.venue),
    joinedload(Lesson.edition).joinedload(Edition.course),
    joinedload(Lesson.breaks),
    joinedload(Lesson.venue),
)


# How many scans stand beside the sheet, those withdrawn left out.
SCANS = (
    select(func.count())
    .select_from(ScannedEvidence)
    .where(ScannedEvidence.sheet_id == RegisterSheet.id, ScannedEvidence.withdrawn_at.is_(None))
    .correlate(RegisterSheet)
    .scalar_subquery()
)


@dataclass(frozen=True)
class SheetRow:
    """One person of the sheet, and the mark so far.

    ``came`` and ``went`` are what she said herself; a ``guest`` recovers here a lesson
    missed in another edition. ``told``: she said beforehand that she would not come.
    """

    standing: Standing
    expected: bool
    status: Presence | None
    stays: Sequence[Interval]
    counted: int
    version: int
    marked_by: str
    marked_at: datetime | None
    window: Window
    came: datetime | None = None
    went: datetime | None = None
    guest: bool = False
    told: bool = False

    @property
    def enrolment_id(self) -> int:
        return self.standing.enrolment_id

    @property
    def late(self) -> bool:
        return bool(self.stays) and self.stays[0].entered > self.window.start

    @property
    def left_early(self) -> bool:
        last = self.stays[-1].left if self.stays else None
        return last is not None and last < self.window.end

    @property
    def mark(self) -> str:
        """The word of the mark for the styles: none, present, partial, absent, justified."""
        if self.status is None:
            return "none"
        if self.status is Presence.PRESENT and (
            self.late or self.left_early or len(self.stays) > 1
        ):
            return "partial"
        return self.status.value

    @property
    def times(self) -> str:
        """09:20–12:10, 12:30–13:00; an open end where the person is still in the room."""
        return ", ".join(
            f"{clock_text(s.entered)}–{clock_text(s.left) if s.left else '…'}" for s in self.stays
        )

    @property
    def fields(self) -> dict[str, str]:
        """The times as the form shows them; an end not known yet stays unwritten."""
        names = (("entered", "left"), ("entered_again", "left_again"))
        shown = dict.fromkeys(("entered", "left", "entered_again", "left_again"), "")
        for (entered, left), stay in zip(names, self.stays, strict=False):
            shown[entered] = clock_text(stay.entered)
            shown[left] = clock_text(stay.left) if stay.left else ""
        return shown

    @property
    def history(self) -> str:
        """Hours so far, as the mini-history beside the name."""
        done, due = self.standing.counted, self.standing.held
        if not due:
            return ""
        return f"{hours_text(done)} / {hours_text(due)} ({percent(share(done, due))})"


@dataclass(frozen=True)
class SheetPage:
    """Everything the sheet shows, and the counts of its footer."""

    lesson: Lesson
    sheet: RegisterSheet
    register: AttendanceRegister | None
    rows: list[SheetRow]
    entries: dict[int, AttendanceEntry]
    grace_minutes: int
    deadline: datetime
    scans: int = 0

    def row(self, enrolment_id: int) -> SheetRow | None:
        return next((row for row in self.rows if row.enrolment_id == enrolment_id), None)

    @property
    def window(self) -> Window:
        return Window(self.lesson.starts_at, self.lesson.ends_at)

    @property
    def place(self) -> str:
        venue = self.lesson.venue or self.lesson.edition.venue
        return f"{venue.town}, {venue.name}"

    @property
    def tally(self) -> Tally:
        return tally((row.status, row.stays, self.window) for row in self.rows if row.expected)

    @property
    def checked_in(self) -> int:
        """How many said themselves that they came."""
        return sum(row.came is not None for row in self.rows if row.expected)

    @property
    def takes_check_ins(self) -> bool:
        """Whether the code may be shown: the sheet is open, and it is about time."""
        early, late = self.window.start - EARLY, self.window.end + LATE
        return self.writable and early <= clock.now() <= late

    @property
    def said_but_unmarked(self) -> int:
        """How many came by their own word and have no mark yet."""
        return sum(row.came is not None and row.status is None for row in self.rows)

    @property
    def preset(self) -> str:
        """The time it is, to the last five minutes, while the lesson runs; otherwise nothing."""
        here = clock.now()
        if not self.window.start < here < self.window.end:
            return ""
        return clock_text(here - timedelta(minutes=here.minute % 5))

    @property
    def seen(self) -> int:
        """Changes with every mark: tells a closing hand whether it saw them all."""
        versions = [(row.enrolment_id, row.version) for row in self.rows]
        return zlib.crc32(repr(sorted(versions)).encode()) % 10**9

    @property
    def running(self) -> bool:
        """Whether the lesson is not over yet by the calendar."""
        return clock.now() < self.window.end

    @property
    def closed_early(self) -> bool:
        """Closed before the end it states: allowed, and said for ever."""
        sheet = self.sheet
        return bool(sheet.closed_at and sheet.ends_at_real and sheet.closed_at < sheet.ends_at_real)

    @property
    def writable(self) -> bool:
        return self.sheet.state in (SheetState.OPEN, SheetState.REOPENED)

    @property
    def over(self) -> bool:
        """Whether the time to write on the page is over."""
        return is_late(clock.now(), self.deadline)


def sheet_page(actor: Actor, lesson: Lesson, lock: bool = False) -> SheetPage:
    """The sheet of the lesson with every person expected, and those withdrawn, by surname."""
    query = (
        select(RegisterSheet, AttendanceRegister, Programme.late_grace_minutes, SCANS)
        .select_from(RegisterSheet)
        .join(Course, Course.id == lesson.edition.course_id)
        .join(Programme, Programme.id == Course.programme_id)
        .outerjoin(AttendanceRegister, AttendanceRegister.edition_id == lesson.edition_id)
        .where(RegisterSheet.lesson_id == lesson.id)
    )
    if lock:  # as it is once the lock is held, whatever was read before waiting for it
        query = query.with_for_update(of=RegisterSheet).execution_options(populate_existing=True)
    found = db.session.execute(query).first()
    if found is None:
        abort(404)
    sheet, register, grace, scans = found
    entries = _entries(sheet.id)
    said, told = _own_words(sheet.id, lesson.id)
    window = Window(lesson.starts_at, lesson.ends_at)
    rows = [
        _sheet_row(person, entries.get(person.enrolment_id), said, window, lesson, told)
        for person in all_standings(_on_sheet(actor, lesson))
    ]
    deadline = mark_deadline(lesson.ends_at, sheet.reopened_until)
    return SheetPage(lesson, sheet, register, rows, entries, grace, deadline, scans)


def _on_sheet(actor: Actor, lesson: Lesson) -> ColumnElement[bool]:
    """Those of the edition, and guests who recover a lesson here."""
    return _may_stand(actor, lesson) & IN_REGISTER


CheckIns = dict[tuple[int, CheckInKind], datetime]


def _own_words(sheet_id: int, lesson_id: int) -> tuple[CheckIns, set[int]]:
    """Who came and left by her own word, and who said beforehand that she would not come."""
    came = select(SelfCheckIn.enrolment_id, SelfCheckIn.kind, SelfCheckIn.at)
    sent_word = select(Apology.enrolment_id, null(), Apology.made_at)
    found = db.session.execute(
        union_all(
            came.where(SelfCheckIn.sheet_id == sheet_id),
            sent_word.where(Apology.lesson_id == lesson_id, Apology.withdrawn_at.is_(None)),
        )
    ).all()
    said = {(enrolment_id, kind): at for enrolment_id, kind, at in found if kind}
    return said, {enrolment_id for enrolment_id, kind, _at in found if not kind}


def _entries(sheet_id: int) -> dict[int, AttendanceEntry]:
    found = db.session.scalars(
        select(AttendanceEntry)
        .where(AttendanceEntry.sheet_id == sheet_id)
        .options(joinedload(AttendanceEntry.intervals))
        .execution_options(populate_existing=True)
    ).unique()
    return {entry.enrolment_id: entry for entry in found}


def stays_of(entry: AttendanceEntry) -> list[Interval]:
    """The entry's intervals as the rules see them."""
    return [Interval(i.entered_at, i.left_at) for i in entry.intervals]


def _sheet_row(
    person: Standing,
    entry: AttendanceEntry | None,
    said: CheckIns,
    window: Window,
    lesson: Lesson,
    told: set[int],
) -> SheetRow:
    return SheetRow(
        standing=person,
        expected=expected(person.state),
        status=entry.status if entry else None,
        stays=stays_of(entry) if entry else (),
        counted=entry.counted_minutes if entry else 0,
        version=entry.version if entry else 0,
        marked_by=entry.marked_by_label if entry else "",
        marked_at=entry.marked_at if entry else None,
        window=window,
        came=said.get((person.enrolment_id, CheckInKind.ENTRY)),
        went=said.get((person.enrolment_id, CheckInKind.EXIT)),
        guest=person.edition_id != lesson.edition_id,
        told=person.enrolment_id in told,
    )


def enrolment_of(actor: Actor, lesson: Lesson, enrolment_id: int) -> Enrolment:
    """The enrolment that stands on the lesson's sheet; 404 for anybody who does not."""
    found = db.session.scalars(
        select(Enrolment).where(Enrolment.id == enrolment_id, _may_stand(actor, lesson))
    ).one_or_none()
    if found is None:
        abort(404)
    return found


def _may_stand(actor: Actor, lesson: Lesson) -> ColumnElement[bool]:
    guests = select(Recovery.enrolment_id).where(Recovery.lesson_id == lesson.id)
    ours = clause(Enrolment, actor) & (Enrolment.edition_id == lesson.edition_id)
    return or_(ours, Enrolment.id.in_(guests))


def register_of(edition: Edition) -> AttendanceRegister:
    """The register of the edition, held until the commit; 404 while it has none."""
    found = db.session.scalars(
        select(AttendanceRegister)
        .where(AttendanceRegister.edition_id == edition.id)
        .with_for_update()
    ).one_or_none()
    if found is None:
        abort(404)
    return found


def pages_of(edition_id: int) -> tuple[int, int]:
    """The highest page number the lessons of the edition need, and how many pages were opened."""
    opened = case((RegisterSheet.state != SheetState.NOT_OPEN, 1), else_=0)
    last, written = db.session.execute(
        select(func.coalesce(func.max(Lesson.seq), 0), func.coalesce(func.sum(opened), 0))
        .join(RegisterSheet, RegisterSheet.lesson_id == Lesson.id)
        .where(Lesson.edition_id == edition_id)
    ).one()
    return last, written
