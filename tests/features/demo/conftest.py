# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demonstration, loaded once for the whole run."""

import csv
import fcntl
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app import create_app
from app.cli.demo.database import prepare
from app.cli.demo.timetable import DATA
from app.database import reading
from app.extensions import db
from config import DemoConfig


def application(folder: Path):
    """The demonstration's application, with its data in the folder."""
    config = type(
        "Config",
        (DemoConfig,),
        {
            "TESTING": True,
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'demo.db'}",
            "SECRET_KEY": "tests-only-" + "x" * 32,
            "SECRET_KEY_FILE": folder / "key",
            "SEAL_DEMO_FILE": folder / "seal.pem",
            "BADGE_KEY_FILE": folder / "badge_key",
            "PASSWORD_METHOD": "pbkdf2:sha256:1",
            "BASE_URL": "http://localhost",
        },
    )
    return create_app(config)


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory, worker_id):
    """Where the loaded database is. Of several workers one loads and the others wait for it."""
    folder = tmp_path_factory.getbasetemp()
    folder = (folder if worker_id == "master" else folder.parent) / "demonstration"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "loaded").exists():
            with application(folder).app_context():
                prepare(reset=False)
                db.engine.dispose()
            (folder / "loaded").touch()
    return folder


@pytest.fixture
def demo(demo_folder):
    """The application on the loaded database. Nobody writes in it, nor waits for who would."""
    app = application(demo_folder)
    with app.app_context(), reading():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def ask(demo_folder):
    """ask(sql, ...) reads the loaded database without the application: its rows."""
    with closing(sqlite3.connect(f"file:{demo_folder / 'demo.db'}?mode=ro", uri=True)) as raw:
        raw.row_factory = sqlite3.Row
        yield lambda sql, *values: raw.execute(sql, values).fetchall()


@pytest.fixture(scope="session")
def timetable():
    """The rows of the timetable's file; courses only."""
    with (DATA / "demo_timetable.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["course_code"].startswith("C")]
