# SPDX-License-Identifier: AGPL-3.0-or-later
"""The database goes away: a readable page that asks to come back, and then all is as before."""

import sqlite3
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, event, text

from app import create_app
from app.extensions import db
from tests.conftest import config_for
from tests.ledger import checksum
from tests.pages import Hand, main

CLOSED_PORT = "postgresql+psycopg://forpa@127.0.0.1:9/forpa"


def pauses(answer) -> bool:
    return (
        answer.status_code == 503
        and int(answer.headers["Retry-After"]) > 0
        and "Servizio in pausa" in main(answer)
        and "nulla è andato perso" in main(answer)
        and answer.headers["Cache-Control"] == "no-store"
        and "127.0.0.1" not in answer.text
    )


@contextmanager
def unreachable():
    """An installation whose database address answers nobody."""
    made = create_app(config_for(CLOSED_PORT))
    made.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        yield made
    finally:
        with made.app_context():
            db.engine.dispose()


def test_an_unreachable_database_is_a_pause_for_who_is_signed_in(visit):
    visitor = visit("trainer_alfa")
    token = visitor.token()
    cookie = visitor.client.get_cookie("forpa").value
    with unreachable() as app:
        client = app.test_client()
        client.set_cookie("forpa", cookie)
        for path in ("/", "/today", "/account", "/lessons/1/sheet", "/certificates/1.pdf"):
            assert pauses(client.get(path)), path
        scripted = client.get("/today", headers={"HX-Request": "true"})
        assert (scripted.status_code, scripted.headers["Retry-After"]) == (503, "5")
        for path in ("/logout", "/lessons/1/sheet/open", "/account"):
            assert pauses(client.post(path, data={"csrf_token": token})), path


def test_even_a_refusal_is_a_pause_while_the_database_is_unreachable(visit):
    visitor = visit("trainer_alfa")
    with unreachable() as app:
        client = app.test_client()
        client.set_cookie("forpa", visitor.client.get_cookie("forpa").value)
        assert pauses(client.get("/no-such-page"))
        assert pauses(client.get("/logout"))
        assert pauses(client.post("/logout", data={"csrf_token": "x"}))
        assert pauses(client.post("/login", data={"login": "x" * 600_000}))


def test_an_unreachable_database_is_a_pause_for_visitors_and_not_an_illness():
    with unreachable() as app:
        client = app.test_client()
        assert client.get("/healthz").status_code == 200
        for path in ("/", "/login", "/verify", f"/v/{'A' * 32}", "/readyz"):
            assert pauses(client.get(path)), path


@pytest.fixture
def kill(app, engine, database_url):
    """kill() ends every connection of the application to PostgreSQL, as a restart does."""

    def end() -> None:
        with app.app_context():
            if engine == "sqlite":
                db.engine.dispose()
                return
        outside = create_engine(database_url)
        with outside.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid() "
                    "AND usename = current_user"
                )
            )
        outside.dispose()

    return end


def test_connections_lost_while_idle_go_unnoticed(app, visit, world, kill):
    hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
    for _ in range(3):
        kill()
        assert hand.look().status_code == 200
    kill()
    assert hand.open().status_code == 302


def test_a_connection_lost_in_the_middle_is_a_pause_and_nothing_is_half_done(
    app, visit, world, kill, engine
):
    hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
    hand.open()
    drawn = hand.drawn(world.a.enrolment_ids[0])
    before = checksum(app)
    struck = []

    def lose(connection, _cursor, statement, *_args):
        if statement.lstrip().startswith("INSERT INTO attendance_entry") and not struck:
            struck.append(statement)
            if engine == "postgresql":
                kill()
            else:
                raise sqlite3.OperationalError("disk I/O error")

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lose)
    answer = hand.mark(world.a.enrolment_ids[0], "present", drawn)
    assert struck
    assert pauses(answer)
    assert checksum(app) == before
    assert hand.mark(world.a.enrolment_ids[0], "present", drawn).status_code == 302


def test_a_lock_held_too_long_is_a_pause(app, visit, world, engine, database_url):
    hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
    hand.open()
    drawn = hand.drawn(world.a.enrolment_ids[0])
    before = checksum(app)
    with app.app_context():
        impatience = {
            "sqlite": "PRAGMA busy_timeout = 200",
            "postgresql": "SET lock_timeout = '200ms'",
        }

        @event.listens_for(db.engine, "checkout")
        def impatient(connection, _record, _proxy):
            connection.execute(impatience[engine])
            if engine == "postgresql":
                connection.commit()

    outside = create_engine(database_url)
    with outside.connect() as other:
        if engine == "sqlite":
            other.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            other.exec_driver_sql("SELECT * FROM register_sheet FOR UPDATE")
        answer = hand.mark(world.a.enrolment_ids[0], "present", drawn)
        assert pauses(answer)
        assert hand.look().status_code == 200
        other.rollback()
    outside.dispose()
    assert checksum(app) == before
    assert hand.mark(world.a.enrolment_ids[0], "present", drawn).status_code == 302
