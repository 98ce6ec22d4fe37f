# SPDX-License-Identifier: AGPL-3.0-or-later
"""The questionnaire of an edition: what it asks, who may answer, and when."""

from collections.abc import Mapping
from datetime import datetime

from app.domain.edition import EditionState, has_ended
from app.domain.enrolment import EnrolmentState, expected
from app.domain.errors import RuleViolation, Sentence

RATINGS = range(1, 6)  # from "for nothing" to "entirely"

# Five statements to agree with; the words by which the answers are kept never change.
STATEMENTS: Mapping[str, Sentence] = {
    "useful": Sentence("Gli argomenti sono utili per il mio lavoro"),
    "clear": Sentence("Le spiegazioni sono state chiare"),
    "examples": Sentence("Esempi ed esercitazioni erano vicini ai casi che incontro"),
    "organised": Sentence("Orari, sede e materiali erano ben organizzati"),
    "overall": Sentence("Nel complesso consiglierei il corso a un collega"),
}


def why_not_open(
    *,
    asked: bool,
    edition: EditionState,
    enrolment: EnrolmentState,
    last_ends_at: datetime | None,
    now: datetime,
) -> Sentence | None:
    """Why the questionnaire cannot be filled in (now), or None when it can.

    It opens when the last lesson is over, or the edition closed before. Source: practice
    of the funded programmes, the questionnaire comes at the end and before the certificate.
    """
    if not asked:
        return Sentence("Per questa edizione non è previsto un questionario.")
    if not expected(enrolment):
        return Sentence("Il questionario è per chi ha frequentato l'edizione.")
    if has_ended(edition):
        return None
    if last_ends_at is None or now < last_ends_at:
        return Sentence("Il questionario si apre alla fine dell'ultima lezione.")
    return None


def check_ratings(ratings: Mapping[str, int]) -> None:
    """Whether every statement has a rating, and no other. Raises RuleViolation."""
    whole = ratings.keys() == STATEMENTS.keys()
    if not whole or not all(value in RATINGS for value in ratings.values()):
        raise RuleViolation(Sentence("Dare un voto da 1 a 5 a ogni affermazione."))
