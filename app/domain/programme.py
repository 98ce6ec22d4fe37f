# SPDX-License-Identifier: AGPL-3.0-or-later
"""The dates of a programme, and what one person may change under the eyes of another."""

from collections.abc import Sequence
from datetime import date

from app.domain.errors import RuleViolation, Sentence

KEPT_YEARS = 10
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 12, 31)


def usual_retention(ends_on: date) -> date:
    """Until when papers are kept unless the programme says otherwise: ten years after its end.

    29 February falls on the 28th. Source: decision taken for the programme; the rules of
    the Fund ask for at least five years after its closure.
    """
    year = ends_on.year + KEPT_YEARS
    if (ends_on.month, ends_on.day) == (2, 29):
        return date(year, 2, 28)
    return ends_on.replace(year=year)


def check_dates(*, starts_on: date, ends_on: date) -> None:
    """A programme ends after it begins, in years that make sense. Raises RuleViolation."""
    if not EARLIEST <= starts_on <= ends_on <= LATEST and starts_on <= ends_on:
        raise RuleViolation(Sentence("Scrivere una data fra il 2000 e il 2200."))
    if ends_on < starts_on:
        raise RuleViolation(Sentence("Il progetto finisce prima di cominciare."))


def check_retention(*, ends_on: date, retention_until: date) -> None:
    """Papers are kept at least until the programme ends. Raises RuleViolation."""
    if retention_until < ends_on:
        raise RuleViolation(Sentence("Gli atti si conservano almeno fino alla fine del progetto."))


def check_seen(*, seen: object, now: object) -> None:
    """Who saves has seen the last version, or would undo unnoticed what another wrote."""
    if seen != now:
        raise RuleViolation(
            Sentence(
                "Nel frattempo un'altra persona ha salvato questi dati: ricaricare la pagina "
                "e riprovare."
            )
        )


def check_grace(*, old: int, new: int, marked: bool) -> None:
    """Grace counts into every mark: it is fixed once a sheet has been opened.

    Minutes; Source: domain rule 7, a late entry within the grace counts from the start.
    Raises RuleViolation.
    """
    if old != new and marked:
        raise RuleViolation(
            Sentence(
                "La tolleranza non cambia più: ci sono già fogli presenze aperti, e i loro minuti "
                "sono contati con quella di prima."
            )
        )


def renamed(text: str, changes: Sequence[tuple[str, str]]) -> str:
    """A text of another programme with that one's names and code in place of these.

    ``changes``: old and new words; the longest old ones first, so that a title that
    holds the acronym is changed whole.
    """
    for old, new in sorted(changes, key=lambda change: -len(change[0])):
        if old:
            text = text.replace(old, new)
    return text
