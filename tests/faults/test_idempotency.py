# SPDX-License-Identifier: AGPL-3.0-or-later
"""The same form sent again, in turn or at once: one effect, one answer."""

import pytest

from tests.faults.together import at_once, statuses
from tests.ledger import checksum, do, one
from tests.pages import Hand, form, main

EFFECTS = {
    "mark a person": "SELECT count(*) FROM audit_event WHERE action = 'sheet.marked'",
    "close a sheet": "SELECT count(*) FROM audit_event WHERE action = 'sheet.closed'",
    "close an edition": "SELECT count(*) FROM audit_event WHERE action = 'edition.closed'",
    "issue certificates": "SELECT count(*) FROM certificate_batch",
}


@pytest.fixture
def prepared(visit, world):
    """prepared(deed) is who sends, to which address, which form."""

    def prepare(deed: str):
        if deed == "close an edition":
            hand = Hand(visit("organiser_alfa"), world.a.lesson_id)
            url = f"/editions/{world.a.edition_id}/close"
            hand.open()
            hand.all_present()
            hand.close(heads="3")
            return hand.visitor, url, form(hand.visitor.get(url), "")
        if deed == "issue certificates":
            coordinator = visit("coordinator")
            url = f"/editions/{world.a.closed_edition_id}/certificates"
            chosen = {"enrolment": [str(i) for i in world.a.closed_enrolment_ids]}
            return coordinator, url, form(coordinator.post(f"{url}/choice", chosen), url)
        hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
        hand.open()
        if deed == "mark a person":
            drawn = hand.drawn(world.a.enrolment_ids[0])
            return hand.visitor, f"{hand.url}/marks", {**drawn, "mark": "times", "left": "12:00"}
        hand.all_present()
        return hand.visitor, f"{hand.url}/close", {**hand.closing(), "heads": "3"}

    return prepare


@pytest.fixture
def one_lesson(app, world):
    """An edition of a single lesson may be closed the same day."""
    do(app, "UPDATE lesson SET state = 'cancelled' WHERE seq = 2")


@pytest.mark.usefixtures("one_lesson")
@pytest.mark.parametrize("deed", EFFECTS)
def test_a_form_sent_twice_has_one_effect_and_one_answer(app, prepared, deed):
    visitor, url, data = prepared(deed)
    first = visitor.client.post(url, data=data)
    after = checksum(app)
    second = visitor.client.post(url, data=data)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.headers["Location"] == second.headers["Location"]
    assert (one(app, EFFECTS[deed]), checksum(app)) == (1, after)


@pytest.mark.usefixtures("one_lesson")
@pytest.mark.parametrize("deed", EFFECTS)
def test_a_form_sent_ten_times_at_once_has_one_effect_and_one_answer(app, prepared, deed):
    visitor, url, data = prepared(deed)
    cookie = visitor.client.get_cookie("forpa").value

    def send():
        client = app.test_client()
        client.set_cookie("forpa", cookie)
        return client.post(url, data=data)

    answers = at_once(*[send] * 10)
    assert statuses(answers) == [302] * 10
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert one(app, EFFECTS[deed]) == 1


def test_without_the_key_the_second_sending_is_told_apart(app, prepared):
    visitor, url, data = prepared("close a sheet")
    bare = {name: value for name, value in data.items() if name != "idempotency_key"}
    assert [visitor.client.post(url, data=bare).status_code for _ in range(2)] == [302, 409]


def test_the_same_key_with_other_content_is_refused(app, prepared):
    visitor, url, data = prepared("close a sheet")
    assert visitor.client.post(url, data=data).status_code == 302
    before = checksum(app)
    answer = visitor.client.post(url, data={**data, "topic": "Altro"})
    assert (answer.status_code, "Non possibile ora" in main(answer)) == (409, True)
    assert checksum(app) == before


def test_the_same_key_at_another_address_or_from_another_person_is_refused(
    app, prepared, visit, world
):
    visitor, url, data = prepared("close a sheet")
    assert visitor.client.post(url, data=data).status_code == 302
    before = checksum(app)
    assert visitor.client.post(url.replace("/close", "/open"), data=data).status_code == 409
    organiser = visit("organiser_alfa")
    stolen = {**data, "csrf_token": organiser.token()}
    entries = checksum(app)
    assert organiser.client.post(url, data=stolen).status_code == 409
    assert before != entries == checksum(app)  # only the organiser's sign-in was written


def test_a_refused_form_may_be_corrected_and_sent_with_its_key(app, prepared):
    visitor, url, data = prepared("close a sheet")
    refused = visitor.client.post(url, data={**data, "topic": ""})
    assert refused.status_code == 422
    again = form(refused, url)
    assert again["idempotency_key"] == data["idempotency_key"]
    assert visitor.client.post(url, data={**again, "topic": "Ora sì"}).status_code == 302


@pytest.mark.parametrize("key", ["x" * 65, "a b", "à", "'; DROP TABLE lesson", "\x00", "٣"])
def test_a_key_that_no_page_makes_is_refused(app, prepared, key):
    visitor, url, data = prepared("close a sheet")
    before = checksum(app)
    assert visitor.client.post(url, data={**data, "idempotency_key": key}).status_code == 400
    assert checksum(app) == before
