# SPDX-License-Identifier: AGPL-3.0-or-later
"""What planning an edition rests on: facts for its guards, whom and what its form offers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.actor import Actor
from app.domain.certificates import CertificateState
from app.domain.cloning import Sitting
from app.domain.edition import EditionState
from app.domain.edition_guards import Facts, Guard, guards, next_states
from app.domain.enrolment import EnrolmentState
from app.domain.register import SheetState
from app.domain.roles import Role
from app.domain.timetable import Window
from app.domain.vocabulary import CorrectionState, EditionKind, PartnershipRole
from app.extensions import db
from app.hours import TAKES_PLACE
from app.models import (
    Affiliation,
    AttendanceRegister,
    Certificate,
    Correction,
    Edition,
    Enrolment,
    Lesson,
    LessonStaff,
    Organisation,
    Partnership,
    Person,
    RegisterSheet,
    Venue,
)
from app.preparation import Prepared, items
from app.scope import clause

PLANNING_PAGE = (
    joinedload(Edition.delivering_body),
    joinedload(Edition.course),
    joinedload(Edition.venue),
    joinedload(Edition.organiser),
)
DELIVERING = (
    PartnershipRole.LEAD_BENEFICIARY,
    PartnershipRole.COORDINATOR_BODY,
    PartnershipRole.PARTNER_BODY,
)
WAITING = (
    EnrolmentState.REQUESTED,
    EnrolmentState.BODY_APPROVED,
    EnrolmentState.CONFIRMED,
    EnrolmentState.WAITLISTED,
)


@dataclass(frozen=True)
class Step:
    """A state the edition may pass to, and what that wants."""

    target: EditionState
    guards: tuple[Guard, ...]

    @property
    def possible(self) -> bool:
        return all(guard.satisfied or guard.or_reason for guard in self.guards)


@dataclass(frozen=True)
class Planning:
    """What the edition's page says of its planning."""

    organiser: str
    steps: list[Step]
    checklist: list[Prepared]


@dataclass(frozen=True)
class Told:
    """Somebody told by mail."""

    name: str
    address: str


def planning_of(edition: Edition) -> Planning:
    """The next states with their guards, and the list of what to prepare: two statements."""
    facts = facts_of(edition)
    steps = [Step(target, guards(target, facts)) for target in next_states(edition.state)]
    return Planning(
        organiser=edition.organiser.full_name if edition.organiser else "",
        steps=steps,
        checklist=items(Edition.id == edition.id),
    )


def facts_of(edition: Edition) -> Facts:
    """The facts behind the guards, counted in one statement."""
    of_lesson = select(Lesson.id).where(Lesson.edition_id == edition.id, TAKES_PLACE)
    sheets = select(RegisterSheet.id).where(
        RegisterSheet.lesson_id.in_(select(Lesson.id).where(Lesson.edition_id == edition.id))
    )
    counts = (
        select(func.count()).select_from(of_lesson.subquery()),
        select(func.coalesce(func.sum(Lesson.planned_minutes), 0)).where(
            Lesson.edition_id == edition.id, TAKES_PLACE
        ),
        select(func.count()).where(
            Enrolment.edition_id == edition.id, Enrolment.state == EnrolmentState.CONFIRMED
        ),
        select(func.count()).where(
            AttendanceRegister.edition_id == edition.id, AttendanceRegister.endorsed_at.is_not(None)
        ),
        select(func.count()).where(
            RegisterSheet.id.in_(sheets), RegisterSheet.state != SheetState.NOT_OPEN
        ),
        select(func.count()).where(
            RegisterSheet.lesson_id.in_(of_lesson), RegisterSheet.state != SheetState.CLOSED
        ),
        select(func.count()).where(
            Correction.sheet_id.in_(sheets), Correction.state == CorrectionState.ASKED
        ),
        select(func.count()).where(
            Certificate.edition_id == edition.id, Certificate.state == CertificateState.UNDER_REVIEW
        ),
    )
    row = db.session.execute(
        select(Venue.capacity, Venue.active, *(count.scalar_subquery() for count in counts)).where(
            Venue.id == edition.venue_id
        )
    ).one()
    capacity, active, lessons, minutes, confirmed, endorsed, begun, left, asked, reviewed = row
    return Facts(
        state=edition.state,
        wants_threshold=edition.kind is EditionKind.COURSE,
        threshold=edition.threshold,
        has_organiser=edition.organiser_id is not None,
        lessons=lessons,
        lesson_minutes=minutes,
        planned_minutes=edition.planned_minutes,
        seats_min=edition.seats_min,
        seats_max=edition.seats_max,
        capacity=capacity,
        venue_active=active,
        confirmed=confirmed,
        endorsed=endorsed > 0,
        begun=begun > 0,
        open_sheets=left,
        pending=asked + reviewed,
    )


