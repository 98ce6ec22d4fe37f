# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the database holds, asked in plain SQL beside the application."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select, text

from app.extensions import db
from app.models import Programme
from tests import world as worlds

# Rows about requests and devices: looking at a page may touch them.
DEVICES = ("login_session", "idempotency_key")


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
