# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pairs proposed, two people told apart, two records joined with all that hangs on them."""

import json
from datetime import timedelta

import pytest

from app.actor import SYSTEM
from app.enrolments.actions import enrol
from app.extensions import db
from app.models import Apology, Organisation, Person
from tests import world as worlds
from tests.ledger import arranging, ask, checksum, do, one, trail_is_whole
from tests.pages import Hand, form, main, table

VALID, OMOCODE = "FNTLCU78C52G478B", "FNTLCU78C52G47UY"


@pytest.fixture
def twins(app, world):
    """Two records of one person: the first known, the second with her name swapped."""
    with arranging(app):
        body = db.session.get_one(Organisation, world.a.home_id)
        made = []
        for given, family in (("Nicolò", "D'Angelo"), ("DANGELO", "Nicolo'")):
            person = worlds.make_person(
                family, given, tax_code=None, birth_date=None, birth_place=None
            )
            worlds.make_affiliation(person, body)
            made.append(person.id)
    return made


@pytest.fixture
def join(visit, twins):
    """join() compares, previews and joins the second record to the first, by the coordinator."""
    coordinator = visit("coordinator")

    def send(kept: int = twins[0], merged: int = twins[1], step: str = "merge", **changes: str):
        url = f"/people/{kept}/merge"
        page = coordinator.get(f"{url}?other={merged}")
        drawn = form(page, "")
        if step == "merge":
            sent = coordinator.client.post(url, data={**drawn, "step": "preview", **changes})
            if sent.status_code != 200:
                return sent
            drawn = {**form(sent, ""), "sure": "y"}
        return coordinator.client.post(url, data={**drawn, "step": step, **changes})

    send.visitor = coordinator
    return send


def test_look_alikes_are_proposed_with_the_reason_and_joined_by_nobody(app, visit, twins):
    page = visit("coordinator").get("/people/duplicates")
    (row,) = table(page)
    assert "D'Angelo Nicolò" in row[0]
    assert "nome e cognome scambiati" in row[2]
    assert "Stesso ente" in row[2]
    assert one(app, "SELECT count(*) FROM person WHERE merged_into_id IS NOT NULL") == 0


def test_a_code_with_omocodia_is_a_reason_to_look(app, visit, world):
    with arranging(app):
        for family, code in (("Uno", VALID), ("Due", OMOCODE)):
            person = worlds.make_person(family, tax_code=code, tax_key=VALID)
            worlds.make_affiliation(person, db.session.get_one(Organisation, world.a.home_id))
    (row,) = table(visit("coordinator").get("/people/duplicates"))
    assert "Stesso codice fiscale" in row[2]
    assert "Molto probabile" in row[2]


def test_two_people_are_told_apart_for_ever(app, visit, twins):
    coordinator = visit("coordinator")
    pair = {"one": twins[1], "other": twins[0]}
    for _ in range(2):
        assert coordinator.post("/people/duplicates/distinguish", pair).status_code == 302
    assert "Nessuna coppia da guardare" in main(coordinator.get("/people/duplicates"))
    assert ask(app, "SELECT first_id, second_id FROM person_distinction") == [tuple(sorted(twins))]
    same = {"one": twins[0], "other": twins[0]}
    assert coordinator.post("/people/duplicates/distinguish", same).status_code == 409


@pytest.mark.parametrize(
    "who", ["organiser_alfa", "representative_alfa", "auditor", "trainer_alfa"]
)
def test_only_the_coordinator_sees_and_joins(visit, twins, who):
    visitor = visit(who)
    assert visitor.get("/people/duplicates").status_code == 403
    assert visitor.get(f"/people/{twins[0]}/merge?other={twins[1]}").status_code == 403
    assert visitor.post(f"/people/{twins[0]}/merge", {"other": twins[1]}).status_code == 403


def test_a_record_of_another_programme_is_not_there(app, visit, twins):
    with arranging(app):
        other = worlds.make_person("Altrove")
        worlds.make_affiliation(other, worlds.make_body("Comune di Altrove"))
        number = other.id
    coordinator = visit("coordinator")
    for url in (f"/people/{twins[0]}/merge?other={number}", f"/people/{number}/merge"):
        assert coordinator.get(url).status_code == 404
    for number in ("0", "-1", "x", "9" * 12, "٣", "987654"):
        assert coordinator.get(f"/people/{twins[0]}/merge?other={number}").status_code == 404


def test_the_second_yes_is_asked_for_and_says_what_moves(app, join, twins, world):
    with arranging(app):
        edition = db.session.get_one(worlds.Edition, world.a.edition_id)
        person = db.session.get_one(Person, twins[1])
        worlds.make_enrolment(edition, person, db.session.get_one(Organisation, world.a.home_id))
    before = written(app)
    page = join(step="preview")
    assert page.status_code == 200
    assert "1 iscrizione, con le sue presenze" in main(page)
    assert "Un’unione non si annulla da qui" in main(page)
    unsure = join.visitor.client.post(
        f"/people/{twins[0]}/merge", data={**form(page, ""), "step": "merge"}
    )
    assert unsure.status_code == 422
    assert "Serve un secondo sì" in main(unsure)
    assert written(app) == before


