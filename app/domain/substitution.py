# SPDX-License-Identifier: AGPL-3.0-or-later
"""When somebody takes the place of who was to teach or assist at a lesson, and why."""

from collections.abc import Sequence

from app.domain.clashes import Clash, ClashKind
from app.domain.errors import RuleViolation, Sentence
from app.domain.register import SheetState

SHORTEST_REASON = 10  # characters


def check_open(state: SheetState, *, takes_place: bool) -> None:
    """Whether anybody may still be put in another's place. Raises RuleViolation.

    Source: FP register practice, the page names who taught; once it is closed that is written.
    """
    if not takes_place:
        raise RuleViolation(Sentence("La lezione non si tiene: non c'è nessuno da sostituire."))
    if state is SheetState.CLOSED:
        raise RuleViolation(
            Sentence("Il foglio della lezione è chiuso: chi ha svolto la lezione è già scritto.")
        )


def check_reason(reason: str) -> None:
    """Whether the reason says something. Raises RuleViolation."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise RuleViolation(
            Sentence(
                "Scrivere il motivo in almeno %(characters)d caratteri.",
                {"characters": SHORTEST_REASON},
            )
        )


def check_substitute(
    person: int, at_work: Sequence[int], clashes: Sequence[Clash], busy: str
) -> None:
    """Whether this person may take the place. Raises RuleViolation.

    ``at_work``: who is at work in the lesson already; ``clashes``: what the lesson would take
    while others have it; ``busy``: in words, where she would be at the same time.
    """
    if person in at_work:
        raise RuleViolation(Sentence("Questa persona è già assegnata alla lezione."))
    if any(clash.kind is ClashKind.TRAINER and clash.who == person for clash in clashes):
        raise RuleViolation(
            Sentence("A quell'ora questa persona è già impegnata: %(busy)s.", {"busy": busy})
        )
