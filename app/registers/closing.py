# SPDX-License-Identifier: AGPL-3.0-or-later
"""What closing does to a page: final stays and minutes, and the content its hash covers."""

import json

from sqlalchemy import select

from app.actor import Actor
from app.domain import register as rules
from app.domain import versions
from app.domain.attendance import counted_minutes
from app.domain.errors import RuleViolation, Sentence
from app.domain.register import Hand, SheetEntry
from app.domain.timetable import Window
from app.extensions import db
from app.models import AttendanceEntry, BookRecord, Lesson, RegisterSheet
from app.registers.queries import SheetPage, stays_of
from app.review import put_teaching_under_review, put_under_review


def breaks(lesson: Lesson) -> list[Window]:
    """The pauses of the lesson as the rules see them."""
    return [Window(b.starts_at, b.ends_at) for b in lesson.breaks]


def settle(page: SheetPage, window: Window) -> list[AttendanceEntry]:
    """Give every open stay its end, and count the minutes for good."""
    entries = list(page.entries.values())
    open_stays = [stay for entry in entries for stay in entry.intervals if stay.left_at is None]
    if any(stay.entered_at >= window.end for stay in open_stays):
        raise RuleViolation(
            Sentence("Una persona risulta entrata dopo la fine: correggere la sua riga.")
        )
    for stay in open_stays:
        stay.left_at = window.end
    for entry in entries:
        entry.counted_minutes = counted_minutes(
            stays_of(entry), window, breaks(page.lesson), page.grace_minutes
        )
    return entries


def content(
    sheet: RegisterSheet, entries: list[AttendanceEntry], checked_in: int
) -> dict[str, object]:
    """What the record of the closed page says."""
    assert sheet.starts_at_real and sheet.ends_at_real and sheet.closed_at  # noqa: S101, PT018
    return rules.sheet_content(
        lesson=sheet.lesson_id,
        version=sheet.page_version,
        topic=sheet.topic_done,
        start_real=sheet.starts_at_real,
        end_real=sheet.ends_at_real,
        heads=sheet.heads_counted or 0,
        checked_in=checked_in,
        note=sheet.note,
        hand=sheet.closed_hand or Hand.TRAINER,
        closed_by=sheet.closed_by_id or 0,
        closed_at=sheet.closed_at,
        late=sheet.closed_late,
        entries=[
            SheetEntry(e.enrolment_id, e.status, stays_of(e), e.counted_minutes, e.source)
            for e in entries
        ],
    )


def review(
    actor: Actor,
    page: SheetPage,
    before: dict[int, int],
    delivered: int | None,
    entries: list[AttendanceEntry],
) -> list[str]:
    """Put under review the certificates whose hours change; their numbers.

    ``before`` are the minutes that the book said, as ``written_minutes`` reads them;
    ``delivered`` those for which the lesson had been taught.
    """
    now = {entry.enrolment_id: entry.counted_minutes for entry in entries}
    reason = (
        f"Pagina {page.lesson.seq} del registro {page.lesson.edition.code}: "
        f"versione {page.sheet.page_version}"
    )
    numbers = put_under_review(actor, versions.changed(before, now), page.lesson, reason)
    if page.sheet.delivered_minutes != delivered:
        numbers += put_teaching_under_review(actor, page.lesson, reason)
    return numbers


def written_minutes(sheet: RegisterSheet) -> dict[int, int]:
    """Minutes by enrolment that the book says of this page, corrections included."""
    records = db.session.execute(
        select(BookRecord.kind, BookRecord.content)
        .where(BookRecord.sheet_id == sheet.id)
        .order_by(BookRecord.position)
    )
    return versions.minutes((kind, json.loads(text)) for kind, text in records)
