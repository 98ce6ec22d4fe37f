# SPDX-License-Identifier: AGPL-3.0-or-later
"""Mail against a real server on the loopback: once, later, never, and never lost."""

import logging
import stat
import time
from datetime import timedelta

import pytest
from aiosmtpd.smtp import AuthResult
from sqlalchemy import event

from app import idempotency, jobs, mail, mail_delivery, postman, transaction
from app.extensions import db
from app.models import IdempotencyKey
from tests import world as worlds
from tests.faults.post_office import DROP, free_port, opened
from tests.faults.together import at_once, without_locks
from tests.ledger import arranging, ask, do, one

ANNA = mail.Recipient("anna@prova.example", "Anna Campobruno")
ROWS = "SELECT state, attempts, last_error FROM outbox_message ORDER BY id"


@pytest.fixture
def office(app):
    with opened() as office:
        app.config["MAIL_URL"] = office.url
        yield office


@pytest.fixture
def put(app, world):
    """put(...) writes a message as a deed does, and says whether it was written."""

    def write(to=ANNA, subject="Prova", body="Buongiorno.", **more) -> bool:
        with app.app_context(), transaction.unit():
            return mail.queue("prova", to, subject, body, **more)

    return write


def deliver(app) -> int:
    with app.app_context():
        return mail_delivery.deliver()


def test_a_message_is_sent_once(app, put, office, world):
    assert put(subject="È l'ora – più tardi", body="Buongiorno,\n.\nperché no?\n")
    assert [deliver(app) for _ in range(3)] == [1, 0, 0]
    (message,) = office.inbox
    assert office.recipients == [["anna@prova.example"]]
    assert message["Subject"] == "È l'ora – più tardi"
    assert str(message["To"]) == "Anna Campobruno <anna@prova.example>"
    assert message["Message-ID"] == one(app, "SELECT message_id FROM outbox_message")
    assert timedelta(0) <= message["Date"].datetime - worlds.NOW < timedelta(minutes=1)
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_content().replace("\r\n", "\n")
    assert "Buongiorno,\n.\nperché no?\n" in text
    statement = one(
        app, "SELECT publicity_statement FROM programme WHERE id = :id", id=world.programme_id
    )
    assert statement in text
    assert ask(app, ROWS) == [("sent", 1, "")]


def test_a_calendar_file_travels_with_its_message(app, put, office):
    content = b"BEGIN:VCALENDAR\r\nSUMMARY:Perch\xc3\xa9\r\nEND:VCALENDAR\r\n"
    put(
        attachments=[
            mail.Attachment("lezioni d’aula.ics", "text/calendar", content),
            mail.Attachment("lettera.pdf", "application/pdf", b"%PDF-1.7 \x00\xff"),
        ]
    )
    assert deliver(app) == 1
    (message,) = office.inbox
    first, second = message.iter_attachments()
    assert (first.get_filename(), first.get_content_type()) == (
        "lezioni d’aula.ics",
        "text/calendar",
    )
    assert first.get_payload(decode=True) == content
    assert second.get_payload(decode=True) == b"%PDF-1.7 \x00\xff"
    assert "Buongiorno." in message.get_body().get_content()


def test_what_is_undone_is_not_sent(app, office, world):
    def deed() -> None:
        with app.app_context(), transaction.unit():
            mail.queue("prova", ANNA, "Prova", "Testo")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        deed()
    assert deliver(app) == 0
    assert ask(app, ROWS) == []


def test_a_server_that_says_later_or_hangs_up_is_tried_again(app, put, office, clock):
    put()
    office.moods[:] = ["451 4.3.0 Try again later", DROP]
    for attempt, minutes in ((1, 1), (2, 5)):
        assert deliver(app) == 1
        state, attempts, error = ask(app, ROWS)[0]
        assert (state, attempts, bool(error)) == ("queued", attempt, True)
        clock.shift(timedelta(minutes=minutes, seconds=-5))
        assert deliver(app) == 0, "too early"
        clock.shift(timedelta(seconds=6))
    assert deliver(app) == 1
    assert (ask(app, ROWS), len(office.inbox)) == ([("sent", 3, "")], 1)


@pytest.mark.parametrize("stage", ["recipient", "data"])
def test_a_refusal_for_ever_is_a_failure_at_once_with_its_reason(app, put, office, clock, stage):
    put()
    (office.rcpt_moods if stage == "recipient" else office.moods).append("550 5.1.1 No such user")
    assert deliver(app) == 1
    clock.shift(timedelta(days=3))
    assert deliver(app) == 0
    assert ask(app, ROWS) == [("failed", 1, "550 5.1.1 No such user")]
    assert office.inbox == []


