# SPDX-License-Identifier: AGPL-3.0-or-later
"""Taking an answer to a questionnaire so that nothing kept leads from it to a person.

The answer has no person, no moment, and an id drawn at random; the enrolment and the trail
know that she answered, and not what. The form has no key against double sending: a hash of
what was sent would be kept beside her account. What one transaction wrote, the server of a
PostgreSQL database may still tell to who administers it.
"""

import secrets
from collections.abc import Mapping

from sqlalchemy import select

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain.errors import RuleViolation, Sentence
from app.domain.questionnaires import check_ratings
from app.enrolments.questionnaire.queries import Asked
from app.extensions import db
from app.models import Enrolment, QuestionnaireAnswer
from app.models.types import INTEGER_MAX


def answer(actor: Actor, asked: Asked, ratings: Mapping[str, int], comment: str) -> None:
    """Keep the answer, once. Raises RuleViolation when it is not the time, or the second time."""
    if asked.why_not:
        raise RuleViolation(asked.why_not)
    check_ratings(ratings)
    enrolment = db.session.scalars(
        select(Enrolment)
        .where(Enrolment.id == asked.enrolment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if enrolment.questionnaire_at is not None:
        raise RuleViolation(Sentence("Il questionario è già stato inviato: si compila una volta."))
    enrolment.questionnaire_at = clock.now()
    db.session.add(
        QuestionnaireAnswer(
            id=1 + secrets.randbelow(INTEGER_MAX),
            edition_id=enrolment.edition_id,
            ratings=dict(ratings),
            comment=comment,
        )
    )
    audit.record(
        actor,
        Action.QUESTIONNAIRE_ANSWERED,
        enrolment,
        asked.edition_code,
        body_id=enrolment.home_body_id,
    )
