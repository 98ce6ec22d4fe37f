# SPDX-License-Identifier: AGPL-3.0-or-later
"""A certificate below the threshold: who may grant it, why, until when it may be withdrawn."""

from collections.abc import Collection
from enum import StrEnum

from app.domain.edition import has_ended
from app.domain.eligibility import Case, has_enough_hours
from app.domain.enrolment import expected
from app.domain.errors import RuleViolation, Sentence

SHORTEST_TEXT = 20  # characters of a reason that says something


class DerogationCategory(StrEnum):
    """Why, in kinds that tell nothing of a person's health or family."""

    SERVICE = "service"
    PROTECTED_ABSENCE = "protected_absence"
    ORGANISATION = "organisation"
    EQUIVALENT_TRAINING = "equivalent_training"
    OTHER = "other"


def check_grant(
    *, decider: int | None, concerned: int, trainers: Collection[int], case: Case
) -> None:
    """Whether this person may grant a derogation for that enrolment. Raises RuleViolation.

    ``decider``, ``concerned`` and ``trainers`` are ids of people; ``case`` is the enrolment's.
    Source: practice of the funded programmes (below the threshold a certificate only on a
    reasoned, documented decision; for no hours at all, none) and the four eyes of the
    programme's rules: never a trainer of the edition, never the person concerned.
    """
    if decider == concerned:
        raise RuleViolation(Sentence("Nessuno decide una deroga per sé."))
    if decider in trainers:
        raise RuleViolation(
            Sentence("Chi ha insegnato nell'edizione non può concedervi una deroga.")
        )
    if not expected(case.enrolment_state):
        raise RuleViolation(Sentence("L'iscrizione non è confermata: la deroga non serve."))
    if not has_ended(case.edition_state):
        raise RuleViolation(
            Sentence("L'edizione non è ancora chiusa: la deroga si decide dopo la chiusura.")
        )
    if case.derogated:
        raise RuleViolation(Sentence("Una deroga c'è già."))
    if case.counted <= 0:
        raise RuleViolation(
            Sentence("Nessuna presenza registrata: senza ore non c'è che cosa attestare.")
        )
    if has_enough_hours(case):
        raise RuleViolation(Sentence("La soglia è raggiunta: la deroga non serve."))


def check_withdrawal(*, certificate_exists: bool) -> None:
    """A derogation on which a certificate rests cannot be withdrawn. Raises RuleViolation."""
    if certificate_exists:
        raise RuleViolation(
            Sentence("Sulla deroga poggia un attestato: prima occorre revocare l'attestato.")
        )