def test_a_recipient_refused_for_now_is_tried_again(app, put, office, clock):
    put()
    office.rcpt_moods.append("450 4.2.1 Greylisted")
    deliver(app)
    clock.shift(timedelta(minutes=2))
    deliver(app)
    assert ask(app, ROWS) == [("sent", 2, "")]


def test_where_nobody_answers_it_is_given_up_after_eight_attempts(app, put, clock):
    app.config["MAIL_URL"] = f"smtp://127.0.0.1:{free_port()}"
    put()
    tried = 0
    for _ in range(12):
        tried += deliver(app)
        clock.shift(timedelta(days=1))
    assert tried == 8
    ((state, attempts, error),) = ask(app, ROWS)
    assert (state, attempts) == ("failed", 8)
    assert "ConnectionRefusedError" in error


def test_nothing_in_a_message_begins_another_header(app, put, office):
    evil = "Prova\r\nBcc: ladro@prova.example\nX-Evil: 1\x00\x85\u2028Cc: due@prova.example"
    put(to=mail.Recipient("anna@prova.example", evil), subject=evil, body=evil)
    assert deliver(app) == 1
    (message,) = office.inbox
    assert office.recipients == [["anna@prova.example"]]
    assert message.get_all("To") == [message["To"]]
    assert not {"Bcc", "Cc", "X-Evil"} & set(message.keys())


@pytest.mark.parametrize(
    "address",
    [
        "anna@prova.example\r\nRCPT TO:<ladro@prova.example>",
        "anna@prova.example, ladro@prova.example",
        "Anna <anna@prova.example>",
        "anna@prova.example>",
        "senza-chiocciola",
        "",
        "x" * 400 + "@prova.example",
        "però@prova.example",
    ],
)
def test_an_address_that_is_none_is_a_failure_people_see(app, put, office, address):
    assert put(to=mail.Recipient(address))
    assert deliver(app) == 0
    ((state, attempts, error),) = ask(app, ROWS)
    assert (state, attempts) == ("failed", 0)
    assert "non è un indirizzo" in error


def test_an_address_spoilt_behind_the_back_of_the_application_is_not_used(app, put, office):
    put()
    do(app, "UPDATE outbox_message SET to_address = 'due@prova.example, tre@prova.example'")
    deliver(app)
    assert office.inbox == []
    assert ask(app, ROWS)[0][0] == "failed"


def test_the_key_of_a_message_is_used_once_even_by_two_at_once(app, put, office):
    keys = [f"mattina:{n}" for n in range(10)]
    done = at_once(*(lambda key=key: put(once_key=key) for key in keys * 2))
    assert sorted(done) == [False] * 10 + [True] * 10
    deliver(app)
    assert len(office.inbox) == 10


def pausing(app) -> None:
    """A moment between looking at the outbox and writing into it: room for another worker."""
    with app.app_context():

        @event.listens_for(db.engine, "after_cursor_execute")
        def wait(_connection, _cursor, statement, *_more):
            if "FROM outbox_message" in statement and statement.startswith("SELECT"):
                time.sleep(0.02)


def workers_at_once(app, put, number: int) -> list:
    for n in range(number):
        put(subject=f"Messaggio {n}")
    pausing(app)
    return at_once(*[lambda: deliver(app)] * 2)


def test_two_workers_send_nothing_twice(app, put, office):
    tried = workers_at_once(app, put, 12)
    assert sum(tried) == 12
    assert sorted(m["Subject"] for m in office.inbox) == sorted(f"Messaggio {n}" for n in range(12))


def test_without_locks_two_workers_meet(app, put, office, monkeypatch):
    """The planted fault: what the test above would see."""
    without_locks(app, monkeypatch)
    tried = workers_at_once(app, put, 12)
    refused = [error for error in tried if isinstance(error, Exception)]
    assert refused or len(office.inbox) > 12


def test_a_worker_that_dies_after_sending_sends_the_same_message_again(
    app, put, office, clock, monkeypatch
):
    put()

    def die(_letter):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(mail_delivery, "_note_sent", die)
        with pytest.raises(SystemExit):
            deliver(app)
    assert deliver(app) == 0, "nobody takes it while the sender may be at work"
    clock.shift(mail_delivery.LEASE + timedelta(seconds=1))
    assert deliver(app) == 1
    first, second = office.inbox
    assert first["Message-ID"] == second["Message-ID"]
    assert ask(app, ROWS) == [("sent", 2, "")]


