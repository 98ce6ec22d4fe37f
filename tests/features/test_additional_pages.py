# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lessons added to an endorsed register: numbered on, and endorsed before they are opened."""

import pytest

from app.extensions import db
from app.integrity.verification import verify
from tests.documents.reading import spoken
from tests.ledger import ask, do, one
from tests.pages import form, main
from tests.timetables import Desk, opened

REASON = "Recupero delle ore perdute"


@pytest.fixture
def extended(app, world, visit) -> int:
    """Two lessons, endorsed by hand; then a third one today, and a fourth to come."""
    edition, _lessons = opened(app, world.a)
    organiser = visit("organiser_alfa")
    assert organiser.post(f"/editions/{edition}/register/endorse").status_code == 302
    desk = Desk(organiser, edition)
    desk.add(day="14/05/2015", start="14", end="16")
    desk.add(day="24/06/2015")
    assert desk.save(reason=REASON).status_code == 302
    return edition


def lesson(app, edition: int, seq: int) -> int:
    return one(app, "SELECT id FROM lesson WHERE edition_id = :id AND seq = :s", id=edition, s=seq)


def findings(app) -> list:
    with app.app_context():
        with db.engine.connect() as connection:
            found = verify(connection, app.config["CHAIN_KEY"].encode()).findings
        db.session.remove()
    return [one for one in found if one.table in ("additional_pages", "attendance_register")]


def test_until_the_endorsement_the_register_follows_the_lessons(app, world, visit):
    edition, _lessons = opened(app, world.a)
    desk = Desk(visit("organiser_alfa"), edition)
    desk.add(day="24/06/2015")
    assert desk.save(reason=REASON).status_code == 302
    pages = "SELECT pages FROM attendance_register WHERE edition_id = :id"
    assert one(app, pages, id=edition) == 3
    again = Desk(visit("organiser_alfa"), edition)
    again.rows = again.rows[2:] + again.rows[:2]  # numbers follow the rows
    assert again.save(reason=REASON).status_code == 302
    order = ask(app, "SELECT starts_at FROM lesson WHERE edition_id = :id ORDER BY seq", id=edition)
    assert "2015-06-24" in str(order[0][0])


def test_new_lessons_come_after_the_pages_endorsed(app, visit, extended):
    rows = ask(app, "SELECT seq FROM lesson WHERE edition_id = :id ORDER BY seq", id=extended)
    assert rows == [(1,), (2,), (3,), (4,)]
    pages = "SELECT pages, added_pages FROM attendance_register WHERE edition_id = :id"
    assert ask(app, pages, id=extended) == [(2, 0)]
    refused = visit("organiser_alfa").post(f"/lessons/{lesson(app, extended, 3)}/sheet/open")
    assert refused.status_code == 409
    assert "pagine aggiuntive" in main(refused)


def test_additional_pages_are_endorsed_and_then_opened(app, visit, extended):
    organiser = visit("organiser_alfa")
    book = organiser.get(f"/editions/{extended}/register")
    assert "pagine da 3 a 4" in main(book)
    url = f"/editions/{extended}/register/endorse-more"
    asked = organiser.get(url)
    assert "3–4" in main(asked)
    assert organiser.client.post(url, data=form(asked, "")).status_code == 302
    assert organiser.post(f"/lessons/{lesson(app, extended, 3)}/sheet/open").status_code == 302
    pages = "SELECT pages, added_pages FROM attendance_register WHERE edition_id = :id"
    assert ask(app, pages, id=extended) == [(2, 2)]
    assert "Pagine aggiuntive 3–4" in main(organiser.get(f"/editions/{extended}/register"))
    paper = spoken(organiser.get(f"/editions/{extended}/register.pdf").data)
    assert "Pagine aggiuntive vidimate il" in paper
    assert "3–4" in paper
    assert findings(app) == []
    again = organiser.post(url)
    assert again.status_code == 409
    assert "già la sua pagina vidimata" in main(again)


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE attendance_register SET added_pages = 9 WHERE added_pages > 0",
        "UPDATE attendance_register SET added_pages = 0 WHERE added_pages > 0",
    ],
)
def test_pages_nobody_endorsed_are_found(app, visit, extended, deed):
    visit("organiser_alfa").post(f"/editions/{extended}/register/endorse-more")
    assert findings(app) == []
    do(app, deed)
    assert [one.what for one in findings(app)]


def test_a_row_written_beside_the_application_is_found(app, visit, extended):
    visit("organiser_alfa").post(f"/editions/{extended}/register/endorse-more")
    do(
        app,
        "INSERT INTO additional_pages (register_id, first_page, last_page, endorsed_at, "
        "endorsed_by_id, previous_hash, hash) SELECT register_id, 5, 6, endorsed_at, "
        "endorsed_by_id, hash, previous_hash FROM additional_pages",
    )
    assert [one.what for one in findings(app)]


@pytest.mark.parametrize(
    ("who", "status"),
    [("organiser_beta", 404), ("trainer_alfa", 403), ("auditor", 403), ("coordinator", 302)],
)
def test_who_may_endorse_may_endorse_more(visit, extended, who, status):
    url = f"/editions/{extended}/register/endorse-more"
    assert visit(who).post(url).status_code == status
