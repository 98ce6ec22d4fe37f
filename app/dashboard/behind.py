# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rows behind each figure of the dashboard: enrolments, lessons."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select

from app.actor import Actor
from app.dashboard.queries import DUE, confirmed, editions, may_see
from app.domain.enrolment import EnrolmentState
from app.domain.register import SheetState
from app.extensions import db
from app.hours import ATTENDED, CERTIFIED, COUNTED, COUNTED_OF_EACH, EXPECTED, HELD
from app.listing import Listing, Plan, paginate
from app.models import (
    Certificate,
    Course,
    Edition,
    Enrolment,
    Lesson,
    Organisation,
    Person,
    RegisterSheet,
)
from app.scope import clause
from app.standings import standing, standings

# Which enrolments a figure adds up.
FIGURE_ROWS: dict[str, ColumnElement[bool]] = {
    "OUT1": EXPECTED,
    "OUT2": Enrolment.id.in_(select(Certificate.enrolment_id).where(CERTIFIED)),
    "OUT4": COUNTED_OF_EACH > 0,
    "RES1": Enrolment.state.in_([EnrolmentState.COMPLETED, EnrolmentState.NOT_COMPLETED]),
    "RES2": HELD > 0,
    "due": DUE,
}


def people_behind(actor: Actor, figure: str, body_id: int | None, course_id: int | None) -> Listing:
    """The enrolments a figure adds up, or those of one cell of the matrix."""
    statement = standings(confirmed(actor), FIGURE_ROWS.get(figure, EXPECTED))
    if body_id is not None:
        statement = statement.where(Enrolment.home_body_id == body_id)
    if course_id is not None:
        statement = statement.where(Edition.course_id == course_id)
    return paginate(statement, _people_plan(), lambda row: standing(row))


def _people_plan() -> Plan:
    return Plan(
        sorts={
            "name": [Person.search_key, Enrolment.id],
            "body": [Organisation.short_name, Person.search_key, Enrolment.id],
            "edition": [Edition.code, Person.search_key, Enrolment.id],
            "hours": [COUNTED_OF_EACH, Person.search_key, Enrolment.id],
        },
        search=Person.search_key + " " + Organisation.search_key + " " + func.lower(Edition.code),
        keep=("body", "course"),
    )


@dataclass(frozen=True)
class HeldLesson:
    lesson_id: int
    edition_id: int
    edition_code: str
    course_title: str
    seq: int
    starts_at: datetime
    delivered_minutes: int
    body: str


def lessons_behind(actor: Actor) -> Listing:
    """The lessons whose hours are delivered: page closed."""
    return paginate(
        select(
            Lesson.id,
            Edition.id,
            Edition.code,
            Edition.course_title,
            Lesson.seq,
            Lesson.starts_at,
            RegisterSheet.delivered_minutes,
            Organisation.short_name,
        )
        .join(Edition, Edition.id == Lesson.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .join(Organisation, Organisation.id == Edition.delivering_body_id)
        .join(RegisterSheet, RegisterSheet.lesson_id == Lesson.id)
        .where(Lesson.edition_id.in_(editions(actor)), RegisterSheet.state == SheetState.CLOSED),
        Plan(
            sorts={
                "date": [Lesson.starts_at, Lesson.id],
                "edition": [Edition.code, Lesson.seq],
                "hours": [RegisterSheet.delivered_minutes, Lesson.id],
                "body": [Organisation.short_name, Lesson.starts_at, Lesson.id],
            },
            search=Course.search_key + " " + func.lower(Edition.code),
        ),
        lambda row: HeldLesson(*row),
    )


@dataclass(frozen=True)
class BodyReached:
    """A home body, its people who came, and their minutes; no count where it could be one person."""

    body_id: int
    name: str
    people: int | None
    counted: int | None


def bodies_behind(actor: Actor) -> Listing:
    """The home bodies with at least one person present at a lesson."""
    people = func.count(Enrolment.person_id.distinct())
    counted = func.sum(COUNTED)
    return paginate(
        select(Organisation.id, Organisation.name, people, counted)
        .select_from(Enrolment)
        .join(Organisation, Organisation.id == Enrolment.home_body_id)
        .join(ATTENDED, ATTENDED.c.enrolment_id == Enrolment.id)
        .where(confirmed(actor), COUNTED > 0)
        .group_by(Organisation.id, Organisation.name),
        Plan(
            sorts={
                "name": [Organisation.name],
                "people": [people, Organisation.name],
                "hours": [counted, Organisation.name],
            },
            search=Organisation.search_key,
        ),
        lambda row: _body_reached(actor, *row),
    )


def _body_reached(actor: Actor, body_id: int, name: str, people: int, counted: int) -> BodyReached:
    if may_see(actor, body_id, people):
        return BodyReached(body_id, name, people, counted)
    return BodyReached(body_id, name, None, None)


def names_of(body_id: int | None, course_id: int | None, actor: Actor) -> str:
    """What a cell of the matrix is of: body and course, as far as the actor may see them."""
    parts = []
    if body_id is not None:
        parts.append(
            db.session.scalar(
                select(Organisation.name).where(
                    Organisation.id == body_id, clause(Organisation, actor)
                )
            )
        )
    if course_id is not None:
        parts.append(
            db.session.scalar(
                select(Course.title).where(Course.id == course_id, clause(Course, actor))
            )
        )
    return " · ".join(part for part in parts if part) or _("Tutte le iscrizioni")