def bodies(actor: Actor) -> list[tuple[int, str]]:
    """The bodies that may deliver: all of the partnership, or the organiser's own."""
    if actor.role is Role.ORGANISER:
        mine = Organisation.id == actor.organisation_id
    else:
        partners = select(Partnership.organisation_id).where(
            Partnership.programme_id == actor.programme_id, Partnership.role.in_(DELIVERING)
        )
        mine = Organisation.id.in_(partners)
    rows = db.session.execute(
        select(Organisation.id, Organisation.name)
        .where(clause(Organisation, actor), mine)
        .order_by(Organisation.name)
    )
    return [(number, name) for number, name in rows]


def organisers(actor: Actor) -> list[tuple[int, str]]:
    """People of those bodies, who may answer for an edition."""
    rows = db.session.execute(
        select(Person.id, Person.family_name, Person.given_name, Organisation.short_name)
        .join(Affiliation, Affiliation.person_id == Person.id)
        .join(Organisation, Organisation.id == Affiliation.organisation_id)
        .where(
            Affiliation.ends_on.is_(None),
            Affiliation.organisation_id.in_([number for number, _name in bodies(actor)]),
            Person.active,
        )
        .order_by(Person.family_name, Person.given_name, Person.id)
    )
    found: dict[int, str] = {}
    for number, family, given, body in rows:
        found.setdefault(number, f"{family} {given} ({body})")
    return list(found.items())


def venues(actor: Actor, now: int | None = None) -> list[tuple[int, str]]:
    """The venues in use, and the one chosen already."""
    rows = db.session.execute(
        select(Venue.id, Venue.town, Venue.name, Venue.capacity)
        .where(clause(Venue, actor), Venue.active | (Venue.id == now))
        .order_by(Venue.town, Venue.name)
    )
    return [(number, f"{town}, {name} ({capacity})") for number, town, name, capacity in rows]


def proposed_code(course_code: str) -> str:
    """The next free number after the course's code."""
    codes = db.session.scalars(
        select(Edition.code).where(Edition.code.startswith(f"{course_code}-", autoescape=True))
    )
    numbers = [int(m[1]) for c in codes if (m := re.fullmatch(r".*-([0-9]{1,6})", c))]
    return f"{course_code}-{max(numbers, default=0) + 1:02d}"


def lessons_to_copy(edition_id: int) -> list[Lesson]:
    """The lessons that take place, with breaks and staff, in the order of their days."""
    return list(
        db.session.scalars(
            select(Lesson)
            .where(Lesson.edition_id == edition_id, TAKES_PLACE)
            .options(
                selectinload(Lesson.breaks),
                selectinload(Lesson.staff).joinedload(LessonStaff.person),
            )
            .order_by(Lesson.starts_at, Lesson.seq)
        )
    )


def sittings(lessons: Sequence[Lesson]) -> list[Sitting]:
    """The same as the rule that shifts them sees them."""
    return [
        Sitting(
            Window(one.starts_at, one.ends_at),
            tuple(Window(pause.starts_at, pause.ends_at) for pause in one.breaks),
        )
        for one in lessons
    ]


def told(edition_id: int) -> list[Told]:
    """Who is told that an edition is cancelled: enrolled or waiting, and who was to teach."""
    enrolled = select(Enrolment.person_id).where(
        Enrolment.edition_id == edition_id, Enrolment.state.in_(WAITING)
    )
    staff = (
        select(LessonStaff.person_id)
        .join(Lesson, Lesson.id == LessonStaff.lesson_id)
        .where(Lesson.edition_id == edition_id)
    )
    rows = db.session.execute(
        select(Person.given_name, Person.family_name, Person.work_email)
        .where(Person.id.in_(enrolled) | Person.id.in_(staff), Person.work_email.is_not(None))
        .order_by(Person.family_name, Person.given_name, Person.id)
    )
    return [Told(f"{given} {family}", address) for given, family, address in rows]
