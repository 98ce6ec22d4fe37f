# SPDX-License-Identifier: AGPL-3.0-or-later
"""The files of attendance sent for a lesson, and one of them beside its sheet."""

from dataclasses import dataclass
from datetime import datetime

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from app.actor import Actor
from app.domain.vocabulary import ImportKind
from app.extensions import db
from app.models import (
    AttendanceImport,
    Enrolment,
    EvidenceFile,
    Person,
    RegisterSheet,
    UserAccount,
)
from app.registers.queries import SHEET_PAGE, SheetPage, sheet_page
from app.scope import get_visible, visible

_applier = aliased(UserAccount)

FILE = joinedload(AttendanceImport.file).undefer(EvidenceFile.content)
LESSON = joinedload(AttendanceImport.sheet).joinedload(RegisterSheet.lesson).options(*SHEET_PAGE)


@dataclass(frozen=True)
class Import:
    """One file of the list: what it is, who sent it, who wrote it into the sheet."""

    id: int
    kind: ImportKind
    file_name: str
    sha256: str
    uploaded_at: datetime
    uploaded_by: str
    applied_at: datetime | None
    applied_by: str | None

    @property
    def short_hash(self) -> str:
        return self.sha256[:16]


def imports(sheet_id: int) -> list[Import]:
    """The files sent for a page, the last first."""
    found = db.session.execute(
        select(
            AttendanceImport.id,
            AttendanceImport.kind,
            AttendanceImport.file_name,
            AttendanceImport.sha256,
            AttendanceImport.uploaded_at,
            UserAccount.display_name,
            AttendanceImport.applied_at,
            _applier.display_name,
        )
        .join(UserAccount, UserAccount.id == AttendanceImport.uploaded_by_id)
        .outerjoin(_applier, _applier.id == AttendanceImport.applied_by_id)
        .where(AttendanceImport.sheet_id == sheet_id)
        .order_by(AttendanceImport.id.desc())
    )
    return [Import(*row) for row in found]


def waiting(sheet_id: int, kind: ImportKind, sha256: str) -> int | None:
    """The same file, sent before and not written into the sheet yet."""
    return db.session.scalars(
        select(AttendanceImport.id).where(
            AttendanceImport.sheet_id == sheet_id,
            AttendanceImport.kind == kind,
            AttendanceImport.sha256 == sha256,
            AttendanceImport.applied_at.is_(None),
        )
    ).first()


def import_of(actor: Actor, import_id: int) -> AttendanceImport:
    """The import with its file; 404 outside the actor's scope."""
    return get_visible(AttendanceImport, import_id, actor, FILE)


@dataclass(frozen=True)
class ImportCase:
    """A file beside the sheet of its lesson; ``emails`` by enrolment."""

    imported: AttendanceImport
    described: Import
    page: SheetPage
    emails: dict[int, str]

    @property
    def content(self) -> bytes:
        return self.imported.file.content

    @property
    def applied(self) -> bool:
        return self.described.applied_at is not None


def import_case(actor: Actor, import_id: int, lock: bool = False) -> ImportCase:
    """The import beside its sheet, 404 outside the actor's scope; ``lock`` holds the page."""
    imported, described = _one(actor, import_id)
    page = sheet_page(actor, imported.sheet.lesson, lock)
    if lock:  # whoever held the page before may have applied the file
        imported, described = _one(actor, import_id)
    return ImportCase(imported, described, page, _emails(page))


def _one(actor: Actor, import_id: int) -> tuple[AttendanceImport, Import]:
    """The import as it is stored now, with the names of those who sent and applied it."""
    found = (
        db.session.execute(
            visible(AttendanceImport, actor)
            .add_columns(UserAccount.display_name, _applier.display_name)
            .join(UserAccount, UserAccount.id == AttendanceImport.uploaded_by_id)
            .outerjoin(_applier, _applier.id == AttendanceImport.applied_by_id)
            .where(AttendanceImport.id == import_id)
            .options(FILE, LESSON)
            .execution_options(populate_existing=True)
        )
        .unique()
        .one_or_none()
    )
    if found is None:
        abort(404)
    one, uploaded_by, applied_by = found
    sent = (one.id, one.kind, one.file_name, one.sha256, one.uploaded_at)
    return one, Import(*sent, uploaded_by, one.applied_at, applied_by)


def _emails(page: SheetPage) -> dict[int, str]:
    found = db.session.execute(
        select(Enrolment.id, Person.work_email)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.id.in_([row.enrolment_id for row in page.rows]))
    )
    return {enrolment_id: email or "" for enrolment_id, email in found}
