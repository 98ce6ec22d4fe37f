# SPDX-License-Identifier: AGPL-3.0-or-later
"""An import taken back, all of it or nothing: for a day, and while nobody built on it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, delete, literal, select, union_all, update

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain.errors import RuleViolation, Sentence
from app.domain.intake.life import IntakeState, check_undo
from app.domain.intake.matching import Outcome
from app.domain.vocabulary import ServiceArea
from app.extensions import db
from app.models import Affiliation, Enrolment, Person, PersonImport, PersonImportRow
from app.people.imports.checking import in_chunks
from app.people.imports.traces import prints
from app.people.imports.writing import NAMED, hold_people, renamed

ENROLLED = Sentence("Nel frattempo è stata iscritta, o fa parte di altro: togliere prima quello.")
CHANGED = Sentence("Nel frattempo i suoi dati sono cambiati: andrebbero persi.")
ELSEWHERE = Sentence("Nel frattempo ha un'altra appartenenza.")

_Row = PersonImportRow


@dataclass(frozen=True)
class Obstacle:
    """A row that cannot be taken back, and why."""

    number: int
    name: str
    person_id: int
    sentence: Sentence


def obstacles(intake: PersonImport) -> list[Obstacle]:
    """Why the import cannot be undone, row by row."""
    rows = db.session.execute(
        select(
            _Row.number, _Row.written, _Row.person_id, _Row.affiliation_id,
            Person.family_name, Person.given_name,
        )
        .join(Person, Person.id == _Row.person_id)
        .where(_Row.import_id == intake.id, _Row.outcome != Outcome.UNCHANGED)
        .order_by(_Row.number)
    ).all()  # fmt: skip
    now = prints({row.number: (row.person_id, row.affiliation_id) for row in rows})
    built_on = _built_on(intake)
    told = []
    for row in rows:
        sentence = built_on.get(row.person_id)
        if sentence is None and now[row.number] != row.written:
            sentence = CHANGED
        if sentence:
            name = f"{row.family_name} {row.given_name}"
            told.append(Obstacle(row.number, name, row.person_id, sentence))
    return told


def _built_on(intake: PersonImport) -> dict[int, Sentence]:
    """People on whom something rests that undoing would take away, and what: one question."""
    created = _people(intake, _Row.outcome == Outcome.CREATED)
    found = db.session.execute(
        union_all(*_uses(created), _moves(intake, created), _enrolments_since(intake))
    )
    why: dict[int, Sentence] = {}
    for person_id, elsewhere in found:
        if not elsewhere or person_id not in why:
            why[person_id] = ELSEWHERE if elsewhere else ENROLLED
    return why


def _people(intake: PersonImport, *conditions: Any) -> Select[Any]:
    return select(_Row.person_id).where(_Row.import_id == intake.id, *conditions)


def _uses(people: Select[Any]) -> list[Select[Any]]:
    """Rows of any table, whatever it is, that speak of these people."""
    aside = {Affiliation.__tablename__, _Row.__tablename__}
    columns = [
        key.parent
        for table in db.metadata.sorted_tables
        if table.name not in aside
        for key in table.foreign_keys
        if key.column is Person.__table__.c.id
    ]
    return [
        select(column.label("person_id"), literal(0).label("elsewhere")).where(column.in_(people))
        for column in columns
    ]


def _moves(intake: PersonImport, created: Select[Any]) -> Select[Any]:
    own = select(_Row.affiliation_id).where(_Row.import_id == intake.id, _Row.affiliated)
    return select(Affiliation.person_id, literal(1)).where(
        Affiliation.person_id.in_(created), Affiliation.id.not_in(own)
    )


def _enrolments_since(intake: PersonImport) -> Select[Any]:
    """People known before, to whom an affiliation was added that an enrolment now rests on."""
    return (
        select(Enrolment.person_id, literal(0))
        .join(_Row, _Row.person_id == Enrolment.person_id)
        .join(Affiliation, Affiliation.id == _Row.affiliation_id)
        .where(
            _Row.import_id == intake.id,
            _Row.affiliated,
            Enrolment.home_body_id == Affiliation.organisation_id,
            Enrolment.requested_at >= intake.applied_at,
        )
    )


def undo(actor: Actor, intake: PersonImport) -> None:
    """Remove what the import created, put back what it changed. Raises RuleViolation, all or nothing."""
    hold_people(intake.programme_id)
    db.session.refresh(intake, with_for_update=True)
    check_undo(intake.state, intake.applied_at, clock.now())
    if obstacles(intake):
        raise RuleViolation(
            Sentence("Non si può annullare: qualcuno usa già quanto è stato importato.")
        )
    _put_back(intake)
    _remove(intake)
    db.session.execute(
        update(_Row)
        .where(_Row.import_id == intake.id)
        .values(before=None, written=None)
        .execution_options(synchronize_session=False)
    )
    intake.state, intake.cleared_at = IntakeState.UNDONE, clock.now()
    intake.undone_at, intake.undone_by_id = clock.now(), actor.account_id
    audit.record(
        actor,
        Action.INTAKE_UNDONE,
        intake,
        intake.file_name,
        body_id=intake.organisation_id,
        created=intake.created,
        updated=intake.updated,
    )


def _put_back(intake: PersonImport) -> None:
    found = db.session.execute(
        select(_Row.affiliation_id, _Row.before, Person.id, *NAMED)
        .join(Person, Person.id == _Row.person_id)
        .where(_Row.import_id == intake.id, _Row.before.is_not(None))
    ).all()  # fmt: skip
    people, offices = [], []
    for affiliation_id, before, *person in found:
        if "person" in before:
            known = dict(zip(("id", *(column.key for column in NAMED)), person, strict=True))
            people.append(renamed(known, dict(before["person"])))
        if "office" in before:
            old = dict(before["office"])
            if old.get("service_area"):
                old["service_area"] = ServiceArea(old["service_area"])
            offices.append({"id": affiliation_id, **old})
    for table, rows in ((Person, people), (Affiliation, offices)):
        for chunk in in_chunks(rows):
            db.session.execute(update(table), chunk)


def _remove(intake: PersonImport) -> None:
    rows = db.session.execute(
        select(_Row.person_id, _Row.affiliation_id, _Row.affiliated, _Row.outcome).where(
            _Row.import_id == intake.id
        )
    ).all()
    offices = [row.affiliation_id for row in rows if row.affiliated]
    people = [row.person_id for row in rows if row.outcome is Outcome.CREATED]
    for table, ids, column in (
        (Affiliation, offices, _Row.affiliation_id),
        (Person, people, _Row.person_id),
    ):
        for chunk in in_chunks(ids):
            forgotten = update(_Row).where(column.in_(chunk)).values({column: None})
            db.session.execute(forgotten.execution_options(synchronize_session=False))
            gone = delete(table).where(table.id.in_(chunk))
            db.session.execute(gone.execution_options(synchronize_session=False))
