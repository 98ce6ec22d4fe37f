# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stands beside the pages and changes their meaning: recoveries, paper and its comparison."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, select

from app.audit import Action
from app.integrity.facts import DEED, LESSON, SHEET, opened
from app.integrity.findings import Finding, Tick
from app.models import Edition, ReconciledLine, Recovery, ScannedEvidence

RECOVERY, SCAN, LINE = (model.__table__ for model in (Recovery, ScannedEvidence, ReconciledLine))


def _deeds(connection: Connection, target: str) -> Iterator[tuple[Row[Any], dict[str, Any]]]:
    wanted = (
        select(
            DEED.c.target_id, DEED.c.target_label, DEED.c.action, DEED.c.account_id, DEED.c.details
        )
        .where(DEED.c.target_type == target)
        .order_by(DEED.c.sequence)
    )
    for row in connection.execute(wanted):
        yield row, opened(row.details)


def check_recoveries(connection: Connection, tick: Tick) -> Iterator[Finding]:
    """Each recovery is the one arranged; those called off are gone, no other is."""
    said: dict[int, tuple[Any, ...]] = {}
    for deed, details in _deeds(connection, RECOVERY.name):
        said.pop(deed.target_id, None)
        if deed.action == Action.RECOVERY_ARRANGED:
            lessons = (details.get("missed"), details.get("lesson"))
            said[deed.target_id] = (details.get("enrolment"), *lessons, deed.account_id)
    for row in connection.execute(select(RECOVERY).order_by(RECOVERY.c.id)):
        arranged = said.pop(row.id, None)
        if arranged is None:
            yield Finding(RECOVERY.name, row.id, "recupero di cui la traccia non sa")
        elif arranged != (
            row.enrolment_id, row.missed_lesson_id, row.lesson_id, row.arranged_by_id,
        ):  # fmt: skip
            yield Finding(RECOVERY.name, row.id, "non è il recupero che fu concordato")
        tick(1)
    for recovery_id in said:
        yield Finding(RECOVERY.name, recovery_id, "manca: la traccia dice che fu concordato")


@dataclass
class _Told:
    """What the trail tells of a scan: its page, its bytes, who took it back, its lines."""

    page: str
    file: tuple[Any, ...]
    withdrawn_by: int | None = None
    lines: dict[int, bool] = field(default_factory=dict)


def check_scans(connection: Connection, tick: Tick) -> Iterator[Finding]:
    """Each scan is the file attached to that page, with the lines written beside it."""
    said = _scans_said(connection)
    lines: dict[int, dict[int, bool]] = defaultdict(dict)
    for line in connection.execute(select(LINE)):
        lines[line.evidence_id][line.enrolment_id] = line.agrees
    edition = Edition.__table__
    rows = connection.execute(
        select(SCAN, LESSON.c.seq, edition.c.code)
        .outerjoin(SHEET, SHEET.c.id == SCAN.c.sheet_id)
        .outerjoin(LESSON, LESSON.c.id == SHEET.c.lesson_id)
        .outerjoin(edition, edition.c.id == LESSON.c.edition_id)
        .order_by(SCAN.c.id)
    )
    for row in rows:
        if fault := _scan_fault(row, said.get(row.id)):
            yield Finding(SCAN.name, row.id, fault)
        elif lines[row.id] != said[row.id].lines:
            yield Finding(SCAN.name, row.id, "il confronto non è quello che fu scritto")
        tick(1)


def _scans_said(connection: Connection) -> dict[int, _Told]:
    said: dict[int, _Told] = {}
    for deed, details in _deeds(connection, SCAN.name):
        if deed.action == Action.EVIDENCE_ATTACHED:
            file = (details.get("sha256"), details.get("pages"), deed.account_id)
            said[deed.target_id] = _Told(deed.target_label, file)
        elif deed.target_id in said and deed.action == Action.EVIDENCE_WITHDRAWN:
            said[deed.target_id].withdrawn_by = deed.account_id
        elif deed.target_id in said:
            written = said[deed.target_id].lines
            written.update(dict.fromkeys(details.get("agreeing", ()), True))
            written.update(dict.fromkeys(details.get("differing", ()), False))
    return said


def _scan_fault(row: Row[Any], told: _Told | None) -> str:
    if told is None:
        return "scansione di cui la traccia non sa"
    if told.file != (row.sha256, row.pages, row.uploaded_by_id):
        return "non è il file che fu allegato"
    if told.page != f"{row.code}, {row.seq}"[:200]:
        return "è allegata a un'altra pagina"
    if told.withdrawn_by != row.withdrawn_by_id or (row.withdrawn_by_id is None) != (
        row.withdrawn_at is None
    ):
        return "ritirata o no, la traccia dice altro"
    return ""
