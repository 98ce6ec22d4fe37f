# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the database holds, asked in plain SQL beside the application."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select, text
from sqlalchemy.orm import joinedload

from app import audit
from app.domain.attendance import Interval
from app.domain.book import SheetEntry, page_hash, sheet_content
from app.domain.chain import first_broken
from app.extensions import db
from app.models import AttendanceEntry, AuditEvent, Programme, RegisterSheet
from tests import world as worlds

# Rows about requests and devices: looking at a page may touch them.
DEVICES = ("login_session", "idempotency_key", "throttle_count")


@contextmanager
def connection(app) -> Iterator:
    with app.app_context():
        with db.engine.connect() as found:
            yield found
        db.session.remove()


def ask(app, sql: str, **values) -> list[tuple]:
    """The rows of a question."""
    with connection(app) as found:
        return [tuple(row) for row in found.execute(text(sql), values)]


def one(app, sql: str, **values):
    """The only value of a question."""
    return ask(app, sql, **values)[0][0]


def do(app, sql: str, **values) -> None:
    """Arrange something that no page does."""
    with connection(app) as found:
        found.execute(text(sql), values)
        found.commit()


@contextmanager
def arranging(app) -> Iterator:
    """Make rows with the functions of the small world; committed at the end."""
    with app.app_context():
        yield db.session
        worlds.commit(db.session.scalars(select(Programme)).first())
        db.session.remove()


def checksum(app) -> str:
    """One figure for all that is stored, requests and devices aside."""
    digest = hashlib.sha256()
    with connection(app) as found:
        for table in db.metadata.sorted_tables:
            if table.name not in DEVICES:
                rows = sorted(repr(tuple(row)) for row in found.execute(table.select()))
                digest.update(f"{table.name} {rows}".encode())
    return digest.hexdigest()


def trail_is_whole(app) -> bool:
    """Whether every entry of the trail follows the one before it."""
    with app.app_context():
        rows = db.session.scalars(select(AuditEvent).order_by(AuditEvent.sequence)).all()
        broken = first_broken((r.sequence, audit.payload(r), r.previous_hash, r.hash) for r in rows)
        db.session.remove()
    return broken is None


def recomputed_hash(session, sheet: RegisterSheet) -> str:
    """The hash of a closed page, from the rows as they are stored."""
    entries = session.scalars(
        select(AttendanceEntry)
        .where(AttendanceEntry.sheet_id == sheet.id)
        .options(joinedload(AttendanceEntry.intervals))
    ).unique()
    content = sheet_content(
        lesson=sheet.lesson_id,
        version=sheet.page_version,
        topic=sheet.topic_done,
        start_real=sheet.starts_at_real,
        end_real=sheet.ends_at_real,
        heads=sheet.heads_counted,
        checked_in=0,
        note=sheet.note,
        hand=sheet.closed_hand,
        closed_by=sheet.closed_by_id,
        closed_at=sheet.closed_at,
        late=sheet.closed_late,
        entries=[
            SheetEntry(
                entry.enrolment_id,
                entry.status,
                [Interval(stay.entered_at, stay.left_at) for stay in entry.intervals],
                entry.counted_minutes,
                entry.source,
            )
            for entry in entries
        ],
    )
    return page_hash(content, sheet.previous_hash)
