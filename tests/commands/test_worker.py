# SPDX-License-Identifier: AGPL-3.0-or-later
"""The worker beside the server: there while it runs, a new one where it dies, gone with it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app import transaction
from app.cli.worker import start_beside
from app.extensions import db
from app.mail import Recipient, queue
from tests.ledger import one

# Stands for the server: starts the worker as ``become_server`` does, and runs until it is killed.
SERVER = """
import sys, time
from app import create_app
from app.cli.worker import start_beside
from config import from_environment
with create_app(from_environment()).app_context():
    start_beside()
print("started", flush=True)
time.sleep(600)
"""


@pytest.fixture
def clock():
    """Another process keeps the real time, so this one does too."""


@pytest.fixture
def server(root, database_url, tmp_path):
    """A process with a worker beside it, on the database of the test."""
    environment = os.environ | {
        "FORPA_CONFIG": "production",
        "FORPA_INSTANCE": str(tmp_path / "instance"),
        "DATABASE_URL": database_url,
        "MAIL_URL": f"file:{tmp_path / 'posta'}",
        "SECRET_KEY": "x" * 40,
        "CHAIN_KEY": "y" * 40,
        "WORKER": "1",
        "PYTHONPATH": str(root),
    }
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", SERVER], cwd=root, env=environment, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"started\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def until(what: Callable[[], object], seconds: float = 30) -> object:
    """What is asked for, as soon as it is so."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s")


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def gone(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def test_the_worker_sends_dies_is_replaced_and_ends_with_the_server(app, server, tmp_path):
    with app.app_context(), transaction.unit():
        queue("prova", Recipient("anna@prova.example"), "Prova", "Testo")
    with app.app_context():
        db.engine.dispose()
    until(lambda: one(app, "SELECT state FROM outbox_message") == "sent")
    assert len(list((tmp_path / "posta").iterdir())) == 1
    (keeper,) = children(server.pid)
    (first,) = children(keeper)
    os.kill(first, signal.SIGKILL)
    second = until(lambda: [child for child in children(keeper) if child != first])[0]
    server.kill()
    server.wait()
    until(lambda: gone(keeper) and gone(second))


def test_a_worker_whose_keeper_is_killed_ends_too(server):
    (keeper,) = until(lambda: children(server.pid))
    (child,) = until(lambda: children(keeper))
    os.kill(keeper, signal.SIGKILL)
    until(lambda: gone(child))


def test_no_worker_where_it_is_switched_off(app, monkeypatch):
    started = []
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **_: started.append(args))
    with app.app_context():
        start_beside()
        assert started == []
        app.config["WORKER"] = 1
        start_beside()
    assert len(started) == 1
