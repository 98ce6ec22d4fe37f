# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signing in and out, the role acted in, the account and its sessions."""

from datetime import date, timedelta

from sqlalchemy import select

from app.domain.roles import Role
from app.models import Programme, UserAccount
from tests import world as worlds
from tests.conftest import Visitor
from tests.ledger import arranging, ask, do, one
from tests.pages import form, main, table, tree, with_class, words

SIGNED_OUT = "/login?next=/account"


def account_of(session, world, name: str) -> UserAccount:
    return session.scalars(
        select(UserAccount).where(UserAccount.id == world.account_ids[name])
    ).one()


def second_role(app, world, name: str, role: Role = Role.PARTICIPANT, **over) -> None:
    with arranging(app) as session:
        programme = session.get_one(Programme, world.programme_id)
        worlds.give_role(account_of(session, world, name), role, programme, **over)


def is_signed_in(client) -> bool:
    answer = client.get("/account")
    assert answer.status_code in (200, 302)
    return answer.status_code == 200


def test_a_trainer_signs_in_and_lands_on_today(visit, world):
    visitor = visit()
    answer = visitor.post(
        "/login", {"login": world.logins["trainer_alfa"].upper(), "password": worlds.PASSWORD}
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, "/today")
    assert "Trainer_Alfa" in words(tree(visitor.get("/today")).find(".//header"))


def test_a_wrong_password_brings_the_form_back_without_the_password(visit, world):
    login = world.logins["trainer_alfa"]
    answer = visit().post("/login", {"login": login, "password": "sbagliata-1"})
    assert answer.status_code == 422
    fields = form(answer, "")
    assert (fields["login"], fields["password"]) == (login, "")
    assert "sbagliata-1" not in answer.text
    assert "Indirizzo e-mail o password non corretti." in main(answer)


def test_an_unknown_login_and_a_disabled_account_get_the_words_of_a_wrong_password(
    app, visit, world
):
    do(
        app,
        "UPDATE user_account SET state = 'disabled' WHERE id = :id",
        id=world.account_ids["tutor_beta"],
    )
    tries = [
        (world.logins["trainer_alfa"], "sbagliata-1"),
        ("nessuno@prova.example", worlds.PASSWORD),
        (world.logins["tutor_beta"], worlds.PASSWORD),
    ]
    answers = [visit().post("/login", {"login": a, "password": b}) for a, b in tries]
    assert {answer.status_code for answer in answers} == {422}
    assert len({main(answer) for answer in answers}) == 1


def test_an_empty_form_says_what_to_write(visit):
    answer = visit().post("/login", {"login": "", "password": ""})
    assert answer.status_code == 422
    assert "Scrivere l'indirizzo e-mail." in main(answer)
    assert "Scrivere la password." in main(answer)


def test_a_cookie_captured_before_signing_out_is_refused_afterwards(visit, app):
    visitor = visit("trainer_alfa")
    captured = visitor.client.get_cookie("forpa").value
    assert visitor.post("/logout").status_code == 302
    assert not is_signed_in(visitor.client)
    thief = app.test_client()
    thief.set_cookie("forpa", captured)
    assert not is_signed_in(thief)
    assert one(app, "SELECT count(*) FROM login_session WHERE ended_at IS NULL") == 0


def test_signing_out_works_after_minutes_on_one_page(visit, clock):
    visitor = visit("trainer_alfa")
    token = visitor.token()
    clock.shift(timedelta(minutes=5))
    answer = visitor.client.post("/logout", data={"csrf_token": token})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert "Uscita effettuata." in main(visitor.get("/"))


def test_signing_in_begins_a_new_session_and_forgets_the_one_planted(visit, world, app):
    visitor = visit()
    visitor.get("/login")
    planted = visitor.client.get_cookie("forpa").value
    visitor.post(
        "/login", {"login": world.logins["trainer_alfa"], "password": worlds.PASSWORD}, "/login"
    )
    thief = app.test_client()
    thief.set_cookie("forpa", planted)
    assert not is_signed_in(thief)
    assert is_signed_in(visitor.client)


