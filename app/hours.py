# SPDX-License-Identifier: AGPL-3.0-or-later
"""Hours held and hours attended, added up by SQL from closed pages.

The same sums stand behind the edition page, a person's record, the
certificates and the dashboard, so that no two pages can disagree.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, or_, select, union_all
from sqlalchemy.orm import aliased

from app.domain.certificates import CertificateState
from app.domain.enrolment import EnrolmentState, expected
from app.domain.register import SheetState
from app.domain.vocabulary import LessonState
from app.models import (
    AttendanceEntry,
    Certificate,
    Enrolment,
    Lesson,
    Recovery,
    RegisterSheet,
)

# The domain's rule as a condition: people who must have a mark on every sheet.
EXPECTED = Enrolment.state.in_([state for state in EnrolmentState if expected(state)])
VALID = Certificate.state.in_([CertificateState.ISSUED, CertificateState.UNDER_REVIEW])
# A certificate of the repertory in force: a declaration is none, and one of teaching has no enrolment.
CERTIFIED = VALID & Certificate.number.is_not(None) & Certificate.enrolment_id.is_not(None)
TAKES_PLACE = Lesson.state.in_([LessonState.SCHEDULED, LessonState.HELD])
_BEGINS_AT = (
    select(func.min(Lesson.starts_at))
    .where(Lesson.edition_id == Enrolment.edition_id, TAKES_PLACE)
    .correlate(Enrolment)
    .scalar_subquery()
)
# Who has a line in the register: those expected, and those who left a seat after the beginning
# (struck). Whoever left before, or left the waiting list, was never in it.
IN_REGISTER = EXPECTED | (
    (Enrolment.state == EnrolmentState.WITHDRAWN)
    & or_(
        Enrolment.withdrawn_at.is_(None),
        Enrolment.confirmed_at.is_not(None) & (Enrolment.withdrawn_at >= _BEGINS_AT),
    )
)


def attended() -> Subquery:
    """Minutes counted of every enrolment, from closed pages only; a lesson recovered counts once."""
    minutes = attended_by_lesson()
    return (
        select(minutes.c.enrolment_id, func.sum(minutes.c.counted).label("counted"))
        .group_by(minutes.c.enrolment_id)
        .subquery("attended")
    )


def _counted_of_each() -> ColumnElement[int]:
    minutes = union_all(
        _attended_at_home()
        .where(AttendanceEntry.enrolment_id == Enrolment.id)
        .correlate(Enrolment),
        _recovered().where(Recovery.enrolment_id == Enrolment.id).correlate(Enrolment),
    ).subquery("minutes_of_each")
    total = func.coalesce(func.sum(minutes.c.counted), 0)
    return select(total).scalar_subquery()


def attended_by_lesson() -> Subquery:
    """The same minutes by the lesson at which they were spent."""
    return union_all(_attended_at_home(), _recovered()).subquery("minutes")


def _attended_at_home() -> Select[Any]:
    """Marks on closed pages, but for those of guests."""
    return (
        select(
            AttendanceEntry.enrolment_id,
            RegisterSheet.lesson_id,
            AttendanceEntry.counted_minutes.label("counted"),
        )
        .join(RegisterSheet, RegisterSheet.id == AttendanceEntry.sheet_id)
        .outerjoin(
            Recovery,
            (Recovery.enrolment_id == AttendanceEntry.enrolment_id)
            & (Recovery.lesson_id == RegisterSheet.lesson_id),
        )
        .where(RegisterSheet.state == SheetState.CLOSED, Recovery.id.is_(None))
    )


def _recovered() -> Select[Any]:
    """What each recovery adds to the lesson missed: ``recoveries.recovered_minutes``, in SQL."""
    away, away_sheet = aliased(AttendanceEntry), aliased(RegisterSheet)
    home, home_sheet = aliased(AttendanceEntry), aliased(RegisterSheet)
    own = case(
        (home_sheet.state == SheetState.CLOSED, func.coalesce(home.counted_minutes, 0)), else_=0
    )
    there = case(
        (away.counted_minutes > Lesson.planned_minutes, Lesson.planned_minutes),
        else_=away.counted_minutes,
    )
    return (
        select(
            Recovery.enrolment_id,
            Recovery.lesson_id,
            case((there > own, there - own), else_=0).label("counted"),
        )
        .join(away_sheet, away_sheet.lesson_id == Recovery.lesson_id)
        .join(
            away,
            (away.sheet_id == away_sheet.id) & (away.enrolment_id == Recovery.enrolment_id),
        )
        .join(Lesson, Lesson.id == Recovery.missed_lesson_id)
        .join(home_sheet, home_sheet.lesson_id == Recovery.missed_lesson_id)
        .outerjoin(
            home,
            (home.sheet_id == home_sheet.id) & (home.enrolment_id == Recovery.enrolment_id),
        )
        .where(away_sheet.state == SheetState.CLOSED)
    )


def held(edition_id: ColumnElement[int] | None = None) -> Subquery:
    """Per edition: minutes and lessons planned, held (page closed), and pages not yet closed."""
    ours = () if edition_id is None else (Lesson.edition_id == edition_id,)
    closed = RegisterSheet.state == SheetState.CLOSED
    return (
        select(
            Lesson.edition_id,
            func.sum(Lesson.planned_minutes).label("planned"),
            func.count().label("lessons"),
            func.sum(case((closed, Lesson.planned_minutes), else_=0)).label("held"),
            func.sum(case((closed, RegisterSheet.delivered_minutes), else_=0)).label("delivered"),
            func.sum(case((closed, 1), else_=0)).label("lessons_held"),
            func.sum(case((closed, 0), else_=1)).label("open_sheets"),
            func.min(Lesson.starts_at).label("first_at"),
            func.max(Lesson.ends_at).label("last_at"),
        )
        .join(RegisterSheet, RegisterSheet.lesson_id == Lesson.id)
        .where(TAKES_PLACE, *ours)
        .group_by(Lesson.edition_id)
        .subquery("held")
    )


ATTENDED = attended()
HELD_BY_EDITION = held()
COUNTED: ColumnElement[int] = func.coalesce(ATTENDED.c.counted, 0)
# The same minutes of the enrolment at hand, its marks alone looked at: for pages that show few of
# very many enrolments, where adding up all of them would take longer than everything else.
COUNTED_OF_EACH = _counted_of_each()
HELD: ColumnElement[int] = func.coalesce(HELD_BY_EDITION.c.held, 0)
