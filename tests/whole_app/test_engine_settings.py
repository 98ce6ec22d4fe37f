# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: the live connection has the settings the promises rest on.

No acknowledged row is lost on power loss, foreign keys hold, nobody waits
without end, and a request that reads cannot write, whatever it sends.
"""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.database import POSTGRESQL_LIMITS, SQLITE_BUSY_MS, set_read_only, writing
from app.extensions import db

RAW_WRITE = text(
    "INSERT INTO venue (id, name, town, address, capacity, accessible) "
    "VALUES (77, 'Sala', 'Perugia', '', 10, :yes)"
)
WANTED = {
    "sqlite": {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "busy_timeout": SQLITE_BUSY_MS,
    },
    "postgresql": {
        "lock_timeout": "5s",
        "statement_timeout": "15s",
        "idle_in_transaction_session_timeout": "30s",
        "TimeZone": "UTC",
        "transaction_isolation": "read committed",
    },
}


def settings(engine: str) -> dict:
    """What the live connection says of itself."""
    ask = "PRAGMA {}" if engine == "sqlite" else "SHOW {}"
    return {name: db.session.scalar(text(ask.format(name))) for name in WANTED[engine]}


def refuses_to_write(choose=set_read_only) -> bool:
    """Whether a raw INSERT is refused in a transaction begun by a reading request."""
    choose(True)
    try:
        db.session.execute(RAW_WRITE, {"yes": True})
    except DBAPIError:
        return True
    finally:
        db.session.rollback()
        choose(False)
    return False


@pytest.fixture
def context(app):
    with app.app_context():
        yield app


def test_the_connection_is_set_as_promised(context, engine):
    assert settings(engine) == WANTED[engine]


def test_every_connection_of_the_pool_is_set(context, engine):
    ask = "PRAGMA foreign_keys" if engine == "sqlite" else "SHOW lock_timeout"
    set_read_only(True)  # several may read at once
    connections = [db.engine.connect() for _ in range(4)]
    found = {connection.exec_driver_sql(ask).scalar() for connection in connections}
    for connection in connections:
        connection.close()
    set_read_only(False)
    assert found == {1 if engine == "sqlite" else POSTGRESQL_LIMITS["lock_timeout"]}


def test_a_reading_transaction_cannot_write(context):
    assert refuses_to_write()
    with writing():
        db.session.execute(RAW_WRITE, {"yes": True})
        db.session.rollback()


def test_reading_ends_with_its_request(context):
    """A connection that served a reading request writes again for the next."""
    assert refuses_to_write()
    db.session.execute(RAW_WRITE, {"yes": True})
    assert db.session.scalar(text("SELECT count(*) FROM venue WHERE id = 77")) == 1


def test_foreign_keys_hold_in_raw_sql(context):
    orphan = text("INSERT INTO module (course_id, seq, title, minutes) VALUES (9, 1, 'x', 1)")
    with pytest.raises(IntegrityError):
        db.session.execute(orphan)


def test_an_error_does_not_repeat_the_values_it_was_sent(context):
    with pytest.raises(DBAPIError) as error:
        db.session.execute(
            text("INSERT INTO nothing VALUES (:secret)"), {"secret": "FNTLCU78C52G478B"}
        )
    assert "FNTLCU78C52G478B" not in str(error.value)


# --- planted faults ----------------------------------------------------------


def test_a_transaction_that_may_write_is_noticed(context):
    assert not refuses_to_write(choose=lambda value: None)
