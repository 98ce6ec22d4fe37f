# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: a link by mail opens its account once, for its purpose, in its time, and tells nobody
who has an account.

Work is compared, not the clock: how many statements are sent, how many passwords are hashed.
"""

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import update

from app import account_tokens, clock, mail_delivery, passwords, transaction
from app.account_tokens import token_hash
from app.auth.links import actions
from app.domain.vocabulary import TokenPurpose
from app.extensions import db
from app.models import AccountToken
from tests import world as worlds
from tests.conftest import Visitor
from tests.faults.post_office import opened
from tests.faults.together import at_once, statuses
from tests.ledger import ask, do, one
from tests.pages import main
from tests.whole_app.crawl import statements

NEW = "cavalli bianchi sotto la pioggia"
OTHER = "trenino verde molto lento"
LINK = re.compile(r"(\S+)(/(?:welcome|password)/[\w-]{43})")


def work(app) -> None:
    """What the worker does with the requests."""
    with app.app_context(), transaction.unit():
        actions.answer_reset_requests()


def asked(app, visitor: Visitor, login: str, **more) -> str | None:
    """Ask for a link; the one that was sent, if any was."""
    before = one(app, "SELECT coalesce(max(id), 0) FROM outbox_message")
    answer = visitor.post("/forgotten-password", {"login": login}, **more)
    assert answer.status_code == 200, main(answer)
    work(app)
    rows = ask(app, "SELECT body FROM outbox_message WHERE id > :id", id=before)
    found = LINK.search(rows[0][0]) if rows else None
    return found[2] if found else None


def choose(visitor: Visitor, link: str, password: str = NEW):
    return visitor.post(link, {"new": password, "again": password})


@pytest.fixture
def login(world):
    return world.logins["trainer_alfa"]


@pytest.fixture
def link(app, visit, login):
    found = asked(app, visit(), login)
    assert found
    return found


# --- its life ----------------------------------------------------------------------


def test_a_new_password_ends_every_session_and_says_so(app, visit, link, login):
    phone = visit("trainer_alfa")
    visitor = visit()
    assert login in main(visitor.get(link))
    answer = choose(visitor, link)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/today")
    assert visitor.get("/today").status_code == 200
    assert phone.get("/account").headers["Location"] == "/login?next=/account"
    assert visit().post("/login", {"login": login, "password": worlds.PASSWORD}).status_code == 422
    assert visit().post("/login", {"login": login, "password": NEW}).status_code == 302
    kinds = [kind for (kind,) in ask(app, "SELECT kind FROM outbox_message ORDER BY id")]
    assert kinds == ["password_reset", "password_changed"]


def test_a_link_is_good_once_also_for_fifty_at_the_same_moment(app, visit, link):
    visitors = [visit() for _ in range(50)]
    for visitor in visitors:
        visitor.token()
    answers = at_once(*[lambda v=v: choose(v, link) for v in visitors])
    codes = statuses(answers)
    assert codes.count(302) == 1, codes
    assert set(codes) <= {302, 409, 410, 503}, codes
    assert one(app, "SELECT count(*) FROM audit_event WHERE action = 'session.started'") == 1


def test_an_invitation_is_good_once_also_for_fifty_at_the_same_moment(app, visit, world):
    with app.app_context(), transaction.unit():
        account = worlds.make_account("nuova", state="invited", password_hash=None)
        secret = account_tokens.issue(account, TokenPurpose.INVITATION)
        worlds.commit(account)
    visitors = [visit() for _ in range(50)]
    answers = at_once(*[lambda v=v: choose(v, f"/welcome/{secret}") for v in visitors])
    assert statuses(answers).count(302) == 1


def test_a_link_looked_at_before_it_is_used_lets_several_in(app, visit, link, monkeypatch):
    """Control: asked first and noted afterwards, the same link works for several."""

    def loose(purpose, token):
        row = account_tokens.find(purpose, token)
        account_id, used = row.account_id, row.used_at
        db.session.rollback()
        __import__("time").sleep(0.3)
        if used is not None:
            return None
        db.session.execute(
            update(AccountToken)
            .where(AccountToken.token_hash == token_hash(purpose, token))
            .values(used_at=clock.now())
        )
        return account_id

    monkeypatch.setattr(account_tokens, "spend", loose)
    visitors = [visit() for _ in range(4)]
    answers = at_once(*[lambda v=v: choose(v, link) for v in visitors])
    assert statuses(answers).count(302) > 1


def test_a_link_lasts_sixty_minutes(visit, link, clock):
    clock.shift(3590)
    assert visit().get(link).status_code == 200
    clock.shift(20)
    assert visit().get(link).status_code == 410
    assert choose(visit(), link).status_code == 410


def test_a_link_dies_with_a_newer_one(app, visit, link, login):
    newer = asked(app, visit(), login)
    assert newer not in (None, link)
    assert choose(visit(), link).status_code == 410
    assert choose(visit(), newer).status_code == 302


def test_a_link_dies_with_a_change_of_password(visit, link):
    visitor = visit("trainer_alfa")
    data = {"old": worlds.PASSWORD, "new": OTHER, "again": OTHER}
    assert visitor.post("/account", data).status_code == 302
    assert choose(visit(), link).status_code == 410


def test_a_link_dies_with_a_change_of_address(app, visit, link, world):
    who = world.account_ids["trainer_alfa"]
    do(app, "UPDATE user_account SET login = 'nuovo@prova.example' WHERE id = :id", id=who)
    assert choose(visit(), link).status_code == 410


def test_a_link_dies_with_its_account(app, visit, link, world):
    coordinator = visit("coordinator")
    who = world.account_ids["trainer_alfa"]
    assert coordinator.post(f"/accounts/{who}/disable").status_code == 302
    assert choose(visit(), link).status_code == 410
    coordinator.post(f"/accounts/{who}/reactivate")
    assert choose(visit(), link).status_code == 410


def test_a_link_is_bound_to_its_purpose(visit, link):
    assert visit().get(link.replace("password", "welcome")).status_code == 404
    assert choose(visit(), link.replace("password", "welcome")).status_code == 404


def test_a_secret_is_long_random_and_kept_as_a_hash(app, link):
    secret = link.rpartition("/")[2]
    assert len(secret) * 6 >= 128
    (stored,) = ask(app, "SELECT token_hash FROM account_token")[0]
    assert stored == token_hash(TokenPurpose.RESET, secret)
    assert secret not in str(ask(app, "SELECT * FROM account_token"))
    assert secret not in str(ask(app, "SELECT * FROM audit_event"))


def test_a_secret_leaves_the_outbox_with_its_message(app, link, login):
    with opened() as office:
        app.config["MAIL_URL"] = office.url
        with app.app_context():
            assert mail_delivery.deliver() == 1
        (message,) = office.inbox
    assert link in message.get_content()
    assert message["To"].addresses[0].addr_spec == login
    (body,) = ask(app, "SELECT body FROM outbox_message")[0]
    assert LINK.search(body) is None
    assert "/password/…" in body


def test_guessed_secrets_are_few(visit):
    visitor = visit()
    codes = [visitor.get(f"/password/{i:043d}").status_code for i in range(70)]
    assert (codes.count(404), codes.count(429)) == (60, 10)


# --- the host of the link ------------------------------------------------------------

HOSTS = (
    {"Host": "evil.example"}, {"Host": "evil.example:80"}, {"Host": "localhost@evil.example"},
    {"Host": "localhost:80@evil.example"}, {"Host": "evil.example#localhost"}, {"Host": "evil.example/"},
    {"Host": "localhost.evil.example"}, {"Host": "LOCALHOST.evil.example"}, {"Host": "127.0.0.1"},
    {"Host": "[::1]"}, {"Host": "localhost:1234"}, {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example, localhost"}, {"X-Forwarded-Server": "evil.example"},
    {"X-Host": "evil.example"}, {"Forwarded": "host=evil.example"}, {"X-Original-Host": "evil.example"},
    {"X-Forwarded-Proto": "https"}, {"X-Forwarded-Port": "666"}, {"X-HTTP-Host-Override": "evil.example"},
    {"X-Forwarded-Prefix": "/evil"},
)  # fmt: skip


@pytest.mark.parametrize("headers", HOSTS, ids=lambda h: "".join(f"{k}={v}" for k, v in h.items()))
def test_a_link_never_leads_where_a_header_says(app, visit, login, headers):
    visitor = visit()
    token = visitor.token()
    answer = visitor.client.post(
        "/forgotten-password", data={"csrf_token": token, "login": login}, headers=headers
    )
    assert answer.status_code in (200, 400)
    work(app)
    for (body,) in ask(app, "SELECT body FROM outbox_message"):
        assert [found[0] for found in LINK.findall(body)] == ["http://localhost"]
        assert "evil" not in body


def test_the_host_of_an_invitation_is_the_one_of_the_settings(app, visit, world):
    coordinator = visit("coordinator")
    for number, headers in enumerate(HOSTS):
        coordinator.client.post(
            "/accounts/new",
            data={
                "csrf_token": coordinator.token(),
                "given_name": "Anna",
                "family_name": "Rivalta",
                "email": f"anna{number}@prova.example",
                "role": "auditor",
                "body": "0",
                "programme": world.programme_id,
            },
            headers=headers,
        )
    bodies = [body for (body,) in ask(app, "SELECT body FROM outbox_message")]
    assert bodies
    assert {found[0] for body in bodies for found in LINK.findall(body)} == {"http://localhost"}


# --- nothing is told -------------------------------------------------------------------


@contextmanager
def hashings(monkeypatch):
    """How many passwords are hashed or compared meanwhile."""
    done: list[int] = []
    in_turn = passwords._in_turn
    monkeypatch.setattr(passwords, "_in_turn", lambda what: (done.append(1), in_turn(what))[1])
    yield done


def footprint(app, monkeypatch, login: str) -> tuple:
    """Status, text, size of the answer; statements sent, passwords hashed."""
    visitor = Visitor(app)
    data = {"csrf_token": visitor.token(), "login": login}
    with statements(app) as sent, hashings(monkeypatch) as hashed:
        answer = visitor.client.post("/forgotten-password", data=data)
    kinds = [one.split()[0] for one in sent]
    return answer.status_code, main(answer), len(answer.get_data()), kinds, len(hashed)


def different(app, monkeypatch, world) -> list[str]:
    """For whom asking for a link looks otherwise than for nobody."""
    with app.app_context():
        worlds.commit(worlds.make_account("invitata", state="invited", password_hash=None))
        worlds.commit(worlds.make_account("chiusa", state="disabled"))
    cases = {
        "active": world.logins["trainer_alfa"],
        "invited": "invitata@prova.example",
        "closed": "chiusa@prova.example",
        "no address": "zzz",
    }
    nobody = footprint(app, monkeypatch, "nessuno@prova.example")
    return [name for name, login in cases.items() if footprint(app, monkeypatch, login) != nobody]


def test_asking_for_a_link_is_the_same_for_everybody(app, world, monkeypatch):
    assert different(app, monkeypatch, world) == []
    work(app)
    rows = ask(app, "SELECT kind, to_address FROM outbox_message")
    assert rows == [("password_reset", world.logins["trainer_alfa"])]
    assert ask(app, "SELECT * FROM reset_request") == []


def test_looking_for_the_account_before_the_answer_is_noticed(app, world, monkeypatch):
    """Control: a message queued at once, for those who have an account only."""

    def at_once_(login):
        account = db.session.scalars(
            db.select(worlds.UserAccount).where(worlds.UserAccount.login == login)
        ).one_or_none()
        if account is not None and account.state == "active":
            actions._send_link(account)

    monkeypatch.setattr(actions, "ask_for_reset", at_once_)
    assert different(app, monkeypatch, world) == ["active"]


def test_asking_again_and_again_sends_few_messages(app, visit, login):
    for _ in range(12):
        assert visit().post("/forgotten-password", {"login": login}).status_code == 200
        work(app)
    assert one(app, "SELECT count(*) FROM outbox_message") == 5
