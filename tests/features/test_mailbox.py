# SPDX-License-Identifier: AGPL-3.0-or-later
"""The mail page: what was sent, what waits, what did not arrive, and sending it again."""

import pytest

from app import mail_delivery
from app.domain.vocabulary import MessageState
from app.models import OutboxAttachment
from tests import world as worlds
from tests.ledger import arranging, ask, one
from tests.pages import csv_rows, main, pairs, table


@pytest.fixture
def messages(app, world):
    """One message in each state, by the word of the state."""
    with arranging(app):
        return {
            "queued": worlds.make_message("anna@prova.example", subject="Invito").id,
            "sent": worlds.make_message(
                "bruno@prova.example",
                subject="Attestato",
                state=MessageState.SENT,
                sent_at=worlds.NOW,
                attempts=1,
            ).id,
            "failed": worlds.make_message(
                "carla@prova.example",
                subject="=Promemoria",
                to_name="Carla Roccalta",
                state=MessageState.FAILED,
                attempts=8,
                last_error="550 5.1.1 No such user",
                body="Buongiorno Carla.",
                programme_id=world.programme_id,
            ).id,
        }


def subjects(answer) -> list[str]:
    return [row[0] for row in table(answer)]


def test_the_administrator_finds_a_message_by_state_and_word(visit, messages):
    admin = visit("admin")
    assert subjects(admin.get("/mail")) == ["=Promemoria", "Attestato", "Invito"]
    assert subjects(admin.get("/mail?state=failed")) == ["=Promemoria"]
    assert subjects(admin.get("/mail?q=roccalta")) == ["=Promemoria"]
    assert subjects(admin.get("/mail?q=BRUNO%40prova")) == ["Attestato"]
    assert subjects(admin.get("/mail?sort=to")) == ["Invito", "Attestato", "=Promemoria"]
    assert "Nessun messaggio trovato" in main(admin.get("/mail?q=zzz"))
    assert "550 5.1.1 No such user" in main(admin.get("/mail"))


def test_the_list_as_a_file_runs_no_formula(visit, messages):
    heading, *rows = csv_rows(visit("admin").get("/mail?format=csv&state=failed"))
    (row,) = rows
    found = dict(zip(heading, row, strict=True))
    assert found["Oggetto"] == "'=Promemoria"
    assert (found["Destinatario"], found["Stato"]) == ("carla@prova.example", "Non recapitato")
    assert found["Errore"] == "550 5.1.1 No such user"


def test_without_a_mail_server_the_text_is_read_here(visit, messages):
    page = visit("admin").get(f"/mail/{messages['failed']}")
    assert "Buongiorno Carla." in main(page)
    assert pairs(page)["Motivo del mancato recapito"] == "550 5.1.1 No such user"
    assert pairs(page)["Tentativi"] == "8"


def test_with_a_mail_server_the_text_is_for_who_receives_it(app, visit, messages):
    app.config["MAIL_URL"] = "smtp://posta.example"
    page = visit("admin").get(f"/mail/{messages['failed']}")
    assert page.status_code == 200
    assert "Buongiorno Carla." not in page.text
    assert "carla@prova.example" in main(page)


def test_what_travels_with_a_message_is_named_and_not_shown(app, visit, messages):
    with arranging(app) as session:
        for name, content in (("C01-01.ics", b"BEGIN:VCALENDAR"), ("<b>.pdf", b"x" * 2_400_000)):
            session.add(
                OutboxAttachment(
                    message_id=messages["failed"],
                    name=name,
                    media_type="text/calendar",
                    content=content,
                )
            )
    page = visit("admin").get(f"/mail/{messages['failed']}")
    assert table(page) == [
        ["C01-01.ics", "text/calendar", "1 kB"],
        ["<b>.pdf", "text/calendar", "2,4 MB"],
    ]
    assert "VCALENDAR" not in page.text
    assert "Allegati" not in main(visit("admin").get(f"/mail/{messages['sent']}"))


def test_a_failed_message_is_put_in_the_queue_and_sent(app, visit, messages, tmp_path):
    admin = visit("admin")
    before = one(app, "SELECT message_id FROM outbox_message WHERE id = :id", id=messages["failed"])
    answer = admin.post(f"/mail/{messages['failed']}/requeue")
    assert answer.status_code == 302
    page = admin.get(answer.headers["Location"])
    assert "In coda" in main(page)
    assert "Rimetti in coda" not in main(page)
    entry = ask(app, "SELECT target_id, target_label FROM audit_event WHERE action = 'message.requeued'")  # fmt: skip
    assert entry == [(messages["failed"], "=Promemoria")]
    assert "Messaggio rimesso in coda" in main(visit("coordinator").get("/audit"))
    app.config["MAIL_URL"] = f"file:{tmp_path}"
    with app.app_context():
        assert mail_delivery.deliver() == 2
    row = ask(app, "SELECT state, attempts, message_id FROM outbox_message WHERE id = :id", id=messages["failed"])  # fmt: skip
    assert row == [("sent", 1, before)]


@pytest.mark.parametrize("state", ["queued", "sent"])
def test_any_other_message_stays_as_it_is(app, visit, messages, state):
    admin = visit("admin")
    assert "Rimetti in coda" not in main(admin.get(f"/mail/{messages[state]}"))
    answer = admin.post(f"/mail/{messages[state]}/requeue")
    assert answer.status_code == 409
    assert "non recapitato" in main(answer)
    assert one(app, "SELECT state FROM outbox_message WHERE id = :id", id=messages[state]) == state


def test_nobody_else_reads_the_mail(visit, messages):
    for who in ("coordinator", "organiser_alfa", "trainer_alfa", "participant_alfa", "auditor"):
        visitor = visit(who)
        for path in ("/mail", f"/mail/{messages['sent']}"):
            assert visitor.get(path).status_code == 403, (who, path)
        assert visitor.post(f"/mail/{messages['failed']}/requeue").status_code == 403, who


def test_bad_addresses_and_words_find_nothing(visit, messages):
    admin = visit("admin")
    for path in ("/mail/0", "/mail/99999999999999999999", "/mail/x"):
        assert admin.get(path).status_code == 404, path
    for query in ("?q=%00", "?q=%25&state=x", "?state=failed&state=sent", "?page=-1&sort=zzz"):
        assert admin.get(f"/mail{query}").status_code == 200, query


def test_an_address_not_reached_is_shown_beside_the_account(app, visit, world):
    with arranging(app):
        for login, states in (
            ("trainer_alfa", (MessageState.SENT, MessageState.FAILED, MessageState.QUEUED)),
            ("trainer_beta", (MessageState.FAILED, MessageState.SENT)),
        ):
            for state in states:
                worlds.make_message(f"{login}@prova.example", state=state)
    for who in ("admin", "coordinator"):
        rows = table(visit(who).get("/accounts?q=trainer"))
        told = {row[1].split()[0]: "non è stato recapitato" in row[1] for row in rows}
        assert told == {"trainer_alfa@prova.example": True, "trainer_beta@prova.example": False}
