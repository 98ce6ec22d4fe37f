# SPDX-License-Identifier: AGPL-3.0-or-later
"""Endorsing a register; opening, marking and closing the sheet of a lesson."""

from collections.abc import Mapping
from datetime import datetime

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain import endorsement
from app.domain import register as rules
from app.domain.attendance import (
    Interval,
    Presence,
    Source,
    check_presence,
    counted_minutes,
    ended,
)
from app.domain.book import endorsement_hash
from app.domain.edition import EditionState
from app.domain.enrolment import EnrolmentState
from app.domain.errors import RuleViolation, Sentence
from app.domain.register import SheetState
from app.domain.timetable import Window, close_deadline, length_minutes
from app.domain.vocabulary import LessonState, RecordKind
from app.extensions import db
from app.models import (
    AttendanceEntry,
    AttendanceRegister,
    Edition,
    Enrolment,
    PresenceInterval,
)
from app.registers.binding import bind, hold
from app.registers.closing import breaks, content, review, settle, written_minutes
from app.registers.marks import SOURCES, Mark, hand_of, in_words, made_at, mark_in_words
from app.registers.queries import SheetPage, pages_of, stays_of


class Conflict(RuleViolation):
    """Somebody else changed the mark after this page was drawn."""


def endorse(actor: Actor, edition: Edition, register: AttendanceRegister) -> None:
    """Endorse the register (vidimazione): date, who, number of pages, before any mark."""
    last_page, written = pages_of(edition.id)
    endorsement.check_endorse(endorsed=register.endorsed_at is not None, written_pages=written)
    register.pages = endorsement.pages_to_endorse(register.pages, last_page)
    register.endorsed_at = clock.now()
    register.endorsed_by_id = actor.account_id
    register.endorsement_hash = endorsement_hash(
        edition=edition.code,
        number=register.number,
        pages=register.pages,
        endorsed_at=register.endorsed_at,
        endorsed_by=actor.account_id,
    )
    audit.record(
        actor,
        Action.REGISTER_ENDORSED,
        register,
        edition.code,
        body_id=edition.delivering_body_id,
        pages=register.pages,
        hash=register.endorsement_hash,
    )


def open_sheet(actor: Actor, page: SheetPage) -> None:
    """Open the sheet on the lesson's day; the first one puts the edition in progress."""
    rules.check_open(
        page.sheet.state,
        endorsed=page.register is not None and page.register.endorsed_at is not None,
        lesson_start=page.lesson.starts_at,
        lesson_cancelled=page.lesson.state in (LessonState.CANCELLED, LessonState.MOVED)
        or page.lesson.edition.state == EditionState.CANCELLED,
        now=clock.now(),
    )
    assert page.register is not None  # noqa: S101 - it is endorsed
    endorsement.check_page(page.lesson.seq, page.register.all_pages)
    page.sheet.state = SheetState.OPEN
    page.sheet.opened_at = clock.now()
    page.sheet.opened_by_id = actor.account_id
    if page.lesson.edition.state in (EditionState.OPEN, EditionState.CONFIRMED):
        page.lesson.edition.state = EditionState.RUNNING
    _record(actor, Action.SHEET_OPENED, page)


def mark(
    actor: Actor,
    page: SheetPage,
    enrolment: Enrolment,
    wanted: Mark,
    version: int | None,
    marked_at: datetime | None = None,
) -> None:
    """Write one mark. ``version`` is the one the hand saw (None: take it as it is).

    ``marked_at`` is when the hand made it, as the phone tells. Raises Conflict when
    another hand was faster, RuleViolation when a rule forbids it.
    """
    marked_at = made_at(marked_at, page.sheet.opened_at, clock.now())
    _check_mark(actor, page, enrolment.person_id, enrolment.state)
    if wanted.status is not None:
        check_presence(wanted.status, wanted.stays, page.window)
    _check_kept(page, wanted)
    entry = page.entries.get(enrolment.id)
    if version is not None and version != (entry.version if entry else 0):
        if entry and _is_repeated(actor, entry, wanted):
            return
        raise Conflict(Sentence("Nel frattempo la presenza è stata segnata da un'altra persona."))
    old = in_words(entry)
    _write(actor, page, enrolment.id, entry, wanted, marked_at=marked_at)
    late = {"marked_at": marked_at} if marked_at else {}
    _record(
        actor,
        Action.SHEET_MARKED,
        page,
        enrolment=enrolment.id,
        old=old,
        new=mark_in_words(wanted),
        **late,
    )


def mark_many(
    actor: Actor, page: SheetPage, marks: Mapping[int, Mark], source: Source | None = None
) -> None:
    """Write the marks of several people by enrolment, all or none, over what is there.

    ``source`` is where they come from when it is not the hand. Raises RuleViolation
    when a rule forbids one of them.
    """
    rows = {row.enrolment_id: row for row in page.rows}
    changes = []
    for enrolment_id, wanted in sorted(marks.items()):
        row, entry = rows[enrolment_id], page.entries.get(enrolment_id)
        _check_mark(actor, page, row.standing.person_id, row.standing.state)
        if wanted.status is not None:
            check_presence(wanted.status, wanted.stays, page.window)
        change = [enrolment_id, in_words(entry), mark_in_words(wanted)]
        if change[1] != change[2]:
            _write(actor, page, enrolment_id, entry, wanted, source=source)
            changes.append(change)
    if changes:
        _record(actor, Action.SHEET_MARKED, page, changes=changes)


