# SPDX-License-Identifier: AGPL-3.0-or-later
"""A person's own record: courses, hours, certificates, the next lesson."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app import clock
from app.actor import Actor
from app.domain.edition import EditionState, has_ended
from app.domain.prospects import Prospect
from app.domain.vocabulary import LessonState
from app.extensions import db
from app.hours import Standing, all_standings
from app.models import Edition, Enrolment, Lesson, Venue
from app.outlook import outlooks
from app.scope import clause


@dataclass(frozen=True)
class NextLesson:
    starts_at: datetime
    ends_at: datetime
    topic: str
    place: str


@dataclass(frozen=True)
class Record:
    """Everything an official sees first."""

    courses: list[Standing]
    next_lessons: dict[int, NextLesson]
    prospects: dict[int, Prospect]

    @property
    def minutes(self) -> int:
        return sum(course.counted for course in self.courses)

    @property
    def certificates(self) -> list[Standing]:
        return [course for course in self.courses if course.certificate_id]


def own_record(actor: Actor) -> Record:
    """The actor's enrolments, newest first, with next lesson and prospect of each: three statements."""
    own = (clause(Enrolment, actor), Enrolment.person_id == actor.person_id)
    courses = all_standings(*own)
    courses.sort(key=lambda c: (c.first_at is not None, c.first_at, c.enrolment_id), reverse=True)
    under_way = Edition.state.notin_([state for state in EditionState if has_ended(state)])
    prospects = {i: found.prospect for i, found in outlooks(*own, under_way).items()}
    return Record(courses, _next_lessons([course.edition_id for course in courses]), prospects)


def _next_lessons(editions: list[int]) -> dict[int, NextLesson]:
    rows = db.session.execute(
        select(Lesson, Venue)
        .join(Edition, Edition.id == Lesson.edition_id)
        .join(Venue, Venue.id == func.coalesce(Lesson.venue_id, Edition.venue_id))
        .where(
            Lesson.edition_id.in_(editions),
            Lesson.ends_at > clock.now(),
            Lesson.state == LessonState.SCHEDULED,
        )
        .order_by(Lesson.starts_at.desc())
    )
    return {
        lesson.edition_id: NextLesson(
            lesson.starts_at, lesson.ends_at, lesson.topic, f"{venue.town}, {venue.name}"
        )
        for lesson, venue in rows
    }
