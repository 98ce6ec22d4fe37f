# SPDX-License-Identifier: AGPL-3.0-or-later
"""A person's own page: courses with what comes next, hours by year, certificates."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app import clock
from app.actor import Actor
from app.domain.declarations import why_no_hours
from app.domain.edition import EditionState, has_ended
from app.domain.prospects import Prospect
from app.domain.roles import Role
from app.domain.vocabulary import LessonState
from app.enrolments.questionnaire.queries import why_closed
from app.enrolments.record.queries import Paper, Year, courses_of, papers_of, years_of
from app.enrolments.requests.queries import TOLD, OwnRequest, own_requests
from app.extensions import db
from app.models import Edition, Enrolment, Lesson, Venue
from app.outlook import outlooks
from app.standings import Standing


@dataclass(frozen=True)
class NextLesson:
    starts_at: datetime
    ends_at: datetime
    topic: str
    place: str


@dataclass(frozen=True)
class Card:
    """One course of hers. ``asks``: its questionnaire waits; ``declares``: hours to declare."""

    course: Standing
    next: NextLesson | None
    prospect: Prospect | None
    asks: bool
    declares: bool


@dataclass(frozen=True)
class OwnPage:
    """Everything somebody sees first. ``takes_part``: she looks as the one who attends."""

    cards: list[Card]
    years: list[Year]
    papers: list[Paper]
    requests: list[OwnRequest]
    takes_part: bool

    @property
    def minutes(self) -> int:
        return sum(card.course.counted for card in self.cards)

    @property
    def certificates(self) -> int:
        return sum(paper.holds and not paper.is_declaration for paper in self.papers)


def own_page(actor: Actor) -> OwnPage:
    """The actor's enrolments, the newest first, her hours and papers: six statements."""
    courses = [course.standing for course in courses_of(actor.person_id)]
    courses = [course for course in courses if course.state not in TOLD]
    under_way = Edition.state.notin_([state for state in EditionState if has_ended(state)])
    prospects = outlooks(Enrolment.person_id == actor.person_id, under_way)
    lessons = _next_lessons([course.edition_id for course in courses])
    cards = [
        Card(
            course=course,
            next=lessons.get(course.edition_id),
            prospect=found.prospect if (found := prospects.get(course.enrolment_id)) else None,
            asks=why_closed(course) is None and not course.case.questionnaire_answered,
            declares=why_no_hours(course.case) is None,
        )
        for course in courses
    ]
    return OwnPage(
        cards=cards,
        years=years_of(actor.person_id),
        papers=papers_of(actor.person_id),
        requests=own_requests(actor),
        takes_part=actor.role is Role.PARTICIPANT,
    )


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
