# SPDX-License-Identifier: AGPL-3.0-or-later
"""What approving a correction would do to hours, outcome and certificate."""

from dataclasses import dataclass, replace

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import aliased

from app.domain.certificates import CertificateState
from app.domain.corrections import read_mark
from app.domain.edition import has_ended
from app.domain.enrolment import EnrolmentState, outcome
from app.domain.recoveries import recovered_minutes
from app.domain.register import SheetState
from app.extensions import db
from app.models import AttendanceEntry, Enrolment, Lesson, Recovery, RegisterSheet
from app.registers.corrections.cases import CorrectionCase
from app.standings import Standing, all_standings


@dataclass(frozen=True)
class Effect:
    """What approving changes: minutes of the lesson, and where the enrolment stands."""

    minutes_before: int
    minutes_after: int
    before: Standing
    after: Standing

    @property
    def certificate(self) -> str | None:
        """The number of a valid certificate whose hours would change."""
        touched = self.before.certificate_state is CertificateState.ISSUED
        return self.before.certificate_number if touched and self.hours_change else None

    @property
    def hours_change(self) -> bool:
        return self.before.counted != self.after.counted

    @property
    def outcome_changes(self) -> bool:
        return self.before.state != self.after.state


def effect_of(asked: CorrectionCase) -> Effect | None:
    """What approving would change, computed without writing; None for a matter of the page."""
    if asked.person is None:
        return None
    _status, stays = read_mark(asked.correction.new_value, asked.page.lesson.starts_at)
    before = asked.person.entry.counted_minutes
    after = asked.page.minutes(stays)
    standing = all_standings(Enrolment.id == asked.person.enrolment_id)[0]
    counted = standing.counted + _gained(asked, before, after)
    return Effect(before, after, standing, _standing_with(standing, counted))


def _standing_with(standing: Standing, counted: int) -> Standing:
    """Where the enrolment stands with so many minutes."""
    state = standing.state
    if has_ended(standing.edition_state) and state in (
        EnrolmentState.COMPLETED,
        EnrolmentState.NOT_COMPLETED,
    ):
        state = outcome(counted, standing.held, standing.threshold)
    as_seen = replace(standing.case, counted=counted, enrolment_state=state)
    return replace(standing, counted=counted, state=state, case=as_seen)


def _gained(asked: CorrectionCase, before: int, after: int) -> int:
    """Minutes of the course gained or lost: those of a lesson recovered count once."""
    assert asked.person is not None  # noqa: S101 - asked of a mark only
    recovery = _recovery(asked.person.enrolment_id, asked.page.lesson.id)
    if recovery is None:
        return after - before
    missed, planned, elsewhere = recovery
    if missed == asked.page.lesson.id:
        return recovered_minutes(after, elsewhere, planned) - recovered_minutes(
            before, elsewhere, planned
        )
    return recovered_minutes(elsewhere, after, planned) - recovered_minutes(
        elsewhere, before, planned
    )


def _recovery(enrolment_id: int, lesson_id: int) -> tuple[int, int, int] | None:
    """The recovery this lesson is part of: missed lesson, its minutes, what the other page counts."""
    missed, page, entry = aliased(Lesson), aliased(RegisterSheet), aliased(AttendanceEntry)
    other = case(
        (Recovery.missed_lesson_id == lesson_id, Recovery.lesson_id),
        else_=Recovery.missed_lesson_id,
    )
    row = db.session.execute(
        select(
            Recovery.missed_lesson_id,
            missed.planned_minutes,
            func.coalesce(entry.counted_minutes, 0),
        )
        .join(missed, missed.id == Recovery.missed_lesson_id)
        .outerjoin(page, (page.lesson_id == other) & (page.state == SheetState.CLOSED))
        .outerjoin(entry, (entry.sheet_id == page.id) & (entry.enrolment_id == enrolment_id))
        .where(
            Recovery.enrolment_id == enrolment_id,
            or_(Recovery.missed_lesson_id == lesson_id, Recovery.lesson_id == lesson_id),
        )
    ).first()
    return (row[0], row[1], row[2]) if row else None
