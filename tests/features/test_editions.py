# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page of an edition, and the closing that fixes every outcome."""

from datetime import timedelta

import pytest

from app.models import Course, Edition, Organisation, UserAccount, Venue
from tests import world as worlds
from tests.ledger import arranging, ask, checksum, do, one
from tests.pages import form, main, table


@pytest.fixture
def sixteen_hours(app, world):
    """Four lessons of four hours, all pages closed; who reaches 768, 767, 960 and 0 minutes."""
    with arranging(app) as session:
        body = session.get_one(Organisation, world.a.delivering_id)
        home = session.get_one(Organisation, world.a.home_id)
        old = session.get_one(Edition, world.a.edition_id)
        edition = worlds.make_edition(
            session.get_one(Course, world.a.course_id),
            body,
            session.get_one(Venue, old.venue_id),
            code="SEDICI",
            planned_minutes=960,
        )
        worlds.make_register(edition)
        account = session.get_one(UserAccount, world.account_ids["trainer_alfa"])
        attended = {"Appena": (240, 240, 240, 48), "Quasi": (240, 240, 240, 47),
                    "Sempre": (240,) * 4, "Zero": (0,) * 4}  # fmt: skip
        people = {
            name: worlds.make_enrolment(edition, worlds.make_person(name), home)
            for name in attended
        }
        for seq in range(4):
            lesson = worlds.make_lesson(edition, seq + 1, worlds.NOW - timedelta(days=9 - seq))
            for name, enrolment in people.items():
                worlds.close_page(lesson, [enrolment], account, attended[name][seq])
        return edition.id


def test_the_edition_shows_lessons_people_hours_and_shares(visit, sixteen_hours):
    page = visit("organiser_alfa").get(f"/editions/{sixteen_hours}")
    lessons, people = table(page), table(page, 1)
    assert [row[5] for row in lessons] == ["Chiuso"] * 4
    assert [row[6] for row in lessons] == ["3 / 4"] * 4
    assert [(row[0].split()[0], row[3], row[4].replace(" ", " ")) for row in people] == [
        ("Appena", "12 h 48 min", "80 %"),
        ("Quasi", "12 h 47 min", "79 %"),
        ("Sempre", "16 h", "100 %"),
        ("Zero", "0 h", "0 %"),
    ]


def test_closing_an_edition_gives_each_its_outcome(app, visit, sixteen_hours):
    organiser = visit("organiser_alfa")
    url = f"/editions/{sixteen_hours}/close"
    assert "Concludi l'edizione" in main(organiser.get(f"/editions/{sixteen_hours}"))
    asked = organiser.get(url)
    assert [row[0] for row in table(asked)] == ["Quasi Lucia", "Zero Lucia"]
    answer = organiser.client.post(url, data=form(asked, ""))
    assert answer.headers["Location"] == f"/editions/{sixteen_hours}"
    page = organiser.get(f"/editions/{sixteen_hours}")
    assert [row[2] for row in table(page, 1)] == [
        "Completata",
        "Non completata",
        "Completata",
        "Non completata",
    ]
    assert "Manca 1 min alla soglia" in table(page, 1)[1][5]
    assert one(
        app, "SELECT closed_at FROM attendance_register WHERE edition_id = :id", id=sixteen_hours
    )
    details = one(app, "SELECT details FROM audit_event WHERE action = 'edition.closed'")
    assert details == '{"completed":2,"not_completed":2}'


def test_an_edition_is_closed_once(app, visit, sixteen_hours):
    organiser = visit("organiser_alfa")
    url = f"/editions/{sixteen_hours}/close"
    drawn = form(organiser.get(url), "")
    first, repeated = (organiser.client.post(url, data=drawn) for _ in range(2))
    assert first.headers["Location"] == repeated.headers["Location"]
    before = checksum(app)
    again = organiser.post(url)
    assert again.status_code == 409
    assert "L'edizione è già chiusa." in main(again)
    assert checksum(app) == before


def test_an_edition_with_an_open_page_is_not_closed(app, visit, world):
    organiser = visit("organiser_alfa")
    url = f"/editions/{world.a.edition_id}/close"
    assert "2 fogli presenze non sono ancora chiusi" in main(organiser.get(url))
    before = checksum(app)
    answer = organiser.post(url)
    assert answer.status_code == 409
    assert "2 fogli presenze non sono chiusi" in main(answer)
    assert checksum(app) == before


def test_a_cancelled_lesson_keeps_no_edition_open(app, visit, world):
    do(app, "UPDATE lesson SET state = 'cancelled' WHERE edition_id = :id", id=world.a.edition_id)
    do(app, "DELETE FROM enrolment WHERE edition_id = :id", id=world.a.edition_id)
    assert visit("organiser_alfa").post(f"/editions/{world.a.edition_id}/close").status_code == 302


def test_only_its_organiser_and_the_coordinator_close_an_edition(app, visit, sixteen_hours):
    url = f"/editions/{sixteen_hours}/close"
    state = "SELECT state FROM edition WHERE id = :id"
    for who, status in (
        ("organiser_beta", 404),
        ("trainer_alfa", 403),
        ("auditor", 403),
        ("representative_alfa", 403),
        ("participant_alfa", 403),
        ("admin", 403),
    ):
        visitor = visit(who)
        assert (visitor.get(url).status_code, visitor.post(url).status_code) == (status, status)
    assert one(app, state, id=sixteen_hours) == "running"
    assert visit("coordinator").post(url).status_code == 302


def test_a_withdrawn_person_has_no_outcome(app, visit, sixteen_hours):
    do(
        app,
        "UPDATE enrolment SET state = 'withdrawn' WHERE edition_id = :id AND person_id = "
        "(SELECT id FROM person WHERE family_name = 'Zero')",
        id=sixteen_hours,
    )
    visit("coordinator").post(f"/editions/{sixteen_hours}/close")
    states = ask(
        app,
        "SELECT e.state FROM enrolment e JOIN person p ON p.id = e.person_id "
        "WHERE e.edition_id = :id ORDER BY p.family_name",
        id=sixteen_hours,
    )
    assert [s[0] for s in states] == ["completed", "not_completed", "completed", "withdrawn"]


def test_a_participant_sees_the_calendar_and_no_names(visit, world):
    page = visit("participant_alfa").get(f"/editions/{world.a.edition_id}")
    assert page.status_code == 200
    assert "Argomento 1" in main(page)
    assert "Partecipante" not in main(page)
    assert visit("participant_alfa").get(f"/editions/{world.b.edition_id}").status_code == 404


def test_a_representative_sees_only_her_own_staff(app, visit, world):
    with arranging(app) as session:
        edition = session.get_one(Edition, world.a.edition_id)
        other = session.get_one(Organisation, world.b.home_id)
        worlds.make_enrolment(edition, worlds.make_person("Estranea"), other)
    page = main(visit("representative_alfa").get(f"/editions/{world.a.edition_id}"))
    assert "Partecipante Alfa 0" in page
    assert "Estranea" not in page
    assert "Estranea" in main(visit("organiser_alfa").get(f"/editions/{world.a.edition_id}"))
