# SPDX-License-Identifier: AGPL-3.0-or-later
"""Variations: what a change of the timetable was about, written with its reason, and told.

The table of the timetable and the substitution of a trainer both end here.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.clashes import TEACHING
from app.domain.timetable import Window
from app.domain.variation_words import Names
from app.domain.variations import Change, LessonFacts
from app.domain.vocabulary import StaffRole
from app.extensions import db
from app.models import Edition, Lesson, Person, Variation, Venue
from app.timetable_notices import Notice, Told, concerned, send


def trainers_of(lesson: Lesson) -> tuple[int, ...]:
    """The trainer first, then who teaches beside."""
    staff = [one for one in lesson.staff if one.role in TEACHING]
    staff.sort(key=lambda one: (one.role is not StaffRole.TRAINER, one.id))
    return tuple(one.person_id for one in staff)


def tutors_of(lesson: Lesson) -> tuple[int, ...]:
    staff = [one for one in lesson.staff if one.role is StaffRole.TUTOR]
    return tuple(sorted(one.person_id for one in staff))


def facts_of_lesson(lesson: Lesson, usual_venue: int) -> LessonFacts:
    """What a variation would be about; the lesson comes with its breaks and staff."""
    return LessonFacts(
        Window(lesson.starts_at, lesson.ends_at),
        tuple(Window(one.starts_at, one.ends_at) for one in lesson.breaks),
        lesson.venue_id or usual_venue,
        trainers_of(lesson),
        tutors_of(lesson),
    )


def names_of(people: Collection[int], venues: Collection[int]) -> Names:
    """What these people and venues are called: two statements."""
    named = db.session.execute(
        select(Person.id, Person.family_name, Person.given_name).where(Person.id.in_(people))
    )
    placed = db.session.execute(
        select(Venue.id, Venue.town, Venue.name).where(Venue.id.in_(venues))
    )
    return Names(
        people={person: f"{family} {given}" for person, family, given in named},
        venues={venue: f"{town}, {name}" for venue, town, name in placed},
    )


def write_variations(
    actor: Actor,
    edition: Edition,
    names: Names,
    changes: Sequence[tuple[Change, Lesson]],
    *,
    reason: str,
    tell: bool,
) -> list[Variation]:
    """Add a variation for each change, and put the messages in the outbox if ``tell``.

    The edition is held: numbers follow each other. It comes with its course.
    """
    if not changes:
        return []
    told = [
        one
        for one in (concerned(edition, [change for change, _lesson in changes]) if tell else [])
        if one.address
    ]
    written = _write(actor, edition, changes, reason.strip(), told)
    for variation in written:
        audit.record(
            actor,
            Action.VARIATION_DECIDED,
            variation,
            f"{edition.code}, {variation.number}",
            body_id=edition.delivering_body_id,
            lesson=variation.lesson_id,
            kind=variation.kind.value,
            reason=variation.reason,
            told=len(variation.told),
        )
    lessons, first = {id(change): lesson for change, lesson in changes}, written[0]
    for one in told:
        send(
            Notice(edition, names, one, lessons, first.reason, actor.name, first.decided_at, first)
        )
    return written


def _write(
    actor: Actor,
    edition: Edition,
    changes: Sequence[tuple[Change, Lesson]],
    reason: str,
    told: Sequence[Told],
) -> list[Variation]:
    """The rows, numbered on from the last; calendars take the entry with the highest revision."""
    last = db.session.scalar(
        select(func.coalesce(func.max(Variation.number), 0)).where(
            Variation.edition_id == edition.id
        )
    )
    now, written = clock.now(), []
    for number, (change, lesson) in enumerate(changes, (last or 0) + 1):
        lesson.revision += 1
        written.append(
            Variation(
                edition_id=edition.id,
                number=number,
                lesson_id=lesson.id,
                kind=change.kind,
                old=change.old.as_kept() if change.old else None,
                new=change.new.as_kept() if change.new else None,
                reason=reason,
                decided_by_id=actor.account_id,
                decided_by_label=actor.name,
                decided_at=now,
                told=[one.person for one in told if change in one.changes],
            )
        )
    db.session.add_all(written)
    db.session.flush()
    return written
