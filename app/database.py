# SPDX-License-Identifier: AGPL-3.0-or-later
"""How each database engine is made to keep its promises.

SQLite: WAL with synchronous=FULL loses no acknowledged row on power loss,
and BEGIN IMMEDIATE makes concurrent read-modify-write queue instead of fail.
PostgreSQL: READ COMMITTED with explicit locks and bounded waits. On both, a
request that only reads runs in a transaction in which nothing can be written.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Connection, make_url

from app.extensions import db

SQLITE_BUSY_MS = 10_000
BESIDE_BUSY_MS = 3_000
POSTGRESQL_LIMITS = {
    "lock_timeout": "5s",
    "statement_timeout": "15s",
    "idle_in_transaction_session_timeout": "30s",
    "timezone": "UTC",
}

_read_only: ContextVar[bool] = ContextVar("read_only", default=False)
_briefly: ContextVar[bool] = ContextVar("briefly", default=False)


def engine_options(url: str) -> dict[str, object]:
    """Options of create_engine for the dialect of the address."""
    options: dict[str, object] = {"hide_parameters": True}
    if make_url(url).get_backend_name() == "postgresql":
        limits = " ".join(f"-c {name}={value}" for name, value in POSTGRESQL_LIMITS.items())
        options |= {
            "pool_pre_ping": True,
            "pool_size": 5,
            "max_overflow": 10,
            "pool_timeout": 5,
            "connect_args": {"options": limits, "connect_timeout": 3},
        }
    else:
        options |= {"connect_args": {"timeout": SQLITE_BUSY_MS / 1000}}
    return options


def init_app(app: Flask) -> None:
    """Bind the database with the settings of its dialect."""
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(app.config["SQLALCHEMY_DATABASE_URI"])
    db.init_app(app)
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)


def set_read_only(value: bool) -> bool:
    """Whether transactions begun from here on may only read; gives what held before."""
    before = _read_only.get()
    _read_only.set(value)
    return before


@contextmanager
def writing() -> Iterator[None]:
    """Let the transactions begun inside write (commands, and the rare write of a GET)."""
    token = _read_only.set(False)
    try:
        yield
    finally:
        _read_only.reset(token)


@contextmanager
def reading() -> Iterator[None]:
    """Let the transactions begun inside only read (what an answer sends after its request)."""
    token = _read_only.set(True)
    try:
        yield
    finally:
        _read_only.reset(token)


@contextmanager
def beside() -> Iterator[Connection]:
    """A short writing transaction of its own, also while a page is read; it waits a moment only.

    What the session has not committed is undone first: on SQLite it may hold the lock that
    this waits for, on PostgreSQL it holds a second connection. Raises OperationalError when
    the database stays busy.
    """
    db.session.rollback()
    token = _briefly.set(True)
    try:
        with writing(), db.engine.begin() as connection:
            yield connection
    finally:
        _briefly.reset(token)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the begin event below says how each transaction begins
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={SQLITE_BUSY_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    read_only = _read_only.get()
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if read_only else 'OFF'}")
    wait = BESIDE_BUSY_MS if _briefly.get() else SQLITE_BUSY_MS
    connection.exec_driver_sql(f"PRAGMA busy_timeout={wait}")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    if _read_only.get():
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
    if _briefly.get():
        connection.exec_driver_sql(f"SET LOCAL lock_timeout={BESIDE_BUSY_MS}")
