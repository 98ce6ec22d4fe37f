# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writing into the bound register: each record covers the one before."""

from datetime import datetime

from sqlalchemy import select

from app.actor import Actor
from app.domain.book import page_hash
from app.domain.chain import canonical
from app.domain.vocabulary import RecordKind
from app.extensions import db
from app.models import AttendanceRegister, BookRecord, RegisterSheet


def bind(
    actor: Actor,
    register: AttendanceRegister,
    sheet: RegisterSheet,
    kind: RecordKind,
    content: dict[str, object],
    at: datetime,
) -> BookRecord:
    """Append a record to the book; ``hold`` it first, so that ``at`` follows the last one."""
    last = db.session.execute(
        select(BookRecord.position, BookRecord.hash)
        .where(BookRecord.register_id == register.id)
        .order_by(BookRecord.position.desc())
        .limit(1)
    ).first()
    position, previous = last or (0, register.endorsement_hash or "")
    record = BookRecord(
        register_id=register.id,
        position=position + 1,
        kind=kind,
        sheet_id=sheet.id,
        version=sheet.page_version,
        at=at,
        account_id=actor.account_id or 0,
        content=canonical(content).decode(),
        previous_hash=previous,
        hash=page_hash(content, previous),
    )
    db.session.add(record)
    return record


def hold(register: AttendanceRegister) -> None:
    """Hold the book until the commit: two records written at once follow each other."""
    db.session.execute(
        select(AttendanceRegister.id).where(AttendanceRegister.id == register.id).with_for_update()
    )
