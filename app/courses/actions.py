# SPDX-License-Identifier: AGPL-3.0-or-later
"""Planning courses, editions and lessons; opening and closing an edition."""

from datetime import date, datetime

from sqlalchemy import select

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain import edition as edition_rules
from app.domain import enrolment as enrolment_rules
from app.domain.certificates import CertificateKind
from app.domain.edition import EditionState
from app.domain.enrolment import EnrolmentState
from app.domain.errors import RuleViolation, Sentence
from app.domain.people import search_key
from app.domain.register import SheetState
from app.domain.timetable import check_lesson, length_minutes
from app.domain.vocabulary import CourseState, EditionKind, LessonState, Mode, StaffRole
from app.extensions import db
from app.hours import TAKES_PLACE
from app.models import (
    AttendanceRegister,
    Course,
    Edition,
    Enrolment,
    Lesson,
    LessonStaff,
    Organisation,
    Person,
    Programme,
    RegisterSheet,
    Venue,
)
from app.review import hold_people
from app.standings import all_standings


def propose_course(
    actor: Actor,
    programme: Programme,
    *,
    code: str,
    title: str,
    planned_minutes: int,
    certificate_kind: CertificateKind = CertificateKind.FREQUENCY,
    threshold: int = 80,
    area: str = "",
    audience: str = "",
    objectives: str = "",
    contents: str = "",
) -> Course:
    """A course of the catalogue, published at once."""
    course = Course(
        programme_id=programme.id,
        code=code,
        title=title,
        search_key=search_key(f"{code} {title} {area}"),
        planned_minutes=planned_minutes,
        certificate_kind=certificate_kind,
        default_threshold=threshold,
        area=area,
        audience=audience,
        objectives=objectives,
        contents=contents,
        state=CourseState.PUBLISHED,
    )
    db.session.add(course)
    db.session.flush()
    audit.record(actor, Action.COURSE_CREATED, course, code)
    return course


def add_venue(
    actor: Actor,
    *,
    name: str,
    town: str,
    address: str,
    capacity: int,
    istat_code: str | None = None,
) -> Venue:
    """A place where lessons are held."""
    venue = Venue(name=name, town=town, address=address, capacity=capacity, istat_code=istat_code)
    db.session.add(venue)
    db.session.flush()
    audit.record(actor, Action.VENUE_ADDED, venue, f"{town}, {name}")
    return venue


def plan_edition(
    actor: Actor,
    course: Course,
    *,
    code: str,
    delivering_body: Organisation,
    venue: Venue,
    seats_max: int,
    kind: EditionKind = EditionKind.COURSE,
    mode: Mode = Mode.IN_PERSON,
    enrol_opens_on: date | None = None,
    enrol_closes_on: date | None = None,
    credits_asked: bool = False,
) -> Edition:
    """An edition in preparation; threshold and minutes are copied from the course."""
    edition = Edition(
        course_id=course.id,
        course_title=course.title,
        code=code,
        kind=kind,
        delivering_body_id=delivering_body.id,
        venue_id=venue.id,
        mode=mode,
        seats_max=seats_max,
        enrol_opens_on=enrol_opens_on,
        enrol_closes_on=enrol_closes_on,
        threshold=course.default_threshold,
        planned_minutes=course.planned_minutes,
        credits_asked=credits_asked,
        state=EditionState.DRAFT,
    )
    db.session.add(edition)
    db.session.flush()
    audit.record(actor, Action.EDITION_CREATED, edition, code, body_id=delivering_body.id)
    return edition


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
    reason: str = "",
) -> None:
    """Assign a trainer or tutor; a substitute takes the assigned trainer's place, with a reason."""
    if reason:
        former = db.session.scalars(
            select(LessonStaff).where(LessonStaff.lesson_id == lesson.id, LessonStaff.role == role)
        ).one()
        former.person_id, former.reason = person.id, reason
    else:
        db.session.add(LessonStaff(lesson_id=lesson.id, person_id=person.id, role=role))
    audit.record(
        actor,
        Action.LESSON_STAFFED,
        lesson,
        f"{edition.code}, {lesson.seq}",
        body_id=edition.delivering_body_id,
        person=person.id,
        as_=role.value,
        reason=reason,
    )


def move_lesson(
    actor: Actor,
    edition: Edition,
    lesson: Lesson,
    *,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
) -> None:
    """The lesson is held another day; it still counts once."""
    check_lesson(starts_at, ends_at)
    if lesson.state != LessonState.SCHEDULED:
        raise RuleViolation(Sentence("Si sposta solo una lezione non ancora svolta."))
    audit.record(
        actor,
        Action.LESSON_MOVED,
        lesson,
        f"{edition.code}, {lesson.seq}",
        body_id=edition.delivering_body_id,
        old=lesson.starts_at,
        new=starts_at,
        reason=reason,
    )
    lesson.moved_from = lesson.starts_at
    lesson.starts_at, lesson.ends_at = starts_at, ends_at


def open_edition(actor: Actor, edition: Edition, lessons: int) -> AttendanceRegister:
    """Open enrolment: threshold and minutes freeze, and the register is bound."""
    edition_rules.check_transition(edition.state, EditionState.OPEN)
    edition.state = EditionState.OPEN
    register = AttendanceRegister(
        edition_id=edition.id, number=f"REG-{edition.code}", pages=max(1, lessons)
    )
    db.session.add(register)
    db.session.flush()
    audit.record(
        actor,
        Action.EDITION_OPENED,
        edition,
        edition.code,
        body_id=edition.delivering_body_id,
        threshold=edition.threshold,
        planned_minutes=edition.planned_minutes,
        pages=register.pages,
    )
    return register


def confirm_edition(actor: Actor, edition: Edition) -> None:
    """The edition will be held."""
    edition_rules.check_transition(edition.state, EditionState.CONFIRMED)
    edition.state = EditionState.CONFIRMED
    audit.record(
        actor, Action.EDITION_CONFIRMED, edition, edition.code, body_id=edition.delivering_body_id
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