def written(app) -> list[tuple]:
    return ask(
        app,
        "SELECT (SELECT count(*) FROM person_merge), (SELECT sum(version) FROM person),"
        " (SELECT sum(version) FROM enrolment)",
    )


def test_joined_records_are_one_person_with_one_history(app, visit, join, twins, world):
    kept, merged = twins
    do(app, "UPDATE person SET work_email = 'n@alfa.example', tax_code = :code, tax_key = :code WHERE id = :id",
       code=VALID, id=merged)  # fmt: skip
    with arranging(app):
        account = worlds.make_account("nicolo", db.session.get_one(Person, merged))
        account_id = account.id
        edition = db.session.get_one(worlds.Edition, world.a.edition_id)
        body = db.session.get_one(Organisation, world.a.home_id)
        enrolment = worlds.make_enrolment(edition, db.session.get_one(Person, merged), body).id
    hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
    hand.open()
    hand.mark(enrolment, "present")
    answer = join(tax_code="merged", work_email="merged", given_name="kept", family_name="kept")
    assert answer.status_code == 302, main(answer)
    row = ask(
        app,
        "SELECT given_name, family_name, tax_code, work_email FROM person WHERE id = :id",
        id=kept,
    )
    assert row == [("Nicolò", "D'Angelo", VALID, "n@alfa.example")]
    assert one(app, "SELECT person_id FROM enrolment WHERE id = :id", id=enrolment) == kept
    assert one(app, "SELECT person_id FROM user_account WHERE id = :id", id=account_id) == kept
    assert (
        one(
            app,
            "SELECT count(*) FROM affiliation WHERE person_id = :id AND ends_on IS NULL",
            id=kept,
        )
        == 1
    )
    coordinator = visit("coordinator")
    moved = coordinator.get(f"/people/{merged}")
    assert (moved.status_code, moved.headers["Location"]) == (302, f"/people/{kept}")
    assert f"scheda {merged}" in main(coordinator.get(f"/people/{kept}"))
    assert f"/people/{merged}" not in coordinator.get("/people?q=angelo").text
    details = json.loads(one(app, "SELECT details FROM audit_event WHERE action = 'person.merged'"))
    assert details["merged"] == merged
    assert details["enrolments"] == [enrolment]
    assert VALID not in json.dumps(details)
    before = one(app, "SELECT before FROM person_merge")
    assert VALID in (before if isinstance(before, str) else json.dumps(before))
    assert trail_is_whole(app)
    assert "D'Angelo Nicolò" in main(hand.look())


def test_a_pointer_shows_nothing_to_whom_the_person_is_out_of_reach(app, visit, join, twins):
    assert join(given_name="kept", family_name="kept", work_email="kept").status_code == 302
    missing = visit("representative_beta").get("/people/987654")
    answer = visit("representative_beta").get(f"/people/{twins[1]}")
    assert answer.status_code == missing.status_code == 404
    assert visit("representative_alfa").get(f"/people/{twins[1]}").status_code == 302


KEPT = dict.fromkeys(
    ("given_name", "family_name", "work_email", "birth_date", "birth_place", "tax_code", "sex"),
    "kept",
)


def test_two_enrolments_of_one_edition_with_marks_are_refused(app, join, world):
    first, second = (
        one(app, "SELECT person_id FROM enrolment WHERE id = :id", id=n)
        for n in world.a.enrolment_ids[:2]
    )
    do(app, "UPDATE user_account SET person_id = NULL WHERE person_id = :id", id=second)
    before = checksum(app)
    page = join.visitor.get(f"/people/{first}/merge?other={second}")
    assert "entrambe hanno presenze" in main(page)
    answer = join(first, second, **KEPT)
    assert answer.status_code == 409
    assert "entrambe hanno presenze" in main(answer)
    assert checksum(app) == before


def test_two_logins_are_refused_until_one_is_disabled(app, join, twins):
    with arranging(app):
        for number, login in zip(twins, ("uno", "due"), strict=True):
            worlds.make_account(login, db.session.get_one(Person, number))
    answer = join(**KEPT)
    assert answer.status_code == 409
    assert "disattivare prima quella che non serve" in main(answer)
    do(app, "UPDATE user_account SET state = 'disabled' WHERE login = 'uno@prova.example'")
    assert join(**KEPT).status_code == 302
    rows = ask(app, "SELECT login, person_id FROM user_account WHERE login LIKE '%o@prova.example'"
                    " OR login LIKE 'due@%' ORDER BY login")  # fmt: skip
    assert ("due@prova.example", twins[0]) in rows
    assert ("uno@prova.example", None) in rows


