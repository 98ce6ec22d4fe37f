# SPDX-License-Identifier: AGPL-3.0-or-later
"""A list of officials sent, its columns and names settled, imported, thrown away."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, insert, update

from app import audit, clock, jobs, transaction
from app.actor import Actor
from app.audit import Action
from app.domain.errors import RuleViolation, Sentence
from app.domain.intake.columns import (
    WHOLE_NAMES,
    Field,
    check_mapping,
    find_header,
    heading_key,
    headings,
    recognise,
)
from app.domain.intake.life import WORKING, IntakeState, check_apply, check_open
from app.domain.intake.names import family_comes_first
from app.domain.roles import Role
from app.extensions import db
from app.models import PersonImport, PersonImportRow
from app.people.imports import checking, queries, writing
from app.people.imports.work import advance_imports
from app.uploads import SentTable

AT_ONCE = 300  # rows done while the person waits; more are the worker's


@dataclass(frozen=True)
class ReadList:
    """A file read: its headings, its rows with their numbers, what each column seems to tell."""

    headings: list[str]
    rows: list[tuple[int, list[str]]]
    hidden: list[int]
    mapping: dict[int, Field]


def read_list(table: SentTable) -> ReadList:
    """Find the headings and the people of a table. Raises RuleViolation when it has none."""
    header = find_header(table.rows)
    names = headings(table.rows, header)
    rows = [
        (number, row) for number, row in enumerate(table.rows[header + 1 :], header + 2) if any(row)
    ]
    if not rows:
        raise RuleViolation(Sentence("Sotto i nomi delle colonne non c'è nessuna riga."))
    sample = [
        [row[index] for _number, row in rows[:200] if index < len(row)]
        for index in range(len(names))
    ]
    return ReadList(names, rows, table.hidden, recognise(names, sample, table.hidden))


def upload(
    actor: Actor, found: ReadList, raw: bytes, file_name: str, body_id: int | None
) -> PersonImport:
    """Keep the rows until they are imported. The same file that waits already is the same import.

    ``body_id``: whose people they are; None, for the coordinator, where every row names a body.
    """
    digest = hashlib.sha256(raw).hexdigest()
    own = None if actor.role is Role.PROGRAMME_COORDINATOR else actor.organisation_id
    body_id = own if own is not None else body_id
    before = queries.waiting(actor, digest, body_id)
    if before is not None:
        return before
    key = hashlib.sha256("|".join(map(heading_key, found.headings)).encode()).hexdigest()
    remembered = queries.remembered(actor, key, body_id) if any(found.headings) else None
    mapping = {str(index): one.value for index, one in found.mapping.items()}
    intake = PersonImport(
        programme_id=actor.programme_id,
        organisation_id=body_id,
        file_name=file_name,
        sha256=digest,
        uploaded_by_id=actor.account_id,
        assignment_id=actor.assignment_id,
        uploaded_at=clock.now(),
        state=IntakeState.COLUMNS,
        headings=[text[:120] for text in found.headings],
        heading_key=key,
        hidden=found.hidden,
        mapping=remembered if remembered is not None else mapping,
        total=len(found.rows),
    )
    db.session.add(intake)
    db.session.flush()
    rows = [
        {"import_id": intake.id, "number": number, "cells": cells, "label": "",
         "stops": False, "asks": False, "warns": False, "affiliated": False}
        for number, cells in found.rows
    ]  # fmt: skip
    for chunk in checking.in_chunks(rows):
        db.session.execute(insert(PersonImportRow), chunk)
    audit.record(
        actor, Action.INTAKE_UPLOADED, intake, file_name, body_id=body_id, sha256=digest,
        rows=intake.total,
    )  # fmt: skip
    return intake


def map_columns(
    actor: Actor, intake: PersonImport, mapping: Mapping[int, Field], *, update_known: bool
) -> None:
    """Settle what each column tells, and check every row. Raises RuleViolation."""
    check_open(intake.state)
    check_mapping(mapping)
    intake.mapping = {str(index): one.value for index, one in sorted(mapping.items())}
    intake.update_known = update_known
    named = next((index for index, one in mapping.items() if one in WHOLE_NAMES), None)
    if named is not None:
        intake.family_first = family_comes_first(queries.column(intake, named))
    _forget_choices(intake)
    _check(actor, intake)


def confirm_names(actor: Actor, intake: PersonImport, chosen: Mapping[int, int]) -> None:
    """Settle how names are read, by row; a row that asks nothing is left alone."""
    check_open(intake.state)
    for row_id, choice in queries.asked(intake, chosen):
        db.session.execute(
            update(PersonImportRow)
            .where(PersonImportRow.id == row_id)
            .values(chosen=choice)
            .execution_options(synchronize_session=False)
        )
    _check(actor, intake)


def confirm_all_names(actor: Actor, intake: PersonImport) -> None:
    """Every name that is asked about, read as proposed."""
    check_open(intake.state)
    db.session.execute(
        update(PersonImportRow)
        .where(PersonImportRow.import_id == intake.id, PersonImportRow.asks)
        .values(chosen=0)
        .execution_options(synchronize_session=False)
    )
    _check(actor, intake)


def _forget_choices(intake: PersonImport) -> None:
    db.session.execute(
        update(PersonImportRow)
        .where(PersonImportRow.import_id == intake.id, PersonImportRow.chosen.is_not(None))
        .values(chosen=None)
        .execution_options(synchronize_session=False)
    )


def _check(actor: Actor, intake: PersonImport) -> None:
    intake.reason, intake.done = "", 0
    if intake.total <= AT_ONCE:
        checking.check(actor, intake)
    else:
        intake.state = IntakeState.CHECKING
        transaction.after_commit(wake)


def ask_apply(actor: Actor, intake: PersonImport, seen: str) -> bool | None:
    """Import what the dry run showed (``seen``: its digest), at once or by the worker (None).

    False when people changed since: the dry run is new, and somebody has to look at it.
    Raises RuleViolation while a row is wrong, or nothing would change.
    """
    check_apply(
        intake.state,
        wrong=intake.wrong,
        asking=intake.asking,
        created=intake.created,
        updated=intake.updated,
    )
    if seen != intake.digest:
        raise RuleViolation(Sentence("Nel frattempo il controllo è cambiato: guardarlo di nuovo."))
    if intake.total > AT_ONCE:
        intake.state, intake.done = IntakeState.APPLYING, 0
        intake.reason = ""
        transaction.after_commit(wake)
        return None
    rows = checking.waiting_rows(intake)
    read = checking.read_all(rows, checking.reader_for(actor, intake))
    return writing.write(actor, intake, rows, read)


def drop(actor: Actor, intake: PersonImport) -> None:
    """Throw the list away: what its rows say is removed at once."""
    if intake.state in WORKING:
        check_open(intake.state)
    check_open(intake.state)
    clear(intake)
    audit.record(
        actor, Action.INTAKE_DROPPED, intake, intake.file_name, body_id=intake.organisation_id
    )


def clear(intake: PersonImport) -> None:
    """Remove the rows of a list that was never imported."""
    gone = delete(PersonImportRow).where(PersonImportRow.import_id == intake.id)
    db.session.execute(gone.execution_options(synchronize_session=False))
    intake.state, intake.cleared_at = IntakeState.DROPPED, clock.now()


def wake() -> None:
    """Have the worker look at the lists now."""
    jobs.ask_for(advance_imports.__name__)
