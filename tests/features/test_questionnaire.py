# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: who attended answers once, and nothing that is kept tells who said what."""

import hashlib
import itertools

import pytest

from app.domain.questionnaires import STATEMENTS
from app.extensions import db
from tests.faults.together import at_once
from tests.ledger import ask, checksum, connection, do, one, trail_is_whole
from tests.pages import form, main, tree, with_class, words

FIVES = dict.fromkeys(STATEMENTS, "5")


@pytest.fixture
def asking(app, world) -> str:
    """The closed edition asks; the address of its questionnaire."""
    do(app, "UPDATE edition SET asks_questionnaire = :yes WHERE id = :id",
       yes=True, id=world.a.closed_edition_id)  # fmt: skip
    return f"/editions/{world.a.closed_edition_id}/questionnaire"


def send(visitor, url: str, **answers):
    drawn = form(visitor.get(url), url)
    return visitor.client.post(url, data={**drawn, **(answers or FIVES)})


def test_the_card_leads_to_it_and_the_certificate_waits_for_it(visit, asking):
    official = visit("participant_alfa")
    card = words(with_class(tree(official.get("/my")), "course-card")[1])
    assert "Manca il questionario di gradimento: è anonimo." in card
    assert "Compila il questionario" in card
    assert send(official, asking).status_code == 302

    page = official.get("/my")
    assert "registrate senza nome" in main(page)
    card = words(with_class(tree(page), "course-card")[1])
    assert "Compila il questionario" not in card
    assert "Questionario compilato." in card


def test_the_answer_is_kept_without_person_and_moment(app, visit, world, asking):
    send(visit("participant_alfa"), asking, **FIVES, comment="Più esercitazioni.")
    columns = ask(app, "SELECT * FROM questionnaire_answer")
    ((number, edition, ratings, comment),) = columns
    assert edition == world.a.closed_edition_id
    assert comment == "Più esercitazioni."
    assert str(ratings).count("5") == len(STATEMENTS)
    assert number > 1000, "drawn at random"
    assert one(app, "SELECT questionnaire_at FROM enrolment WHERE id = :id",
               id=world.a.closed_enrolment_ids[0]) is not None  # fmt: skip


def test_nothing_else_knows_what_was_answered(app, visit, asking):
    """Neither the words nor a hash of the fields, which are few enough to be tried."""
    answers = dict(zip(STATEMENTS, "14253", strict=True))
    send(visit("participant_alfa"), asking, **answers, comment="Frase che nessun altro scrive.")
    tried = set()
    for values in itertools.product("12345", repeat=len(STATEMENTS)):
        fields = sorted(zip(STATEMENTS, values, strict=True))
        tried.add(hashlib.sha256(repr(fields).encode()).hexdigest())
    with connection(app) as found:
        assert one(app, "SELECT count(*) FROM idempotency_key") == 0
        for stored in db.metadata.sorted_tables:
            if stored.name == "questionnaire_answer":
                continue
            for row in found.execute(stored.select()):
                said = repr(tuple(row))
                assert "Frase che nessun altro" not in said, stored.name
                assert not any(word in tried for word in said.split("'")), stored.name
    details = one(app, "SELECT details FROM audit_event WHERE action = 'questionnaire.answered'")
    assert details == "{}"
    assert trail_is_whole(app)


def test_it_is_answered_once(app, visit, asking):
    official = visit("participant_alfa")
    drawn = form(official.get(asking), asking)
    assert official.client.post(asking, data={**drawn, **FIVES}).status_code == 302
    before = checksum(app)
    again = official.client.post(asking, data={**drawn, **FIVES})
    assert again.status_code == 409
    assert "Hai già risposto" in main(again)
    assert "Hai già risposto" in main(official.get(asking))
    assert checksum(app) == before


def test_two_hands_at_once_answer_once(app, visit, asking):
    hands = [visit("participant_alfa") for _ in range(2)]
    answers = at_once(*(lambda hand=hand: send(hand, asking) for hand in hands))
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert one(app, "SELECT count(*) FROM questionnaire_answer") == 1


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {**FIVES, "useful": "6"},
        {**FIVES, "useful": ""},
        {**FIVES, "useful": "<b>"},
        {**FIVES, "comment": "x" * 1001},
        {**FIVES, "comment": "a\x00b"},
    ],
)
def test_an_answer_that_is_not_whole_is_given_back(app, visit, asking, sent):
    official = visit("participant_alfa")
    drawn = form(official.get(asking), asking)
    answer = official.client.post(asking, data={**drawn, **sent})
    assert answer.status_code == 422
    assert one(app, "SELECT count(*) FROM questionnaire_answer") == 0


@pytest.mark.parametrize(
    ("arrange", "sentence"),
    [
        ("UPDATE edition SET asks_questionnaire = false", "non è previsto un questionario"),
        ("UPDATE edition SET state = 'running'; UPDATE lesson SET ends_at = '2015-06-01 10:00:00+00:00'", "fine dell'ultima lezione"),
        ("UPDATE enrolment SET state = 'withdrawn'", "per chi ha frequentato"),
    ],
)  # fmt: skip
def test_before_its_time_it_says_why(app, visit, asking, arrange, sentence):
    official = visit("participant_alfa")
    token = official.token()
    for statement in arrange.split("; "):
        do(app, statement)
    page = official.get(asking)
    assert sentence in main(page)
    assert "<textarea" not in page.text
    answer = official.client.post(asking, data={"csrf_token": token, **FIVES})
    assert answer.status_code == 409
    assert one(app, "SELECT count(*) FROM questionnaire_answer") == 0
    assert "Compila il questionario" not in main(official.get("/my"))


def test_it_is_for_those_enrolled(visit, world, asking):
    assert visit("participant_beta").get(asking).status_code == 404
    for who in ("trainer_alfa", "coordinator", "organiser_alfa"):
        assert visit(who).get(asking).status_code == 403
