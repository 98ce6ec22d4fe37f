# SPDX-License-Identifier: AGPL-3.0-or-later
"""The files of attendance sent for a lesson, and one of them beside its sheet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from app.actor import Actor
from app.domain.vocabulary import ImportKind
from app.extensions import db
from app.models import (
    AttendanceImport,
    Enrolment,
    EvidenceFile,
    Lesson,
    Person,
    UserAccount,
)
from app.registers.queries import SHEET_PAGE, SheetPage, sheet_page
from app.scope import get_visible

_applier = aliased(UserAccount)


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
    return _imports(AttendanceImport.sheet_id == sheet_id)


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


def _imports(*conditions: Any) -> list[Import]:
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
        .where(*conditions)
        .order_by(AttendanceImport.id.desc())
    )
    return [Import(*row) for row in found]


def import_of(actor: Actor, import_id: int) -> AttendanceImport:
    """The import with its file's description; 404 outside the actor's scope."""
    return get_visible(
        AttendanceImport,
        import_id,
        actor,
        joinedload(AttendanceImport.file),
        joinedload(AttendanceImport.sheet),
    )


def content_of(imported: AttendanceImport) -> bytes:
    """The bytes of its file, as they came."""
    return db.session.scalars(
        select(EvidenceFile.content).where(EvidenceFile.sha256 == imported.sha256)
    ).one()


@dataclass(frozen=True)
class ImportCase:
    """A file beside the sheet of its lesson; ``emails`` by enrolment."""

    imported: AttendanceImport
    described: Import
    page: SheetPage
    content: bytes
    emails: dict[int, str]

    @property
    def applied(self) -> bool:
        return self.imported.applied_at is not None


def import_case(actor: Actor, import_id: int, lock: bool = False) -> ImportCase:
    """The import beside its sheet; ``lock`` holds the page until the commit."""
    imported = import_of(actor, import_id)
    lesson = get_visible(Lesson, imported.sheet.lesson_id, actor, *SHEET_PAGE)
    page = sheet_page(actor, lesson, lock)
    if lock:  # somebody may have applied it while this request waited for the page
        db.session.refresh(imported, ["applied_at", "applied_by_id"])
    described = _imports(AttendanceImport.id == imported.id)[0]
    return ImportCase(imported, described, page, content_of(imported), _emails(page))


def _emails(page: SheetPage) -> dict[int, str]:
    found = db.session.execute(
        select(Enrolment.id, Person.work_email)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.id.in_([row.enrolment_id for row in page.rows]))
    )
    return {enrolment_id: email or "" for enrolment_id, email in found}
