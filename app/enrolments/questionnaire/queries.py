# SPDX-License-Identifier: AGPL-3.0-or-later
"""An edition's questionnaire as it stands for one of those enrolled."""

from dataclasses import dataclass

from flask import abort

from app import clock
from app.actor import Actor
from app.domain.errors import Sentence
from app.domain.questionnaires import why_not_open
from app.extensions import db
from app.models import Edition, Enrolment
from app.scope import clause
from app.standings import Standing, standing, standings


@dataclass(frozen=True)
class Asked:
    """The enrolment asked, whether it has answered, and why it cannot (None: it can)."""

    enrolment_id: int
    edition_id: int
    edition_code: str
    course_title: str
    answered: bool
    why_not: Sentence | None


def asked_of(actor: Actor, edition_id: int) -> Asked:
    """The questionnaire of the actor's own enrolment; 404 where she has none."""
    row = db.session.execute(
        standings(
            Edition.id == edition_id,
            Enrolment.person_id == actor.person_id,
            clause(Enrolment, actor),
        )
    ).one_or_none()
    if row is None:
        abort(404)
    found = standing(row)
    return Asked(
        enrolment_id=found.enrolment_id,
        edition_id=found.edition_id,
        edition_code=found.edition_code,
        course_title=found.course_title,
        answered=found.case.questionnaire_answered,
        why_not=why_closed(found),
    )


def why_closed(found: Standing) -> Sentence | None:
    """Why this enrolment cannot answer (now), whether or not it has; None when it can."""
    return why_not_open(
        asked=found.case.questionnaire_asked,
        edition=found.edition_state,
        enrolment=found.state,
        last_ends_at=found.last_at,
        now=clock.now(),
    )
