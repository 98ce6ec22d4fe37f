# SPDX-License-Identifier: AGPL-3.0-or-later
"""Inviting people, giving and ending roles, closing accounts: as those who do it see it."""

import re

import pytest

from app import mail
from app.domain.explained import GROUPS, explained, unexplained
from app.domain.roles import Permission, Role, permits
from app.extensions import db
from tests import world as worlds
from tests.conftest import Visitor
from tests.ledger import arranging, ask, do, one
from tests.pages import csv_rows, main, table

NEW = "cavalli bianchi sotto la pioggia"
LINK = re.compile(r"http://localhost(/(?:welcome|password)/[\w-]{43})")
ANNA = {"given_name": "Anna", "family_name": "Rivalta", "email": "Anna.Rivalta@prova.example"}
SIGNED_OUT = "/login?next=/account"


def links(app) -> list[str]:
    """The links of the messages, the latest first."""
    bodies = ask(app, "SELECT body FROM outbox_message ORDER BY id DESC")
    return [found[1] for (body,) in bodies if (found := LINK.search(body))]


@pytest.fixture
def scope(world):
    """The fields that say for what: of the first body."""
    return {"body": world.a.delivering_id, "programme": world.programme_id}


@pytest.fixture
def invited(app, visit, scope):
    """invited(role, ...): somebody invited by the coordinator; the link she has been sent."""

    def begin(role: str = "auditor", by: str = "coordinator", **over) -> str:
        answer = visit(by).post("/accounts/new", {**ANNA, **scope, "role": role, **over})
        assert answer.status_code == 302, main(answer)
        return links(app)[0]

    return begin


def begin(visitor: Visitor, link: str, password: str = NEW):
    return visitor.post(link, {"new": password, "again": password})


def account_id(app, login: str = "anna.rivalta@prova.example") -> int:
    return one(app, "SELECT id FROM user_account WHERE login = :login", login=login)


# --- invitations -----------------------------------------------------------------


def test_who_is_invited_sees_by_whom_to_what_and_is_signed_in(app, visit, invited):
    link = invited()
    visitor = visit()
    page = visitor.get(link)
    assert "Coordinator (coordinator@prova.example) ti invita" in main(page)
    assert "Controllore" in main(page)
    assert "Ente attuatore Alfa" in main(page)
    assert (page.headers["Referrer-Policy"], page.headers["Cache-Control"]) == (
        "no-referrer",
        "no-store",
    )
    answer = begin(visitor, link)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/dashboard")
    assert visitor.get("/dashboard").status_code == 200
    again = Visitor(app)
    data = {"login": "anna.rivalta@prova.example", "password": NEW}
    assert again.post("/login", data).status_code == 302


def test_what_is_kept_of_a_link_opens_nothing(app, visit, invited):
    token = invited().rpartition("/")[2]
    (row,) = ask(app, "SELECT token_hash, sent_to FROM account_token")
    assert len(token) == 43
    assert row[0] != token
    assert row[1] == "anna.rivalta@prova.example"
    assert visit().get(f"/welcome/{row[0]}").status_code == 404
    assert visit().get(f"/password/{token}").status_code == 404  # made for another purpose


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("corta", "Almeno 12 caratteri."),
        ("password12345", "tra le password più comuni"),
        ("Anna Rivalta 1975", "non può essere il proprio nome"),
        ("anna.rivalta@prova.example", "non può essere il proprio nome"),
        ("aaaaaaaaaaaaaaaa", "tra le password più comuni"),
    ],
)
def test_a_password_easy_to_guess_is_refused_beside_its_field(visit, invited, password, said):
    link = invited()
    visitor = visit()
    answer = begin(visitor, link, password)
    assert answer.status_code == 422
    assert said in main(answer)
    assert password not in answer.text.replace("anna.rivalta@prova.example", "") or "@" in password
    assert begin(visitor, link).status_code == 302


def test_a_link_is_good_once(visit, invited):
    link = invited()
    assert begin(visit(), link).status_code == 302
    answer = visit().get(link)
    assert answer.status_code == 410
    assert "È già stato usato" in main(answer)
    assert begin(visit(), link, "tre altre parole strane").status_code == 410


def test_a_link_lasts_72_hours_and_then_says_whom_to_ask(visit, invited, clock):
    link = invited()
    clock.shift(72 * 3600 - 30)
    assert visit().get(link).status_code == 200
    clock.shift(60)
    answer = visit().get(link)
    assert answer.status_code == 410
    assert "rivolgiti a Coordinator, coordinator@prova.example" in main(answer)
    assert begin(visit(), link).status_code == 410