def test_who_has_several_roles_chooses_one_and_may_change_it(app, visit, world):
    second_role(app, world, "trainer_alfa")
    visitor = visit("trainer_alfa")
    assert visitor.get("/today").headers["Location"] == "/login/role"
    page = visitor.get("/login/role")
    labels = [words(choice) for choice in with_class(tree(page), "choice")]
    assert [label.split("PROVA")[0].strip() for label in labels] == ["Docente", "Partecipante"]
    values = [b.get("value") for b in with_class(tree(page), "choice")]

    assert visitor.post("/login/role", {"assignment": values[1]}).headers["Location"] == "/start"
    assert visitor.get("/start").headers["Location"] == "/my"
    assert visitor.get("/today").status_code == 403
    visitor.post("/login/role", {"assignment": values[0]})
    assert visitor.get("/today").status_code == 200
    enrolment = world.a.enrolment_ids[0]
    assert visitor.post(f"/enrolments/{enrolment}/declaration", {}).status_code == 403


def test_the_role_acted_in_stands_in_the_audit_trail(app, visit, world):
    second_role(app, world, "trainer_alfa")
    visitor = visit("trainer_alfa")
    trainer = with_class(tree(visitor.get("/login/role")), "choice")[0].get("value")
    visitor.post("/login/role", {"assignment": trainer})
    visitor.post(f"/lessons/{world.a.lesson_id}/sheet/open")
    entries = ask(
        app,
        "SELECT action, role FROM audit_event WHERE account_id = :id ORDER BY sequence",
        id=world.account_ids["trainer_alfa"],
    )
    assert entries == [
        ("session.started", ""),
        ("role.chosen", ""),
        ("sheet.opened", "trainer"),
    ]


def test_a_role_of_somebody_else_cannot_be_chosen(app, visit, world):
    second_role(app, world, "trainer_alfa")
    foreign = one(app, "SELECT id FROM role_assignment WHERE role = 'programme_coordinator'")
    visitor = visit("trainer_alfa")
    for wanted in (str(foreign), "0", "", "uno", "99999999999", "١"):
        answer = visitor.post("/login/role", {"assignment": wanted})
        assert answer.status_code == 409, wanted
    assert visitor.get("/dashboard").headers["Location"] == "/login/role"


def test_a_role_that_ended_gives_nothing_from_the_next_request(app, visit, world):
    visitor = visit("organiser_alfa")
    assert visitor.get("/dashboard").status_code == 200
    do(
        app,
        "UPDATE role_assignment SET ends_on = :day WHERE account_id = :id",
        day=date(2015, 5, 13)
        if app.config["SQLALCHEMY_DATABASE_URI"][:2] == "po"
        else "2015-05-13",
        id=world.account_ids["organiser_alfa"],
    )
    assert visitor.get("/dashboard").headers["Location"] == "/login/role"


def test_half_an_hour_without_a_request_ends_the_session(visit, clock):
    visitor = visit("trainer_alfa")
    clock.shift(timedelta(minutes=29))
    assert visitor.get("/account").status_code == 200
    clock.shift(timedelta(minutes=29))
    assert visitor.get("/account").status_code == 200
    clock.shift(timedelta(minutes=31))
    assert visitor.get("/account").headers["Location"] == SIGNED_OUT


def test_twelve_hours_end_the_session_however_busy(visit, clock):
    visitor = visit("trainer_alfa")
    for _ in range(28):
        clock.shift(timedelta(minutes=25))
        assert is_signed_in(visitor.client)
    clock.shift(timedelta(minutes=21))
    assert visitor.get("/account").headers["Location"] == SIGNED_OUT


def test_a_refusal_after_a_pause_is_answered_in_words_and_keeps_the_session(
    app, visit, world, clock
):
    visitor = visit("trainer_alfa")
    token = visitor.token()
    clock.shift(timedelta(minutes=20))
    answer = visitor.client.post(
        f"/lessons/{world.a.past_lesson_id}/sheet/open", data={"csrf_token": token}
    )
    assert answer.status_code == 409
    assert "Il foglio è già stato aperto." in main(answer)
    clock.shift(timedelta(minutes=20))
    assert is_signed_in(visitor.client)


def test_an_account_disabled_meanwhile_is_refused_at_the_next_request(app, visit, world):
    visitor = visit("trainer_alfa")
    do(
        app,
        "UPDATE user_account SET state = 'disabled' WHERE id = :id",
        id=world.account_ids["trainer_alfa"],
    )
    assert visitor.get("/today").headers["Location"] == "/login?next=/today"


def test_ending_the_other_sessions_leaves_only_this_one(visit):
    here, phone = visit("trainer_alfa"), visit("trainer_alfa")
    states = [row[-1] for row in table(here.get("/account"))]
    assert sorted(states) == ["Aperta", "Questa sessione"]
    assert here.post("/account/sessions/end").status_code == 302
    assert is_signed_in(here.client)
    assert not is_signed_in(phone.client)
    assert [row[-1] for row in table(here.get("/account"))] == ["Questa sessione"]


