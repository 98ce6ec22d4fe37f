# SPDX-License-Identifier: AGPL-3.0-or-later
"""Saving a timetable: lessons planned, changed, taken away or cancelled, all or none."""

from collections.abc import Iterable

from sqlalchemy import delete

from app import audit
from app.actor import Actor
from app.audit import Action
from app.clashes import TEACHING, hold
from app.courses.timetable.numbering import numbers
from app.courses.timetable.queries import LessonNow, TimetableCase
from app.courses.timetable.table import Outdated, Row, Table, look_around
from app.courses.variations.changes import changes_of, planned_facts
from app.domain.errors import RuleViolation, Sentence
from app.domain.lesson_rows import PlannedLesson
from app.domain.register import SheetState
from app.domain.variations import check_plannable, check_reason, makes_variations, variation_kind
from app.domain.vocabulary import LessonState, StaffRole
from app.extensions import db
from app.models import Lesson, LessonBreak, LessonStaff, RegisterSheet, Variation
from app.variations import write_variations


class NotReady(RuleViolation):
    """Rows keep the table from being saved; each says why beside it."""

    def __init__(self) -> None:
        super().__init__(Sentence("Correggere le righe segnate: il calendario non è salvato."))


def save(
    actor: Actor, table: Table, *, seen: int, reason: str = "", tell: bool = False
) -> list[Variation]:
    """Make the timetable what the table says; the variations that this makes.

    The case was read with ``lock``. Raises Outdated when another hand was faster,
    NotReady when a row is wrong, RuleViolation when a rule forbids it.
    """
    case = table.case
    check_plannable(case.edition.state)
    if seen != case.seen:
        raise Outdated
    hold(table.people, table.rooms)
    look_around(actor, table)
    if table.wrong:
        raise NotReady
    changes = changes_of(table)
    if changes:
        check_reason(reason)
    _take_away(actor, table)
    wanted = numbers(case, table)
    _number(actor, table, wanted)
    lessons = {
        row: _write(actor, case, row, number, reason)
        for row, number in zip(table.rows, wanted, strict=True)
    }
    _bind_pages(case, table, wanted)
    db.session.flush()
    return write_variations(
        actor,
        case.edition,
        case.names,
        [
            (change, lessons[change.row] if change.row else _of(table, change.seq))
            for change in changes
        ],
        reason=reason,
        tell=tell,
    )


def _of(table: Table, seq: int | None) -> Lesson:
    return next(now.lesson for now in table.removed if now.lesson.seq == seq)


def _take_away(actor: Actor, table: Table) -> None:
    """In preparation a lesson goes, with its blank page; later it is cancelled and stays."""
    edition = table.case.edition
    opened = makes_variations(edition.state)
    for now in table.removed:
        lesson = now.lesson
        audit.record(
            actor,
            Action.LESSON_CANCELLED if opened else Action.LESSON_REMOVED,
            lesson if opened else edition,
            f"{edition.code}, {lesson.seq}",
            body_id=edition.delivering_body_id,
            lesson=lesson.id,
            starts_at=lesson.starts_at,
        )
        if opened:
            lesson.state = LessonState.CANCELLED
            continue
        for model in (LessonBreak, LessonStaff, RegisterSheet):
            db.session.execute(delete(model).where(model.lesson_id == lesson.id))
        db.session.execute(delete(Lesson).where(Lesson.id == lesson.id))


def _number(actor: Actor, table: Table, wanted: list[int]) -> None:
    """Give every row its number: first out of the way, then the one it keeps."""
    changed = [
        (row.now.lesson, number)
        for row, number in zip(table.rows, wanted, strict=True)
        if row.now and row.now.lesson.seq != number
    ]
    for place, (lesson, _number) in enumerate(changed):
        lesson.seq = 1000 - place
    db.session.flush()
    for lesson, number in changed:
        lesson.seq = number
        _record(actor, Action.LESSON_CHANGED, table.case, lesson, number=number)
    db.session.flush()


