# SPDX-License-Identifier: AGPL-3.0-or-later
"""Editions an official may ask for, and where her own requests stand."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app import clock
from app.actor import Actor
from app.domain.edition import EditionState
from app.domain.enrolment import EnrolmentState, next_step, open_to_enrolment, pending
from app.domain.errors import Sentence
from app.extensions import db
from app.hours import TAKES_PLACE
from app.listing import Listing, Plan, paginate
from app.models import Affiliation, Edition, Enrolment, Lesson, Organisation, Venue
from app.scope import clause

OPEN = [state for state in EditionState if open_to_enrolment(state)]
# What the person's own page tells beside her courses.
TOLD = [state for state in EnrolmentState if pending(state) or state is EnrolmentState.REJECTED]


@dataclass(frozen=True)
class OpenEdition:
    """An edition open to enrolment; ``state`` of her own enrolment, if there is one."""

    id: int
    code: str
    course_title: str
    town: str
    delivering_body: str
    first_at: datetime | None
    lessons: int
    closes_on: date | None
    state: EnrolmentState | None


def open_editions(actor: Actor) -> Listing:
    """Editions open today to enrolment, those that begin first in front."""
    today = clock.today()
    lessons = (
        select(
            Lesson.edition_id,
            func.min(Lesson.starts_at).label("first_at"),
            func.count().label("number"),
        )
        .where(TAKES_PLACE)
        .group_by(Lesson.edition_id)
        .subquery("of_edition")
    )
    statement = (
        select(
            Edition.id, Edition.code, Edition.course_title, Venue.town, Organisation.short_name,
            lessons.c.first_at, func.coalesce(lessons.c.number, 0), Edition.enrol_closes_on,
            Enrolment.state,
        )
        .join(Venue, Venue.id == Edition.venue_id)
        .join(Organisation, Organisation.id == Edition.delivering_body_id)
        .outerjoin(lessons, lessons.c.edition_id == Edition.id)
        .outerjoin(
            Enrolment,
            (Enrolment.edition_id == Edition.id) & (Enrolment.person_id == actor.person_id),
        )
        .where(
            clause(Edition, actor),
            Edition.state.in_(OPEN),
            func.coalesce(Edition.enrol_opens_on, today) <= today,
            func.coalesce(Edition.enrol_closes_on, today) >= today,
        )
    )  # fmt: skip
    plan = Plan(
        sorts={
            "start": [lessons.c.first_at, Edition.code],
            "title": [Edition.course_title, Edition.code],
            "town": [Venue.town, Edition.code],
        },
        search=func.lower(Edition.code + " " + Edition.course_title + " " + Venue.town),
    )
    return paginate(statement, plan, lambda row: OpenEdition(*row))


def own_affiliations(actor: Actor) -> list[Affiliation]:
    """Where the official works now."""
    return list(
        db.session.scalars(
            select(Affiliation)
            .where(Affiliation.person_id == actor.person_id, Affiliation.ends_on.is_(None))
            .options(joinedload(Affiliation.organisation))
            .order_by(Affiliation.starts_on.desc(), Affiliation.id)
        )
    )


@dataclass(frozen=True)
class OwnRequest:
    """A request of one's own that is not decided yet, or was refused."""

    enrolment_id: int
    edition_id: int
    edition_code: str
    course_title: str
    state: EnrolmentState
    next: Sentence

    @property
    def pending(self) -> bool:
        return pending(self.state)


def own_requests(actor: Actor) -> list[OwnRequest]:
    """What the person asked for and has no seat in yet, newest first."""
    rows = db.session.execute(
        select(Enrolment, Edition)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .where(Enrolment.person_id == actor.person_id, Enrolment.state.in_(TOLD))
        .order_by(Enrolment.requested_at.desc(), Enrolment.id)
    )
    return [
        OwnRequest(
            enrolment.id,
            edition.id,
            edition.code,
            edition.course_title,
            enrolment.state,
            next_step(enrolment.state, enrolment.waitlist_position, edition.body_approval),
        )
        for enrolment, edition in rows
    ]


def own_enrolment(actor: Actor, edition: Edition) -> Enrolment | None:
    """The enrolment of the actor herself in the edition."""
    return db.session.scalars(
        select(Enrolment).where(
            Enrolment.edition_id == edition.id, Enrolment.person_id == actor.person_id
        )
    ).one_or_none()


def lessons_of(edition: Edition) -> list[Lesson]:
    """The lessons that take place, in order."""
    return list(
        db.session.scalars(
            select(Lesson)
            .where(Lesson.edition_id == edition.id, TAKES_PLACE)
            .order_by(Lesson.starts_at)
        )
    )
