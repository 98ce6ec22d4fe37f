# SPDX-License-Identifier: AGPL-3.0-or-later
"""Corrections as people read them: what was written, what is to be, who asked, who decided."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import aliased, joinedload

from app import labels
from app.actor import Actor
from app.domain.attendance import Presence
from app.domain.corrections import read_mark
from app.domain.register import SheetState
from app.domain.roles import Role
from app.domain.timetable import clock_text
from app.domain.vocabulary import CorrectionState, CorrectionSubject
from app.extensions import db
from app.listing import Filter, Listing, Plan, folded, paginate
from app.models import (
    AttendanceEntry,
    Correction,
    Edition,
    Enrolment,
    EvidenceFile,
    Lesson,
    Person,
    RegisterSheet,
    UserAccount,
)
from app.registers.marks import in_words
from app.scope import clause, get_visible

_asker, _decider = aliased(UserAccount), aliased(UserAccount)


def in_local_words(subject: CorrectionSubject, value: str, start: datetime) -> str:
    """A value as people write it: Presente 09:00–13:00, on the day of the lesson's start."""
    if subject is not CorrectionSubject.MARK:
        return value
    status, stays = read_mark(value, start)
    times = [f"{clock_text(s.entered)}–{clock_text(s.left) if s.left else '…'}" for s in stays]
    return f"{labels.label(status)} {', '.join(times)}".strip()


@dataclass(frozen=True)
class CorrectionRow:
    """One correction, with the names of everybody in it; ``person`` empty for a matter of the page.

    ``old`` and ``new`` in the reader's words; minutes of the lesson before and after once
    a mark's correction is approved.
    """

    id: int
    sheet_id: int
    lesson_id: int
    seq: int
    starts_at: datetime
    edition_id: int
    edition_code: str
    course_title: str
    enrolment_id: int | None
    person: str
    subject: CorrectionSubject
    old: str
    new: str
    reason: str
    attachment_name: str
    state: CorrectionState
    asked_by: str
    asked_role: Role
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    decision_note: str
    counted_before: int | None
    counted_after: int | None


def _rows(*where: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            Correction,
            Lesson,
            Edition.code.label("edition_code"),
            Edition.course_title,
            Enrolment.id.label("enrolment_id"),
            Person.family_name,
            Person.given_name,
            _asker.display_name.label("asked_by"),
            _decider.display_name.label("decided_by"),
        )
        .join(RegisterSheet, RegisterSheet.id == Correction.sheet_id)
        .join(Lesson, Lesson.id == RegisterSheet.lesson_id)
        .join(Edition, Edition.id == Lesson.edition_id)
        .join(_asker, _asker.id == Correction.asked_by_id)
        .outerjoin(_decider, _decider.id == Correction.decided_by_id)
        .outerjoin(AttendanceEntry, AttendanceEntry.id == Correction.entry_id)
        .outerjoin(Enrolment, Enrolment.id == AttendanceEntry.enrolment_id)
        .outerjoin(Person, Person.id == Enrolment.person_id)
        .where(*where)
        .order_by(Correction.asked_at, Correction.id)
    )


def _row(row: Row[Any]) -> CorrectionRow:
    correction, lesson = row.Correction, row.Lesson
    return CorrectionRow(
        id=correction.id,
        sheet_id=correction.sheet_id,
        lesson_id=lesson.id,
        seq=lesson.seq,
        starts_at=lesson.starts_at,
        edition_id=lesson.edition_id,
        edition_code=row.edition_code,
        course_title=row.course_title,
        enrolment_id=row.enrolment_id,
        person=f"{row.family_name} {row.given_name}" if row.family_name else "",
        subject=correction.subject,
        old=in_local_words(correction.subject, correction.old_value, lesson.starts_at),
        new=in_local_words(correction.subject, correction.new_value, lesson.starts_at),
        reason=correction.reason,
        attachment_name=correction.attachment_name,
        state=correction.state,
        asked_by=row.asked_by,
        asked_role=Role(correction.asked_role),
        asked_at=correction.asked_at,
        decided_by=row.decided_by or "",
        decided_at=correction.decided_at,
        decision_note=correction.decision_note,
        counted_before=correction.counted_before,
        counted_after=correction.counted_after,
    )


def margin_notes(sheet_ids: Collection[int]) -> dict[int, list[CorrectionRow]]:
    """What stands in the margin of these pages, whatever was decided, the oldest first."""
    notes: dict[int, list[CorrectionRow]] = {sheet_id: [] for sheet_id in sheet_ids}
    for row in db.session.execute(_rows(Correction.sheet_id.in_(sheet_ids))):
        notes[row.Correction.sheet_id].append(_row(row))
    return notes


