# SPDX-License-Identifier: AGPL-3.0-or-later
"""Many hands at the same moment, and what happens where the locks are taken away."""

import time
from collections.abc import Callable, Sequence
from threading import Barrier, Thread
from typing import Any

from sqlalchemy import Select, event

from app import database
from app.extensions import db


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Do all of them at the same moment, each in a thread; what each gave, or its exception."""
    results: list[Any] = [None] * len(deeds)
    barrier = Barrier(len(deeds))

    def run(index: int, deed: Callable[[], Any]) -> None:
        barrier.wait(timeout=30)
        try:
            results[index] = deed()
        except Exception as error:
            results[index] = error

    threads = [Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive(), "a hand waits for ever"
    return results


def statuses(answers: Sequence[Any]) -> list[Any]:
    return sorted(getattr(answer, "status_code", repr(answer)) for answer in answers)


def without_locks(app, monkeypatch) -> None:
    """Plant the fault: no row is locked, and on SQLite writers do not queue."""
    monkeypatch.setattr(Select, "with_for_update", lambda self, **_options: self)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.remove(db.engine, "begin", database._begin_sqlite)
            event.listen(db.engine, "begin", lambda c: c.exec_driver_sql("BEGIN DEFERRED"))


def slowly(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same, and then a moment's pause: where a lock is missing others slip in."""

    def pausing(*args: Any, **options: Any) -> Any:
        result = function(*args, **options)
        time.sleep(0.05)
        return result

    return pausing
