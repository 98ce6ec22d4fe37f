# SPDX-License-Identifier: AGPL-3.0-or-later
"""Attaching a scan to its page, withdrawing a wrong one, writing down how it compares."""

from dataclasses import dataclass

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain import paper
from app.domain.edition import EditionState
from app.domain.errors import RuleViolation, Sentence
from app.domain.timetable import clock_text, day_text
from app.domain.vocabulary import LessonState
from app.extensions import db
from app.kept_files import keep
from app.models import ReconciledLine, ScannedEvidence
from app.registers.evidence.queries import Compared, Comparison, Scan, same_file
from app.registers.queries import SheetPage
from app.uploads import CheckedFile


@dataclass(frozen=True)
class Line:
    """What somebody writes of one person, looking at the paper."""

    agrees: bool
    remark: str = ""


class LineRefused(RuleViolation):
    """A rule forbids the line of this person."""

    def __init__(self, enrolment_id: int, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.enrolment_id = enrolment_id


def check_attach(page: SheetPage) -> None:
    """Whether the page takes a scan now; asked before the file is read. Raises RuleViolation."""
    paper.check_attach(
        page.lesson.starts_at,
        lesson_cancelled=page.lesson.state in (LessonState.CANCELLED, LessonState.MOVED)
        or page.lesson.edition.state == EditionState.CANCELLED,
        now=clock.now(),
    )


def attach(actor: Actor, page: SheetPage, file_name: str, file: CheckedFile) -> ScannedEvidence:
    """Attach the file to the page. Raises RuleViolation when it is attached already."""
    check_attach(page)
    before = same_file(page.sheet.id, file.sha256)
    if before is not None:
        _refuse_again(before)
    scan = ScannedEvidence(
        sheet_id=page.sheet.id,
        file_name=file_name,
        sha256=keep(file.media_type, file.content),
        pages=file.pages,
        uploaded_by_id=actor.account_id,
        uploaded_at=clock.now(),
    )
    db.session.add(scan)
    db.session.flush()
    _record(actor, Action.EVIDENCE_ATTACHED, page, scan, sha256=file.sha256, pages=file.pages)
    return scan


def _refuse_again(before: Scan) -> None:
    values = {
        "who": before.uploaded_by,
        "day": day_text(before.uploaded_at),
        "time": clock_text(before.uploaded_at),
    }
    if before.withdrawn_at is not None:
        raise RuleViolation(
            Sentence(
                "Questo file era già allegato (%(who)s, %(day)s alle %(time)s) ed è stato ritirato: "
                "ripetere la scansione o la foto.",
                values,
            )
        )
    raise RuleViolation(
        Sentence(
            "Questo file è già allegato a questa pagina: %(who)s, %(day)s alle %(time)s.", values
        )
    )


def withdraw(actor: Actor, comparison: Comparison) -> None:
    """Mark the scan as withdrawn: it stays on record, with who and when."""
    _check_stands(comparison)
    comparison.scan.withdrawn_at = clock.now()
    comparison.scan.withdrawn_by_id = actor.account_id
    _record(
        actor,
        Action.EVIDENCE_WITHDRAWN,
        comparison.page,
        comparison.scan,
        sha256=comparison.scan.sha256,
    )


def reconcile(actor: Actor, comparison: Comparison, lines: dict[int, Line]) -> int:
    """Write the lines that are new, with who and when; how many they were.

    Raises LineRefused: a difference says how, and stays once it is written.
    """
    _check_stands(comparison)
    new = {
        row.enrolment_id: (row, lines[row.enrolment_id])
        for row in comparison.rows
        if row.enrolment_id in lines and not _is_written(row, lines[row.enrolment_id])
    }
    for enrolment_id, (row, line) in new.items():
        try:
            paper.check_line(agrees=line.agrees, remark=line.remark, differed=row.differs)
        except RuleViolation as violation:
            raise LineRefused(enrolment_id, violation.sentence) from None
        _write(actor, comparison.scan, row, line)
    if new:
        _record(
            actor,
            Action.EVIDENCE_RECONCILED,
            comparison.page,
            comparison.scan,
            agreeing=[number for number, (_row, line) in new.items() if line.agrees],
            differing=[number for number, (_row, line) in new.items() if not line.agrees],
        )
    return len(new)


def _is_written(row: Compared, line: Line) -> bool:
    """Whether the same is written already: a page sent again."""
    said = row.line
    if said is None or said.agrees != line.agrees:
        return False
    return said.agrees or said.remark == line.remark


def _write(actor: Actor, scan: ScannedEvidence, row: Compared, line: Line) -> None:
    written = row.line
    if written is None:
        written = ReconciledLine(evidence_id=scan.id, enrolment_id=row.enrolment_id)
        db.session.add(written)
    written.agrees = line.agrees
    written.remark = "" if line.agrees else line.remark
    written.written_by_id, written.written_at = actor.account_id or 0, clock.now()


def _check_stands(comparison: Comparison) -> None:
    if comparison.withdrawn:
        raise RuleViolation(Sentence("La scansione è stata ritirata: resta agli atti com'è."))


def _record(
    actor: Actor, action: Action, page: SheetPage, scan: ScannedEvidence, **details: object
) -> None:
    audit.record(
        actor,
        action,
        scan,
        f"{page.lesson.edition.code}, {page.lesson.seq}",
        body_id=page.lesson.edition.delivering_body_id,
        **details,
    )
