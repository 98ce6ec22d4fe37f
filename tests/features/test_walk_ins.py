# SPDX-License-Identifier: AGPL-3.0-or-later
"""Somebody at the door: two fields, a mark at once, the rest later."""

import pytest

from tests.ledger import ask, do, one
from tests.pages import Hand, csv_rows, form, main, table


def written(app) -> list[tuple]:
    """How much there is of what these pages write."""
    return ask(
        app,
        "SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM affiliation),"
        " (SELECT count(*) FROM enrolment), (SELECT count(*) FROM attendance_entry)",
    )


@pytest.fixture
def sheet(visit, world):
    """The sheet of the first lesson, opened by its trainer."""
    hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
    hand.open()
    return hand


@pytest.fixture
def door(visit, world, sheet):
    """door("Noè Roccalta") adds that name for Alfa's body, by the trainer's hand."""

    def send(name: str, who: str = "trainer_alfa", **changes: str):
        visitor, url = visit(who), f"/lessons/{world.a.lesson_id}/walk-in"
        drawn = form(visitor.get(url), "")
        sent = {**drawn, "name": name, "body": str(world.a.home_id), **changes}
        return visitor.client.post(url, data=sent)

    return send


@pytest.mark.parametrize("who", ["trainer_alfa", "tutor_alfa", "organiser_alfa", "coordinator"])
def test_a_name_and_a_body_stand_on_the_page_at_once(app, door, sheet, world, who):
    answer = door("Noè De Roccalta", who)
    assert answer.status_code == 302, main(answer)
    assert "De Roccalta Noè" in main(sheet.look())
    row = ask(
        app,
        "SELECT p.given_name, p.incomplete, e.state, e.home_body_id, a.status"
        " FROM person p JOIN enrolment e ON e.person_id = p.id"
        " JOIN attendance_entry a ON a.enrolment_id = e.id WHERE p.family_name = 'De Roccalta'",
    )
    assert row == [("Noè", True, "confirmed", world.a.home_id, "present")]
    assert one(app, "SELECT count(*) FROM audit_event WHERE action = 'walk_in.added'") == 1


def test_the_page_closes_with_whoever_came_through_the_door(app, door, sheet, world):
    door("Noè Roccalta")
    sheet.all_present()
    heads = one(app, "SELECT count(*) FROM enrolment WHERE edition_id = :id", id=world.a.edition_id)
    assert sheet.close(topic="Ascolto attivo", heads=str(heads)).status_code == 302


def test_over_capacity_is_warned_and_recorded(app, visit, door, sheet, world):
    do(app, "UPDATE edition SET seats_max = 3 WHERE id = :id", id=world.a.edition_id)
    answer = door("Noè Roccalta")
    assert answer.status_code == 302
    assert one(app, "SELECT details FROM audit_event WHERE action = 'walk_in.added'").count("true")
    assert one(app, "SELECT count(*) FROM enrolment WHERE edition_id = :id AND state = 'confirmed'",
               id=world.a.edition_id) == 4  # fmt: skip


@pytest.mark.parametrize(
    "name", ["", "Noè", "12 34", "x" * 162, "a " + "b" * 81, "Noè \u202eatlaccoR", "a\x00 b", ",,"]
)
def test_what_is_no_name_is_refused_and_nothing_is_written(app, door, name):
    before = written(app)
    assert door(name).status_code == 422
    assert written(app) == before


def test_a_body_of_another_programme_or_none_is_refused(app, door):
    before = written(app)
    for body in ("", "987654", "x", "1e3"):
        assert door("Noè Roccalta", body=body).status_code == 422
    assert written(app) == before


def test_a_name_the_sheet_has_is_pointed_at(app, door):
    assert door("Noè Roccalta").status_code == 302
    again = door("roccalta NOE'")
    assert again.status_code == 422
    assert "Sul foglio c’è già" in main(again)
    assert door("roccalta NOE'", another="y").status_code == 302


def test_a_sheet_that_is_not_open_takes_nobody(app, visit, world):
    url = f"/lessons/{world.a.past_lesson_id}/walk-in"
    trainer = visit("trainer_alfa")
    assert "Il foglio non è aperto" in main(trainer.get(url))
    before = written(app)
    answer = trainer.post(url, {"name": "Noè Roccalta", "body": str(world.a.home_id)})
    assert answer.status_code == 409
    assert written(app) == before
    assert visit("trainer_beta").get(url).status_code == 404


def test_the_incomplete_are_completed_by_who_knows_them(app, visit, door, world):
    door("Noè Roccalta")
    for who in ("coordinator", "organiser_alfa", "representative_alfa"):
        assert [row[0] for row in table(visit(who).get("/people/incomplete"))] == ["Roccalta Noè"]
    rows = csv_rows(visit("coordinator").get("/people/incomplete?format=csv"))
    assert rows[-1][:2] == ["Roccalta", "Noè"]
    for who in ("organiser_beta", "representative_beta"):
        assert "Roccalta" not in visit(who).get("/people/incomplete").text
    person = one(app, "SELECT id FROM person WHERE family_name = 'Roccalta'")
    representative = visit("representative_alfa")
    url = f"/people/{person}/edit"
    sent = {**form(representative.get(url), ""), "work_email": "noe@alfa.example"}
    assert representative.client.post(url, data=sent).status_code == 302
    assert one(app, "SELECT incomplete FROM person WHERE id = :id", id=person) in (0, False)


def test_whoever_came_is_recognised_and_keeps_her_record(app, visit, door, world):
    """Known before with another writing of her name, and not enrolled: the mark becomes hers."""
    representative = visit("representative_alfa")
    sent = {**form(representative.get("/people/new"), ""), "given_name": "Noe'", "family_name": "Roccalta",
            "body": str(world.a.home_id), "work_email": "noe@alfa.example"}  # fmt: skip
    assert representative.client.post("/people/new", data=sent).status_code == 302
    door("Noè Roccalta")
    known, hasty = (
        n for (n,) in ask(app, "SELECT id FROM person WHERE family_name = 'Roccalta' ORDER BY id")
    )
    page = representative.get("/people/incomplete")
    assert "È la stessa persona" in main(page)
    answer = representative.post(f"/people/{hasty}/recognise", {"other": known})
    assert answer.status_code == 302, main(answer)
    assert one(app, "SELECT person_id FROM enrolment ORDER BY id DESC LIMIT 1") == known
    assert (
        ask(app, "SELECT merged_into_id, incomplete FROM person WHERE id = :id", id=hasty)[0][0]
        == known
    )
    assert one(app, "SELECT given_name FROM person WHERE id = :id", id=known) == "Noe'"
    moved = representative.get(f"/people/{hasty}")
    assert moved.headers["Location"] == f"/people/{known}"


def test_a_complete_record_is_not_recognised_away(app, visit, world):
    others = [
        one(app, "SELECT person_id FROM enrolment WHERE id = :id", id=n)
        for n in world.a.enrolment_ids
    ]
    before = written(app)
    answer = visit("representative_alfa").post(
        f"/people/{others[0]}/recognise", {"other": others[1]}
    )
    assert answer.status_code == 409
    foreign = one(
        app, "SELECT person_id FROM enrolment WHERE id = :id", id=world.b.enrolment_ids[0]
    )
    assert visit("representative_alfa").post(
        f"/people/{others[0]}/recognise", {"other": foreign}
    ).status_code == 404  # fmt: skip
    assert written(app) == before
