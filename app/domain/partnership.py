# SPDX-License-Identifier: AGPL-3.0-or-later
"""The parts bodies play in a programme: since when, until when, and which only one may hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.domain.errors import RuleViolation, Sentence
from app.domain.vocabulary import PartnershipRole

# Source: the grant agreement is signed by one lead beneficiary and steered by one body.
HELD_BY_ONE = (PartnershipRole.LEAD_BENEFICIARY, PartnershipRole.COORDINATOR_BODY)


@dataclass(frozen=True)
class Span:
    """From a day to another, both included; None is open."""

    starts_on: date | None
    ends_on: date | None

    def meets(self, other: "Span") -> bool:
        """Whether the two have a day in common."""
        return not _before(self, other) and not _before(other, self)


def _before(one: Span, other: Span) -> bool:
    return one.ends_on is not None and other.starts_on is not None and one.ends_on < other.starts_on


def check_span(span: Span) -> None:
    """A part ends after it begins. Raises RuleViolation."""
    if span.starts_on and span.ends_on and span.ends_on < span.starts_on:
        raise RuleViolation(Sentence("Il ruolo finisce prima di cominciare."))


def check_alone(role: PartnershipRole, span: Span, others: Iterable[tuple[str, Span]]) -> None:
    """Lead beneficiary and coordinator are one at a time.

    ``others``: names of the bodies that hold the same part, and when. Raises RuleViolation.
    """
    if role not in HELD_BY_ONE:
        return
    for name, held in others:
        if span.meets(held):
            raise RuleViolation(
                Sentence(
                    "Questo ruolo è già di %(body)s negli stessi giorni: prima va concluso quello.",
                    {"body": name},
                )
            )


def check_begun(*, begun: bool, held: bool) -> None:
    """A part once held is ended with a date, never unsaid. Raises RuleViolation."""
    if begun and not held:
        raise RuleViolation(Sentence("Un ruolo già avuto non si toglie: scrivere quando finisce."))


def check_ours(*, ours: bool, others: bool) -> None:
    """A body of another programme alone is changed there. Raises RuleViolation."""
    if others and not ours:
        raise RuleViolation(
            Sentence(
                "L'ente partecipa soltanto a un altro progetto: prima va aggiunto a questo, "
                "dai suoi ruoli."
            )
        )


def check_deactivation(*, leads: bool, issues: bool, delivering: int, elsewhere: bool) -> None:
    """Whether nothing in progress hangs on the body.

    ``leads``: it is lead beneficiary or coordinator now; ``issues``: the certificates are
    its own; ``delivering``: editions it delivers that are not concluded; ``elsewhere``: it
    has a part in another programme. Raises RuleViolation.
    """
    if leads:
        raise RuleViolation(
            Sentence("L'ente guida il progetto: prima va concluso il suo ruolo, e dato ad altri.")
        )
    if issues:
        raise RuleViolation(
            Sentence("L'ente rilascia gli attestati: prima va cambiato il modello degli attestati.")
        )
    if delivering:
        raise RuleViolation(
            Sentence(
                "L'ente realizza edizioni non ancora concluse: %(editions)d.",
                {"editions": delivering},
            )
        )
    if elsewhere:
        raise RuleViolation(
            Sentence(
                "L'ente ha un ruolo anche in un altro progetto: qui si concludono solo i suoi ruoli."
            )
        )