def test_a_new_invitation_kills_the_one_before(app, visit, invited):
    first = invited()
    assert visit("coordinator").post(f"/accounts/{account_id(app)}/invitation").status_code == 302
    second = links(app)[0]
    assert second != first
    assert visit().get(first).status_code == 410
    assert begin(visit(), first).status_code == 410
    assert begin(visit(), second).status_code == 302


def test_an_invitation_withdrawn_opens_nothing_and_leaves_no_role(app, visit, invited):
    link = invited()
    url = f"/accounts/{account_id(app)}/withdraw"
    coordinator = visit("coordinator")
    assert "non aprirà più nulla" in main(coordinator.get(url))
    assert coordinator.post(url).status_code == 302
    assert begin(visit(), link).status_code == 410
    rows = ask(
        app, "SELECT revoked_by_id FROM role_assignment WHERE account_id = :id", id=account_id(app)
    )
    assert all(by for (by,) in rows)
    assert coordinator.post(url).status_code == 409


def test_a_link_dies_with_the_address_it_was_sent_to(app, visit, invited):
    link = invited()
    do(
        app,
        "UPDATE user_account SET login = 'altra@prova.example' WHERE id = :id",
        id=account_id(app),
    )
    assert visit().get(link).status_code == 410
    assert begin(visit(), link).status_code == 410


def test_who_has_an_account_gets_a_further_role_and_a_message(app, visit, world, invited, scope):
    before = one(app, "SELECT count(*) FROM user_account")
    data = {**ANNA, **scope, "email": world.logins["trainer_alfa"].upper(), "role": "tutor"}
    answer = visit("coordinator").post("/accounts/new", data)
    assert answer.status_code == 302
    assert one(app, "SELECT count(*) FROM user_account") == before
    (row,) = ask(app, "SELECT kind, to_address FROM outbox_message")
    assert row == ("role_granted", world.logins["trainer_alfa"])
    assert links(app) == []
    again = visit("coordinator").post("/accounts/new", data)
    assert again.status_code == 422
    assert "ha già questo ruolo" in main(again)


def test_somebody_without_an_account_is_not_taken_for_somebody_without_a_person(
    app, visit, invited
):
    """Organisers have no person; a stranger's address is not theirs."""
    before = ask(app, "SELECT account_id FROM role_assignment ORDER BY id")
    invited("tutor")
    after = ask(app, "SELECT account_id FROM role_assignment ORDER BY id")
    assert after == [*before, (account_id(app),)]


def test_who_teaches_becomes_a_person_and_who_is_one_stays_the_same(app, visit, world, scope):
    coordinator = visit("coordinator")
    assert (
        coordinator.post("/accounts/new", {**ANNA, **scope, "role": "trainer"}).status_code == 302
    )
    person = one(app, "SELECT person_id FROM user_account WHERE id = :id", id=account_id(app))
    assert ask(app, "SELECT organisation_id FROM affiliation WHERE person_id = :id", id=person) == [
        (world.a.delivering_id,)
    ]
    known = ask(
        app,
        "SELECT p.id, p.work_email FROM person p WHERE NOT EXISTS "
        "(SELECT 1 FROM user_account u WHERE u.person_id = p.id) ORDER BY p.id",
    )[0]
    data = {**ANNA, **scope, "email": known[1], "role": "participant"}
    assert coordinator.post("/accounts/new", data).status_code == 302
    assert one(app, "SELECT person_id FROM user_account WHERE login = :l", l=known[1]) == known[0]


# --- who may give what -------------------------------------------------------------


@pytest.mark.parametrize("role", ["system_admin", "zzz", ""])
def test_a_coordinator_gives_every_role_but_the_administrators(visit, scope, role):
    answer = visit("coordinator").post("/accounts/new", {**ANNA, **scope, "role": role})
    assert answer.status_code == 422


@pytest.mark.parametrize("role", [r.value for r in Role if r not in (Role.TRAINER, Role.TUTOR)])
def test_an_organiser_gives_no_other_role_than_trainer_and_tutor(app, visit, scope, role):
    before = one(app, "SELECT count(*) FROM role_assignment")
    answer = visit("organiser_alfa").post("/accounts/new", {**ANNA, **scope, "role": role})
    assert answer.status_code == 422
    assert one(app, "SELECT count(*) FROM role_assignment") == before


