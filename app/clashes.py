# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which lessons of all programmes and bodies want the same people or rooms at the same time.

Whoever is about to write holds people and rooms first (``hold``): of two hands that
want the same at once, the second sees what the first has written.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Row, ScalarSelect, func, select

from app.actor import Actor
from app.domain.clashes import Slot
from app.domain.edition import EditionState
from app.domain.timetable import Window
from app.domain.vocabulary import Mode, StaffRole
from app.extensions import db
from app.hours import EXPECTED, TAKES_PLACE
from app.models import Edition, Enrolment, Lesson, LessonStaff, Person, Venue
from app.scope import clause

TEACHING = (StaffRole.TRAINER, StaffRole.CO_TRAINER)


@dataclass(frozen=True)
class Taken:
    """A lesson of another edition. ``edition_code`` is empty where the actor may not see it;
    ``shared`` are the people enrolled there and in the edition asked about.
    """

    slot: Slot
    edition_code: str
    shared: int = 0


def hold(people: Collection[int], rooms: Collection[int]) -> None:
    """Hold these people and rooms until the commit; always in the same order."""
    for model, ids in ((Venue, rooms), (Person, people)):
        wanted = select(model.id).where(model.id.in_(ids)).order_by(model.id)
        # Not against those who only refer to the row: enrolling somebody does not wait.
        db.session.execute(wanted.with_for_update(key_share=True)).all()


def room_of(mode: Mode, venue: int | None, usual: int) -> int | None:
    """The room a lesson takes: none at a distance."""
    return None if mode is Mode.ONLINE_SYNC else venue or usual


def taken(
    actor: Actor,
    edition_id: int,
    windows: Iterable[Window],
    people: Collection[int] = (),
    rooms: Collection[int] = (),
) -> list[Taken]:
    """Lessons of other editions within the time of these windows that want one of these
    people or rooms, or somebody enrolled in the edition: one statement.
    """
    times = list(windows)
    if not times:
        return []
    shared = _shared(edition_id)
    room = func.coalesce(Lesson.venue_id, Edition.venue_id)
    staffed = select(LessonStaff.lesson_id).where(LessonStaff.person_id.in_(people))
    rows = db.session.execute(
        select(
            Lesson.id,
            Lesson.edition_id,
            Lesson.starts_at,
            Lesson.ends_at,
            room.label("venue_id"),
            Edition.mode,
            Edition.code,
            Edition.id.in_(select(Edition.id).where(clause(Edition, actor))).label("seen"),
            shared.label("shared"),
            LessonStaff.person_id,
            LessonStaff.role,
        )
        .join(Edition, Edition.id == Lesson.edition_id)
        .outerjoin(LessonStaff, LessonStaff.lesson_id == Lesson.id)
        .where(
            Lesson.edition_id != edition_id,
            TAKES_PLACE,
            Edition.state != EditionState.CANCELLED,
            Lesson.starts_at < max(one.end for one in times),
            Lesson.ends_at > min(one.start for one in times),
            Lesson.id.in_(staffed.correlate(None)) | room.in_(rooms) | (shared > 0),
        )
        .order_by(Lesson.starts_at, Lesson.id)
    )
    return [_taken(list(of_lesson)) for _id, of_lesson in groupby(rows, key=lambda row: row.id)]


def _shared(edition_id: int) -> ScalarSelect[int]:
    """How many of those enrolled in the lesson's edition are enrolled in this one."""
    here = select(Enrolment.person_id).where(Enrolment.edition_id == edition_id, EXPECTED)
    return (
        select(func.count())
        .select_from(Enrolment)
        .where(
            Enrolment.edition_id == Lesson.edition_id,
            EXPECTED,
            Enrolment.person_id.in_(here.correlate(None)),
        )
        .correlate(Lesson)
        .scalar_subquery()
    )


def _taken(rows: list[Row[Any]]) -> Taken:
    """A lesson, from a row for each of its staff."""
    row = rows[0]
    slot = Slot(
        lesson=row.id,
        edition=row.edition_id,
        window=Window(row.starts_at, row.ends_at),
        trainers=frozenset(one.person_id for one in rows if one.role in TEACHING),
        tutors=frozenset(
            one.person_id for one in rows if one.role is not None and one.role not in TEACHING
        ),
        room=room_of(row.mode, row.venue_id, row.venue_id),
    )
    return Taken(slot, row.code if row.seen else "", row.shared)
