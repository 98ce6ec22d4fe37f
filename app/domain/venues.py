# SPDX-License-Identifier: AGPL-3.0-or-later
"""Venues: who may change one, and how many seats it must keep."""

from app.domain.errors import RuleViolation, Sentence


def check_may_edit(*, coordinator: bool, own: bool) -> None:
    """Other bodies hold lessons in the room too. Raises RuleViolation."""
    if not coordinator and not own:
        raise RuleViolation(
            Sentence("Questa sede l'ha aggiunta un altro ente: la modifica il coordinamento.")
        )


def check_capacity(capacity: int, promised: int) -> None:
    """No fewer seats than an edition still to be held there offers. Raises RuleViolation."""
    if capacity < promised:
        raise RuleViolation(
            Sentence(
                "Un'edizione in questa sede offre %(seats)d posti: ridurre prima quelli.",
                {"seats": promised},
            )
        )
