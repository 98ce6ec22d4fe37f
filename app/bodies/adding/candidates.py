# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bodies about to be added to the programme: those registered already are taken as they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.domain.errors import RuleViolation, Sentence
from app.domain.partnership import Span, check_alone
from app.domain.people import search_key
from app.domain.vocabulary import BodyKind, PartnershipRole
from app.municipalities import Municipality


@dataclass(frozen=True)
class Registered:
    """A body that is there already, whatever programme it came with."""

    id: int
    name: str
    istat_code: str | None
    active: bool


@dataclass(frozen=True)
class Candidate:
    """A body to add: a registered one by its number, or a new one with its values."""

    name: str
    body_id: int | None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Known:
    """What the checks compare with: the bodies there are, and who holds the part wanted.

    ``holders``: by the number of the body; ``starts_on``: when those added would begin.
    """

    role: PartnershipRole
    starts_on: date
    by_name: dict[str, Registered]
    by_istat: dict[str, Registered]
    holders: dict[int, tuple[str, Span]]

    def find(self, name: str, istat: str | None = None) -> Registered | None:
        """The body so called, or with this Istat code."""
        return (self.by_istat.get(istat) if istat else None) or self.by_name.get(search_key(name))

    def check(self, one: Candidate) -> None:
        """Whether the body may take the part, and that it now has. Raises RuleViolation."""
        if one.body_id in self.holders:
            raise RuleViolation(
                Sentence(
                    "%(body)s ha già questo ruolo, o lo ha avuto: si cambia dalla sua pagina.",
                    {"body": one.name},
                )
            )
        span = Span(self.starts_on, None)
        check_alone(self.role, span, self.holders.values())
        # A new one has no number yet: a negative one keeps those of a file apart.
        number = one.body_id if one.body_id is not None else -1 - len(self.holders)
        self.holders[number] = one.name, span


def of_municipality(
    one: Municipality, known: Known, more: Mapping[str, Any] | None = None
) -> Candidate:
    """The municipality, registered already or with its codes. RuleViolation: not active."""
    if found := known.find(one.body_name, one.istat_code):
        return _registered(found)
    return Candidate(
        one.body_name,
        None,
        {
            "kind": BodyKind.MUNICIPALITY,
            "name": one.body_name,
            "short_name": one.name,
            "province_code": one.province_code,
            "istat_code": one.istat_code,
            "belfiore_code": one.belfiore_code,
            "population": one.population,
            **(more or {}),
        },
    )


def candidate_of(kind: BodyKind, name: str, codes: Mapping[str, Any], known: Known) -> Candidate:
    """Any other body, registered already or new. RuleViolation: not active."""
    if found := known.find(name):
        return _registered(found)
    return Candidate(name, None, {"kind": kind, "name": name, "short_name": name[:80], **codes})


def _registered(found: Registered) -> Candidate:
    if not found.active:
        raise RuleViolation(
            Sentence("%(body)s è disattivato: si riattiva dalla sua pagina.", {"body": found.name})
        )
    return Candidate(found.name, found.id)
