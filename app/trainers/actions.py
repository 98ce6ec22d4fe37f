# SPDX-License-Identifier: AGPL-3.0-or-later
"""Putting somebody in the place of who was to teach or assist at a lesson."""

from sqlalchemy import select

from app import audit
from app.actor import Actor
from app.audit import Action
from app.domain import substitution as rules
from app.domain.clashes import clashes
from app.domain.errors import RuleViolation, Sentence
from app.extensions import db
from app.hours import TAKES_PLACE
from app.models import Lesson, LessonStaff, Person, RegisterSheet
from app.trainers.substitution import elsewhere, slot_of


def substitute(
    actor: Actor, lesson: Lesson, place_id: int, person_id: int, reason: str
) -> LessonStaff:
    """From now on this person has that place. RuleViolation, in words, when she may not.

    ``place_id`` is the row of who had it. ``lesson`` comes with its edition.
    """
    # Held until the commit: a page that is being closed waits, or is seen closed here.
    state = db.session.scalars(
        select(RegisterSheet.state).where(RegisterSheet.lesson_id == lesson.id).with_for_update()
    ).one()
    still = db.session.scalar(select(Lesson.id).where(Lesson.id == lesson.id, TAKES_PLACE))
    rules.check_open(state, takes_place=still is not None)
    rules.check_reason(reason)
    places = db.session.scalars(
        select(LessonStaff)
        .where(LessonStaff.lesson_id == lesson.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    former = next((place for place in places if place.id == place_id), None)
    if former is None:
        raise RuleViolation(Sentence("Nel frattempo l'assegnazione è cambiata: ricaricare."))
    # Held so that she is not put in two places at once.
    db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    others = elsewhere(person_id, lesson)
    rules.check_substitute(
        person_id,
        [place.person_id for place in places],
        clashes([other.slot for other in others], slot_of(lesson, person_id)),
        "; ".join(other.words for other in others),
    )
    out, former.person_id, former.reason = former.person_id, person_id, reason
    audit.record(
        actor,
        Action.LESSON_SUBSTITUTED,
        lesson,
        f"{lesson.edition.code}, {lesson.seq}",
        body_id=lesson.edition.delivering_body_id,
        old=out,
        new=person_id,
        as_=former.role.value,
        reason=reason,
    )
    return former
