# SPDX-License-Identifier: AGPL-3.0-or-later
"""An apology made before a lesson, or taken back before it."""

from sqlalchemy import select

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain.apologies import check_apology
from app.domain.errors import RuleViolation, Sentence
from app.extensions import db
from app.models import Apology, Enrolment, Lesson


def make(actor: Actor, enrolment: Enrolment, lesson: Lesson, note: str) -> None:
    """Say that she will not come. Raises RuleViolation once the lesson has begun."""
    check_apology(enrolment.state, lesson.starts_at, clock.now())
    if _standing(enrolment, lesson) is not None:
        raise RuleViolation(Sentence("Per questa lezione l'avviso c'è già."))
    apology = Apology(
        enrolment_id=enrolment.id,
        lesson_id=lesson.id,
        note=note,
        made_at=clock.now(),
        made_by_id=actor.account_id,
    )
    db.session.add(apology)
    db.session.flush()
    _note(actor, Action.APOLOGY_MADE, apology, enrolment)


def take_back(actor: Actor, enrolment: Enrolment, lesson: Lesson) -> None:
    """She will come after all. Raises RuleViolation once the lesson has begun."""
    check_apology(enrolment.state, lesson.starts_at, clock.now())
    apology = _standing(enrolment, lesson)
    if apology is None:
        raise RuleViolation(Sentence("Per questa lezione non c'è un avviso."))
    apology.withdrawn_at, apology.withdrawn_by_id = clock.now(), actor.account_id
    _note(actor, Action.APOLOGY_WITHDRAWN, apology, enrolment)


def _standing(enrolment: Enrolment, lesson: Lesson) -> Apology | None:
    return db.session.scalars(
        select(Apology).where(
            Apology.enrolment_id == enrolment.id,
            Apology.lesson_id == lesson.id,
            Apology.withdrawn_at.is_(None),
        )
    ).one_or_none()


def _note(actor: Actor, action: Action, apology: Apology, enrolment: Enrolment) -> None:
    audit.record(
        actor,
        action,
        apology,
        enrolment.edition.code,
        body_id=enrolment.home_body_id,
        enrolment=enrolment.id,
        lesson=apology.lesson_id,
    )
