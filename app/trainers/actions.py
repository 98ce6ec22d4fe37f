# SPDX-License-Identifier: AGPL-3.0-or-later
"""Putting somebody in the place of who was to teach or assist at a lesson."""

from sqlalchemy import select

from app import audit
from app.actor import Actor
from app.audit import Action
from app.domain.register import SheetState
from app.domain.variations import makes_variations
from app.extensions import db
from app.models import Edition, Lesson, LessonStaff, Person, RegisterSheet
from app.trainers.substitution import LESSON, change_of, check, names_in
from app.variations import write_variations


def substitute(
    actor: Actor,
    lesson: Lesson,
    place_id: int,
    person_id: int,
    reason: str,
    *,
    tell: bool = False,
) -> LessonStaff:
    """From now on this person has that place; once the edition is open it is a variation.

    ``place_id`` is the row of who had it; ``tell``: those concerned get a message.
    ``lesson`` comes with what ``LESSON`` loads. Raises RuleViolation, in words.
    """
    state = _hold(lesson, person_id)
    check(lesson, state, place_id, person_id, reason)
    edition, change = lesson.edition, change_of(lesson, place_id, person_id)
    place = next(one for one in lesson.staff if one.id == place_id)
    out, place.person_id, place.reason = place.person_id, person_id, reason
    audit.record(
        actor,
        Action.LESSON_SUBSTITUTED,
        lesson,
        f"{edition.code}, {lesson.seq}",
        body_id=edition.delivering_body_id,
        old=out,
        new=person_id,
        as_=place.role.value,
        reason=reason,
    )
    if makes_variations(edition.state):
        write_variations(
            actor, edition, names_in(change), [(change, lesson)], reason=reason, tell=tell
        )
    return place


def _hold(lesson: Lesson, person_id: int) -> SheetState:
    """Hold page, edition, places and person until the commit; the lesson is read again.

    A page that is being closed waits, or is seen closed here; nobody is put in two
    places at once; variations follow each other.
    """
    state = db.session.scalars(
        select(RegisterSheet.state).where(RegisterSheet.lesson_id == lesson.id).with_for_update()
    ).one()
    for held in (
        select(Edition.id).where(Edition.id == lesson.edition_id),
        select(LessonStaff.id).where(LessonStaff.lesson_id == lesson.id).order_by(LessonStaff.id),
        select(Person.id).where(Person.id == person_id),
    ):
        db.session.execute(held.with_for_update()).all()
    again = select(Lesson).where(Lesson.id == lesson.id).options(*LESSON)
    db.session.scalars(again.execution_options(populate_existing=True)).unique().one()
    return state
