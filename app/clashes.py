# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which lessons of all programmes and bodies want the same people or rooms at the same time.

Whoever is about to write holds people and rooms first (``hold``): of two hands that
want the same at once, the second sees what the first has written.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

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
    """A lesson of another edition. ``edition_code`` is empty where the actor may not see it."""

    slot: Slot
    edition_code: str


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
    people or rooms, or somebody enrolled in the edition: three statements.

    Their ``participants`` are those enrolled in the edition as well.
    """
    times = list(windows)
    if not times:
        return []
    shared = _shared(edition_id)
    staffed = select(LessonStaff.lesson_id).where(LessonStaff.person_id.in_(people))
    rows = db.session.execute(
        select(
            Lesson.id,
            Lesson.edition_id,
            Lesson.starts_at,
            Lesson.ends_at,
            func.coalesce(Lesson.venue_id, Edition.venue_id).label("venue_id"),
            Edition.mode,
            Edition.code,
            Edition.id.in_(select(Edition.id).where(clause(Edition, actor))).label("seen"),
        )
        .join(Edition, Edition.id == Lesson.edition_id)
        .where(
            Lesson.edition_id != edition_id,
            TAKES_PLACE,
            Edition.state != EditionState.CANCELLED,
            Lesson.starts_at < max(one.end for one in times),
            Lesson.ends_at > min(one.start for one in times),
            Lesson.id.in_(staffed)
            | func.coalesce(Lesson.venue_id, Edition.venue_id).in_(rooms)
            | Lesson.edition_id.in_(list(shared)),
        )
        .order_by(Lesson.starts_at, Lesson.id)
    ).all()
    staff = _staff([row.id for row in rows])
    return [_taken(row, staff, shared) for row in rows]


def _shared(edition_id: int) -> dict[int, frozenset[int]]:
    """By other edition: who is enrolled there and in this one."""
    here = select(Enrolment.person_id).where(Enrolment.edition_id == edition_id, EXPECTED)
    rows = db.session.execute(
        select(Enrolment.edition_id, Enrolment.person_id).where(
            Enrolment.person_id.in_(here.correlate(None)),
            Enrolment.edition_id != edition_id,
            EXPECTED,
        )
    )
    found: dict[int, set[int]] = {}
    for other, person in rows:
        found.setdefault(other, set()).add(person)
    return {other: frozenset(people) for other, people in found.items()}


def _staff(lessons: list[int]) -> dict[tuple[int, bool], set[int]]:
    rows = db.session.execute(
        select(LessonStaff.lesson_id, LessonStaff.role, LessonStaff.person_id).where(
            LessonStaff.lesson_id.in_(lessons)
        )
    )
    found: dict[tuple[int, bool], set[int]] = {}
    for lesson, role, person in rows:
        found.setdefault((lesson, role in TEACHING), set()).add(person)
    return found


def _taken(
    row: Row[Any], staff: dict[tuple[int, bool], set[int]], shared: dict[int, frozenset[int]]
) -> Taken:
    slot = Slot(
        lesson=row.id,
        edition=row.edition_id,
        window=Window(row.starts_at, row.ends_at),
        trainers=frozenset(staff.get((row.id, True), ())),
        tutors=frozenset(staff.get((row.id, False), ())),
        room=room_of(row.mode, row.venue_id, row.venue_id),
        participants=shared.get(row.edition_id, frozenset()),
    )
    return Taken(slot, row.code if row.seen else "")
