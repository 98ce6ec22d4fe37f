# SPDX-License-Identifier: AGPL-3.0-or-later
"""Checking in by oneself with the code on the wall."""

import re
from datetime import timedelta

import pytest

from app import clock as clocks
from app.domain import check_in as rules
from app.models import Enrolment
from tests import world as worlds
from tests.ledger import arranging, ask, do, one
from tests.pages import Hand, main

SAID = "SELECT enrolment_id, kind FROM self_check_in ORDER BY id"
MARK = (
    "SELECT status, counted_minutes, marked_by_label FROM attendance_entry WHERE enrolment_id = :id"
)


@pytest.fixture
def trainer(visit, world):
    """The trainer's hand on today's sheet, open."""
    hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
    hand.open()
    return hand


@pytest.fixture
def official(visit, world):
    return visit("participant_alfa")


@pytest.fixture
def enrolment(app, world) -> int:
    """The enrolment of the official who is signed in."""
    sql = "SELECT id FROM enrolment WHERE person_id = :person AND edition_id = :edition"
    return one(app, sql, person=world.a.person_id, edition=world.a.edition_id)


def code(app, lesson_id: int) -> str:
    """The address on the wall now."""
    with app.app_context():
        slot = rules.check_in_slot(clocks.now())
        key = app.config["SECRET_KEY"].encode()
        return f"/c/{lesson_id}/{rules.token(key, lesson_id, slot)}"


def frame(visitor, address: str) -> str:
    """Frame the code; the address of the page that asks to confirm."""
    answer = visitor.get(address)
    assert answer.status_code == 302, main(answer)
    return answer.headers["Location"]


def confirm(visitor, page: str, kind: str = "entry"):
    return visitor.post(page, {"kind": kind})


def test_one_tap_notes_the_entry_and_another_the_exit(
    app, world, trainer, official, enrolment, clock
):
    page = frame(official, code(app, world.a.lesson_id))
    assert "Confermo: sono entrato in aula" in main(official.get(page))
    assert confirm(official, page).headers["Location"] == page
    shown = main(official.get(page))
    assert "Entrata registrata." in shown
    assert "Confermo: esco dall'aula" in shown
    assert ask(app, SAID) == [(enrolment, "entry")]
    clock.shift(timedelta(minutes=20))
    confirm(official, frame(official, code(app, world.a.lesson_id)), "exit")
    assert ask(app, SAID) == [(enrolment, "entry"), (enrolment, "exit")]


def test_confirming_twice_has_one_effect_and_no_error(app, world, trainer, official):
    page = frame(official, code(app, world.a.lesson_id))
    assert [confirm(official, page).status_code for _ in range(2)] == [302, 302]
    assert "Era già registrata." in main(official.get(page))
    assert len(ask(app, SAID)) == 1


def test_the_code_leads_through_the_sign_in(app, world, trainer, visit):
    anybody = visit()
    page = frame(anybody, code(app, world.a.lesson_id))
    asked = anybody.get(page)
    assert asked.status_code == 302
    assert asked.headers["Location"].startswith("/login?next=/check-in/")
    answer = anybody.post(
        "/login",
        {
            "login": world.logins["participant_alfa"],
            "password": worlds.PASSWORD,
            "next": page,
        },
        page="/login",
    )
    assert answer.status_code == 302
    assert confirm(anybody, page).status_code == 302
    assert len(ask(app, SAID)) == 1


@pytest.mark.parametrize(("seconds", "status"), [(0, 302), (29, 302), (61, 410), (3600, 410)])
def test_a_code_lives_a_minute_at_most(app, world, trainer, official, clock, seconds, status):
    address = code(app, world.a.lesson_id)
    clock.shift(timedelta(seconds=seconds))
    assert official.get(address).status_code == status


def test_a_code_is_bound_to_its_lesson(app, world, trainer, official):
    address = code(app, world.a.lesson_id)
    elsewhere = address.replace(f"/c/{world.a.lesson_id}/", f"/c/{world.b.lesson_id}/")
    for wrong in (elsewhere, address[:-1], f"/c/{world.a.lesson_id}/%00", "/c/99999999/abc"):
        assert official.get(wrong).status_code == 410


def test_the_pass_is_good_for_three_minutes_and_for_one_account(
    app, world, trainer, official, visit, clock
):
    page = frame(official, code(app, world.a.lesson_id))
    assert visit("participant_beta").get(page).status_code == 410
    clock.shift(timedelta(seconds=181))
    assert official.get(page).status_code == 410
    assert confirm(official, page).status_code == 410
    for forged in ("x", "WzEsMSwxXQ.x.y", "%00", "a" * 3000):
        assert official.get(f"/check-in/{forged}").status_code == 410
    assert ask(app, SAID) == []


