# SPDX-License-Identifier: AGPL-3.0-or-later
"""An apology for a lesson, made before it begins. It is no mark and counts in nothing."""

from datetime import datetime

from app.domain.enrolment import EnrolmentState
from app.domain.errors import RuleViolation, Sentence


def check_apology(state: EnrolmentState, starts_at: datetime, now: datetime) -> None:
    """Whether a person may say beforehand that she will not come. Raises RuleViolation."""
    if state is not EnrolmentState.CONFIRMED:
        raise RuleViolation(Sentence("Avvisa dell'assenza chi ha un'iscrizione confermata."))
    if now >= starts_at:
        raise RuleViolation(
            Sentence("La lezione è già iniziata: ora vale quello che segna il docente sul foglio.")
        )
