# SPDX-License-Identifier: AGPL-3.0-or-later
"""An application on a fresh copy of a migrated database, and people who sign in to it.

The suite runs on SQLite; where TEST_POSTGRESQL_URL names a server every test
that asks for ``app`` runs on PostgreSQL as well. What could not run is named
at the end, with the remedy, and counts as a failure when FORPA_TEST_ALL is set.
"""

import os
import re
import shutil
import uuid
from pathlib import Path

import pytest
import time_machine
from flask_migrate import upgrade
from sqlalchemy import create_engine, make_url, text

from app import create_app
from app.extensions import db
from config import TestConfig
from tests import world as worlds
from tests.browser.chromium import CHROMIUM

POSTGRESQL = os.environ.get("TEST_POSTGRESQL_URL")
ALL = bool(os.environ.get("FORPA_TEST_ALL"))
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')

_missing: dict[str, int] = {}


def pytest_generate_tests(metafunc):
    if "engine" in metafunc.fixturenames:
        marks = [] if POSTGRESQL else [pytest.mark.skip(reason="PostgreSQL")]
        metafunc.parametrize(
            "engine", ["sqlite", pytest.param("postgresql", marks=marks)], scope="session"
        )


def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("browser") and not CHROMIUM:
            item.add_marker(pytest.mark.skip(reason="Chromium"))


def pytest_terminal_summary(terminalreporter):
    skipped = terminalreporter.stats.get("skipped", [])
    remedies = {
        "PostgreSQL": "start a server (Debian: apt install postgresql), set TEST_POSTGRESQL_URL",
        "Chromium": "Debian: apt install chromium",
        "poppler": "Debian: apt install poppler-utils",
        "SoftHSM": "Debian: apt install softhsm2",
    }
    for what, remedy in remedies.items():
        number = sum(what in str(report.longrepr) for report in skipped)
        if number:
            terminalreporter.write_line(
                f"NOT RUN: {number} tests for want of {what}. {remedy}.", red=True
            )


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if ALL and reporter and reporter.stats.get("skipped") and exitstatus == 0:
        session.exitstatus = 1


@pytest.fixture(scope="session")
def template(engine, tmp_path_factory):
    """A database with the schema at its head, made once by the migrations themselves."""
    if engine == "sqlite":
        path = tmp_path_factory.mktemp("template") / "head.db"
        _migrate(f"sqlite:///{path}")
        yield path
        return
    with new_postgresql("template") as url:
        _migrate(url)
        yield url


def _migrate(url: str) -> None:
    app = create_app(config_for(url))
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()


def config_for(url: str) -> type[TestConfig]:
    return type("Config", (TestConfig,), {"SQLALCHEMY_DATABASE_URI": url})


class new_postgresql:  # noqa: N801 - used as a function
    """A database of its own on the test server, dropped at the end."""

    def __init__(self, name: str, template: str | None = None) -> None:
        self.name, self.template = f"forpa_{name}_{uuid.uuid4().hex[:12]}", template

    def __enter__(self) -> str:
        source = f' TEMPLATE "{make_url(self.template).database}"' if self.template else ""
        self._run(f'CREATE DATABASE "{self.name}"{source}')
        return make_url(POSTGRESQL).set(database=self.name).render_as_string(hide_password=False)

    def __exit__(self, *_error) -> None:
        # Not WITH (FORCE): it would end the server's own vacuum too, which only its owner may.
        self._run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "  # noqa: S608
            f"WHERE datname = '{self.name}' AND usename = current_user"
        )
        self._run(f'DROP DATABASE IF EXISTS "{self.name}"')

    def _run(self, sql: str) -> None:
        engine = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.execute(text(sql))
        finally:
            engine.dispose()


@pytest.fixture
def database_url(engine, template, tmp_path):
    """A fresh copy of the migrated database."""
    if engine == "sqlite":
        path = tmp_path / "test.db"
        shutil.copy(template, path)
        yield f"sqlite:///{path}"
        return
    with new_postgresql("test", template) as url:
        yield url


@pytest.fixture(autouse=True)
def clock():
    """Every test begins on Thursday 14 May 2015 at 09:20 in Rome."""
    with time_machine.travel(worlds.NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def app(database_url):
    application = create_app(config_for(database_url))
    yield application
    with application.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(app):
    """The small world, as plain numbers: no context stays open around the requests."""
    with app.app_context():
        return Ids(worlds.build_world())


class Ids:
    """The world as plain numbers, usable in any request."""

    def __init__(self, built) -> None:
        self.logins = {name: account.login for name, account in built.accounts.items()}
        self.account_ids = {name: account.id for name, account in built.accounts.items()}
        self.programme_id = built.programme.id
        self.a, self.b = SideIds(built.a), SideIds(built.b)


class SideIds:
    def __init__(self, side) -> None:
        self.delivering_id, self.home_id = side.delivering.id, side.home.id
        self.home_name = side.home.name
        self.edition_id, self.lesson_id = side.edition.id, side.today.id
        self.course_id = side.edition.course_id
        self.closed_edition_id, self.past_lesson_id = side.closed_edition.id, side.past.id
        self.enrolment_ids = [e.id for e in side.enrolments]
        self.closed_enrolment_ids = [e.id for e in side.closed_enrolments]
        self.person_id = side.person_id


class Visitor:
    """A person with a browser: signs in, follows links, sends forms with their token."""

    def __init__(self, app, login: str | None = None) -> None:
        self.client = app.test_client()
        self.app = app
        if login:
            answer = self.post(
                "/login", {"login": login, "password": worlds.PASSWORD}, page="/login"
            )
            assert answer.status_code == 302, answer.get_data(as_text=True)[:500]

    def get(self, path: str, **kwargs):
        return self.client.get(path, **kwargs)

    def token(self, page: str = "/privacy") -> str:
        found = TOKEN.search(self.client.get(page).get_data(as_text=True))
        assert found, f"no token on {page}"
        return found[1]

    def post(self, path: str, data: dict | None = None, page: str = "/privacy", **kwargs):
        return self.client.post(
            path, data={"csrf_token": self.token(page), **(data or {})}, **kwargs
        )


@pytest.fixture
def visit(app, world):
    """visit("trainer_alfa") signs that person in; visit() is anybody."""

    def begin(name: str | None = None) -> Visitor:
        return Visitor(app, world.logins[name] if name else None)

    return begin


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).parent.parent
