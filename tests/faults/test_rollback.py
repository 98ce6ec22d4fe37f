# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whatever fails at whichever statement: the state is the one before, and the next request works."""

import errno
from contextlib import contextmanager
from itertools import count, cycle

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError, TimeoutError

from app.extensions import db
from app.registers import actions as marking
from config import ROOT
from tests.ledger import checksum
from tests.pages import Hand, form, main

SECRET = "parola-del-guasto"
FAILURES = (
    lambda: OperationalError(f"SELECT {SECRET}", {}, Exception(SECRET)),
    lambda: TimeoutError(SECRET),
    lambda: MemoryError(SECRET),
    lambda: OSError(errno.ENOSPC, SECRET),
    lambda: RuntimeError(SECRET),
)
TOLD = (SECRET, "Traceback", "sqlalchemy", "SELECT", "psycopg", "sqlite", str(ROOT), ".py")


@contextmanager
def failing(app, at: int, failure):
    """The statement with this number fails; ``at`` 0 is the commit. How many there were."""
    seen = count(1)
    reached = []

    def strike(*_args):
        reached.append(next(seen))
        if reached[-1] == at:
            raise failure()

    def strike_commit(_connection):
        if at == 0:
            raise failure()

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", strike)
    event.listen(engine, "commit", strike_commit)
    try:
        yield reached
    finally:
        event.remove(engine, "before_cursor_execute", strike)
        event.remove(engine, "commit", strike_commit)


def mark(visit, world):
    hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
    hand.open()
    drawn = hand.drawn(world.a.enrolment_ids[0])
    return lambda: hand.mark(world.a.enrolment_ids[0], "times", drawn, left="12:00")


def close(visit, world):
    hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
    hand.open()
    hand.all_present()
    drawn = hand.closing()
    return lambda: hand.close(drawn, heads="3")


def issue(visit, world):
    coordinator = visit("coordinator")
    url = f"/editions/{world.a.closed_edition_id}/certificates"
    chosen = {"enrolment": str(world.a.closed_enrolment_ids[0])}
    drawn = form(coordinator.post(f"{url}/choice", chosen), url)
    return lambda: coordinator.client.post(url, data=drawn)


def strike_everywhere(app, send) -> tuple[int, list[str]]:
    """Strike the commit, then each statement in turn until the request gets through."""
    before, faults, failures = checksum(app), [], cycle(FAILURES)
    for at in range(200):
        failure = next(failures)
        with failing(app, at, failure) as reached:
            answer = send()
        if at and at > len(reached):
            assert answer.status_code == 302
            return at - 1, faults
        expected = 503 if isinstance(failure(), OperationalError | TimeoutError) else 500
        if answer.status_code != expected:
            faults.append(f"{at}: {answer.status_code} instead of {expected}")
        if "Errore 50" not in main(answer) or any(word in answer.text for word in TOLD):
            faults.append(f"{at}: the page tells too much or too little")
        if checksum(app) != before:
            faults.append(f"{at}: half a deed is stored")
            return at, faults
    raise AssertionError("the request never gets through")


@pytest.mark.parametrize("deed", [mark, close, issue])
def test_a_failure_at_any_statement_leaves_the_state_before(app, visit, world, deed):
    send = deed(visit, world)
    before = checksum(app)
    statements, faults = strike_everywhere(app, send)
    assert faults == []
    assert statements >= 10
    assert checksum(app) != before


def test_a_deed_committed_in_two_parts_would_be_noticed(app, visit, world, monkeypatch):
    send = close(visit, world)
    length = marking.length_minutes

    def commit_on_the_way(*args):
        db.session.flush()
        db.session.connection().commit()
        return length(*args)

    monkeypatch.setattr(marking, "length_minutes", commit_on_the_way)
    _statements, faults = strike_everywhere(app, send)
    assert any("half a deed" in fault for fault in faults)
