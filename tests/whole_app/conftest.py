# SPDX-License-Identifier: AGPL-3.0-or-later
"""One application per module for checks that only read; a new one where a test writes."""

import shutil
from contextlib import ExitStack

import pytest
import time_machine

from app import create_app
from app.extensions import db
from tests.conftest import config_for, new_postgresql
from tests.whole_app import grounds as building


@pytest.fixture(scope="module")
def new_database(engine, template, tmp_path_factory):
    """new_database() is the address of a fresh copy of the migrated database."""
    with ExitStack() as stack:

        def make() -> str:
            if engine == "postgresql":
                return stack.enter_context(new_postgresql("whole", template))
            path = tmp_path_factory.mktemp("whole") / "test.db"
            shutil.copy(template, path)
            return f"sqlite:///{path}"

        yield make


@pytest.fixture(scope="module")
def new_app(new_database):
    """new_app(**settings) is an application on an empty database, not yet asked anything."""
    made = []

    def make(**settings):
        config = type("Config", (config_for(new_database()),), settings)
        made.append(create_app(config))
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
        with time_machine.travel(building.BEFORE, tick=True):
            config = type("Config", (config_for(new_database()),), settings)
            made.append(building.build(config, size))
        for who in ("anonymous", *building.EIGHT, *building.ROLELESS, "tutor_beta"):
            made[-1].client(who)
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture(scope="module")
def grounds(new_grounds):
    """For checks that leave everything as it is."""
    return new_grounds()