def test_a_message_that_kills_the_worker_is_given_up(app, put, clock, monkeypatch):
    put()
    monkeypatch.setattr(postman, "send", lambda *_: 1 / 0)
    for _ in range(8):
        with pytest.raises(ZeroDivisionError):
            deliver(app)
        clock.shift(mail_delivery.LEASE + timedelta(seconds=1))
    deliver(app)
    assert ask(app, ROWS) == [("failed", 9, "L'invio si è interrotto più volte.")]


def test_the_log_names_nobody(app, put, office, caplog):
    caplog.set_level(logging.DEBUG)
    put()
    office.rcpt_moods.append("550 5.1.1 <anna@prova.example> unknown")
    deliver(app)
    said = [r for r in caplog.records if not r.name.startswith(("mail.log", "asyncio"))]
    assert any("not delivered" in r.getMessage() for r in said)
    assert not [r for r in said if "anna@" in r.getMessage() or "Campobruno" in r.getMessage()]


def test_a_password_is_not_sent_in_clear_where_encryption_was_asked_for(app, put, office):
    app.config["MAIL_URL"] = f"smtp+starttls://utente:segreto@127.0.0.1:{office.port}"
    put()
    deliver(app)
    assert office.inbox == []
    state, _attempts, error = ask(app, ROWS)[0]
    assert state == "queued"
    assert "STARTTLS" in error


def test_user_and_password_of_the_address_are_used(app, put):
    seen = []

    def judge(_server, _session, _envelope, _mechanism, data):
        seen.append((data.login, data.password))
        return AuthResult(success=True)

    with opened(authenticator=judge, auth_require_tls=False) as office:
        app.config["MAIL_URL"] = office.url.replace("//", "//posta%40ente.example:p%3Aw@")
        put()
        deliver(app)
        assert len(office.inbox) == 1
    assert seen == [(b"posta@ente.example", b"p:w")]


def test_without_a_server_a_message_is_a_file_of_the_owner(app, put, tmp_path):
    app.config["MAIL_URL"] = f"file:{tmp_path / 'posta'}"
    put()
    deliver(app)
    (file,) = (tmp_path / "posta").iterdir()
    assert b"To: Anna Campobruno <anna@prova.example>" in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "url", ["", "file:", "http://x", "smtp://", "smtp://h:99999", "smtp://h/p", "file://h/p", "x"]
)
def test_an_address_of_the_server_that_is_none_stops_the_start_in_one_line(url):
    with pytest.raises(SystemExit, match="MAIL_URL"):
        postman.route(url)


def test_a_job_asked_for_by_one_process_is_done_by_another(app, put, office, tmp_path):
    app.config.update(WORKER=1, JOBS_FILE=tmp_path / "jobs.db")
    queue, _asking = jobs.make_queue(app, create_tables=True)
    put()
    task = queue.dequeue()
    queue.execute(task)
    assert queue.dequeue() is None
    assert len(office.inbox) == 1
    queue.storage.close()
    app.extensions["asking"]["deliver"].huey.storage.close()


def test_where_the_queue_is_out_of_reach_the_message_waits(app, put, engine, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    app.config.update(WORKER=1, JOBS_FILE=tmp_path / "file" / "jobs.db")
    if engine == "postgresql":
        app.config["SQLALCHEMY_DATABASE_URI"] = "postgresql+psycopg://forpa@127.0.0.1:9/forpa"
    assert put()
    assert ask(app, ROWS) == [("queued", 0, "")]


def test_a_job_that_fails_undoes_its_change_and_stops_nothing(app, world, tmp_path, caplog):
    def half_done():
        mail.queue("prova", ANNA, "Mai", "Mai")
        raise ZeroDivisionError

    app.config["JOBS_FILE"] = tmp_path / "jobs.db"
    app.extensions["jobs"] = (half_done, mail_delivery.deliver)
    queue, asking = jobs.make_queue(app, create_tables=True)
    for job in ("half_done", "deliver"):
        asking[job]()
        queue.execute(queue.dequeue())
    assert ask(app, ROWS) == []
    assert "ZeroDivisionError" in caplog.text
    queue.storage.close()


def test_old_keys_of_requests_are_forgotten(app, world):
    week = 7 * 24
    with arranging(app) as session:
        for key, hours in (("old", week + 1), ("young", week - 1)):
            session.add(
                IdempotencyKey(
                    key=key,
                    owner="1",
                    fingerprint="x",
                    created_at=worlds.NOW - timedelta(hours=hours),
                )
            )
    with app.app_context(), transaction.unit():
        idempotency.forget_old_keys()
    assert ask(app, "SELECT key FROM idempotency_key") == [("young",)]
