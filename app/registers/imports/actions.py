# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keeping a file of attendance as it came, and writing what it says into the sheet, once."""

from hashlib import sha256

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.clock import ROME
from app.domain import register as rules
from app.domain.attendance import Source
from app.domain.attendance_log import decode, read_log
from app.domain.enrolment import EnrolmentState
from app.domain.errors import RuleViolation, Sentence
from app.domain.mark_table import check_columns
from app.domain.timetable import clock_text, day_text
from app.domain.vocabulary import ImportKind
from app.extensions import db
from app.kept_files import keep
from app.models import AttendanceImport
from app.registers.actions import Conflict, mark_many
from app.registers.imports.queries import ImportCase, waiting
from app.registers.marks import Mark
from app.registers.queries import SheetPage
from app.spreadsheets import MAX_BYTES, read_table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
SOURCES = {
    ImportKind.ONLINE_LOG: Source.ONLINE_LOG,
    ImportKind.SPREADSHEET: Source.PAPER_IMPORT,
}


def check_takes(page: SheetPage) -> None:
    """Whether marks may be written on the page now. Raises RuleViolation."""
    rules.check_mark(
        page.sheet.state,
        enrolment_state=EnrolmentState.CONFIRMED,
        now=clock.now(),
        deadline=page.deadline,
    )


def upload(actor: Actor, page: SheetPage, kind: ImportKind, file_name: str, raw: bytes) -> int:
    """Keep the file as it came; the id of the import. Nothing is written in the sheet yet.

    The same file sent again before it was applied is the same import. Raises
    RuleViolation when the page takes no marks, or the file is not of its kind.
    """
    check_takes(page)
    _check_content(page, kind, raw)
    before = waiting(page.sheet.id, kind, sha256(raw).hexdigest())
    if before is not None:
        return before
    imported = AttendanceImport(
        sheet_id=page.sheet.id,
        kind=kind,
        file_name=file_name,
        sha256=keep(XLSX if raw.startswith(b"PK") else CSV, raw),
        uploaded_by_id=actor.account_id,
        uploaded_at=clock.now(),
    )
    db.session.add(imported)
    db.session.flush()
    _record(actor, Action.IMPORT_UPLOADED, page, imported)
    return imported.id


def _check_content(page: SheetPage, kind: ImportKind, raw: bytes) -> None:
    if kind is ImportKind.SPREADSHEET:
        check_columns(read_table(raw))
        return
    if not raw.strip():
        raise RuleViolation(Sentence("Il file è vuoto."))
    if len(raw) > MAX_BYTES:
        raise RuleViolation(Sentence("Il file supera i 5 MB."))
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-")):
        raise RuleViolation(
            Sentence(
                "Il registro della piattaforma si carica come CSV: salvarlo come CSV e riprovare."
            )
        )
    read_log(decode(raw), page.lesson.starts_at.astimezone(ROME).date())


def check_waits(case: ImportCase) -> None:
    """Whether the import was not applied yet. Raises RuleViolation: it is applied once."""
    if case.applied:
        at = case.described.applied_at or clock.now()
        raise RuleViolation(
            Sentence(
                "Questo file è già stato applicato: %(who)s, %(day)s alle %(time)s.",
                {"who": case.described.applied_by, "day": day_text(at), "time": clock_text(at)},
            )
        )


def apply(actor: Actor, case: ImportCase, marks: dict[int, Mark], seen: str) -> int:
    """Write the marks, all or none, and note who applied the file; how many they are.

    ``seen`` is what ``SheetPage.seen`` was when the dry run was drawn. Raises Conflict
    when marks changed since, RuleViolation when a rule forbids it or nothing changes.
    """
    check_waits(case)
    check_takes(case.page)
    if seen != str(case.page.seen):
        raise Conflict(
            Sentence("Nel frattempo altre presenze sono state segnate: controllarle e applicare.")
        )
    if not marks:
        raise RuleViolation(Sentence("Non c'è nulla da scrivere: il foglio dice già lo stesso."))
    mark_many(actor, case.page, marks, source=SOURCES[case.imported.kind])
    case.imported.applied_at = clock.now()
    case.imported.applied_by_id = actor.account_id
    _record(actor, Action.IMPORT_APPLIED, case.page, case.imported, marks=len(marks))
    return len(marks)


def _record(
    actor: Actor, action: Action, page: SheetPage, imported: AttendanceImport, **details: object
) -> None:
    audit.record(
        actor,
        action,
        imported,
        f"{page.lesson.edition.code}, {page.lesson.seq}",
        body_id=page.lesson.edition.delivering_body_id,
        kind=imported.kind.value,
        sha256=imported.sha256,
        **details,
    )
