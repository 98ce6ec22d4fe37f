# SPDX-License-Identifier: AGPL-3.0-or-later
"""Planning and staffing lessons; closing an edition."""

from datetime import datetime

from sqlalchemy import select

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain import edition as edition_rules
from app.domain import enrolment as enrolment_rules
from app.domain.edition import EditionState
from app.domain.enrolment import EnrolmentState
from app.domain.register import SheetState
from app.domain.timetable import check_lesson, length_minutes
from app.domain.vocabulary import LessonState, StaffRole
from app.extensions import db
from app.hours import TAKES_PLACE
from app.models import (
    AttendanceRegister,
    Edition,
    Enrolment,
    Lesson,
    LessonStaff,
    Person,
    RegisterSheet,
)
from app.review import hold_people
from app.standings import all_standings


def plan_lesson(
    actor: Actor, edition: Edition, *, seq: int, starts_at: datetime, ends_at: datetime, topic: str
) -> Lesson:
    """A lesson and its page of the register. RuleViolation for impossible times."""
    check_lesson(starts_at, ends_at)
    lesson = Lesson(
        edition_id=edition.id,
        seq=seq,
        starts_at=starts_at,
        ends_at=ends_at,
        planned_minutes=length_minutes(starts_at, ends_at),
        topic=topic,
        state=LessonState.SCHEDULED,
    )
    db.session.add(lesson)
    db.session.flush()
    db.session.add(RegisterSheet(lesson_id=lesson.id, state=SheetState.NOT_OPEN))
    audit.record(
        actor,
        Action.LESSON_PLANNED,
        lesson,
        f"{edition.code}, {seq}",
        body_id=edition.delivering_body_id,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    return lesson


def staff_lesson(
    actor: Actor,
    edition: Edition,
    lesson: Lesson,
    person: Person,
    role: StaffRole,
) -> None:
    """Assign a trainer or tutor of a lesson to come; a change of them is ``app.variations``."""
    db.session.add(LessonStaff(lesson_id=lesson.id, person_id=person.id, role=role))
    audit.record(
        actor,
        Action.LESSON_STAFFED,
        lesson,
        f"{edition.code}, {lesson.seq}",
        body_id=edition.delivering_body_id,
        person=person.id,
        as_=role.value,
    )


def close_edition(actor: Actor, edition: Edition) -> None:
    """Close an edition whose pages are all closed; each enrolment gets its outcome."""
    # Held until the commit: a page reopened meanwhile waits, or is seen here.
    db.session.refresh(edition, ["state"], with_for_update=True)
    register = db.session.scalars(
        select(AttendanceRegister)
        .where(AttendanceRegister.edition_id == edition.id)
        .with_for_update()
    ).one_or_none()
    hold_people(Enrolment.edition_id == edition.id, Enrolment.state == EnrolmentState.CONFIRMED)
    people = all_standings(Enrolment.edition_id == edition.id)
    edition_rules.check_transition(
        edition.state, EditionState.CLOSED, open_sheets=_open_sheets(edition)
    )
    assert register is not None  # noqa: S101 - bound when the edition was opened
    edition.state = EditionState.CLOSED
    outcomes = {
        person.enrolment_id: enrolment_rules.outcome(person.counted, person.held, person.threshold)
        for person in people
        if person.state == EnrolmentState.CONFIRMED
    }
    for enrolment in db.session.scalars(select(Enrolment).where(Enrolment.id.in_(outcomes))):
        enrolment.state = outcomes[enrolment.id]
    register.closed_at = clock.now()
    completed = sum(1 for o in outcomes.values() if o == EnrolmentState.COMPLETED)
    audit.record(
        actor,
        Action.EDITION_CLOSED,
        edition,
        edition.code,
        body_id=edition.delivering_body_id,
        completed=completed,
        not_completed=len(outcomes) - completed,
    )


def _open_sheets(edition: Edition) -> int:
    return len(
        db.session.scalars(
            select(RegisterSheet.id)
            .join(Lesson, Lesson.id == RegisterSheet.lesson_id)
            .where(
                Lesson.edition_id == edition.id,
                TAKES_PLACE,
                RegisterSheet.state != SheetState.CLOSED,
            )
        ).all()
    )