def test_an_enrolment_without_a_trace_gives_way(app, visit, join, twins, world):
    """The known one waits in the list, the other came and was marked: one row of the sheet stays."""
    with arranging(app):
        edition = db.session.get_one(worlds.Edition, world.a.edition_id)
        body = db.session.get_one(Organisation, world.a.home_id)
        rows = [
            worlds.make_enrolment(edition, db.session.get_one(Person, n), body).id for n in twins
        ]
    hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
    hand.open()
    hand.mark(rows[1], "present")
    words = f"resta l’iscrizione n. {rows[1]}, si chiude quella n. {rows[0]}, senza presenze"
    assert words in main(join(step="preview"))
    assert join(**KEPT).status_code == 302
    enrolments = "SELECT id, person_id, state FROM enrolment WHERE id IN (:a, :b) ORDER BY id"
    assert ask(app, enrolments, a=rows[0], b=rows[1]) == [
        (rows[0], twins[1], "rejected"),
        (rows[1], twins[0], "confirmed"),
    ]
    code = one(app, "SELECT code FROM edition WHERE id = :id", id=world.a.edition_id)
    page = main(visit("coordinator").get(f"/people/{twins[0]}"))
    assert f"In {code} erano iscritte entrambe: vale l’iscrizione n. {rows[1]}" in page
    assert f"quella n. {rows[0]} (confermata) è chiusa" in page
    (details,) = one_of(ask(app, "SELECT details FROM audit_event WHERE action = 'person.merged'"))
    told = json.loads(details) if isinstance(details, str) else details
    assert told["doubles"] == [
        {"edition": code, "kept": rows[1], "dropped": rows[0], "was": "confirmed"}
    ]
    assert one(app, "SELECT count(*) FROM person WHERE family_name = '-'") == 0
    assert trail_is_whole(app)


def one_of(rows):
    (row,) = rows
    return row


@pytest.mark.parametrize("kept_first", [True, False])
def test_a_seat_held_twice_goes_to_who_waits(app, visit, join, twins, world, kept_first):
    """Both were enrolled as people are, with their moves, and one of them apologised."""
    with arranging(app):
        edition = worlds.make_edition(
            db.session.get_one(worlds.Course, world.a.course_id),
            db.session.get_one(Organisation, world.a.delivering_id),
            worlds.make_venue(), seats_max=2, state=worlds.EditionState.OPEN,
        )  # fmt: skip
        lesson = worlds.make_lesson(edition, 1, worlds.NOW + timedelta(days=20))
        body = db.session.get_one(Organisation, world.a.home_id)
        third = worlds.make_person("Attende")
        worlds.make_affiliation(third, body)
        made = {}
        for number in (*twins[:: 1 if kept_first else -1], third.id):
            person = db.session.get_one(Person, number)
            home = db.session.query(worlds.Affiliation).filter_by(person_id=number).one()
            made[number] = enrol(SYSTEM, edition, person, home).id
        db.session.add(
            Apology(enrolment_id=made[twins[1]], lesson_id=lesson.id, made_at=worlds.NOW)
        )
        number = third.id
    moves = "SELECT id, enrolment_id, to_state FROM enrolment_move ORDER BY id"
    before = ask(app, moves)
    assert join(**KEPT).status_code == 302
    states = dict(map(tuple, ask(app, "SELECT id, state FROM enrolment WHERE edition_id ="
                                      " (SELECT edition_id FROM enrolment WHERE id = :id)",
                                 id=made[number])))  # fmt: skip
    assert states == {
        made[twins[0]]: "confirmed", made[twins[1]]: "rejected", made[number]: "confirmed",
    }  # fmt: skip
    after = ask(app, moves)
    assert after[: len(before)] == before
    assert [tuple(row)[1:] for row in after[len(before) :]] == [
        (made[twins[1]], "rejected"), (made[number], "confirmed"),
    ]  # fmt: skip
    assert one(app, "SELECT count(*) FROM apology") == 1
    assert trail_is_whole(app)


def test_a_page_seen_before_a_change_joins_nothing(app, visit, join, twins):
    page = join(step="preview")
    do(
        app,
        "UPDATE person SET given_name = 'Ada', version = version + 1 WHERE id = :id",
        id=twins[1],
    )
    sent = {**form(page, ""), "sure": "y", "step": "merge"}
    answer = join.visitor.client.post(f"/people/{twins[0]}/merge", data=sent)
    assert answer.status_code == 409
    assert "è cambiata" in main(answer)
    assert one(app, "SELECT count(*) FROM person_merge") == 0


def test_what_was_joined_is_not_joined_again(app, join, twins):
    first = join(step="preview")
    second = join(step="preview")
    sent = [{**form(page, ""), "sure": "y", "step": "merge"} for page in (first, second)]
    url = f"/people/{twins[0]}/merge"
    assert join.visitor.client.post(url, data=sent[0]).status_code == 302
    answer = join.visitor.client.post(url, data=sent[1])
    assert answer.status_code == 409
    assert "già stata unita" in main(answer)
    assert one(app, "SELECT count(*) FROM person_merge") == 1
