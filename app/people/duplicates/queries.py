# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is alike: for somebody being registered, for one record, and in pairs for all."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from app.actor import Actor
from app.domain.duplicates import CERTAIN, Likeness, Sketch, likeness
from app.domain.errors import Sentence
from app.domain.people import name_key, search_key
from app.extensions import db
from app.models import Affiliation, Organisation, Person, PersonDistinction
from app.people.queries import current_affiliation, email_at_hand
from app.scope import clause

MOST_ALIKE = 10
MOST_LOOKED_AT = 2_000  # people compared for one page
MOST_PAIRS = 100


@dataclass(frozen=True)
class Known:
    """Somebody registered, as far as the reader may know her."""

    id: int
    given_name: str
    family_name: str
    work_email: str | None
    incomplete: bool
    body: str
    office: str
    reasons: tuple[Sentence, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.family_name} {self.given_name}"


def alike(actor: Actor, given: str, family: str) -> list[Known]:
    """People within reach whose name is another writing of this one."""
    key = name_key(given, family)
    return _known(actor, Person.name_key == key) if key else []


def alike_to(actor: Actor, person: Person) -> list[Known]:
    """People within reach who could be this one: by name or tax code."""
    same = [Person.name_key == person.name_key] if person.name_key else []
    if person.tax_key:
        same.append(Person.tax_key == person.tax_key)
    return _known(actor, or_(*same), Person.id != person.id) if same else []


def found_by_name(actor: Actor, words: str, person: Person) -> list[Known]:
    """The first people within reach whom these words find, this one left out."""
    asked = search_key(words).split()
    if not asked:
        return []
    wanted = [Person.search_key.contains(word, autoescape=True) for word in asked]
    return _known(actor, *wanted, Person.id != person.id)


def _known(actor: Actor, *where: ColumnElement[bool]) -> list[Known]:
    rows = db.session.execute(
        select(
            Person.id,
            Person.given_name,
            Person.family_name,
            email_at_hand(actor),
            Person.incomplete,
            func.coalesce(Organisation.short_name, ""),
            func.coalesce(Affiliation.office, ""),
        )
        .outerjoin(Affiliation, Affiliation.id == current_affiliation(actor))
        .outerjoin(Organisation, Organisation.id == Affiliation.organisation_id)
        .where(clause(Person, actor), *where)
        .order_by(Person.search_key, Person.id)
        .limit(MOST_ALIKE)
    )
    return [Known(*row) for row in rows]


@dataclass(frozen=True)
class Pair:
    """Two records that could be one person, and why."""

    one: Known
    other: Known
    likeness: Likeness

    @property
    def is_likely(self) -> bool:
        return self.likeness.score >= CERTAIN


@dataclass(frozen=True)
class Proposals:
    pairs: list[Pair] = field(default_factory=list)
    total: int = 0


def proposals(actor: Actor) -> Proposals:
    """The pairs worth a look, the likeliest first; those said to be two people left out."""
    people = _look_alikes(actor)
    distinct = _distinct(people)
    pairs = [
        Pair(people[a].known, people[b].known, found)
        for a, b in sorted(_candidates(people))
        if (a, b) not in distinct
        and (found := likeness(people[a].sketch, people[b].sketch)).proposed
    ]
    pairs.sort(key=lambda pair: (-pair.likeness.score, pair.one.name, pair.one.id))
    return Proposals(pairs[:MOST_PAIRS], len(pairs))


@dataclass(frozen=True)
class Compared:
    known: Known
    sketch: Sketch
    keys: tuple[str, ...]


def _look_alikes(actor: Actor) -> dict[int, Compared]:
    """The people who share a name or a code with somebody else."""
    names = _repeated(Person.name_key, Person.name_key != "")
    codes = _repeated(Person.tax_key, Person.tax_key.is_not(None))
    rows = db.session.execute(
        select(Person)
        .where(or_(Person.name_key.in_(names), Person.tax_key.in_(codes)))
        .where(clause(Person, actor))
        .order_by(Person.incomplete.desc(), Person.name_key, Person.id)
        .limit(MOST_LOOKED_AT)
    ).scalars()
    people = {person.id: person for person in rows}
    bodies = _bodies(list(people))
    return {number: _compared(person, bodies[number]) for number, person in people.items()}


def _repeated(key: Any, *where: ColumnElement[bool]) -> Any:
    return (
        select(key)
        .where(Person.merged_into_id.is_(None), *where)
        .group_by(key)
        .having(func.count() > 1)
    )


def _bodies(ids: list[int]) -> dict[int, list[Any]]:
    """Where these people work and worked, the last place first."""
    found: dict[int, list[Any]] = defaultdict(list)
    rows = db.session.execute(
        select(
            Affiliation.person_id,
            Organisation.id,
            Organisation.short_name,
            Affiliation.office,
            Affiliation.ends_on,
        )
        .join(Organisation, Organisation.id == Affiliation.organisation_id)
        .where(Affiliation.person_id.in_(ids))
        .order_by(Affiliation.starts_on.desc())
    )
    for row in rows:
        found[row.person_id].append(row)
    return found


def _compared(person: Person, bodies: list[Any]) -> Compared:
    now = next((row for row in bodies if row.ends_on is None), None)
    known = Known(
        person.id,
        person.given_name,
        person.family_name,
        person.work_email,
        person.incomplete,
        now.short_name if now else "",
        now.office if now else "",
    )
    sketch = sketch_of(person, (row.id for row in bodies))
    return Compared(known, sketch, tuple(filter(None, (person.name_key, person.tax_key))))


def sketch_of(person: Person, bodies: Iterable[int]) -> Sketch:
    """The person as the rules compare her."""
    return Sketch(
        person.given_name,
        person.family_name,
        person.work_email,
        person.tax_code,
        person.birth_date,
        frozenset(bodies),
        person.incomplete,
    )


def _candidates(people: dict[int, Compared]) -> set[tuple[int, int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for number, compared in people.items():
        for key in compared.keys:
            groups[key].append(number)
    return {
        (min(pair), max(pair)) for group in groups.values() for pair in combinations(group[:50], 2)
    }


def _distinct(people: Iterable[int]) -> set[tuple[int, int]]:
    """The pairs among these that somebody said to be two people."""
    rows = db.session.execute(
        select(PersonDistinction.first_id, PersonDistinction.second_id).where(
            PersonDistinction.first_id.in_(list(people))
        )
    )
    return {(first, second) for first, second in rows}