def test_whoever_is_not_enrolled_is_told_so(app, world, trainer, visit):
    other = visit("participant_beta")
    page = frame(other, code(app, world.a.lesson_id))
    assert "non è tra gli iscritti" in main(other.get(page))
    answer = confirm(other, page)
    assert answer.status_code == 409
    assert "non è tra gli iscritti" in main(answer)
    assert ask(app, SAID) == []


@pytest.mark.parametrize("kind", ["", "nothing", "\x00", "exit"])
def test_what_the_button_does_not_say_changes_nothing(app, world, trainer, official, kind):
    page = frame(official, code(app, world.a.lesson_id))
    assert confirm(official, page, kind).status_code in (400, 409)
    assert ask(app, SAID) == []


def test_a_closed_sheet_takes_no_entry(app, world, trainer, official):
    address = code(app, world.a.lesson_id)
    page = frame(official, address)
    trainer.all_present()
    trainer.close(heads="3")
    answer = confirm(official, page)
    assert answer.status_code == 409
    assert "già chiuso" in main(answer)


def test_the_wall_shows_the_code_and_who_is_in(app, world, trainer, official):
    wall = f"/lessons/{world.a.lesson_id}/check-in"
    shown = trainer.visitor.get(wall)
    assert "Entrate registrate: 0 di 3" in main(shown)
    assert "<svg" in shown.text
    confirm(official, frame(official, code(app, world.a.lesson_id)))
    live = trainer.visitor.get(f"{wall}/live").text
    assert "Entrate registrate: 1 di 3" in live
    assert "09:20" in live


def test_the_code_waits_for_a_quarter_of_an_hour_before_the_start(app, world, visit, clock):
    clock.move_to(worlds.NOW - timedelta(minutes=36))  # 08:44
    hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
    hand.open()
    wall = f"/lessons/{world.a.lesson_id}/check-in"
    assert 'class="wall-code"' not in hand.visitor.get(f"{wall}/live").text
    clock.shift(timedelta(minutes=1))
    assert 'class="wall-code"' in hand.visitor.get(f"{wall}/live").text


def test_the_hand_takes_what_was_said_and_its_own_mark_prevails(
    app, world, trainer, official, enrolment
):
    others = [i for i in world.a.enrolment_ids if i != enrolment]
    with arranging(app) as session:
        lesson = session.get_one(worlds.Lesson, world.a.lesson_id)
        for number, other in enumerate(others):
            at = worlds.NOW - timedelta(minutes=10 * number)
            worlds.check_in(lesson, session.get_one(Enrolment, other), at)
    confirm(official, frame(official, code(app, world.a.lesson_id)))
    trainer.mark(others[0], "absent")
    answer = trainer.visitor.post(f"/lessons/{world.a.lesson_id}/check-in/accept")
    assert answer.status_code == 302
    assert "2 presenze prese dal codice." in main(trainer.look())
    assert ask(app, MARK, id=others[0])[0][0] == "absent"
    status, minutes, by = ask(app, MARK, id=enrolment)[0]
    assert (status, minutes) == ("present", 220)
    assert by == one(
        app,
        "SELECT display_name FROM user_account WHERE login = :l",
        l=world.logins["trainer_alfa"],
    )
    assert len(ask(app, SAID)) == 3


def test_a_difference_of_the_three_counts_wants_a_line(app, world, trainer, official):
    confirm(official, frame(official, code(app, world.a.lesson_id)))
    trainer.all_present()
    answer = trainer.close(heads="3")
    assert answer.status_code == 422
    assert "Contati in aula: 3; segnati presenti: 3; entrati con il codice: 1." in main(answer)
    assert trainer.close(heads="3", note="Due telefoni scarichi").status_code == 302
    record = one(app, "SELECT content FROM book_record ORDER BY id DESC LIMIT 1")
    assert '"checked_in":1' in record


def test_only_who_keeps_the_sheet_shows_and_takes(app, world, visit, trainer):
    wall = f"/lessons/{world.a.lesson_id}/check-in"
    assert visit("participant_alfa").get(wall).status_code == 403
    assert visit("trainer_beta").get(wall).status_code == 404
    assert visit("trainer_beta").post(f"{wall}/accept").status_code == 404


def test_nothing_but_name_and_hour_is_kept(app, world, trainer, official):
    confirm(official, frame(official, code(app, world.a.lesson_id)))
    columns = [column.name for column in worlds.SelfCheckIn.__table__.columns]
    assert columns == ["id", "sheet_id", "enrolment_id", "kind", "at"]
    details = one(app, "SELECT details FROM audit_event WHERE action = 'check_in.confirmed'")
    assert not re.search(r"\d+\.\d+\.\d+\.\d+|token", details)


def test_what_was_said_cannot_be_changed(app, world, trainer, official):
    confirm(official, frame(official, code(app, world.a.lesson_id)))
    for deed in ("UPDATE self_check_in SET kind = 'exit'", "DELETE FROM self_check_in"):
        with pytest.raises(Exception, match="append-only"):
            do(app, deed)
