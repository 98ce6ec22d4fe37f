# SPDX-License-Identifier: AGPL-3.0-or-later
"""Are these two records one person? Reasons for and against; a person decides."""

from dataclasses import dataclass
from datetime import date

from app.domain.errors import Sentence
from app.domain.people import name_key, search_key
from app.domain.tax_code import TEMPORARY_LENGTH, comparable

# From here on two records are worth a look. Nothing is ever joined by itself.
PROPOSED = 3
CERTAIN = 5

SAME_TAX_CODE = 5
SAME_EMAIL = 5
SAME_BIRTH = 3
SAME_NAME = 2
SAME_BODY = 2
UNCONTRADICTED = 1  # the same name, and one of the two says so little that nothing speaks against
AGAINST = 4


@dataclass(frozen=True)
class Sketch:
    """What is known of a person, for comparing. ``bodies`` are those she works or worked for."""

    given: str
    family: str
    email: str | None = None
    tax_code: str | None = None
    birth_date: date | None = None
    bodies: frozenset[int] = frozenset()
    incomplete: bool = False


@dataclass(frozen=True)
class Likeness:
    """How much speaks for one person behind two records, and what."""

    score: int
    reasons: tuple[Sentence, ...]

    @property
    def proposed(self) -> bool:
        return self.score >= PROPOSED


def likeness(one: Sketch, other: Sketch) -> Likeness:
    """Compare two records; symmetric.

    Codes are compared without omocodia: two people can have one code then, so even that
    is a reason to look and no proof. Two different birth dates, or tax codes of two
    different people, speak against. Names are compared without case, accents,
    apostrophes and hyphens, and in either order.
    """
    found: list[tuple[int, Sentence]] = [*_codes(one, other), *_emails(one, other)]
    named = _names(one, other)
    found += named
    if named:
        found += _around_a_name(one, other)
    return Likeness(
        sum(points for points, _ in found), tuple(said for points, said in found if points > 0)
    )


def _codes(one: Sketch, other: Sketch) -> list[tuple[int, Sentence]]:
    mine, yours = comparable(one.tax_code), comparable(other.tax_code)
    if not mine or not yours:
        return []
    if mine == yours:
        return [(SAME_TAX_CODE, Sentence("Stesso codice fiscale (omocodia a parte)"))]
    temporary = TEMPORARY_LENGTH in (len(mine), len(yours))
    return [] if temporary else [(-AGAINST, Sentence("Codici fiscali diversi"))]


def _emails(one: Sketch, other: Sketch) -> list[tuple[int, Sentence]]:
    same = one.email and other.email and one.email.casefold() == other.email.casefold()
    return [(SAME_EMAIL, Sentence("Stesso indirizzo e-mail"))] if same else []


def _names(one: Sketch, other: Sketch) -> list[tuple[int, Sentence]]:
    mine, yours = name_key(one.given, one.family), name_key(other.given, other.family)
    if not mine or mine != yours:
        return []
    if (one.given, one.family) == (other.given, other.family):
        return [(SAME_NAME, Sentence("Stesso nome"))]
    if search_key(one.family) == search_key(other.family):
        return [(SAME_NAME, Sentence("Stesso nome, scritto in modo diverso"))]
    return [(SAME_NAME, Sentence("Stesso nome, con nome e cognome scambiati"))]


def _around_a_name(one: Sketch, other: Sketch) -> list[tuple[int, Sentence]]:
    found: list[tuple[int, Sentence]] = []
    if one.bodies & other.bodies:
        found.append((SAME_BODY, Sentence("Stesso ente")))
    if one.birth_date and other.birth_date:
        same = one.birth_date == other.birth_date
        found.append(
            (SAME_BIRTH, Sentence("Stessa data di nascita"))
            if same
            else (-AGAINST, Sentence("Date di nascita diverse"))
        )
    if one.incomplete or other.incomplete:
        found.append((UNCONTRADICTED, Sentence("Una delle due schede è da completare")))
    return found
