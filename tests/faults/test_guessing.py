# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: whoever guesses codes or names has few tries, however they are sent.

Evaluated is a guess for which the table of certificates was asked at all.
FORPA_GUESSES says how many are sent (10,000 in the record of benchmarks).
"""

import os
import time
from contextlib import contextmanager
from hashlib import sha256

import pytest
from sqlalchemy import select, update

from app import create_app, database, throttle
from app.database import beside, writing
from app.domain.certificates import new_code
from app.extensions import db
from app.public import queries
from app.public.routes import CODES, NAMES
from tests.certificates import put_certificate
from tests.conftest import TOKEN, config_for
from tests.faults.together import at_once, slowly
from tests.ledger import arranging, ask
from tests.pages import main
from tests.whole_app.crawl import statements

GUESSES = int(os.environ.get("FORPA_GUESSES", "600"))
SOMEBODY, ANOTHER = "192.0.2.7", "198.51.100.9"
TRIES = "SELECT tries FROM throttle_count"


@pytest.fixture
def code(app, world):
    """The code of a certificate that is there."""
    with arranging(app) as session:
        return put_certificate(session, world.a.closed_enrolment_ids[0])


class Guesser:
    """Somebody at an address, with one cookie and its token."""

    def __init__(self, app, address: str = SOMEBODY, **headers: str) -> None:
        self.client, self.address, self.headers = app.test_client(), address, headers
        self.token = TOKEN.search(self.client.get("/privacy").text)[1]

    def get(self, code: str, **headers: str):
        sent = {**self.headers, **headers}
        return self.client.get(
            f"/v/{code}", environ_base={"REMOTE_ADDR": self.address}, headers=sent
        )

    def post(self, path: str, **data: str):
        return self.client.post(
            path,
            data={"csrf_token": self.token, **data},
            environ_base={"REMOTE_ADDR": self.address},
            headers=self.headers,
        )

    def type(self, code: str, number: str = ""):
        return self.post("/verify", code=code, number=number)

    def name(self, code: str, name: str):
        return self.post(f"/v/{code}", name=name)


@contextmanager
def evaluated(app):
    """The questions to the table of certificates meanwhile."""
    found: list[str] = []
    with statements(app) as sent:
        yield found
        found += [one for one in sent if "FROM certificate" in one]


def use_up(app, tries: int, kind: str = CODES.kind) -> None:
    """As if the address had guessed so many times already."""
    with app.test_request_context(environ_base={"REMOTE_ADDR": SOMEBODY}):
        for _ in range(tries):
            throttle.charge(CODES, throttle.source(throttle.address()))


def test_of_many_guesses_few_are_evaluated_and_none_is_right(app, code):
    guesser = Guesser(app)
    near = code[:-1] + ("A" if code[-1] != "A" else "B")
    ways = (
        lambda: guesser.get(new_code()),
        lambda: guesser.type(new_code()),
        lambda: guesser.type(new_code()[:16], "12/2015"),
        lambda: guesser.get(near),
        lambda: guesser.get("malformed"),
    )
    with evaluated(app) as asked:
        given = [ways[i % len(ways)]().status_code for i in range(GUESSES)]
    assert set(given) == {404, 429}
    assert (given.count(404), len(asked)) == (CODES.tries, CODES.tries)
    refused = guesser.get(code)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert "Riprovare dopo le 10:2" in main(refused)
    assert guesser.type(code).status_code == 429
    assert Guesser(app, ANOTHER).get(code).status_code == 200


def test_the_limit_holds_when_all_guess_at_the_same_moment(app, code):
    use_up(app, CODES.tries - 10)
    guessers = [Guesser(app) for _ in range(50)]
    with evaluated(app) as asked:
        answers = at_once(*[lambda g=g: g.get(new_code()).status_code for g in guessers])
    assert (answers.count(404), answers.count(429)) == (10, 40), answers
    assert len(asked) == 10
    assert ask(app, TRIES) == [(CODES.tries,)]


def test_right_codes_use_nothing_up(app, code):
    office = Guesser(app)
    use_up(app, CODES.tries - 1)
    assert {office.get(code).status_code for _ in range(20)} == {200}
    assert {office.type(code).status_code for _ in range(5)} == {302}
    assert ask(app, TRIES) == [(CODES.tries - 1,)]
    assert [office.get("wrong").status_code for _ in range(2)] == [404, 429]


def test_right_codes_at_the_same_moment_never_pass_the_limit(app, code):
    """Those beyond it are refused for the moment; none is counted in the end."""
    guessers = [Guesser(app) for _ in range(20)]
    answers = at_once(*[lambda g=g: g.get(code).status_code for g in guessers])
    assert set(answers) == {200}
    assert ask(app, TRIES) == [(0,)]


def test_a_header_that_anybody_sends_is_not_an_address(app, code):
    use_up(app, CODES.tries)
    guesser = Guesser(app)
    for i in range(100):
        header = {"X-Forwarded-For": f"203.0.113.{i}", "Forwarded": f"for=203.0.113.{i}"}
        assert guesser.get(code, **header).status_code == 429


def test_behind_a_proxy_what_the_proxy_saw_is_the_address(app, database_url, code):
    settings = {"PROXY_HOPS": 1, "TRUSTED_HOSTS": None}
    behind = create_app(type("Config", (config_for(database_url),), settings))
    use_up(behind, CODES.tries)
    guesser = Guesser(behind, "10.0.0.1")
    for i in range(20):
        forged = {"X-Forwarded-For": f"203.0.113.{i}, {SOMEBODY}"}
        assert guesser.get(code, **forged).status_code == 429
    assert guesser.get(code, **{"X-Forwarded-For": ANOTHER}).status_code == 200
    with behind.app_context():
        db.engine.dispose()


def test_a_network_of_ipv6_is_one_address(app, code):
    addresses = [f"2001:db8:0:1::{i:x}" for i in range(1, CODES.tries + 2)]
    answers = [Guesser(app, address).get("wrong").status_code for address in addresses[:3]]
    assert answers == [404, 404, 404]
    assert ask(app, TRIES) == [(3,)]
    assert Guesser(app, "2001:db8:0:2::1").get("wrong").status_code == 404
    assert Guesser(app, "::ffff:192.0.2.7").get("wrong").status_code == 404
    assert Guesser(app, "192.0.2.7").get("wrong").status_code == 404
    assert sorted(ask(app, TRIES)) == [(1,), (2,), (3,)]


def test_after_the_window_there_are_tries_again(app, code, clock):
    use_up(app, CODES.tries)
    guesser = Guesser(app)
    assert guesser.get(code).status_code == 429
    clock.shift(3590)
    assert guesser.get(code).headers["Retry-After"] in {str(n) for n in range(1, 11)}
    clock.shift(11)
    assert [guesser.get(c).status_code for c in ("wrong", code)] == [404, 200]
    assert ask(app, TRIES) == [(1,)]


def test_a_try_is_given_back_to_its_own_window_only(app, clock):
    with app.test_request_context(environ_base={"REMOTE_ADDR": SOMEBODY}):
        source = throttle.source(SOMEBODY)
        old = throttle.charge(CODES, source)
        clock.shift(3601)
        throttle.charge(CODES, source)
        throttle.give_back(old)
    assert ask(app, TRIES) == [(1,)]


def test_a_name_has_few_tries_for_each_certificate(app, world, code):
    with arranging(app) as session:
        other = put_certificate(session, world.a.closed_enrolment_ids[1], number=13)
    guesser = Guesser(app)
    for i in range(NAMES.tries):
        assert guesser.name(code, f"Lucia Prova{i}").status_code == 200
    refused = guesser.name(code, "Lucia Fontebella")
    assert (refused.status_code, refused.headers["Retry-After"].isdigit()) == (429, True)
    assert guesser.get(code).status_code == 200
    for _ in range(NAMES.tries + 1):
        assert "Sì: l’attestato" in main(guesser.name(other, "Lucia Fontebella"))
    assert "Sì" in main(Guesser(app, ANOTHER).name(code, "Lucia Fontebella"))
    assert guesser.name(new_code(), "Lucia Fontebella").status_code == 404


def test_no_address_is_kept(app):
    Guesser(app).get("wrong")
    kind, source = ask(app, "SELECT kind, source FROM throttle_count")[0]
    assert (kind, len(source)) == (CODES.kind, 64)
    assert source != sha256(SOMEBODY.encode()).hexdigest()
    assert SOMEBODY not in str(ask(app, "SELECT * FROM throttle_count"))


def test_old_counts_are_forgotten(app, clock):
    Guesser(app).get("wrong")
    clock.shift(23 * 3600)
    Guesser(app, ANOTHER).get("wrong")
    clock.shift(2 * 3600)
    with app.app_context():
        throttle.forget_old_counts()
    assert ask(app, TRIES) == [(1,)]
    assert throttle.forget_old_counts in app.extensions["jobs"]


# A busy database


@contextmanager
def busy(app):
    """Somebody else holds what a count needs."""
    with app.app_context():
        engine = db.engine
    with engine.connect() as connection:
        with writing():
            connection.begin()  # on SQLite this already holds the one lock
        connection.execute(select(throttle.COUNTS).with_for_update())
        yield


def test_a_try_that_cannot_be_counted_is_not_evaluated(app, code, monkeypatch):
    monkeypatch.setattr(database, "BESIDE_BUSY_MS", 200)
    use_up(app, 1)
    guesser = Guesser(app)
    with busy(app), evaluated(app) as asked:
        begun = time.perf_counter()
        answer = guesser.get(code)
        took = time.perf_counter() - begun
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert took < 3
    assert asked == []
    assert guesser.get(code).status_code == 200


def test_a_try_that_cannot_be_given_back_stays_counted(app, code, monkeypatch):
    monkeypatch.setattr(database, "BESIDE_BUSY_MS", 200)
    guesser, verify = Guesser(app), queries.verify
    held = []

    def then_busy(*asked):
        found = verify(*asked)
        db.session.rollback()
        held.append(busy(app))
        held[0].__enter__()
        return found

    monkeypatch.setattr(queries, "verify", then_busy)
    answer = guesser.get(code)
    held[0].__exit__(None, None, None)
    assert answer.status_code == 200
    assert ask(app, TRIES) == [(1,)]


# Planted faults


def test_a_count_read_before_it_is_written_is_noticed(app, code, monkeypatch):
    """Reading, judging and writing one after the other lets those at the same moment pass."""

    def loose(limit, source):
        where = (throttle.COUNTS.c.source == source,)
        with beside() as connection:
            tries = connection.scalar(slowly(select)(throttle.COUNTS.c.tries).where(*where))
        time.sleep(0.1)
        if tries >= limit.tries:
            raise throttle.TooManyRequests
        with beside() as connection:
            connection.execute(update(throttle.COUNTS).where(*where).values(tries=tries + 1))

    use_up(app, CODES.tries - 1)
    monkeypatch.setattr(throttle, "charge", loose)
    guessers = [Guesser(app) for _ in range(8)]
    answers = at_once(*[lambda g=g: g.get(new_code()).status_code for g in guessers])
    assert answers.count(404) > 1


def test_a_count_that_ends_with_its_page_is_noticed(app, code, monkeypatch):
    """Counted in the transaction of a page that is only read, or refused, nothing is kept."""

    @contextmanager
    def within():
        yield db.session

    monkeypatch.setattr(throttle, "beside", within)
    guesser = Guesser(app)
    assert {guesser.type("wrong").status_code for _ in range(3)} <= {404, 500}
    assert ask(app, TRIES) == []
