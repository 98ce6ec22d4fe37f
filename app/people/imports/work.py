# SPDX-License-Identifier: AGPL-3.0-or-later
"""The worker's side of long lists: checked in pieces that show how far it is, written in one.

Whatever is interrupted begins anew at the next round: until the one transaction that
writes has committed, nothing of the list is there.
"""

import logging

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from app import audit, clock, transaction
from app.actor import SYSTEM, Actor
from app.assignments import actor_of, in_force
from app.audit import Action
from app.domain.errors import Sentence
from app.domain.intake.life import UNDO_WITHIN, WAITING, WAITS, WORKING, IntakeState
from app.domain.roles import Permission, permits
from app.domain.vocabulary import AccountState
from app.errors import OUTAGES
from app.extensions import db
from app.models import PersonImport, PersonImportRow, RoleAssignment, UserAccount
from app.people.imports import checking, writing

NO_ROLE = Sentence("Chi ha caricato il file non ha più quel ruolo: l'importazione si è fermata.")
FAILED = Sentence(
    "L'importazione non è riuscita e non ha scritto nulla: ricontrollare e riprovare."
)

log = logging.getLogger(__name__)


def advance_imports() -> int:
    """A job: check and write the lists that ask for it, in the order they came; how many."""
    tried: list[int] = []
    while True:
        with transaction.unit():
            found = db.session.execute(
                select(PersonImport.id, PersonImport.state)
                .where(PersonImport.state.in_(WORKING), PersonImport.id.not_in(tried))
                .order_by(PersonImport.id)
                .limit(1)
            ).first()
        if found is None:
            return len(tried)
        tried.append(found.id)
        try:
            (_check if found.state is IntakeState.CHECKING else _write)(found.id)
        except OUTAGES:
            log.warning("list %d postponed", found.id, exc_info=True)
        except Exception:  # a list that cannot be read must not stop those behind it
            log.exception("list %d stopped", found.id)
            _stop(found.id, FAILED)


def _check(intake_id: int) -> None:
    """Read all, then note it piece by piece."""
    with transaction.unit():
        intake = _held(intake_id, IntakeState.CHECKING)
        actor = _actor(intake) if intake else None
        if intake is None or actor is None:
            return
        rows, reader = checking.waiting_rows(intake), checking.reader_for(actor, intake)
    read = checking.read_all(rows, reader)  # outside any transaction: it takes a while
    with transaction.unit():
        planned = checking.plan(actor, db.session.get_one(PersonImport, intake_id), read)
    done = 0
    for part in checking.in_chunks(range(len(rows))):
        with transaction.unit():
            piece = slice(part[0], part[-1] + 1)
            checking.store(rows[piece], read[piece], planned[piece])
            done = part[-1] + 1
            _note_done(intake_id, done)
    with transaction.unit():
        intake = _held(intake_id, IntakeState.CHECKING)
        if intake:
            checking.conclude(intake, planned)


def _note_done(intake_id: int, done: int) -> None:
    db.session.execute(
        update(PersonImport)
        .where(PersonImport.id == intake_id)
        .values(done=done)
        .execution_options(synchronize_session=False)
    )


def _write(intake_id: int) -> None:
    """Read the rows, then write them all at once; a lost race is looked at by a person again."""
    with transaction.unit():
        intake = _held(intake_id, IntakeState.APPLYING)
        actor = _actor(intake) if intake else None
        if intake is None or actor is None:
            return
        rows, reader = checking.waiting_rows(intake), checking.reader_for(actor, intake)
    read = checking.read_all(rows, reader)
    try:
        with transaction.unit():
            intake = _held(intake_id, IntakeState.APPLYING)
            if intake:
                intake.done = intake.total
                writing.write(actor, intake, rows, read)
    except IntegrityError:
        _stop(intake_id, writing.CHANGED, IntakeState.CHECKING)


def _held(intake_id: int, state: IntakeState) -> PersonImport | None:
    """The list, locked, if it still waits for this."""
    return db.session.scalars(
        select(PersonImport)
        .where(PersonImport.id == intake_id, PersonImport.state == state)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _stop(intake_id: int, reason: Sentence, state: IntakeState = IntakeState.COLUMNS) -> None:
    with transaction.unit():
        db.session.execute(
            update(PersonImport)
            .where(PersonImport.id == intake_id)
            .values(state=state, reason=reason.text)
            .execution_options(synchronize_session=False)
        )


def _actor(intake: PersonImport) -> Actor | None:
    """Who sent the list, in the role of then; without that role nothing goes on."""
    found = db.session.execute(
        select(UserAccount, RoleAssignment)
        .join(RoleAssignment, RoleAssignment.account_id == UserAccount.id)
        .where(
            RoleAssignment.id == intake.assignment_id,
            in_force(clock.today()),
            UserAccount.state == AccountState.ACTIVE,
        )
    ).one_or_none()
    if found is None or not permits(found[1].role, Permission.INTAKE_MAKE):
        intake.state, intake.reason = IntakeState.COLUMNS, NO_ROLE.text
        return None
    return actor_of(*found)


def clear_imports() -> None:
    """A job: remove what rows say of people, after a week of waiting or a day from the import."""
    now = clock.now()
    old = db.session.scalars(
        select(PersonImport).where(
            PersonImport.state.in_(WAITING), PersonImport.uploaded_at < now - WAITS
        )
    )
    for intake in old.all():
        gone = delete(PersonImportRow).where(PersonImportRow.import_id == intake.id)
        db.session.execute(gone.execution_options(synchronize_session=False))
        intake.state, intake.cleared_at = IntakeState.DROPPED, now
        audit.record(
            SYSTEM, Action.INTAKE_DROPPED, intake, intake.file_name, body_id=intake.organisation_id
        )
    _forget_before(now)


def _forget_before(now: object) -> None:
    """What undoing needed, once it is too late to undo."""
    past = select(PersonImport.id).where(
        PersonImport.state == IntakeState.APPLIED,
        PersonImport.cleared_at.is_(None),
        PersonImport.applied_at < now - UNDO_WITHIN,  # type: ignore[operator]
    )
    for table, condition, values in (
        (PersonImportRow, PersonImportRow.import_id.in_(past), {"before": None, "written": None}),
        (PersonImport, PersonImport.id.in_(past), {"cleared_at": now}),
    ):
        db.session.execute(
            update(table)
            .where(condition)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