def correction_row(actor: Actor, correction_id: int) -> CorrectionRow:
    """One correction as it is read; 404 outside the actor's scope."""
    mine = (Correction.id == correction_id, clause(Correction, actor))
    found = db.session.execute(_rows(*mine)).first()
    if found is None:
        abort(404)
    return _row(found)


def correction_list(actor: Actor) -> Listing:
    """The corrections the actor may see, those to decide first."""
    undecided = Correction.decided_at.is_not(None)  # false sorts before true
    return paginate(
        _rows(clause(Correction, actor)),
        Plan(
            sorts={
                "state": [undecided, Correction.asked_at.desc(), Correction.id],
                "asked": [Correction.asked_at, Correction.id],
                "edition": [Edition.code, Lesson.seq, Correction.id],
                "person": [Person.search_key, Correction.id],
            },
            search=func.coalesce(Person.search_key, "")
            + " "
            + func.lower(Edition.code)
            + " "
            + folded(Edition.course_title),
            filters=[
                Filter("state", _("Stato"), labels.choices(*CorrectionState), Correction.state),
                Filter("edition", _("Edizione"), _editions(actor), Edition.code),
            ],
        ),
        _row,
    )


def _editions(actor: Actor) -> list[tuple[str, str]]:
    """The editions that have corrections the actor may see."""
    codes = db.session.scalars(
        select(Edition.code)
        .join(Lesson, Lesson.edition_id == Edition.id)
        .join(RegisterSheet, RegisterSheet.lesson_id == Lesson.id)
        .join(Correction, Correction.sheet_id == RegisterSheet.id)
        .where(clause(Correction, actor))
        .distinct()
        .order_by(Edition.code)
    )
    return [(code, code) for code in codes]


def attachment(actor: Actor, correction_id: int) -> tuple[str, bytes]:
    """The media type and the bytes of the request's attachment; 404 where there is none."""
    correction = get_visible(Correction, correction_id, actor)
    found = db.session.execute(
        select(EvidenceFile.media_type, EvidenceFile.content).where(
            EvidenceFile.sha256 == correction.attachment_sha256
        )
    ).first()
    if found is None:
        abort(404)
    return found.media_type, found.content


@dataclass(frozen=True)
class OwnMark:
    """What a closed page says of the official herself."""

    lesson_id: int
    seq: int
    edition_code: str
    starts_at: datetime
    topic: str
    mark: str
    present: bool
    counted: int
    correction_id: int | None
    correction_state: CorrectionState | None


def own_marks(actor: Actor, edition: Edition) -> list[OwnMark]:
    """The actor's marks on closed pages of her enrolment, recovered lessons in, by day."""
    last = (
        select(Correction.entry_id, func.max(Correction.id).label("correction_id"))
        .group_by(Correction.entry_id)
        .subquery("last_correction")
    )
    rows = db.session.execute(
        select(AttendanceEntry, RegisterSheet, Lesson, Edition.code, Correction)
        .join(RegisterSheet, RegisterSheet.id == AttendanceEntry.sheet_id)
        .join(Lesson, Lesson.id == RegisterSheet.lesson_id)
        .join(Edition, Edition.id == Lesson.edition_id)
        .join(Enrolment, Enrolment.id == AttendanceEntry.enrolment_id)
        .outerjoin(last, last.c.entry_id == AttendanceEntry.id)
        .outerjoin(Correction, Correction.id == last.c.correction_id)
        .where(
            Enrolment.edition_id == edition.id,
            Enrolment.person_id == actor.person_id,
            RegisterSheet.state == SheetState.CLOSED,
        )
        .options(joinedload(AttendanceEntry.intervals))
        .order_by(Lesson.starts_at, Lesson.id)
    ).unique()
    return [
        OwnMark(
            lesson_id=lesson.id,
            seq=lesson.seq,
            edition_code=code,
            starts_at=lesson.starts_at,
            topic=sheet.topic_done,
            mark=in_local_words(CorrectionSubject.MARK, in_words(entry), lesson.starts_at),
            present=entry.status is Presence.PRESENT,
            counted=entry.counted_minutes,
            correction_id=correction.id if correction else None,
            correction_state=correction.state if correction else None,
        )
        for entry, sheet, lesson, code, correction in rows
    ]