def test_an_organiser_gives_roles_for_her_body_only(visit, world, scope):
    data = {**ANNA, **scope, "role": "trainer", "body": world.b.delivering_id}
    assert visit("organiser_alfa").post("/accounts/new", data).status_code == 422
    assert visit("organiser_alfa").post("/accounts/new", {**data, "body": 0}).status_code == 422


def test_the_administrator_gives_no_role_to_her_own_account(app, visit, world, scope):
    admin = visit("admin")
    url = f"/accounts/{world.account_ids['admin']}/roles/new"
    answer = admin.post(url, {**scope, "role": "programme_coordinator"})
    assert answer.status_code == 422
    assert "non assegna ruoli alla propria utenza" in main(answer)
    data = {**ANNA, **scope, "email": world.logins["admin"], "role": "auditor"}
    assert admin.post("/accounts/new", data).status_code == 422
    roles = ask(
        app,
        "SELECT role FROM role_assignment WHERE account_id = :id",
        id=world.account_ids["admin"],
    )
    assert roles == [("system_admin",)]


def test_a_role_for_a_body_needs_one(visit, scope):
    answer = visit("coordinator").post(
        "/accounts/new", {**ANNA, **scope, "role": "organiser", "body": 0}
    )
    assert answer.status_code == 422
    assert "occorre indicare l'ente" in main(answer)


# --- ending ------------------------------------------------------------------------


def assignment(app, world, who: str) -> int:
    return one(
        app, "SELECT id FROM role_assignment WHERE account_id = :id", id=world.account_ids[who]
    )


def test_a_role_ended_gives_nothing_from_the_next_request(app, visit, world):
    organiser, coordinator = visit("organiser_alfa"), visit("coordinator")
    url = f"/roles/{assignment(app, world, 'organiser_alfa')}/end"
    assert "non potrà più agire come" in main(coordinator.get(url))
    assert organiser.get("/dashboard").status_code == 200
    assert coordinator.post(url).status_code == 302
    assert organiser.get("/dashboard").headers["Location"] == "/login?next=/dashboard"
    assert visit("organiser_alfa").get("/dashboard").headers["Location"] == "/login/role"
    assert coordinator.post(url).status_code == 409


def test_nobody_ends_her_own_last_role_of_coordinator(app, visit, world):
    coordinator = visit("coordinator")
    own = assignment(app, world, "coordinator")
    answer = coordinator.post(f"/roles/{own}/end")
    assert answer.status_code == 409
    assert "ultimo incarico di coordinamento" in main(answer)
    dates = {"starts_on": "2014-08-01", "ends_on": "2015-05-01"}
    assert coordinator.post(f"/roles/{own}", dates).status_code == 422
    assert coordinator.post(f"/roles/{own}", {"starts_on": "2016-01-01"}).status_code == 422
    assert coordinator.get("/dashboard").status_code == 200
    assert visit("admin").post(f"/roles/{own}/end").status_code == 302
    assert coordinator.get("/dashboard").status_code == 302


def test_dates_are_changed_and_never_turned_round(app, visit, world):
    coordinator = visit("coordinator")
    url = f"/roles/{assignment(app, world, 'auditor')}"
    assert (
        coordinator.post(url, {"starts_on": "2015-01-01", "ends_on": "2014-01-01"}).status_code
        == 422
    )
    assert (
        coordinator.post(url, {"starts_on": "2015-01-01", "ends_on": "2015-06-01"}).status_code
        == 302
    )
    listed = coordinator.get("/accounts?notable=expiring")
    assert [row[0] for row in table(listed)] == ["Auditor"]
    assert "fino al 1 giugno 2015" in main(listed)
    auditor = visit("auditor")
    assert (
        coordinator.post(url, {"starts_on": "2015-01-01", "ends_on": "2015-05-13"}).status_code
        == 302
    )
    assert auditor.get("/dashboard").headers["Location"] == "/login/role"


