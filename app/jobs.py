# SPDX-License-Identifier: AGPL-3.0-or-later
"""Work done beside the requests, by a worker (huey): every minute, and at once when asked.

A job is a function without arguments that looks for what is due by ``app.clock``
and may run twice: a tick lost, repeated or doubled changes nothing. Each runs in
a context and a transaction of its own; its failure is logged and stops nothing.
"""

import logging
import sqlite3
from collections.abc import Callable
from threading import Lock
from typing import Any

import psycopg
from flask import Flask, current_app
from huey import Huey, PostgresHuey, SqliteHuey, crontab
from huey.serializer import SignedSerializer
from sqlalchemy import make_url

from app import transaction

Job = Callable[[], Any]

NAME = "forpa"
TICK_LASTS = 60  # seconds after which a job waiting for its turn is left to the next minute

log = logging.getLogger(__name__)
_making = Lock()


def init_app(app: Flask, *jobs: Job) -> None:
    """The jobs that the worker of this application does."""
    app.extensions["jobs"] = jobs


def ask_for(job: str) -> None:
    """Have the worker do the job now. Where that cannot be said, it is done within a minute."""
    if not current_app.config["WORKER"]:
        return
    try:
        _queue_of_process(current_app._get_current_object())[job]()  # type: ignore[attr-defined]
    except (OSError, sqlite3.Error, psycopg.Error) as error:
        log.warning("job %s not asked for: %s", job, type(error).__name__)


def make_queue(app: Flask, *, create_tables: bool) -> tuple[Huey, dict[str, Callable[[], Any]]]:
    """The queue of the installation, and how to ask for each job by name."""
    queue = _storage(app, create_tables)
    asking = {
        job.__name__: queue.periodic_task(crontab(), name=job.__name__, expires=TICK_LASTS)(
            _in_transaction(app, job)
        )
        for job in app.extensions["jobs"]
    }
    return queue, asking


def _queue_of_process(app: Flask) -> dict[str, Callable[[], Any]]:
    """One connection to the queue per process, made at the first need: it must not be forked."""
    with _making:
        if "asking" not in app.extensions:
            app.extensions["asking"] = make_queue(app, create_tables=False)[1]
    return app.extensions["asking"]


def _storage(app: Flask, create_tables: bool) -> Huey:
    options = {
        "results": False,
        "create_tables": create_tables,
        # What is in the queue is unpickled: only what this installation wrote.
        "serializer": SignedSerializer(secret=app.config["SECRET_KEY"], salt="jobs"),
    }
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "postgresql":
        dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        return PostgresHuey(NAME, dsn=dsn, connect_timeout=3, **options)
    app.config["JOBS_FILE"].parent.mkdir(parents=True, exist_ok=True)
    # Nothing in it is worth waiting for the disk: what is due stands in the database.
    return SqliteHuey(NAME, filename=str(app.config["JOBS_FILE"]), fsync=False, **options)


def _in_transaction(app: Flask, job: Job) -> Job:
    def run() -> None:
        with app.app_context(), transaction.unit():
            job()

    return run
