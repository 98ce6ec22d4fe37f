# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: passwords are not found by trying, and nobody locks out somebody else by trying.

Evaluated is a guess for which the account's own hash was compared. Work is compared, not
the clock: statements and hashings; the clock has its place in benchmarks/sign_in_timing.py.
"""

import time
from contextlib import contextmanager
from threading import Lock

import pytest
from werkzeug.exceptions import TooManyRequests

from app import create_app, passwords, throttle
from app.auth import tries
from app.extensions import db
from tests import world as worlds
from tests.conftest import TOKEN, config_for
from tests.faults.together import at_once, slowly
from tests.ledger import arranging, ask
from tests.pages import main
from tests.whole_app.crawl import statements

HERE, THERE, ELSEWHERE = "192.0.2.7", "198.51.100.9", "203.0.113.5"
WRONG = "sbagliata del tutto"


@pytest.fixture
def login(world):
    return world.logins["trainer_alfa"]


class Guesser:
    """A browser at an address."""

    def __init__(self, app, address: str = HERE, **headers: str) -> None:
        self.client, self.address, self.headers = app.test_client(), address, headers
        self.token = TOKEN.search(self.client.get("/privacy").text)[1]

    def guess(self, login: str, password: str = WRONG, **headers: str):
        return self.client.post(
            "/login",
            data={"csrf_token": self.token, "login": login, "password": password},
            environ_base={"REMOTE_ADDR": self.address},
            headers={**self.headers, **headers},
        )

    def enters(self, login: str) -> bool:
        """Whether the right password lets in."""
        return self.guess(login, worlds.PASSWORD).status_code == 302

    def leave(self) -> None:
        self.token = TOKEN.search(self.client.get("/privacy").text)[1]
        assert self.client.post("/logout", data={"csrf_token": self.token}).status_code == 302
        self.token = TOKEN.search(self.client.get("/privacy").text)[1]


@contextmanager
def evaluated(monkeypatch):
    """The guesses compared with a stored hash, and all that were hashed."""
    real: list[str] = []
    matches = passwords.matches

    def counting(stored, password):
        if stored is not None:
            real.append(stored)
        return matches(stored, password)

    monkeypatch.setattr(passwords, "matches", counting)
    yield real


def test_of_a_thousand_guesses_at_one_account_few_are_evaluated(app, login, monkeypatch):
    guessers = [Guesser(app, f"192.0.2.{i}") for i in range(20)]
    with evaluated(monkeypatch) as real:
        for i in range(1000):
            assert guessers[i % 20].guess(login, f"{WRONG} {i}").status_code == 422
    assert len(real) == tries.TO_ACCOUNT.tries == 20
    assert not Guesser(app, "192.0.2.77").enters(login)


def test_from_one_address_fewer_and_others_are_not_locked_out(app, login, monkeypatch):
    guesser = Guesser(app)
    with evaluated(monkeypatch) as real:
        for _ in range(100):
            guesser.guess(login)
    assert len(real) == tries.TO_ACCOUNT_FROM_ADDRESS.tries == 10
    assert not guesser.enters(login)
    assert Guesser(app, THERE).enters(login)


def test_a_spray_from_one_address_is_evaluated_sixty_times(app, world, monkeypatch):
    with arranging(app):
        for i in range(100):
            worlds.make_account(f"tanti{i}")
    guesser = Guesser(app)
    with evaluated(monkeypatch) as real:
        for i in range(1000):
            guesser.guess(f"tanti{i % 100}@prova.example")
    assert len(real) == tries.FROM_ADDRESS.tries == 60
    assert Guesser(app, THERE).enters(world.logins["trainer_alfa"])


def test_fifty_at_the_same_moment_never_pass_the_limit(app, login, monkeypatch):
    guessers = [Guesser(app) for _ in range(50)]
    with evaluated(monkeypatch) as real:
        answers = at_once(*[lambda g=g: g.guess(login).status_code for g in guessers])
    assert set(answers) <= {422, 503}, answers
    assert len(real) <= tries.TO_ACCOUNT_FROM_ADDRESS.tries
    counted = ask(app, "SELECT tries FROM throttle_count WHERE kind = 'sign-in pair'")
    assert counted == [(len(real),)]


def test_a_browser_that_is_known_is_not_locked_out_by_others(app, login):
    own = Guesser(app)
    assert own.enters(login)
    own.leave()
    for i in range(30):
        Guesser(app, f"192.0.2.{i}").guess(
            login
        )  # the account's tries are used up, her address's too
    for _ in range(60):
        Guesser(app).guess("nessuno@prova.example")
    assert not Guesser(app, ELSEWHERE).enters(login)
    assert own.enters(login)
    own.leave()
    for _ in range(10):
        own.guess(login)
    assert not own.enters(login)  # its own tries have an end as well


def test_the_mark_of_a_browser_is_of_one_account_and_cannot_be_forged(app, login, world):
    own = Guesser(app)
    own.enters(login)
    own.leave()
    name = "forpa-device"
    cookie = own.client.get_cookie(name)
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert login not in cookie.value
    for i in range(30):
        Guesser(app, f"192.0.2.{i}").guess(world.logins["trainer_beta"])
    other = Guesser(app)
    other.client.set_cookie(name, cookie.value)
    assert not other.enters(world.logins["trainer_beta"])
    for i in range(30):
        Guesser(app, f"192.0.2.{i}").guess(login)
    for forged in (cookie.value[:-3] + "abc", "x", "W10.x", cookie.value.swapcase()):
        other.client.set_cookie(name, forged)
        assert not other.enters(login)


def test_a_header_does_not_give_new_tries(app, login, monkeypatch):
    guesser = Guesser(app)
    with evaluated(monkeypatch) as real:
        for i in range(100):
            forged = {"X-Forwarded-For": f"203.0.113.{i}", "Forwarded": f"for=203.0.113.{i}"}
            guesser.guess(login, **forged)
    assert len(real) == 10


def test_behind_a_proxy_what_the_proxy_saw_is_the_address(app, database_url, login, monkeypatch):
    behind = create_app(type("Config", (config_for(database_url),), {"PROXY_HOPS": 1}))
    guesser = Guesser(behind, "10.0.0.1")
    with evaluated(monkeypatch) as real:
        for i in range(100):
            guesser.guess(login, **{"X-Forwarded-For": f"203.0.113.{i}, {HERE}"})
    assert len(real) == 10
    with behind.app_context():
        db.engine.dispose()


def test_right_passwords_use_nothing_up(app, login):
    for _ in range(25):
        assert Guesser(app).enters(login)
    assert {tries for (tries,) in ask(app, "SELECT tries FROM throttle_count")} == {0}


def test_after_an_hour_there_are_tries_again(app, login, clock):
    guesser = Guesser(app)
    for _ in range(11):
        guesser.guess(login)
    assert not guesser.enters(login)
    clock.shift(3601)
    assert guesser.enters(login)


def test_the_old_password_is_not_found_by_trying_either(app, visit, monkeypatch):
    thief = visit("trainer_alfa")
    new = "cavalli bianchi sotto la pioggia"
    with evaluated(monkeypatch) as real:
        for _ in range(30):
            answer = thief.post("/account", {"old": WRONG, "new": new, "again": new})
            assert answer.status_code == 422
    assert len(real) == tries.OLD_PASSWORD.tries
    assert "Troppi tentativi" in main(answer)


# --- nothing is told -----------------------------------------------------------------


def footprint(app, monkeypatch, login: str, address: str) -> tuple:
    """Status, text, size and headers of the answer; statements sent, passwords hashed."""
    guesser, hashed = Guesser(app, address), []
    in_turn = passwords._in_turn
    with monkeypatch.context() as patch, statements(app) as sent:
        patch.setattr(passwords, "_in_turn", lambda what: (hashed.append(1), in_turn(what))[1])
        answer = guesser.guess(login)
    headers = {name for name, _value in answer.headers}
    size = len(answer.get_data()) - len(login)
    kinds = [one.split()[0] for one in sent]
    return answer.status_code, main(answer), size, headers, kinds, len(hashed)


def different(app, world, monkeypatch) -> list[str]:
    """The cases that look otherwise than a login nobody has."""
    with app.app_context():
        worlds.commit(worlds.make_account("invitata", state="invited", password_hash=None))
        worlds.commit(worlds.make_account("chiusa", state="disabled"))
    cases = {
        "wrong": (world.logins["trainer_alfa"], THERE),
        "invited": ("invitata@prova.example", THERE),
        "closed": ("chiusa@prova.example", THERE),
        "no tries": (world.logins["trainer_beta"], HERE),
    }
    for _ in range(12):
        Guesser(app, HERE).guess(world.logins["trainer_beta"])
    nobody = footprint(app, monkeypatch, "nessuno@prova.example", ELSEWHERE)
    return [
        name
        for name, (login, at) in cases.items()
        if footprint(app, monkeypatch, login, at) != nobody
    ]


def test_unknown_closed_wrong_and_out_of_tries_are_the_same(app, world, monkeypatch):
    assert different(app, world, monkeypatch) == []


def test_few_passwords_are_hashed_at_the_same_moment(app, monkeypatch):
    most, now, lock = [0], [0], Lock()

    def counted(*_args):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.02)
        with lock:
            now[0] -= 1
        return False

    monkeypatch.setattr(passwords, "check_password_hash", counted)

    def one():
        with app.app_context():
            return passwords.matches("x", "y")

    assert at_once(*[one] * 20) == [False] * 20
    assert most[0] == passwords.AT_ONCE


def test_who_waits_too_long_for_a_hashing_is_asked_to_come_back(app, login, monkeypatch):
    monkeypatch.setattr(passwords, "PATIENCE", 0.05)
    for _ in range(passwords.AT_ONCE):
        passwords._turns.acquire()
    try:
        answer = Guesser(app).guess(login)
    finally:
        for _ in range(passwords.AT_ONCE):
            passwords._turns.release()
    assert answer.status_code == 503
    assert Guesser(app).enters(login)


# --- planted faults --------------------------------------------------------------------


def test_an_early_return_for_nobody_is_noticed(app, world, monkeypatch):
    """Control: no password to compare with, nothing hashed."""
    matches = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda s, p: bool(s) and matches(s, p))
    found = different(app, world, monkeypatch)
    assert "wrong" in found


def test_a_refusal_before_the_work_is_noticed(app, world, monkeypatch):
    """Control: out of tries, answered at once with 429."""

    def hasty(login):
        charged = charge(login)
        if charged is None:
            raise TooManyRequests
        return charged

    charge = tries.charge
    monkeypatch.setattr(tries, "charge", hasty)
    assert different(app, world, monkeypatch) == ["no tries"]


def test_tries_counted_after_the_guess_are_noticed(app, login, monkeypatch):
    """Control: whoever guesses at the same moment passes the limit."""

    def loose(*limits):
        sources = [source for _limit, source in limits]
        rows = ask(app, "SELECT source, tries FROM throttle_count")
        time.sleep(0.2)
        used = {source: tries for source, tries in rows}  # noqa: C416
        if any(
            used.get(s, 0) >= limit.tries for (limit, _), s in zip(limits, sources, strict=True)
        ):
            raise TooManyRequests
        return together(*limits)

    together = slowly(throttle.charge_together)
    for _ in range(tries.TO_ACCOUNT_FROM_ADDRESS.tries - 1):
        Guesser(app).guess(login)
    monkeypatch.setattr(throttle, "_count", _uncounted(throttle._count))
    monkeypatch.setattr(throttle, "charge_together", loose)
    guessers = [Guesser(app) for _ in range(8)]
    with evaluated(monkeypatch) as real:
        at_once(*[lambda g=g: g.guess(login) for g in guessers])
    assert len(real) > 1


def _uncounted(count):
    """A count that forgets its limit."""
    return lambda connection, limit, source, now: count(
        connection, throttle.Limit(limit.kind, 10_000, limit.window), source, now
    )
