# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two people with the same page open: the second sees what the first has done, or saves nothing."""

from app.domain.errors import RuleViolation, Sentence


def check_seen(*, seen: int, current: int) -> None:
    """The version a form was drawn from must be the one in force. Raises RuleViolation."""
    if seen != current:
        raise RuleViolation(
            Sentence(
                "Nel frattempo un'altra persona ha salvato questi dati: ricaricare la pagina, "
                "controllare e riprovare."
            )
        )