def test_an_account_closed_is_out_at_the_next_request_and_can_be_opened_again(app, visit, world):
    phone, desk = visit("trainer_alfa"), visit("trainer_alfa")
    coordinator = visit("coordinator")
    url = f"/accounts/{world.account_ids['trainer_alfa']}"
    assert "ogni sua sessione aperta" in main(coordinator.get(f"{url}/disable"))
    assert coordinator.post(f"{url}/disable").status_code == 302
    for session in (phone, desk):
        assert session.get("/account").headers["Location"] == SIGNED_OUT
    data = {"login": world.logins["trainer_alfa"], "password": worlds.PASSWORD}
    assert visit().post("/login", data).status_code == 422
    assert coordinator.post(f"{url}/disable").status_code == 409
    assert coordinator.post(f"{url}/reactivate").status_code == 302
    assert coordinator.post(f"{url}/reactivate").status_code == 409
    assert phone.get("/account").headers["Location"] == SIGNED_OUT  # the old cookie stays dead
    assert visit("trainer_alfa").get("/today").status_code == 200


def test_nobody_closes_herself_and_a_coordinator_no_administrator(app, visit, world):
    coordinator = visit("coordinator")
    own = world.account_ids["coordinator"]
    assert coordinator.post(f"/accounts/{own}/disable").status_code == 409
    with arranging(app):
        admin = db.session.get_one(worlds.UserAccount, world.account_ids["admin"])
        programme = db.session.get_one(worlds.Programme, world.programme_id)
        worlds.give_role(admin, Role.AUDITOR, programme)
    answer = coordinator.post(f"/accounts/{world.account_ids['admin']}/disable")
    assert answer.status_code == 409
    assert "la disattiva chi amministra" in main(answer)


def test_an_organiser_withdraws_no_invitation_with_roles_she_does_not_give(
    app, visit, invited, scope
):
    invited("trainer", by="organiser_alfa")
    data = {**ANNA, **scope, "role": "auditor"}
    assert visit("coordinator").post("/accounts/new", data).status_code == 302
    answer = visit("organiser_alfa").post(f"/accounts/{account_id(app)}/withdraw")
    assert answer.status_code == 409


# --- what can this person do? ---------------------------------------------------------


def test_every_permission_has_its_sentence_once():
    assert unexplained() == set()
    said = [permission for group in GROUPS for permission in group.sentences]
    assert sorted(said) == sorted(Permission)
    texts = [str(s) for group in GROUPS for s in group.sentences.values()]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize("role", list(Role))
def test_the_sentences_of_a_role_are_its_grants(role):
    allowed = {s for group in explained(role) for s in map(str, group.allowed)}
    denied = {s for group in explained(role) for s in map(str, group.denied)}
    wanted = {str(s) for group in GROUPS for p, s in group.sentences.items() if permits(role, p)}
    assert allowed == wanted
    assert len(allowed) + len(denied) == len(Permission)


def test_what_one_can_do_is_read_by_oneself_and_by_who_looks_after_it(visit, world):
    own = main(visit("trainer_alfa").get("/account/roles"))
    assert "sulle proprie lezioni da docente" in own
    assert "chiudere il foglio di una lezione" in own
    for who in ("coordinator", "admin", "organiser_alfa"):
        answer = visit(who).get(f"/accounts/{world.account_ids['trainer_alfa']}")
        assert answer.status_code == 200
        assert ("segnare le presenze" in main(answer)) == (who != "organiser_alfa")
    assert (
        visit("organiser_beta").get(f"/accounts/{world.account_ids['trainer_alfa']}").status_code
        == 404
    )


def test_the_list_is_filtered_and_exported(app, visit, invited, world):
    invited()
    coordinator = visit("coordinator")
    assert [r[0] for r in table(coordinator.get("/accounts?state=invited"))] == ["Anna Rivalta"]
    assert "invito fino a" in main(coordinator.get("/accounts?state=invited"))
    never = {r[0] for r in table(coordinator.get("/accounts?notable=never"))}
    assert "Anna Rivalta" in never
    assert "Coordinator" not in never
    rows = csv_rows(coordinator.get(f"/accounts?body={world.a.home_id}&format=csv"))
    assert [r[1] for r in rows[1:]] == [world.logins["representative_alfa"]]
    assert len(rows[0]) == 7
    trainers = {r[0] for r in table(coordinator.get("/accounts?role=trainer"))}
    assert trainers == {"Trainer_Alfa", "Trainer_Beta"}


# --- proposals -----------------------------------------------------------------------


def propose(visitor: Visitor, **over):
    return visitor.post("/proposals/new", {**ANNA, "role": "participant", **over})


