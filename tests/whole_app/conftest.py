# SPDX-License-Identifier: AGPL-3.0-or-later
"""One application per module for checks that only read; a new one where a test writes.

What everybody sees on every page is fetched once for all modules.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
import time_machine

from app import create_app
from app.extensions import db
from tests.conftest import config_for, new_postgresql
from tests.whole_app import grounds as building
from tests.whole_app.crawl import Visit, crawl


@contextmanager
def databases(engine: str, template, tmp_path_factory) -> Iterator[Callable[[], str]]:
    """A function that makes fresh copies of the migrated database and gives their addresses."""
    with ExitStack() as stack:

        def make() -> str:
            if engine == "postgresql":
                return stack.enter_context(new_postgresql("whole", template))
            path = tmp_path_factory.mktemp("whole") / "test.db"
            shutil.copy(template, path)
            return f"sqlite:///{path}"

        yield make


def make_grounds(url: str, size: int = 1, **settings) -> building.Grounds:
    with time_machine.travel(building.BEFORE, tick=True):
        grounds = building.build(type("Config", (config_for(url),), settings), size)
    for who in ("anonymous", *building.EIGHT, *building.ROLELESS, "tutor_beta"):
        grounds.client(who)
    return grounds


@pytest.fixture(scope="module")
def new_database(engine, template, tmp_path_factory):
    with databases(engine, template, tmp_path_factory) as make:
        yield make


@pytest.fixture(scope="module")
def new_app(new_database):
    """new_app(**settings) is an application on an empty database, not yet asked anything."""
    made = []

    def make(**settings):
        made.append(create_app(type("Config", (config_for(new_database()),), settings)))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(scope="module")
def new_grounds(new_database):
    """new_grounds(size) is a new application with its world; all end with the module."""
    made = []

    def make(size: int = 1, **settings) -> building.Grounds:
        made.append(make_grounds(new_database(), size, **settings))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture(scope="module")
def grounds(new_grounds):
    """For checks that leave everything as it is."""
    return new_grounds()


_visits: dict[str, list[Visit]] = {}


@pytest.fixture
def visits(engine, template, tmp_path_factory) -> list[Visit]:
    """Every page of everybody, fetched once: the answer, what it changed, what it asked."""
    if engine not in _visits:
        with databases(engine, template, tmp_path_factory) as make:
            grounds = make_grounds(make())
            _visits[engine] = list(crawl(grounds))
            grounds.close()
    return _visits[engine]
