# SPDX-License-Identifier: AGPL-3.0-or-later
"""The dry run of a list: every row read and compared with the people known, nothing written of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import select, update

from app import clock
from app.actor import Actor
from app.domain.intake.columns import Field
from app.domain.intake.life import IntakeState
from app.domain.intake.matching import Matching, Outcome, Planned, digest
from app.domain.intake.rows import Problem, Reader, RowRead, Severity, body_key, read_row
from app.domain.roles import Role
from app.extensions import db
from app.models import Organisation, Partnership, PersonImport, PersonImportRow
from app.people.imports.known import known_people

CHUNK = 1_000  # rows written in one go

Item = TypeVar("Item")


@dataclass(frozen=True)
class Waiting:
    """A row as it waits."""

    id: int
    number: int
    cells: list[str]
    choice: int | None


def in_chunks(items: Sequence[Item], size: int = CHUNK) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def waiting_rows(intake: PersonImport) -> list[Waiting]:
    """The rows of a list, in the order of the file."""
    found = db.session.execute(
        select(
            PersonImportRow.id,
            PersonImportRow.number,
            PersonImportRow.cells,
            PersonImportRow.chosen,
        )
        .where(PersonImportRow.import_id == intake.id)
        .order_by(PersonImportRow.number)
    )
    return [Waiting(*row) for row in found]


def reader_for(actor: Actor, intake: PersonImport) -> Reader:
    """How the rows are read: which bodies they may name is a matter of who sent them."""
    bodies = select(Organisation.id, Organisation.name, Organisation.short_name)
    if actor.role is Role.PROGRAMME_COORDINATOR:
        partners = select(Partnership.organisation_id).where(
            Partnership.programme_id == intake.programme_id
        )
        bodies = bodies.where(Organisation.id.in_(partners))
    else:
        bodies = bodies.where(Organisation.id == actor.organisation_id)
    return Reader(
        mapping={int(index): Field(one) for index, one in intake.mapping.items()},
        bodies=_by_name(db.session.execute(bodies)),
        body_id=intake.organisation_id,
        today=clock.today(),
        family_first=intake.family_first,
    )


def _by_name(bodies: Any) -> dict[str, int]:
    """Ids by what a body is called; what two are called names neither."""
    found: dict[str, int | None] = {}
    for body_id, name, short_name in bodies:
        for key in {body_key(name), body_key(short_name)}:
            found[key] = body_id if found.get(key, body_id) == body_id else None
    return {key: body_id for key, body_id in found.items() if body_id is not None}


def read_all(rows: Sequence[Waiting], reader: Reader) -> list[tuple[int, RowRead]]:
    """Every row read; asks the database nothing."""
    return [(row.number, read_row(row.cells, reader, row.choice)) for row in rows]


def plan(actor: Actor, intake: PersonImport, read: Sequence[tuple[int, RowRead]]) -> list[Planned]:
    """What every row would do, by the people known now."""
    known = known_people(actor, [one.official for _number, one in read])
    tells = actor.role is Role.PROGRAMME_COORDINATOR
    return Matching(known, update=intake.update_known, tells=tells).plan(read)


def check(actor: Actor, intake: PersonImport) -> None:
    """The whole dry run at once."""
    rows = waiting_rows(intake)
    read = read_all(rows, reader_for(actor, intake))
    planned = plan(actor, intake, read)
    store(rows, read, planned)
    conclude(intake, planned)


def store(
    rows: Sequence[Waiting], read: Sequence[tuple[int, RowRead]], planned: Sequence[Planned]
) -> None:
    """Note beside each row what it would do and what is wrong with it."""
    for chunk in in_chunks(list(zip(rows, read, planned, strict=True))):
        db.session.execute(
            update(PersonImportRow),
            [_noted(row, one, would) for row, (_number, one), would in chunk],
        )


def _noted(row: Waiting, one: RowRead, would: Planned) -> dict[str, Any]:
    severities = {problem.severity for problem in would.problems}
    return {
        "id": row.id,
        "label": f"{would.official.family_name} {would.official.given_name}".strip(),
        "options": [[way.family, way.given] for way in one.options] or None,
        "problems": [_plain(problem) for problem in would.problems] or None,
        "stops": Severity.STOPS in severities,
        "asks": Severity.CONFIRM in severities,
        "warns": Severity.WARNS in severities,
        "outcome": would.outcome,
        "person_id": None if would.outcome is Outcome.JOINED else would.person_id,
    }


def _plain(problem: Problem) -> dict[str, Any]:
    return {
        "field": problem.field.value if problem.field else "",
        "severity": problem.severity.value,
        "text": problem.sentence.text,
        "values": dict(problem.sentence.values),
        "value": problem.value,
    }


def conclude(intake: PersonImport, planned: Sequence[Planned], reason: str = "") -> None:
    """Count, and let a person look."""
    outcomes = [one.outcome for one in planned]
    severities = [{problem.severity for problem in one.problems} for one in planned]
    intake.created = sum(one in (Outcome.CREATED, Outcome.JOINED) for one in outcomes)
    intake.updated = outcomes.count(Outcome.UPDATED)
    intake.unchanged = outcomes.count(Outcome.UNCHANGED)
    intake.wrong = sum(Severity.STOPS in one for one in severities)
    intake.asking = sum(Severity.CONFIRM in one for one in severities)
    intake.warned = sum(Severity.WARNS in one for one in severities)
    intake.digest = digest(planned)
    intake.done = intake.total
    intake.state, intake.reason = IntakeState.CHECKED, reason or intake.reason