def test_a_body_proposes_the_coordinator_accepts_and_somebody_is_invited(app, visit, world):
    representative, coordinator = visit("representative_alfa"), visit("coordinator")
    assert propose(representative).status_code == 302
    assert "Da decidere" in main(representative.get("/proposals"))
    assert "1 utenza proposta da un ente, da decidere" in main(coordinator.get("/dashboard"))
    proposal = one(app, "SELECT id FROM user_proposal")
    assert coordinator.post(f"/proposals/{proposal}", {"decision": "accept"}).status_code == 302
    assert begin(visit(), links(app)[0]).status_code == 302
    rows = table(representative.get("/proposals"))
    assert "Accettata utenza: attiva" in rows[0][-1]
    role = ask(
        app,
        "SELECT role, organisation_id FROM role_assignment WHERE account_id = :id",
        id=account_id(app),
    )
    assert role == [("participant", world.a.home_id)]
    again = coordinator.post(f"/proposals/{proposal}", {"decision": "accept"})
    assert again.status_code == 422
    assert "si è già deciso" in main(again)


def test_a_proposal_is_declined_with_a_reason_only(app, visit):
    representative, coordinator = visit("representative_alfa"), visit("coordinator")
    propose(representative)
    proposal = one(app, "SELECT id FROM user_proposal")
    url = f"/proposals/{proposal}"
    assert coordinator.post(url, {"decision": "decline", "note": "no"}).status_code == 422
    assert (
        coordinator.post(url, {"decision": "decline", "note": "Non lavora più qui."}).status_code
        == 302
    )
    assert "Respinta Non lavora più qui." in table(representative.get("/proposals"))[0][-1]
    assert one(app, "SELECT count(*) FROM outbox_message") == 0


@pytest.mark.parametrize(
    "role", [r.value for r in Role if r not in (Role.PARTICIPANT, Role.BODY_REPRESENTATIVE)]
)
def test_a_body_proposes_officials_and_representatives_only(app, visit, role):
    assert propose(visit("representative_alfa"), role=role).status_code == 422
    assert one(app, "SELECT count(*) FROM user_proposal") == 0


def test_the_same_person_is_proposed_once_and_another_body_does_not_see_her(visit):
    first, other = visit("representative_alfa"), visit("representative_beta")
    assert propose(first).status_code == 302
    answer = propose(first, email="ANNA.rivalta@prova.example")
    assert answer.status_code == 422
    assert "già proposto" in main(answer)
    assert "Rivalta" not in main(other.get("/proposals"))
    assert propose(other).status_code == 302


# --- what did not arrive -----------------------------------------------------------


def test_a_message_not_delivered_is_seen_where_it_matters(app, visit, invited, world):
    invited()
    do(app, "UPDATE outbox_message SET state = 'failed', last_error = '550 sconosciuto'")
    coordinator = visit("coordinator")
    assert "550 sconosciuto" in main(coordinator.get(f"/accounts/{account_id(app)}"))
    assert "non è stato recapitato" in main(coordinator.get("/accounts"))
    assert [r[0] for r in table(coordinator.get("/accounts?notable=unreached"))] == ["Anna Rivalta"]
    assert "1 indirizzo a cui l’ultimo messaggio non è arrivato" in main(
        coordinator.get("/dashboard")
    )
    (row,) = table(coordinator.get("/undelivered"))
    assert row[-1] == "550 sconosciuto"
    coordinator.post(f"/accounts/{account_id(app)}/invitation")
    do(app, "UPDATE outbox_message SET state = 'sent' WHERE state = 'queued'")
    assert table(coordinator.get("/undelivered")) == []
    assert "550" not in main(coordinator.get(f"/accounts/{account_id(app)}"))


def test_another_programmes_failures_are_not_shown(app, visit, world):
    with arranging(app):
        other = worlds.make_programme()
        worlds.make_message("x@prova.example", state="failed", programme_id=other.id)
        worlds.make_message("y@prova.example", state="failed")
    assert table(visit("coordinator").get("/undelivered")) == []


def test_what_failed_about_a_row_is_told_without_its_text(app, invited):
    invited()
    do(app, "UPDATE outbox_message SET state = 'failed', last_error = '550'")
    with app.app_context():
        account = db.session.get_one(worlds.UserAccount, account_id(app))
        (failure,) = mail.failed_about(account)
        assert (failure.to_address, failure.reason) == ("anna.rivalta@prova.example", "550")
        assert "welcome" not in str(failure)
        assert mail.failures_to("altra@prova.example") == []
        db.session.remove()
