# SPDX-License-Identifier: AGPL-3.0-or-later
"""The life of an edition, from the draft to the archive."""

from enum import StrEnum

from app.domain.errors import RuleViolation, Sentence


class EditionState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CONFIRMED = "confirmed"
    RUNNING = "running"
    CLOSED = "closed"
    ARCHIVED = "archived"
    CANCELLED = "cancelled"


_S = EditionState

TRANSITIONS: dict[EditionState, frozenset[EditionState]] = {
    _S.DRAFT: frozenset({_S.OPEN, _S.CANCELLED}),
    _S.OPEN: frozenset({_S.CONFIRMED, _S.CANCELLED}),
    _S.CONFIRMED: frozenset({_S.RUNNING, _S.CANCELLED}),
    _S.RUNNING: frozenset({_S.CLOSED}),
    # Back to running when a sheet is reopened: the outcomes are computed again.
    _S.CLOSED: frozenset({_S.RUNNING, _S.ARCHIVED}),
    _S.ARCHIVED: frozenset(),
    _S.CANCELLED: frozenset(),
}


def has_ended(state: EditionState) -> bool:
    """Whether the lessons are over and the outcomes computed: closed, or archived since."""
    return state in {_S.CLOSED, _S.ARCHIVED}


def check_transition(current: EditionState, target: EditionState, *, open_sheets: int = 0) -> None:
    """Whether an edition may pass from one state to the other. Raises RuleViolation.

    ``open_sheets`` counts the lessons, neither cancelled nor moved, whose sheet is
    not closed: closing an edition wants none. Source: FP register practice, the
    register is closed when every day of it is signed.
    """
    if target is _S.CLOSED and current is _S.CLOSED:
        raise RuleViolation(Sentence("L'edizione è già chiusa."))
    if target not in TRANSITIONS[current]:
        raise RuleViolation(
            Sentence(
                "Nello stato in cui si trova l'edizione questo passaggio non è possibile: "
                "ricaricare la pagina."
            )
        )
    if target is _S.CLOSED and open_sheets == 1:
        raise RuleViolation(
            Sentence("Un foglio presenze non è chiuso: chiuderlo prima di chiudere l'edizione.")
        )
    if target is _S.CLOSED and open_sheets > 1:
        raise RuleViolation(
            Sentence(
                "%(sheets)d fogli presenze non sono chiusi: chiuderli prima di chiudere "
                "l'edizione.",
                {"sheets": open_sheets},
            )
        )
