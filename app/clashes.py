# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which lessons of all programmes and bodies want the same people or rooms at the same time.

Whoever is about to write holds people and rooms first (``hold``): of two hands that
want the same at once, the second sees what the first has written.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, func, or_, select, union
from sqlalchemy.orm import aliased

from app.actor import Actor
from app.domain.clashes import Slot
from app.domain.edition import EditionState
from app.domain.timetable import Window
from app.domain.vocabulary import Mode, StaffRole
from app.extensions import db
from app.hours import EXPECTED, TAKES_PLACE
from app.models import Edition, Enrolment, Lesson, LessonStaff, Person, Recovery, Venue
from app.scope import clause

TEACHING = (StaffRole.TRAINER, StaffRole.CO_TRAINER)


@dataclass(frozen=True)
class Taken:
    """A lesson of another edition. ``edition_code`` is empty where the actor may not see it;
    ``shared`` are the people enrolled in the edition asked about who are expected there.
    ``guests``: how many who recover in a lesson of that edition (its id) are expected there.
    """

    slot: Slot
    edition_code: str
    shared: int = 0
    guests: Mapping[int, int] = field(default_factory=dict)


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
    people or rooms, or somebody enrolled or recovering in the edition: two statements.
    """
    times = list(windows)
    if not times:
        return []
    within = (
        Lesson.edition_id != edition_id,
        TAKES_PLACE,
        Lesson.starts_at < max(one.end for one in times),
        Lesson.ends_at > min(one.start for one in times),
    )
    guests = _guests(edition_id, within)
    shared = _enrolled_there(edition_id) + _recovering_there(edition_id)
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
            *within,
            Edition.state != EditionState.CANCELLED,
            or_(
                Lesson.id.in_(staffed.correlate(None)),
                Lesson.id.in_(list(guests)),
                room.in_(rooms),
                shared > 0,
            ),
        )
        .order_by(Lesson.starts_at, Lesson.id)
    )
    return [
        _taken(list(of_lesson), guests.get(lesson, {}))
        for lesson, of_lesson in groupby(rows, key=lambda row: row.id)
    ]


def _here(edition_id: int) -> Select[Any]:
    """Whoever is enrolled in this edition."""
    here = select(Enrolment.person_id).where(Enrolment.edition_id == edition_id, EXPECTED)
    return here.correlate(None)


def _enrolled_there(edition_id: int) -> ScalarSelect[int]:
    """How many of those enrolled in the lesson's edition are enrolled in this one."""
    return (
        select(func.count())
        .select_from(Enrolment)
        .where(
            Enrolment.edition_id == Lesson.edition_id,
            EXPECTED,
            Enrolment.person_id.in_(_here(edition_id)),
        )
        .correlate(Lesson)
        .scalar_subquery()
    )


def _recovering_there(edition_id: int) -> ScalarSelect[int]:
    """How many of those who recover in the lesson are enrolled in this edition."""
    return (
        select(func.count())
        .select_from(Recovery)
        .join(Enrolment, Enrolment.id == Recovery.enrolment_id)
        .where(
            Recovery.lesson_id == Lesson.id,
            EXPECTED,
            Enrolment.person_id.in_(_here(edition_id)),
        )
        .correlate(Lesson)
        .scalar_subquery()
    )


def _guests(edition_id: int, within: Sequence[ColumnElement[bool]]) -> dict[int, dict[int, int]]:
    """Lessons in which whoever recovers in this edition is expected, too: how many, by the
    lesson of this edition. The lesson she recovers is none of them.
    """
    here, guest, there = aliased(Lesson), aliased(Enrolment), aliased(Recovery)
    pairs = (
        select(Recovery.lesson_id, Lesson.id, Enrolment.person_id)
        .select_from(Recovery)
        .join(here, here.id == Recovery.lesson_id)
        .join(guest, guest.id == Recovery.enrolment_id)
        .join(Enrolment, Enrolment.person_id == guest.person_id)
    )
    where = (here.edition_id == edition_id, EXPECTED, Lesson.id != Recovery.missed_lesson_id)
    enrolled = pairs.join(Lesson, Lesson.edition_id == Enrolment.edition_id)
    recovering = pairs.join(there, there.enrolment_id == Enrolment.id).join(
        Lesson, Lesson.id == there.lesson_id
    )
    rows = db.session.execute(
        union(enrolled.where(*where, *within), recovering.where(*where, *within))
    )
    found: dict[int, dict[int, int]] = {}
    for ours, lesson, _person in rows:
        counted = found.setdefault(lesson, {})
        counted[ours] = counted.get(ours, 0) + 1
    return found


def _taken(rows: list[Row[Any]], guests: Mapping[int, int]) -> Taken:
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
    return Taken(slot, row.code if row.seen else "", row.shared, guests)