def _is_repeated(actor: Actor, entry: AttendanceEntry, wanted: Mark) -> bool:
    """Whether the same hand sends the same mark again: a double click, an answer lost."""
    return (
        entry.marked_by_id == actor.account_id
        and entry.status == wanted.status
        and stays_of(entry) == list(wanted.stays)
    )


def mark_all_present(actor: Actor, page: SheetPage, entered: datetime) -> int:
    """Mark present, from the moment given, everybody not marked yet; how many they were.

    Whoever is enrolled and keeps the sheet stays unmarked: another hand marks her.
    """
    stay = Mark(Presence.PRESENT, (Interval(entered, None),))
    check_presence(Presence.PRESENT, stay.stays, page.window)
    unmarked = {
        row.enrolment_id: stay
        for row in page.rows
        if row.expected and row.status is None and row.standing.person_id != actor.person_id
    }
    mark_many(actor, page, unmarked)
    return len(unmarked)


def close_sheet(
    actor: Actor,
    page: SheetPage,
    *,
    topic: str,
    start_real: datetime,
    end_real: datetime,
    heads: int | None,
    note: str,
    seen: int,
) -> list[str]:
    """Close the page: final marks, minutes, hash of the page and of the one before.

    The numbers of the certificates it puts under review, where hours change that were
    certified. ``seen`` is what ``SheetPage.seen`` was when the form was drawn.
    """
    rules.check_close(
        state=page.sheet.state,
        unmarked=page.tally.unmarked,
        topic=topic,
        start_real=start_real,
        end_real=end_real,
        window=page.window,
        heads=heads,
        present=page.tally.present,
        checked_in=page.checked_in,
        note=note,
    )
    if seen != page.seen:
        raise Conflict(
            Sentence("Nel frattempo altre presenze sono state segnate: controllarle e chiudere.")
        )
    sheet, lesson = page.sheet, page.lesson
    assert page.register is not None  # noqa: S101 - an open sheet has an endorsed register
    hold(page.register)
    now = clock.now()  # asked while the register is held: pages follow in the order of their times
    window = Window(max(start_real, lesson.starts_at), min(end_real, lesson.ends_at))
    before, delivered = written_minutes(sheet), sheet.delivered_minutes
    entries = settle(page, window)
    sheet.topic_done = topic
    sheet.starts_at_real, sheet.ends_at_real = start_real, end_real
    sheet.heads_counted, sheet.note = heads, note
    sheet.closed_by_id, sheet.closed_at, sheet.closed_hand = actor.account_id, now, hand_of(actor)
    term = page.deadline if sheet.page_version else close_deadline(lesson.ends_at)
    sheet.closed_late = sheet.closed_late or rules.is_late(now, term)
    sheet.delivered_minutes = length_minutes(window.start, window.end, breaks(lesson))
    sheet.page_version += 1
    written = content(sheet, entries, page.checked_in)
    record = bind(actor, page.register, sheet, RecordKind.CLOSED, written, now)
    sheet.previous_hash, sheet.content_hash = record.previous_hash, record.hash
    sheet.state = SheetState.CLOSED
    lesson.state = LessonState.HELD
    _record(
        actor,
        Action.SHEET_CLOSED,
        page,
        version=sheet.page_version,
        hash=sheet.content_hash,
        present=page.tally.present,
        heads=heads,
        late=sheet.closed_late,
    )
    return review(actor, page, before, delivered, entries)


def _check_mark(
    actor: Actor, page: SheetPage, person_id: int, enrolment_state: EnrolmentState
) -> None:
    rules.check_mark(
        page.sheet.state,
        enrolment_state=enrolment_state,
        now=clock.now(),
        deadline=page.deadline,
        own=person_id == actor.person_id,
    )


def _check_kept(page: SheetPage, wanted: Mark) -> None:
    """What was once written in the book is changed, not taken away."""
    if wanted.status is None and page.sheet.page_version:
        raise RuleViolation(
            Sentence("Il foglio è stato riaperto: il segno si può cambiare, non togliere.")
        )


def _write(
    actor: Actor,
    page: SheetPage,
    enrolment_id: int,
    entry: AttendanceEntry | None,
    wanted: Mark,
    *,
    source: Source | None = None,
    marked_at: datetime | None = None,
) -> None:
    if wanted.status is None:
        if entry is not None:
            db.session.delete(entry)
        return
    if entry is None:
        entry = AttendanceEntry(sheet_id=page.sheet.id, enrolment_id=enrolment_id)
        db.session.add(entry)
    entry.status = wanted.status
    entry.source = source or SOURCES[hand_of(actor)]
    entry.marked_by_id = actor.account_id or 0
    entry.marked_by_label = actor.name
    entry.marked_at = marked_at or clock.now()
    entry.received_at = clock.now() if marked_at else None
    entry.intervals = [PresenceInterval(entered_at=s.entered, left_at=s.left) for s in wanted.stays]
    entry.counted_minutes = counted_minutes(
        ended(wanted.stays, page.window.end),
        page.window,
        breaks(page.lesson),
        page.grace_minutes,
    )


def _record(actor: Actor, action: Action, page: SheetPage, **details: object) -> None:
    audit.record(
        actor,
        action,
        page.sheet,
        f"{page.lesson.edition.code}, {page.lesson.seq}",
        body_id=page.lesson.edition.delivering_body_id,
        hand=hand_of(actor).value,
        **details,
    )
