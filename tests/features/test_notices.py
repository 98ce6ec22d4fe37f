# SPDX-License-Identifier: AGPL-3.0-or-later
"""Messages to enrolled people: written, previewed, sent once, seen when they do not arrive."""

import pytest

from app import mail
from app.domain.vocabulary import MessageState
from app.extensions import db
from app.models import Person
from app.transaction import unit
from tests.ledger import arranging, ask, checksum, do, one

KIND = "confirmation"


@pytest.fixture
def organiser(visit):
    return visit("organiser_alfa")


def address(world, rest: str = "") -> str:
    return f"/editions/{world.a.edition_id}/messages" + (f"/{rest}" if rest else "")


def seal(organiser, world, kind: str = KIND) -> str:
    page = organiser.get(address(world, kind)).text
    return page.partition('name="seen" type="hidden" value="')[2][:16]


def send(organiser, world, kind: str = KIND, **more):
    form = {"seen": seal(organiser, world, kind), "pick": world.a.enrolment_ids, **more}
    return organiser.post(address(world, f"{kind}/send"), form)


def test_nothing_leaves_until_send_and_then_once(app, organiser, world):
    assert one(app, "SELECT count(*) FROM outbox_message") == 0
    assert "Destinatari" in organiser.get(address(world, KIND)).text
    assert send(organiser, world).status_code == 302
    assert send(organiser, world).status_code == 302
    sent = ask(app, "SELECT about_type, about_id, kind FROM outbox_message ORDER BY about_id")
    assert sent == [("enrolment", n, "enrolment-confirmation") for n in world.a.enrolment_ids]
    body = one(app, "SELECT body FROM outbox_message ORDER BY id LIMIT 1")
    assert "Gentile Lucia Partecipante Alfa 0" in body
    assert "{" not in body


def test_an_unknown_field_is_refused_beside_its_field(app, organiser, world):
    form = {"subject": "Ciao {nome}", "body": "Testo {nomme}"}
    before = checksum(app)
    for rest in (KIND, f"{KIND}/preview"):
        answer = organiser.post(address(world, rest), form)
        assert answer.status_code == 422
        assert "Il campo {nomme} non esiste" in answer.text
        assert "Testo {nomme}" in answer.text
    assert checksum(app) == before


def test_what_is_being_written_is_previewed_for_anybody_and_not_kept(app, organiser, world):
    form = {
        "subject": "Oggetto",
        "body": "<script>x</script> {cognome}, {ente}",
        "recipient": world.a.enrolment_ids[1],
    }
    before = checksum(app)
    page = organiser.post(address(world, f"{KIND}/preview"), form).text
    assert "&lt;script&gt;x&lt;/script&gt; Partecipante Alfa 1, Comune di Alfa" in page
    assert "Testo non ancora salvato" in page
    assert checksum(app) == before


def test_words_are_kept_for_the_edition_and_by_the_coordinator_for_the_programme(
    app, visit, organiser, world
):
    form = {"subject": "Nostro", "body": "Ciao {nome}"}
    assert organiser.post(address(world, KIND), {**form, "everywhere": "y"}).status_code == 403
    assert organiser.post(address(world, KIND), form).status_code == 302
    coordinator = visit("coordinator")
    general = {"subject": "Di tutti", "body": "Salve {nome}", "everywhere": "y"}
    assert coordinator.post(address(world, KIND), general).status_code == 302
    assert "Nostro" in organiser.get(address(world, KIND)).text
    other = f"/editions/{world.a.closed_edition_id}/messages/{KIND}"
    assert "Di tutti" in organiser.get(other).text


def test_words_changed_after_the_page_was_drawn_are_not_sent(app, organiser, world):
    seen = seal(organiser, world)
    organiser.post(address(world, KIND), {"subject": "Nuovo", "body": "Nuovo testo"})
    form = {"seen": seen, "pick": world.a.enrolment_ids}
    answer = organiser.post(address(world, f"{KIND}/send"), form)
    assert answer.status_code == 409
    assert "Il testo è cambiato" in answer.text
    assert one(app, "SELECT count(*) FROM outbox_message") == 0


def test_people_of_another_edition_or_state_receive_nothing(app, organiser, world):
    picks = [*world.b.enrolment_ids, *world.a.closed_enrolment_ids, 987654]
    assert send(organiser, world, pick=picks).status_code == 302
    assert one(app, "SELECT count(*) FROM outbox_message") == 0
    send(organiser, world, kind="rejection")
    assert one(app, "SELECT count(*) FROM outbox_message") == 0


def test_a_convocation_carries_the_calendar_when_ticked(app, organiser, world):
    assert send(organiser, world, kind="convocation", with_calendar="y").status_code == 302
    files = ask(app, "SELECT name, content FROM outbox_attachment")
    assert len(files) == len(world.a.enrolment_ids)
    assert files[0][0].endswith(".ics")
    assert b"BEGIN:VEVENT" in bytes(files[0][1])


def test_what_did_not_arrive_is_seen_here_and_sent_again(app, organiser, world):
    with arranging(app) as session:
        session.get_one(Person, world.a.person_id).work_email = "senza chiocciola"
    send(organiser, world)
    page = organiser.get(address(world)).text
    assert "Non recapitato" in page
    assert "non è un indirizzo di posta" in page
    number = one(app, "SELECT id FROM outbox_message WHERE state = 'failed'")
    assert organiser.post(address(world, "again"), {"message": number}).status_code == 302
    state = one(app, "SELECT state FROM outbox_message WHERE id = :id", id=number)
    assert state == MessageState.QUEUED
    assert organiser.post(address(world, "again"), {"message": number}).status_code == 409


def test_no_message_of_others_is_sent_again(app, organiser, visit, world):
    with app.app_context(), unit():
        mail.queue("altro", mail.Recipient("sbagliato"), "Oggetto", "Testo")
        db.session.flush()
    number = one(app, "SELECT id FROM outbox_message")
    assert organiser.post(address(world, "again"), {"message": number}).status_code == 404
    assert organiser.post(address(world, "again"), {"message": "x"}).status_code == 400
    assert organiser.post(address(world, "again")).status_code == 400
    assert organiser.get(address(world, "altro")).status_code == 404


def test_somebody_without_an_address_is_not_ticked_and_said(app, organiser, world):
    do(app, "UPDATE person SET work_email = NULL WHERE id = :id", id=world.a.person_id)
    page = organiser.get(address(world, KIND)).text
    assert "senza indirizzo" in page
    assert page.count('name="pick"') - page.count(" checked>") == 1
