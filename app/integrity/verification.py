# SPDX-License-Identifier: AGPL-3.0-or-later
"""Everything verified in one go, as it stood at one moment, while the application runs."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from app.database import reading
from app.extensions import db
from app.integrity.agreements import RECOVERY, SCAN, check_recoveries, check_scans
from app.integrity.books import check_books
from app.integrity.facts import DEED, ENTRY, RECORD, STAY, page_ids, pages
from app.integrity.files import (
    CERTIFICATE,
    EVIDENCE,
    SIGNED,
    check_certificates,
    check_evidence,
    check_numbers,
    check_signed_copies,
)
from app.integrity.findings import Finding, Report, Tick
from app.integrity.heads import Head, present_head
from app.integrity.pages import check_page
from app.integrity.trail import check_trail
from app.models import AttendanceImport, Correction, ScannedEvidence

NEVER_DELETED = tuple(model.__table__ for model in (Correction, ScannedEvidence, AttendanceImport))
MOST_KEPT = 1_000  # findings remembered; more are only counted


@dataclass(frozen=True)
class Task:
    """What is verified, and with what."""

    connection: Connection
    key: bytes
    heads: Iterable[Head]
    ids: list[int]


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A connection that only reads, and sees the database as it stands now, whatever is written."""
    with reading(), db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        yield connection


def verify(
    connection: Connection,
    key: bytes,
    heads: Iterable[Head] = (),
    watch: Callable[[str, int], Tick] = lambda _name, _count: lambda _n: None,
) -> Report:
    """All checks on what the connection sees; ``watch(name, count)`` is told how far each is."""
    report = Report(head=present_head(connection))
    task = Task(connection, key, heads, page_ids(connection))
    for name, count, check in PARTS:
        report.checked[name] = count(task)
        tick = watch(name, report.checked[name])
        for finding in _guarded(name, check(task, tick)):
            report.found += 1
            if len(report.findings) < MOST_KEPT:
                report.findings.append(finding)
    return report


def _guarded(name: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """A value that cannot even be read is a finding, not a failure of the command."""
    try:
        yield from findings
    except (LookupError, TypeError, ValueError) as error:
        yield Finding(name, "(?)", f"una riga non si legge più: {error}")


def _pages(task: Task, tick: Tick) -> Iterator[Finding]:
    for facts in pages(task.connection, task.ids):
        yield from check_page(facts)
        tick(1)


def _certificates(task: Task, tick: Tick) -> Iterator[Finding]:
    yield from check_certificates(task.connection, tick)
    yield from check_numbers(task.connection)


def _stray_stays(task: Task, _tick: Tick) -> Iterator[Finding]:
    wanted = (
        select(STAY.c.id)
        .outerjoin(ENTRY, ENTRY.c.id == STAY.c.entry_id)
        .where(ENTRY.c.id.is_(None))
        .order_by(STAY.c.id)
    )
    for stay in task.connection.scalars(wanted):
        yield Finding(STAY.name, stay, "orari senza la presenza a cui appartengono")


def _vanished(task: Task, _tick: Tick) -> Iterator[Finding]:
    """Rows that are never deleted, and of which only the trail still speaks."""
    for table in NEVER_DELETED:
        wanted = (
            select(DEED.c.target_id)
            .outerjoin(table, table.c.id == DEED.c.target_id)
            .where(DEED.c.target_type == table.name, table.c.id.is_(None))
            .distinct()
            .order_by(DEED.c.target_id)
        )
        for row in task.connection.scalars(wanted):
            yield Finding(table.name, row, "manca: ne parla ancora la traccia")


def _rows(table) -> Callable[[Task], int]:  # type: ignore[no-untyped-def]
    return lambda task: task.connection.scalar(select(func.count()).select_from(table)) or 0


Part = tuple[str, Callable[[Task], int], Callable[[Task, Tick], Iterator[Finding]]]
PARTS: tuple[Part, ...] = (
    ("atti", _rows(DEED), lambda t, tick: check_trail(t.connection, t.key, t.heads, tick)),
    ("annotazioni", _rows(RECORD), lambda t, tick: check_books(t.connection, tick)),
    ("fogli", lambda task: len(task.ids), _pages),
    ("orari", _rows(STAY), _stray_stays),
    ("rettifiche", _rows(Correction), _vanished),
    ("recuperi", _rows(RECOVERY), lambda t, tick: check_recoveries(t.connection, tick)),
    ("scansioni", _rows(SCAN), lambda t, tick: check_scans(t.connection, tick)),
    ("attestati", _rows(CERTIFICATE), _certificates),
    ("copie firmate", _rows(SIGNED), lambda t, tick: check_signed_copies(t.connection, tick)),
    ("prove", _rows(EVIDENCE), lambda t, tick: check_evidence(t.connection, tick)),
)
