# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fixtures for tests by HTTP: the small world is built once per engine and then copied.

A conftest takes them over with an import; names and meaning are those of the
fixtures they replace. On PostgreSQL one database is put back as it was before
each test, which is ten times faster than creating it anew.
"""

import shutil

import pytest
import time_machine
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import create_engine, text

from app import create_app
from app.extensions import db
from tests import world as worlds
from tests.conftest import Ids, config_for, new_postgresql

__all__ = ["app", "compiled", "database_url", "furnished", "world"]


@pytest.fixture(scope="session")
def furnished(template, engine, tmp_path_factory):
    """The address of a migrated database with the small world in it, and its numbers."""
    if engine == "sqlite":
        path = tmp_path_factory.mktemp("furnished") / "world.db"
        shutil.copy(template, path)
        yield f"sqlite:///{path}", _furnish(f"sqlite:///{path}")
        return
    with new_postgresql("furnished", template) as url:
        ids = _furnish(url)
        _keep(url)
        yield url, ids


def _furnish(url: str) -> Ids:
    made = create_app(config_for(url))
    with time_machine.travel(worlds.NOW, tick=True), made.app_context():
        ids = Ids(worlds.build_world())
        db.session.remove()
        db.engine.dispose()
    return ids


def _keep(url: str) -> None:
    """Beside the tables, a copy of each to put back."""
    statements = ["CREATE SCHEMA kept"]
    for table in db.metadata.sorted_tables:
        statements.append(f"CREATE TABLE kept.{table.name} AS TABLE public.{table.name}")
    _run(url, statements)


def _put_back(url: str) -> None:
    tables = [table.name for table in db.metadata.sorted_tables]
    statements = [
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND usename = current_user",
        *(f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in tables),
        f"TRUNCATE {', '.join(tables)}",
        *(f"INSERT INTO {name} SELECT * FROM kept.{name}" for name in tables),  # noqa: S608
        *(f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in tables),
    ]
    for table in db.metadata.sorted_tables:
        if "id" in table.c:
            last = f"(SELECT coalesce(max(id), 0) + 1 FROM {table.name})"  # noqa: S608
            sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
            statements.append(f"SELECT setval({sequence}, {last}, false)")
    _run(url, statements)


def _run(url: str, statements: list[str]) -> None:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()


@pytest.fixture
def database_url(furnished, engine, tmp_path):
    """The small world as it was built."""
    url, _ids = furnished
    if engine == "postgresql":
        _put_back(url)
        return url
    path = tmp_path / "test.db"
    shutil.copy(url.removeprefix("sqlite:///"), path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def compiled(tmp_path_factory):
    """Templates, compiled once for all tests."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("compiled")))


@pytest.fixture
def app(database_url, compiled):
    application = create_app(config_for(database_url))
    application.jinja_env.bytecode_cache = compiled
    yield application
    with application.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(furnished):
    """The small world, as plain numbers."""
    return furnished[1]
