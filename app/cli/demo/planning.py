# SPDX-License-Identifier: AGPL-3.0-or-later
"""From the catalogue to the first lesson: editions planned, opened, filled, endorsed."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from sqlalchemy import select

from app.actor import Actor
from app.cli.demo.agenda import Agenda, moment, office_day, working_day
from app.cli.demo.catalogue import COURSES, venue
from app.cli.demo.rolls import seats
from app.cli.demo.scenarios import scenario
from app.cli.demo.staff import (
    ANCI,
    ARIS,
    COORDINATOR,
    ORGANISERS,
    SUBSTITUTE,
    TRUST_US,
    TUTOR,
    trainer_login,
)
from app.cli.demo.stage import Stage
from app.cli.demo.timetable import PlannedEdition, PlannedLesson
from app.courses import actions
from app.courses.catalogue.actions import propose_course
from app.courses.planning.actions import plan_edition
from app.courses.planning.steps import confirm_edition, open_edition
from app.courses.venues.actions import add_venue
from app.domain.certificates import CertificateKind
from app.domain.enrolment import WithdrawalReason
from app.domain.vocabulary import CourseState, EditionKind, StaffRole
from app.enrolments.actions import enrol, withdraw
from app.extensions import db
from app.models import AttendanceRegister, Course, Edition, Enrolment, Venue
from app.municipalities import municipalities
from app.registers.actions import endorse

CATALOGUE_ON = date(2014, 9, 15)
PLANNED_ON = {ARIS: date(2014, 9, 22), TRUST_US: date(2014, 9, 23), ANCI: date(2015, 3, 2)}
EVENTS_OPENED_ON = {"W01-01": date(2015, 5, 5), "E01-01": date(2015, 5, 12)}
EVENTS_CONFIRMED_ON = {"W01-01": date(2015, 5, 8)}
EVENTS_CONFIRMED_WHY = {
    "W01-01": "Gli amministratori sono invitati con una lettera: non si iscrivono qui."
}
EVENT_KINDS = {"W01-01": EditionKind.WORKSHOP, "E01-01": EditionKind.CONFERENCE}
EVENT_SEATS = {"W01-01": 40, "E01-01": 20}

# Where the tutor of Anci Umbria assists; the one of Aris is at all lessons of Aris.
ANCI_TUTORS = ("C02-01", "C08-02")

# Days before the first lesson.
OPENS, FIRST_ENROLMENTS, ENROLMENT_CLOSES, CONFIRMED = 35, 28, 12, 7
WITHDRAWS = 10


def note_planning(agenda: Agenda, stage: Stage, editions: Sequence[PlannedEdition]) -> None:
    """The catalogue, then every edition with its lessons and who teaches them."""
    agenda.note(moment(CATALOGUE_ON, "09:00"), partial(_courses, stage, editions))
    agenda.note(moment(CATALOGUE_ON, "11:00"), partial(_venues, stage, editions))
    for i, edition in enumerate(editions):
        day = PLANNED_ON[edition.delivering_body]
        agenda.note(moment(day, f"10:{i * 3:02d}"), partial(_plan, stage, edition))


def note_enrolment(
    agenda: Agenda, stage: Stage, edition: PlannedEdition, roll: dict[str, list[str]]
) -> None:
    """Opened, filled body by body, confirmed, endorsed two working days before the start."""

    def before(days: int) -> date:
        return office_day(edition.first_day - timedelta(days=days))

    agenda.note(moment(before(OPENS), "09:00"), partial(_open, stage, edition))
    for i, people in enumerate(roll.values()):
        day = before(FIRST_ENROLMENTS - 2 * i)
        agenda.note(
            moment(day, f"1{i % 4}:{(i * 13) % 60:02d}"), partial(_enrol, stage, edition, people)
        )
    agenda.note(moment(before(CONFIRMED), "09:30"), partial(_confirm, stage, edition))
    endorsed = working_day(edition.first_day, -2)
    agenda.note(moment(endorsed, "12:15"), partial(_endorse, stage, edition))
    leaver = scenario("withdrawn_before")
    if edition.code == leaver.edition:
        agenda.note(
            moment(before(WITHDRAWS), "15:20"), partial(withdraw_one, stage, edition, leaver.who)
        )


def note_events(agenda: Agenda, stage: Stage, editions: Sequence[PlannedEdition]) -> None:
    """The workshop is confirmed, the final conference is open."""
    by_code = {edition.code: edition for edition in editions}
    for code, day in EVENTS_OPENED_ON.items():
        agenda.note(moment(day, "09:00"), partial(_open, stage, by_code[code]))
    for code, day in EVENTS_CONFIRMED_ON.items():
        agenda.note(moment(day, "09:00"), partial(_confirm, stage, by_code[code]))


def _courses(stage: Stage, editions: Sequence[PlannedEdition]) -> None:
    first = {edition.course_code: edition for edition in reversed(editions)}
    for code, words in COURSES.items():
        edition = first[code]
        propose_course(
            stage.coordinator,
            stage.programme,
            code=code,
            title=edition.course_title,
            planned_minutes=sum(lesson.minutes for lesson in edition.lessons),
            certificate_kind=(
                CertificateKind.FREQUENCY if edition.is_course else CertificateKind.PARTICIPATION
            ),
            default_threshold=80 if edition.is_course else 0,
            area=words.area,
            audience=words.audience,
            objectives=words.objectives,
            contents=words.contents,
            state=CourseState.PUBLISHED,
        )


def _venues(stage: Stage, editions: Sequence[PlannedEdition]) -> None:
    istat = {m.name: m.istat_code for m in municipalities()}
    for planned, town in {venue(e.venue): e.town for e in editions}.items():
        add_venue(
            stage.coordinator,
            name=planned.name,
            town=town,
            address=planned.address,
            capacity=planned.capacity,
            istat_code=istat[town],
        )


def _plan(stage: Stage, planned: PlannedEdition) -> None:
    actor = stage.organiser(planned.delivering_body)
    edition = plan_edition(
        actor,
        db.session.scalars(select(Course).where(Course.code == planned.course_code)).one(),
        code=planned.code,
        delivering_body=stage.body(planned.delivering_body),
        venue=db.session.scalars(
            select(Venue).where(Venue.name == venue(planned.venue).name)
        ).one(),
        kind=EVENT_KINDS.get(planned.code, EditionKind.COURSE),
        organiser=stage.person(ORGANISERS.get(planned.delivering_body, COORDINATOR)),
        seats_max=EVENT_SEATS.get(planned.code, seats(planned.code)),
        enrol_opens_on=EVENTS_OPENED_ON.get(
            planned.code, planned.first_day - timedelta(days=OPENS)
        ),
        enrol_closes_on=planned.first_day - timedelta(days=ENROLMENT_CLOSES),
        credits_asked=COURSES[planned.course_code].credits_asked,
    )
    stage.editions[planned.code] = edition.id
    for lesson in planned.lessons:
        _plan_lesson(actor, stage, planned, edition, lesson)


def _plan_lesson(
    actor: Actor, stage: Stage, planned: PlannedEdition, edition: Edition, one: PlannedLesson
) -> None:
    lesson = actions.plan_lesson(
        actor, edition, seq=one.seq, starts_at=one.starts_at, ends_at=one.ends_at, topic=one.topic
    )
    stage.lessons[planned.code, one.seq] = lesson.id
    for login, role in _staff(planned):
        actions.staff_lesson(actor, edition, lesson, stage.person(login), role)


def _staff(planned: PlannedEdition) -> list[tuple[str, StaffRole]]:
    trainer = trainer_login(planned.trainer) if planned.is_course else SUBSTITUTE
    staff = [(trainer, StaffRole.TRAINER)]
    if planned.delivering_body == ARIS:
        staff.append((TUTOR, StaffRole.TUTOR))
    if planned.code in ANCI_TUTORS:
        staff.append((SUBSTITUTE, StaffRole.TUTOR))
    return staff


def _open(stage: Stage, planned: PlannedEdition) -> None:
    actor = stage.organiser(planned.delivering_body)
    open_edition(actor, stage.edition(planned.code, actor))


def _confirm(stage: Stage, planned: PlannedEdition) -> None:
    actor = stage.organiser(planned.delivering_body)
    confirm_edition(
        actor, stage.edition(planned.code, actor), EVENTS_CONFIRMED_WHY.get(planned.code, "")
    )


def _enrol(stage: Stage, planned: PlannedEdition, people: Sequence[str]) -> None:
    actor = stage.organiser(planned.delivering_body)
    edition = stage.edition(planned.code, actor)
    for who in people:
        enrol(actor, edition, stage.person(who), stage.affiliation(who))


def _endorse(stage: Stage, planned: PlannedEdition) -> None:
    actor = stage.organiser(planned.delivering_body)
    edition = stage.edition(planned.code, actor)
    register = db.session.scalars(
        select(AttendanceRegister).where(AttendanceRegister.edition_id == edition.id)
    ).one()
    endorse(actor, edition, register)


def withdraw_one(stage: Stage, planned: PlannedEdition, who: str) -> None:
    """The person leaves the edition; whoever waits first takes the seat."""
    actor = stage.organiser(planned.delivering_body)
    edition = stage.edition(planned.code, actor)
    enrolment = db.session.scalars(
        select(Enrolment).where(
            Enrolment.edition_id == edition.id, Enrolment.person_id == stage.people[who]
        )
    ).one()
    withdraw(actor, edition, enrolment, WithdrawalReason.SERVICE)
