# SPDX-License-Identifier: AGPL-3.0-or-later
"""The scans attached to a page, and what they say beside what the register says."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from app.actor import Actor
from app.extensions import db
from app.models import (
    EvidenceFile,
    Lesson,
    ReconciledLine,
    RegisterSheet,
    ScannedEvidence,
    UserAccount,
)
from app.registers.queries import SHEET_PAGE, SheetPage, SheetRow, sheet_page
from app.scope import get_visible

_withdrawer = aliased(UserAccount)


@dataclass(frozen=True)
class Scan:
    """One scan of the list: who attached it, who took it back, how it compares."""

    id: int
    file_name: str
    media_type: str
    size: int
    sha256: str
    pages: int
    uploaded_at: datetime
    uploaded_by: str
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    agreeing: int
    differing: int

    @property
    def short_hash(self) -> str:
        return self.sha256[:16]


def scans(sheet_id: int) -> list[Scan]:
    """The scans of a page, withdrawn ones included, in the order in which they came."""
    return _scans(ScannedEvidence.sheet_id == sheet_id)


def same_file(sheet_id: int, sha256: str) -> Scan | None:
    """The scan of this page with the same bytes."""
    found = _scans(ScannedEvidence.sheet_id == sheet_id, ScannedEvidence.sha256 == sha256)
    return found[0] if found else None


def _scans(*conditions: Any) -> list[Scan]:
    lines = (
        select(
            ReconciledLine.evidence_id,
            func.sum(case((ReconciledLine.agrees, 1), else_=0)).label("agreeing"),
            func.sum(case((ReconciledLine.agrees, 0), else_=1)).label("differing"),
        )
        .group_by(ReconciledLine.evidence_id)
        .subquery("lines")
    )
    found = db.session.execute(
        select(
            ScannedEvidence.id,
            ScannedEvidence.file_name,
            EvidenceFile.media_type,
            EvidenceFile.size,
            ScannedEvidence.sha256,
            ScannedEvidence.pages,
            ScannedEvidence.uploaded_at,
            UserAccount.display_name,
            ScannedEvidence.withdrawn_at,
            _withdrawer.display_name,
            func.coalesce(lines.c.agreeing, 0),
            func.coalesce(lines.c.differing, 0),
        )
        .join(EvidenceFile, EvidenceFile.sha256 == ScannedEvidence.sha256)
        .join(UserAccount, UserAccount.id == ScannedEvidence.uploaded_by_id)
        .outerjoin(_withdrawer, _withdrawer.id == ScannedEvidence.withdrawn_by_id)
        .outerjoin(lines, lines.c.evidence_id == ScannedEvidence.id)
        .where(*conditions)
        .order_by(ScannedEvidence.id)
    )
    return [Scan(*row) for row in found]


def scan_of(actor: Actor, scan_id: int, *load: ORMOption) -> ScannedEvidence:
    """The scan with its file's description; 404 outside the actor's scope."""
    return get_visible(ScannedEvidence, scan_id, actor, joinedload(ScannedEvidence.file), *load)


def content_of(scan: ScannedEvidence) -> bytes:
    """The bytes of its file: read only when they are needed."""
    return db.session.scalars(
        select(EvidenceFile.content).where(EvidenceFile.sha256 == scan.sha256)
    ).one()


@dataclass(frozen=True)
class Compared:
    """One person: what the register says, and what was written after looking at the paper."""

    row: SheetRow
    line: ReconciledLine | None
    written_by: str

    @property
    def enrolment_id(self) -> int:
        return self.row.enrolment_id

    @property
    def differs(self) -> bool:
        return self.line is not None and not self.line.agrees


@dataclass(frozen=True)
class Comparison:
    """The scan beside the list of the lesson's people."""

    scan: ScannedEvidence
    page: SheetPage
    rows: list[Compared]

    @property
    def lesson(self) -> Lesson:
        return self.page.lesson

    @property
    def withdrawn(self) -> bool:
        return self.scan.withdrawn_at is not None

    @property
    def agreeing(self) -> int:
        return sum(row.line is not None and row.line.agrees for row in self.rows)

    @property
    def differing(self) -> int:
        return sum(row.differs for row in self.rows)

    @property
    def open(self) -> int:
        """How many people nobody has compared yet."""
        return len(self.rows) - self.agreeing - self.differing


def comparison(actor: Actor, scan_id: int, lock: bool = False) -> Comparison:
    """The scan beside those on the sheet; ``lock`` holds the page until the commit."""
    lesson = joinedload(ScannedEvidence.sheet).joinedload(RegisterSheet.lesson)
    scan = scan_of(actor, scan_id, lesson.options(*SHEET_PAGE))
    page = sheet_page(actor, scan.sheet.lesson, lock)
    if lock:  # somebody may have withdrawn it while this request waited for the page
        db.session.refresh(scan, ["withdrawn_at", "withdrawn_by_id"])
    written = db.session.execute(
        select(ReconciledLine, UserAccount.display_name)
        .join(UserAccount, UserAccount.id == ReconciledLine.written_by_id)
        .where(ReconciledLine.evidence_id == scan.id)
    )
    lines = {line.enrolment_id: (line, who) for line, who in written}
    rows = [
        Compared(row, *lines.get(row.enrolment_id, (None, "")))
        for row in page.rows
        if row.expected or row.status or row.enrolment_id in lines
    ]
    return Comparison(scan, page, rows)
