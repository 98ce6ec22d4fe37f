# SPDX-License-Identifier: AGPL-3.0-or-later
"""``flask worker``: does the jobs; and how the server has one beside it for as long as it runs."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext
from huey import Huey
from huey.consumer import Consumer, ConsumerStopped

from app.jobs import make_queue

ROOT = Path(__file__).parent.parent.parent
LONGEST_SLEEP = 2  # seconds the worker looks away from an empty queue
LOOK_EVERY = 1  # seconds between two looks at server and worker
STOP_WITHIN = 5  # seconds a job may go on after the end was asked for


@click.command()
@click.option("--beside", type=int, hidden=True, help="Il processo del server di cui fa parte.")
@with_appcontext
def worker(beside: int | None) -> None:
    """Esegue i lavori in sottofondo: posta, solleciti, pulizie."""
    if beside is None:
        work(os.getppid(), alone=True)
    else:
        keep(beside)


def start_beside() -> None:
    """Start a worker as a child of this process, which is about to become the server."""
    if not current_app.config["WORKER"]:
        return
    subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker", "--beside", str(os.getpid())],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl+C is for the server; the worker follows it
    )


class LoyalConsumer(Consumer):
    """Ends when the process that started it has ended."""

    def __init__(self, huey: Huey, parent: int | None, **options: object) -> None:
        super().__init__(huey, **options)
        self.parent = parent

    def loop(self, health_check_ts: float | None = None) -> float | None:
        if self.parent is not None and os.getppid() != self.parent:
            self.stop()
            raise ConsumerStopped
        return super().loop(health_check_ts)


def work(parent: int, alone: bool = False) -> None:
    """Do the jobs until told to stop (SIGINT lets the job at hand finish)."""
    queue, _asking = make_queue(current_app._get_current_object(), create_tables=True)  # type: ignore[attr-defined]
    LoyalConsumer(
        queue,
        None if alone else parent,
        max_delay=LONGEST_SLEEP,
        shutdown_timeout=STOP_WITHIN,
    ).run()


def keep(server: int) -> None:
    """A worker for as long as the server runs; a new one where it dies."""
    signal.signal(signal.SIGTERM, _leave)
    fork = multiprocessing.get_context("fork")
    child = None
    try:
        while os.getppid() == server:
            if child is None or not child.is_alive():
                child = fork.Process(target=work, args=(os.getpid(),))
                child.start()
            time.sleep(LOOK_EVERY)
    finally:
        if child is not None and child.is_alive():
            os.kill(child.pid, signal.SIGINT)
            child.join(STOP_WITHIN + 1)
            child.kill()


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
