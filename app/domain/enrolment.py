# SPDX-License-Identifier: AGPL-3.0-or-later
"""The life of an enrolment, from the request to the outcome."""

from enum import StrEnum

from app.domain.attendance import meets
from app.domain.errors import RuleViolation, Sentence


class EnrolmentState(StrEnum):
    REQUESTED = "requested"
    BODY_APPROVED = "body_approved"
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"


_S = EnrolmentState

TRANSITIONS: dict[EnrolmentState, frozenset[EnrolmentState]] = {
    _S.REQUESTED: frozenset(
        {_S.BODY_APPROVED, _S.CONFIRMED, _S.WAITLISTED, _S.REJECTED, _S.WITHDRAWN}
    ),
    _S.BODY_APPROVED: frozenset({_S.CONFIRMED, _S.WAITLISTED, _S.REJECTED, _S.WITHDRAWN}),
    _S.WAITLISTED: frozenset({_S.CONFIRMED, _S.REJECTED, _S.WITHDRAWN}),
    _S.CONFIRMED: frozenset({_S.WITHDRAWN, _S.COMPLETED, _S.NOT_COMPLETED}),
    # Back to confirmed when a sheet is reopened: the outcome is computed again.
    _S.COMPLETED: frozenset({_S.CONFIRMED}),
    _S.NOT_COMPLETED: frozenset({_S.CONFIRMED}),
    _S.REJECTED: frozenset(),
    _S.WITHDRAWN: frozenset(),
}


def expected(state: EnrolmentState) -> bool:
    """Whether the person is expected in the room and must have a mark on every sheet.

    Source: FP register practice, no row of the day stays empty.
    """
    return state in {_S.CONFIRMED, _S.COMPLETED, _S.NOT_COMPLETED}


def check_transition(current: EnrolmentState, target: EnrolmentState) -> None:
    """Whether an enrolment may pass from one state to the other. Raises RuleViolation."""
    if target not in TRANSITIONS[current]:
        raise RuleViolation(
            Sentence(
                "L'iscrizione ha cambiato stato e questo passaggio non è più possibile: "
                "ricaricare la pagina."
            )
        )


def outcome(counted: int, planned: int, threshold: int) -> EnrolmentState:
    """Completed when the counted minutes reach the threshold (percent) of the planned ones.

    Whoever was never present has not completed, whatever the threshold.
    """
    if counted > 0 and meets(counted, planned, threshold):
        return _S.COMPLETED
    return _S.NOT_COMPLETED