def test_a_new_password_replaces_the_old_and_ends_the_other_sessions(visit, world):
    here, phone = visit("trainer_alfa"), visit("trainer_alfa")
    new = "cavalli bianchi 7"
    answer = here.post("/account", {"old": worlds.PASSWORD, "new": new, "again": new})
    assert answer.status_code == 302
    assert "Password cambiata." in main(here.get("/account"))
    assert not is_signed_in(phone.client)
    login = world.logins["trainer_alfa"]
    old = visit().post("/login", {"login": login, "password": worlds.PASSWORD})
    assert old.status_code == 422
    assert visit().post("/login", {"login": login, "password": new}).status_code == 302


def test_a_password_is_not_changed_without_the_old_one_or_when_it_is_short(app, visit):
    visitor = visit("trainer_alfa")
    before = ask(app, "SELECT id, password_hash FROM user_account ORDER BY id")
    good = "cavalli bianchi 7"
    for old, new, again, said in (
        ("sbagliata-1", good, good, "La password attuale non è corretta."),
        (worlds.PASSWORD, "corta", "corta", "Almeno 12 caratteri."),
        (worlds.PASSWORD, good, good + "x", "Le due password non coincidono."),
        (worlds.PASSWORD, good, "", "Scrivere di nuovo la nuova password."),
    ):
        answer = visitor.post("/account", {"old": old, "new": new, "again": again})
        assert answer.status_code == 422
        assert said in main(answer)
        assert good not in answer.text
    assert ask(app, "SELECT id, password_hash FROM user_account ORDER BY id") == before


HOSTILE = (
    "//evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "///evil.example",
    "http://evil.example", "https://evil.example/today", "https:evil.example", "http:///evil.example",
    "https:/evil.example", "javascript:alert(1)", "data:text/html,x", "evil.example", "@evil.example",
    "/\tevil.example", "/\t/evil.example", "/\n/evil.example", "/\r\nSet-Cookie: a=b", "/ /evil.example",
    " //evil.example", "\t//evil.example", "//evil.example/%2f..", "//user@evil.example", "/\x00/evil",
    "/\\/evil.example", "/..\\evil.example", "//[::1]", "////evil.example", "", "today", "?next=/x",
)  # fmt: skip


def test_next_leads_only_to_a_page_of_this_site(app, visit, world):
    data = {"login": world.logins["trainer_alfa"], "password": worlds.PASSWORD}
    for wanted in HOSTILE:
        visitor = visit()
        answer = visitor.post("/login", data, query_string={"next": wanted})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/today"), wanted
        spoken = visitor.post("/language", {"language": "it", "next": wanted})
        assert spoken.headers["Location"] == "/", wanted


def test_next_leads_back_to_the_page_first_asked_for(visit, world):
    visitor = visit()
    asked = visitor.get("/editions?q=alfa&sort=code").headers["Location"]
    answer = visitor.post(
        asked, {"login": world.logins["trainer_alfa"], "password": worlds.PASSWORD}
    )
    assert answer.headers["Location"] == "/editions?q=alfa&sort=code"


def test_the_language_chosen_is_kept_on_the_account(app, visit, world):
    visitor = visit("trainer_alfa")
    answer = visitor.post("/language", {"language": "en", "next": "/today"})
    assert answer.headers["Location"] == "/today"
    assert tree(visitor.get("/today")).get("lang") == "en"
    assert tree(visit("trainer_alfa").get("/today")).get("lang") == "en"
    visitor.post("/language", {"language": "xx"})
    assert tree(visitor.get("/today")).get("lang") == "en"
    visitor.post("/logout")
    assert tree(visitor.get("/login")).get("lang") == "en"


def test_the_language_of_a_visitor_is_kept_in_the_browser(visit):
    visitor = visit()
    assert tree(visitor.get("/")).get("lang") == "it"
    visitor.post("/language", {"language": "en", "next": "/privacy"})
    assert tree(visitor.get("/")).get("lang") == "en"


def test_a_post_without_its_token_is_refused(app, visit, world):
    visitor = visit("trainer_alfa")
    other = Visitor(app, world.logins["trainer_beta"]).token()
    for token in ({}, {"csrf_token": ""}, {"csrf_token": "x"}, {"csrf_token": other}):
        answer = visitor.client.post(f"/lessons/{world.a.lesson_id}/sheet/open", data=token)
        assert answer.status_code == 400
    assert one(app, "SELECT count(*) FROM register_sheet WHERE state = 'open'") == 0
