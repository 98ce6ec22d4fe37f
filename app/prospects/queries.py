# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who can still make it: everybody under way, and one enrolment lesson by lesson."""

from dataclasses import dataclass

from flask import abort
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select

from app.actor import Actor
from app.domain.edition import EditionState
from app.domain.prospects import LessonOutlook, Prospect, ProspectState
from app.domain.vocabulary import EditionKind
from app.extensions import db
from app.hours import EXPECTED
from app.labels import choices
from app.listing import Filter, Listing, Plan, paginate
from app.models import Edition, Enrolment, Lesson, Organisation, Person
from app.outlook import outlooks
from app.prospects.room import Arranged, Place, Room, room_of
from app.scope import clause
from app.standings import Standing, all_standings, standing, standings

UNDER_WAY = Edition.state.in_([EditionState.OPEN, EditionState.CONFIRMED, EditionState.RUNNING])
COURSES = Edition.kind == EditionKind.COURSE


@dataclass(frozen=True)
class ProspectRow:
    """An enrolment and where it stands."""

    standing: Standing
    prospect: Prospect


def prospect_list(actor: Actor) -> Listing:
    """Everybody in courses that are not over: three statements."""
    mine: tuple[ColumnElement[bool], ...] = (clause(Enrolment, actor), UNDER_WAY, COURSES)
    found = outlooks(*mine)
    chosen: dict[str, list[int]] = {state.value: [] for state in ProspectState}
    for enrolment_id, outlook in found.items():
        chosen[outlook.prospect.state.value].append(enrolment_id)
    plan = Plan(
        sorts={
            "name": [Person.search_key, Enrolment.id],
            "body": [Organisation.short_name, Person.search_key, Enrolment.id],
            "edition": [Edition.code, Person.search_key, Enrolment.id],
        },
        search=Person.search_key + " " + Organisation.search_key + " " + func.lower(Edition.code),
        filters=[
            Filter(
                "state",
                _l("Prospettiva"),
                choices(*ProspectState),
                lambda value: Enrolment.id.in_(chosen[value]),
            )
        ],
    )
    return paginate(
        standings(*mine, EXPECTED, Enrolment.id.in_(list(found))),
        plan,
        lambda row: ProspectRow(standing(row), found[row.id].prospect),
    )


@dataclass(frozen=True)
class LessonProspect:
    """A lesson as it counts for the person: recovered where, or to be recovered where."""

    outlook: LessonOutlook
    topic: str
    recovery: Arranged | None
    there: Place | None
    offers: list[Place]


@dataclass(frozen=True)
class ProspectPage:
    """One enrolment, lesson by lesson."""

    standing: Standing
    prospect: Prospect
    room: Room
    lessons: list[LessonProspect]

    @property
    def can_recover(self) -> bool:
        return any(lesson.offers for lesson in self.lessons)


def prospect_page(actor: Actor, enrolment_id: int, hold: int | None = None) -> ProspectPage:
    """The enrolment and the lessons that decide: four statements.

    ``hold``: a lesson kept until the commit, so that its last seat is given once.
    """
    if hold is not None:
        db.session.execute(select(Lesson.id).where(Lesson.id == hold).with_for_update())
    mine = clause(Enrolment, actor) & (Enrolment.id == enrolment_id)
    found, outlook = all_standings(mine, EXPECTED), outlooks(mine).get(enrolment_id)
    if not found or outlook is None:
        abort(404)
    room = room_of(found[0], {lesson.lesson: lesson.counted for lesson in outlook.lessons})
    return ProspectPage(
        found[0], outlook.prospect, room, [_lesson(room, lesson) for lesson in outlook.lessons]
    )


def _lesson(room: Room, lesson: LessonOutlook) -> LessonProspect:
    recovery = room.recovery_of(lesson.lesson)
    return LessonProspect(
        lesson,
        room.places[lesson.lesson].topic,
        recovery,
        room.places.get(recovery.lesson) if recovery else None,
        room.offers(lesson.lesson),
    )
