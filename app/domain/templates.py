# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the programme's certificates say beside the facts: what a new version must be."""

from collections.abc import Sequence

from app.domain.errors import RuleViolation, Sentence

MOST_LOGOS = 4


def check_version(*, seen: int, in_force: int) -> None:
    """A new version follows the one its author has seen, or nobody notices what is overwritten."""
    if seen != in_force:
        raise RuleViolation(
            Sentence("Nel frattempo il modello è stato cambiato: ricaricare la pagina e riprovare.")
        )


def check_signatories(*, name: str, quality: str) -> None:
    """A second signature wants both its name and its quality, or neither."""
    if bool(name) != bool(quality):
        raise RuleViolation(Sentence("Per la seconda firma servono sia il nome sia la qualifica."))


def check_logos(digests: Sequence[str]) -> None:
    """At most four, each once."""
    if len(digests) > MOST_LOGOS:
        raise RuleViolation(
            Sentence("I loghi possono essere al massimo %(most)d.", {"most": MOST_LOGOS})
        )
    if len(set(digests)) < len(digests):
        raise RuleViolation(Sentence("Lo stesso logo compare due volte."))
