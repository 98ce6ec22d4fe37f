# SPDX-License-Identifier: AGPL-3.0-or-later
"""All that is stored about a page of a register, from every side: rows, book, trail."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, literal, select, union

from app.domain.attendance import Interval
from app.domain.timetable import Window
from app.models import (
    AttendanceEntry,
    AttendanceRegister,
    AuditEvent,
    BookRecord,
    Correction,
    Course,
    Edition,
    Lesson,
    LessonBreak,
    PresenceInterval,
    Programme,
    RegisterSheet,
    SelfCheckIn,
)

BATCH = 50  # pages looked at together

# A row and its entry of the trail are written in one transaction, moments apart.
AT_ONCE = timedelta(minutes=2)

SHEET, ENTRY, STAY = (
    model.__table__ for model in (RegisterSheet, AttendanceEntry, PresenceInterval)
)
LESSON, BREAK, RECORD = (model.__table__ for model in (Lesson, LessonBreak, BookRecord))
DEED, CORRECTION, CHECK_IN = (model.__table__ for model in (AuditEvent, Correction, SelfCheckIn))


@dataclass(frozen=True)
class Deed:
    """An entry of the trail about this page, its details opened."""

    sequence: int
    at: Any
    account_id: int | None
    action: str
    details: dict[str, Any]


@dataclass
class PageFacts:
    """One page. ``sheet`` is None where only others still speak of it."""

    sheet_id: int
    sheet: Row[Any] | None = None
    breaks: list[Window] = field(default_factory=list)
    entries: list[Row[Any]] = field(default_factory=list)
    stays: dict[int, list[Interval]] = field(default_factory=dict)
    records: list[tuple[Row[Any], dict[str, Any]]] = field(default_factory=list)
    corrections: list[Row[Any]] = field(default_factory=list)
    check_ins: list[Row[Any]] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    decisions: dict[int, list[Deed]] = field(default_factory=dict)


def page_ids(connection: Connection) -> list[int]:
    """Every page that is, or that something speaks of."""
    known = union(
        select(SHEET.c.id),
        *(select(table.c.sheet_id) for table in (ENTRY, RECORD, CORRECTION, CHECK_IN)),
        select(DEED.c.target_id).where(DEED.c.target_type == SHEET.name),
    ).subquery()
    return list(connection.scalars(select(known.c.id).order_by(known.c.id)))


def pages(connection: Connection, ids: list[int]) -> Iterator[PageFacts]:
    """The pages with these ids (all there are, in order), gathered a few at a time."""
    for start in range(0, len(ids), BATCH):
        yield from _gather(connection, ids[start : start + BATCH])


def _gather(connection: Connection, ids: list[int]) -> Iterable[PageFacts]:
    found = {sheet_id: PageFacts(sheet_id) for sheet_id in ids}
    between = ids[0], ids[-1]
    lessons: dict[int, list[PageFacts]] = defaultdict(list)
    for row in connection.execute(_sheets().where(SHEET.c.id.between(*between))):
        found[row.id].sheet = row
        lessons[row.lesson_id].append(found[row.id])
    _add_breaks(connection, lessons)
    _add_entries(connection, found, between)
    for row in connection.execute(_of(RECORD, between).order_by(RECORD.c.position)):
        found[row.sheet_id].records.append((row, opened(row.content)))
    for row in connection.execute(_of(CHECK_IN, between)):
        found[row.sheet_id].check_ins.append(row)
    _add_deeds(connection, found, between)
    _add_corrections(connection, found, between)
    return found.values()


def _of(table: Any, between: tuple[int, int]) -> Select[Any]:
    return select(table).where(table.c.sheet_id.between(*between))


def _sheets() -> Select[Any]:
    register = AttendanceRegister.__table__
    return (
        select(
            SHEET,
            LESSON.c.starts_at,
            LESSON.c.ends_at,
            register.c.id.label("register_id"),
            Programme.late_grace_minutes.label("grace"),
        )
        .select_from(SHEET)
        .outerjoin(LESSON, LESSON.c.id == SHEET.c.lesson_id)
        .outerjoin(register, register.c.edition_id == LESSON.c.edition_id)
        .outerjoin(Edition, Edition.id == LESSON.c.edition_id)
        .outerjoin(Course, Course.id == Edition.course_id)
        .outerjoin(Programme, Programme.id == Course.programme_id)
    )


def _add_breaks(connection: Connection, lessons: dict[int, list[PageFacts]]) -> None:
    if not lessons:
        return
    wanted = select(BREAK).where(BREAK.c.lesson_id.between(min(lessons), max(lessons)))
    for row in connection.execute(wanted):
        for page in lessons.get(row.lesson_id, ()):
            page.breaks.append(Window(row.starts_at, row.ends_at))


def _add_entries(
    connection: Connection, pages: dict[int, PageFacts], between: tuple[int, int]
) -> None:
    owner = {}
    for row in connection.execute(_of(ENTRY, between).order_by(ENTRY.c.id)):
        pages[row.sheet_id].entries.append(row)
        owner[row.id] = pages[row.sheet_id]
    stays = (
        select(STAY)
        .join(ENTRY, ENTRY.c.id == STAY.c.entry_id)
        .where(ENTRY.c.sheet_id.between(*between))
        .order_by(STAY.c.entered_at)
    )
    for row in connection.execute(stays):
        stay = Interval(row.entered_at, row.left_at)
        owner[row.entry_id].stays.setdefault(row.entry_id, []).append(stay)


def _add_deeds(
    connection: Connection, pages: dict[int, PageFacts], between: tuple[int, int]
) -> None:
    wanted = _deeds(SHEET.name).where(DEED.c.target_id.between(*between))
    for row in connection.execute(wanted):
        pages[row.target_id].deeds.append(_deed(row))


def _add_corrections(
    connection: Connection, found: dict[int, PageFacts], between: tuple[int, int]
) -> None:
    owner = {}
    for row in connection.execute(_of(CORRECTION, between).order_by(CORRECTION.c.id)):
        found[row.sheet_id].corrections.append(row)
        owner[row.id] = found[row.sheet_id]
    for page in found.values():
        owner.update((c["correction"], page) for _, c in page.records if c.get("correction"))
    if not owner:
        return
    wanted = _deeds(CORRECTION.name).where(DEED.c.target_id.between(min(owner), max(owner)))
    for row in connection.execute(wanted):
        if row.target_id in owner:
            owner[row.target_id].decisions.setdefault(row.target_id, []).append(_deed(row))


def _deeds(target: str) -> Select[Any]:
    return (
        select(
            DEED.c.sequence, DEED.c.at, DEED.c.account_id, DEED.c.action,
            DEED.c.target_id, DEED.c.details,
        )
        .where(DEED.c.target_type == literal(target))
        .order_by(DEED.c.sequence)
    )  # fmt: skip


def _deed(row: Row[Any]) -> Deed:
    return Deed(row.sequence, row.at, row.account_id, row.action, opened(row.details))


def opened(text: str) -> dict[str, Any]:
    """The JSON object in a column; empty where it is none (the hash says so)."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
