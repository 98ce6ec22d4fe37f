# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: a link lets an employer read a record, until it ends, and is known to nobody else."""

import logging
import re
from datetime import timedelta

import pytest

from app.domain.certificates import CertificateState
from app.domain.sharing import MOST_ACTIVE, VALID_DAYS, token_hash
from app.extensions import db
from tests import world as worlds
from tests.certificates import put_certificate
from tests.documents import reading
from tests.faults.together import at_once
from tests.ledger import arranging, ask, connection, do, one
from tests.pages import form, main, table

ADDRESS = re.compile(r"http://localhost(/r/[A-Za-z0-9_-]{43})\b")
MADE = "Si mostra una volta sola"
NOTHING = "Questo link non apre nulla"


def make(visitor, label="Ufficio personale", days="30", drawn=None):
    """Fill in the form as it is drawn, or as it was drawn before."""
    sent = drawn or form(visitor.get("/my/links"), "/my/links")
    return visitor.client.post("/my/links", data={**sent, "label": label, "days": days})


def address(answer) -> str:
    assert answer.status_code == 200, main(answer)
    assert MADE in main(answer)
    return ADDRESS.search(answer.text)[1]


def withdraw(app, visitor):
    """Withdraw the link made last."""
    number = one(app, "SELECT max(id) FROM record_link")
    return visitor.post(f"/my/links/{number}/withdraw")


@pytest.fixture
def official(visit):
    return visit("participant_alfa")


@pytest.fixture
def papers(app, world) -> list[str]:
    """A certificate that holds, one revoked, a colleague's; their codes."""
    first, second, *_ = world.a.closed_enrolment_ids
    with arranging(app) as session:
        return [
            put_certificate(session, first, number=12),
            put_certificate(
                session, first, number=11, state=CertificateState.REVOKED, revoked_at=worlds.NOW
            ),
            put_certificate(session, second, number=13),
        ]


def test_an_employer_reads_hours_courses_and_certificates_without_an_account(
    app, visit, world, official, papers
):
    path = address(make(official))
    answer = visit().get(path)

    shown = main(answer)
    assert "Partecipante Alfa 0" in shown
    assert "Comune di Alfa" in shown
    assert table(answer, 0) == [["2015", "1", "4 h"]]
    assert len(table(answer, 1)) == 2
    (paper,) = table(answer, 2)
    assert "n. 12/2015" in paper[0]
    assert f"http://localhost/v/{papers[0]}" in paper[3]
    for kept_back in ("1978", "Perugia (PG)", papers[1], papers[2], "Revocato", "ente.example"):
        assert kept_back not in shown
    assert one(app, "SELECT tax_code FROM person WHERE id = :id", id=world.a.person_id) not in shown


def test_no_cache_search_engine_or_next_site_learns_of_the_page(visit, official):
    path = address(make(official))
    for where in (path, f"{path}/record.pdf", f"/r/{'A' * 43}"):
        headers = visit().get(where).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in headers["X-Robots-Tag"]


def test_the_page_shows_and_carries_nothing_of_who_is_signed_in(official, visit):
    """Sent without the address it came from, no form of it could be accepted over https."""
    path = address(make(official))
    page = visit("coordinator").get(path)
    assert "Coordinator" not in page.text
    assert "<form" not in page.text
    assert "offline.js" not in page.text


def test_the_record_leaves_as_paper_through_the_link(visit, official, papers):
    answer = visit().get(address(make(official)) + "/record.pdf")
    shown = " ".join(reading.text_by_poppler(answer.data).split())
    assert "12/2015" in shown
    assert "11/2015" not in shown
    assert "1978" not in shown


def test_the_address_is_kept_nowhere(app, official, caplog):
    with caplog.at_level(logging.DEBUG):
        path = address(make(official))
        again = official.get("/my/links")
    token = path.rpartition("/")[2]
    with connection(app) as found:
        for stored in db.metadata.sorted_tables:
            for row in found.execute(stored.select()):
                assert token not in repr(tuple(row)), stored.name
    assert token not in again.text
    assert token not in caplog.text
    assert one(app, "SELECT token_hash FROM record_link") == token_hash(token)
    with official.client.session_transaction() as session:
        assert token not in repr(dict(session))


def test_the_trail_knows_that_it_was_shared_and_unshared(app, official):
    make(official)
    withdraw(app, official)
    deeds = ask(app, "SELECT action, target_label FROM audit_event WHERE target_type = 'record_link' ORDER BY sequence")  # fmt: skip
    assert deeds == [
        ("record.shared", "Ufficio personale"),
        ("record.unshared", "Ufficio personale"),
    ]


def test_the_form_sent_twice_makes_one_link_and_shows_it_again(app, official):
    drawn = form(official.get("/my/links"), "/my/links")
    first = address(make(official, drawn=drawn))
    assert address(make(official, drawn=drawn)) == first
    assert one(app, "SELECT count(*) FROM record_link") == 1
    withdraw(app, official)
    answer = make(official, drawn=drawn)
    assert answer.status_code == 422
    assert "non vale più" in main(answer)


