# SPDX-License-Identifier: AGPL-3.0-or-later
"""The trainer's day: lessons to close, today's, those to come."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app import clock
from app.actor import Actor
from app.clock import ROME
from app.domain.edition import EditionState
from app.domain.register import SheetState
from app.domain.vocabulary import LessonState
from app.extensions import db
from app.hours import EXPECTED
from app.models import (
    AttendanceEntry,
    AttendanceRegister,
    Edition,
    Enrolment,
    Lesson,
    Recovery,
    RegisterSheet,
    Venue,
)
from app.open_sheets import waiting
from app.scope import clause

UPCOMING_DAYS = 14


@dataclass(frozen=True)
class LessonCard:
    """A lesson as the day shows it."""

    id: int
    edition_code: str
    course_title: str
    seq: int
    topic: str
    starts_at: datetime
    ends_at: datetime
    place: str
    sheet_state: SheetState
    endorsed: bool
    expected: int
    marked: int


@dataclass(frozen=True)
class Day:
    """The trainer's day: lessons to close first, then today's, then those to come."""

    overdue: list[LessonCard]
    today: list[LessonCard]
    upcoming: list[LessonCard]


def trainer_day(actor: Actor) -> Day:
    """The lessons that want the actor now, in one statement."""
    now = clock.now()
    cards = _cards(actor, now + timedelta(days=UPCOMING_DAYS))
    here = now.astimezone(ROME).date()
    on = {card.id: card.starts_at.astimezone(ROME).date() for card in cards}
    return Day(
        overdue=[c for c in cards if on[c.id] < here and c.ends_at <= now],
        today=[c for c in cards if on[c.id] == here or (on[c.id] < here and c.ends_at > now)],
        upcoming=[c for c in cards if on[c.id] > here],
    )


def _cards(actor: Actor, until: datetime) -> list[LessonCard]:
    guests = select(Recovery.enrolment_id).where(Recovery.lesson_id == Lesson.id)
    people = (
        select(func.count())
        .where(
            (Enrolment.edition_id == Lesson.edition_id)
            | Enrolment.id.in_(guests.correlate(Lesson)),
            EXPECTED,
        )
        .correlate(Lesson)
        .scalar_subquery()
    )
    marks = (
        select(func.count()).where(AttendanceEntry.sheet_id == RegisterSheet.id).scalar_subquery()
    )
    running = Edition.state.notin_([EditionState.DRAFT, EditionState.CANCELLED])
    now = clock.now()
    day_start = now.astimezone(ROME).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = db.session.execute(
        select(
            Lesson,
            Edition,
            Venue,
            RegisterSheet.state,
            AttendanceRegister.endorsed_at,
            people,
            marks,
        )
        .join(Edition, Edition.id == Lesson.edition_id)
        .join(Venue, Venue.id == func.coalesce(Lesson.venue_id, Edition.venue_id))
        .join(RegisterSheet, RegisterSheet.lesson_id == Lesson.id)
        .outerjoin(AttendanceRegister, AttendanceRegister.edition_id == Edition.id)
        .where(
            clause(Lesson, actor),
            running,
            Lesson.state.in_([LessonState.SCHEDULED, LessonState.HELD]),
            Lesson.starts_at < until,
            (Lesson.starts_at >= day_start) | (Lesson.ends_at > now) | waiting(now),
        )
        .order_by(Lesson.starts_at, Lesson.id)
    )
    return [
        LessonCard(
            id=lesson.id,
            edition_code=edition.code,
            course_title=edition.course_title,
            seq=lesson.seq,
            topic=lesson.topic,
            starts_at=lesson.starts_at,
            ends_at=lesson.ends_at,
            place=f"{venue.town}, {venue.name}",
            sheet_state=state,
            endorsed=endorsed_at is not None,
            expected=n_expected,
            marked=n_marked,
        )
        for lesson, edition, venue, state, endorsed_at, n_expected, n_marked in rows
    ]
