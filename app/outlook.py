# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where each enrolment stands before the last lesson: minutes by lesson, the rules decide."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, select
from sqlalchemy.orm import aliased

from app.domain.prospects import LessonOutlook, Prospect, prospect
from app.domain.recoveries import recovered_minutes
from app.domain.register import SheetState
from app.extensions import db
from app.hours import EXPECTED, TAKES_PLACE
from app.models import AttendanceEntry, Edition, Enrolment, Lesson, Recovery, RegisterSheet


@dataclass(frozen=True)
class Outlook:
    """The lessons of an enrolment as they count for it, and what they amount to."""

    lessons: list[LessonOutlook]
    prospect: Prospect


def outlooks(*where: ColumnElement[bool]) -> dict[int, Outlook]:
    """The outlook of every enrolment that the conditions select, in one statement."""
    lessons: dict[int, list[LessonOutlook]] = defaultdict(list)
    thresholds: dict[int, int] = {}
    for row in db.session.execute(_minutes().where(EXPECTED, TAKES_PLACE, *where)):
        lessons[row.enrolment_id].append(_lesson(row))
        thresholds[row.enrolment_id] = row.threshold
    return {i: Outlook(found, prospect(found, thresholds[i])) for i, found in lessons.items()}


def _minutes() -> Select[Any]:
    """One row for each enrolment and lesson: minutes there, and minutes recovered for it."""
    away, away_sheet = aliased(AttendanceEntry), aliased(RegisterSheet)

    def closed(sheet: Any, minutes: Any) -> Any:
        counted = func.coalesce(minutes, 0)
        return case((sheet.state == SheetState.CLOSED, counted), else_=0)

    return (
        select(
            Enrolment.id.label("enrolment_id"),
            Edition.threshold,
            Lesson.id.label("lesson_id"),
            Lesson.seq,
            Lesson.starts_at,
            Lesson.planned_minutes,
            RegisterSheet.state,
            closed(RegisterSheet, AttendanceEntry.counted_minutes).label("own"),
            closed(away_sheet, away.counted_minutes).label("recovered"),
        )
        .select_from(Enrolment)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Lesson, Lesson.edition_id == Edition.id)
        .join(RegisterSheet, RegisterSheet.lesson_id == Lesson.id)
        .outerjoin(
            AttendanceEntry,
            (AttendanceEntry.sheet_id == RegisterSheet.id)
            & (AttendanceEntry.enrolment_id == Enrolment.id),
        )
        .outerjoin(
            Recovery,
            (Recovery.enrolment_id == Enrolment.id) & (Recovery.missed_lesson_id == Lesson.id),
        )
        .outerjoin(away_sheet, away_sheet.lesson_id == Recovery.lesson_id)
        .outerjoin(away, (away.sheet_id == away_sheet.id) & (away.enrolment_id == Enrolment.id))
        .order_by(Enrolment.id, Lesson.starts_at, Lesson.seq)
    )


def _lesson(row: Row[Any]) -> LessonOutlook:
    return LessonOutlook(
        row.lesson_id,
        row.seq,
        row.starts_at,
        row.planned_minutes,
        row.state == SheetState.CLOSED,
        recovered_minutes(row.own, row.recovered, row.planned_minutes),
    )