def test_another_who_sends_the_same_form_gets_another_link(visit, official):
    drawn = form(official.get("/my/links"), "/my/links")
    path = address(make(official, drawn=drawn))
    other = visit("participant_beta")
    sent = {**drawn, "csrf_token": other.token("/my/links")}
    assert address(make(other, drawn=sent)) != path


@pytest.mark.parametrize("days", VALID_DAYS)
def test_a_link_ends_when_it_says(visit, official, clock, days):
    path = address(make(official, days=str(days)))
    clock.shift(timedelta(days=days, minutes=-2))
    assert visit().get(path).status_code == 200
    clock.shift(timedelta(minutes=3))
    assert visit().get(path).status_code == 404
    assert visit().get(f"{path}/record.pdf").status_code == 404


def test_expired_withdrawn_unknown_and_malformed_get_the_same_answer(app, visit, official, clock):
    withdrawn, expired = address(make(official, days="90")), address(make(official, days="7"))
    ids = [number for (number,) in ask(app, "SELECT id FROM record_link ORDER BY id")]
    assert "è ritirato" in main(official.client.post(
        f"/my/links/{ids[0]}/withdraw", data={"csrf_token": official.token()}, follow_redirects=True
    ))  # fmt: skip
    clock.shift(timedelta(days=8))
    answers = []
    for path in (withdrawn, expired, f"/r/{'A' * 43}", "/r/x", f"{expired}A", "/r/%00", "/r/è"):
        for where in (path, f"{path}/record.pdf"):
            answer = visit().get(where)
            answers.append((answer.status_code, main(answer)))
    assert {status for status, _ in answers} == {404}
    assert len({text for _, text in answers}) == 1
    assert NOTHING in answers[0][1]


def test_withdrawn_twice_it_stays_withdrawn_the_first_time(app, official, clock):
    make(official)
    number = one(app, "SELECT id FROM record_link")
    official.post(f"/my/links/{number}/withdraw")
    at = one(app, "SELECT withdrawn_at FROM record_link")
    clock.shift(timedelta(minutes=5))
    assert official.post(f"/my/links/{number}/withdraw").status_code == 302
    assert one(app, "SELECT withdrawn_at FROM record_link") == at
    assert "Ritirato" in main(official.get("/my/links"))


def test_ten_links_at_most_are_active(app, official):
    for number in range(MOST_ACTIVE):
        address(make(official, label=f"Ufficio {number}"))
    answer = make(official)
    assert answer.status_code == 422
    assert "10 link attivi" in main(answer)
    withdraw(app, official)
    address(make(official))


def test_hands_at_once_do_not_pass_the_limit(app, visit, official):
    for number in range(MOST_ACTIVE - 1):
        make(official, label=f"Ufficio {number}")
    hands = [visit("participant_alfa") for _ in range(3)]
    at_once(*(lambda hand=hand: make(hand) for hand in hands))
    assert one(app, "SELECT count(*) FROM record_link") == MOST_ACTIVE


@pytest.mark.parametrize(
    "sent",
    [
        {"label": ""},
        {"label": "x" * 121},
        {"days": "365"},
        {"days": "x"},
        {"nonce": "0" * 31},
        {"nonce": ""},
    ],
)
def test_what_was_not_offered_makes_no_link(app, official, sent):
    drawn = form(official.get("/my/links"), "/my/links")
    data = {**drawn, "label": "Ufficio", "days": "7", **sent}
    assert official.client.post("/my/links", data=data).status_code == 422
    assert one(app, "SELECT count(*) FROM record_link") == 0


def test_nobody_sees_or_withdraws_the_links_of_somebody_else(app, visit, official):
    make(official, label="Segretissimo")
    number = one(app, "SELECT id FROM record_link")
    for who in ("participant_beta", "trainer_alfa"):
        assert "Segretissimo" not in main(visit(who).get("/my/links"))
        assert visit(who).post(f"/my/links/{number}/withdraw").status_code == 404
    assert visit("coordinator").get("/my/links").status_code == 403


def test_tokens_are_not_tried_by_the_thousand(visit, official):
    path = address(make(official))
    visitor = visit()
    for _ in range(3):
        assert visitor.get(path).status_code == 200  # right ones are not counted
    for number in range(60):
        assert visitor.get(f"/r/{number:043d}").status_code == 404
    assert visitor.get(f"/r/{'A' * 43}").status_code == 429
    assert visitor.get(path).status_code == 429


def test_an_account_that_belongs_to_nobody_has_nothing_to_show(app, visit, world, official):
    do(app, "UPDATE user_account SET person_id = NULL WHERE id = :id",
       id=world.account_ids["participant_alfa"])  # fmt: skip
    answer = make(official)
    assert answer.status_code == 422
    assert "non è di una persona" in main(answer)