def _write(actor: Actor, case: TimetableCase, row: Row, number: int, reason: str) -> Lesson:
    planned = row.planned
    assert planned is not None  # noqa: S101 - no row is wrong
    if row.now is None:
        return _plan(actor, case, planned, number)
    old, new = row.now.facts(case.edition.venue_id), planned_facts(planned, case.edition.venue_id)
    lesson, was = row.now.lesson, _plain(row.now)
    if makes_variations(case.edition.state) and planned.window.start != lesson.starts_at:
        lesson.moved_from = lesson.starts_at
    if was != _wanted(planned):
        _set(lesson, planned)
        _pause(lesson, planned, row.now.breaks)
        _staff(lesson, planned, reason)
        kind = variation_kind(old, new)
        _record(actor, Action.LESSON_CHANGED, case, lesson, kind=kind.value if kind else "",
                old=old.as_kept(), new=new.as_kept())  # fmt: skip
    return lesson


def _plain(now: LessonNow) -> tuple[object, ...]:
    lesson = now.lesson
    return (now.window, now.breaks, lesson.topic, lesson.module_id, lesson.venue_id,
            now.trainers, now.tutors)  # fmt: skip


def _wanted(planned: PlannedLesson) -> tuple[object, ...]:
    return (planned.window, planned.breaks, planned.topic, planned.module, planned.venue,
            planned.trainers, tuple(sorted(planned.tutors)))  # fmt: skip


def _plan(actor: Actor, case: TimetableCase, planned: PlannedLesson, number: int) -> Lesson:
    lesson = Lesson(edition_id=case.edition.id, seq=number, state=LessonState.SCHEDULED)
    _set(lesson, planned)
    db.session.add(lesson)
    db.session.flush()
    db.session.add(RegisterSheet(lesson_id=lesson.id, state=SheetState.NOT_OPEN))
    _pause(lesson, planned, ())
    for person, role in _roles(planned):
        db.session.add(LessonStaff(lesson_id=lesson.id, person_id=person, role=role))
    _record(actor, Action.LESSON_PLANNED, case, lesson,
            **planned_facts(planned, case.edition.venue_id).as_kept())  # fmt: skip
    return lesson


def _set(lesson: Lesson, planned: PlannedLesson) -> None:
    lesson.starts_at, lesson.ends_at = planned.window.start, planned.window.end
    lesson.planned_minutes = planned.minutes
    lesson.topic, lesson.module_id, lesson.venue_id = planned.topic, planned.module, planned.venue


def _pause(lesson: Lesson, planned: PlannedLesson, now: Iterable[object]) -> None:
    if tuple(now) == planned.breaks:
        return
    db.session.execute(delete(LessonBreak).where(LessonBreak.lesson_id == lesson.id))
    for one in planned.breaks:
        db.session.add(LessonBreak(lesson_id=lesson.id, starts_at=one.start, ends_at=one.end))


def _roles(planned: PlannedLesson) -> list[tuple[int, StaffRole]]:
    """The first who teaches is the trainer, the others teach beside."""
    roles = (StaffRole.TRAINER, *[StaffRole.CO_TRAINER] * len(planned.trainers))
    teaching = list(zip(planned.trainers, roles, strict=False))
    return teaching + [(person, StaffRole.TUTOR) for person in planned.tutors]


def _staff(lesson: Lesson, planned: PlannedLesson, reason: str) -> None:
    """Who leaves goes; who comes instead brings the reason. Mediators stay."""
    wanted = set(_roles(planned))
    kept = set()
    for one in lesson.staff:
        if one.role is StaffRole.TUTOR or one.role in TEACHING:
            if (one.person_id, one.role) in wanted:
                kept.add((one.person_id, one.role))
            else:
                db.session.execute(delete(LessonStaff).where(LessonStaff.id == one.id))
    instead = reason[:200] if lesson.staff else ""
    for person, role in sorted(wanted - kept):
        db.session.add(
            LessonStaff(lesson_id=lesson.id, person_id=person, role=role, reason=instead)
        )


def _bind_pages(case: TimetableCase, table: Table, wanted: list[int]) -> None:
    """Until its endorsement the register has a page for every lesson."""
    if case.register is None or case.endorsed:
        return
    fixed = [now.lesson.seq for now in table.fixed]
    gone = [now.lesson.seq for now in table.removed] if makes_variations(case.edition.state) else []
    case.register.pages = max([1, *fixed, *gone, *wanted])


def _record(
    actor: Actor, action: Action, case: TimetableCase, lesson: Lesson, **details: object
) -> None:
    audit.record(
        actor,
        action,
        lesson,
        f"{case.edition.code}, {lesson.seq}",
        body_id=case.edition.delivering_body_id,
        **details,
    )
