# SPDX-License-Identifier: AGPL-3.0-or-later
"""Planning the programme: courses, venues, editions, their copies, guards and lists."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.edition import EditionState
from app.domain.vocabulary import StaffRole
from app.models import Course, Edition, Lesson, Organisation, Person, Programme, Venue
from tests.ledger import arranging, ask, do, one
from tests.pages import form, main, tree
from tests.world import (
    NOW,
    make_affiliation,
    make_course,
    make_edition,
    make_enrolment,
    make_lesson,
    make_person,
    make_staff,
    make_venue,
)

WHY = "Una lezione è stata abbreviata."


@pytest.fixture
def plan(app, world):
    """A course, a room, and a draft of the first body with two lessons and an organiser."""
    with arranging(app) as session:
        programme = session.get_one(Programme, world.programme_id)
        body = session.get_one(Organisation, world.a.delivering_id)
        person, venue = make_person(), make_venue(capacity=30)
        make_affiliation(person, body)
        course = make_course(programme, code="PROVA")
        edition = make_edition(
            course, body, venue, state=EditionState.DRAFT, seats_max=20, seats_min=2,
            organiser_id=person.id, code="PROVA-01",
        )  # fmt: skip
        for seq in (1, 2):
            make_lesson(edition, seq, NOW + timedelta(days=7 * seq))
        return {"course": course.id, "venue": venue.id, "edition": edition.id, "person": person.id}


def send(visitor, url, action="", **changes):
    page = visitor.get(url)
    assert page.status_code == 200, main(page)
    return visitor.client.post(action or url, data={**form(page, action), **changes})


def state(app, edition_id):
    return one(app, "SELECT state FROM edition WHERE id = :id", id=edition_id)


def test_an_organiser_proposes_and_the_coordinator_publishes(app, visit):
    sent = {
        "code": "NEW", "title": "Nuovo", "hours": "8", "minutes": "30",
        "certificate_kind": "frequency", "default_threshold": "75",
    }  # fmt: skip
    organiser, coordinator = visit("organiser_alfa"), visit("coordinator")
    answer = send(organiser, "/courses/new", **sent)
    url = answer.headers["Location"]
    assert ask(app, "SELECT state, planned_minutes FROM course WHERE code = 'NEW'") == [
        ("draft", 510)
    ]
    assert visit("organiser_beta").get(f"{url}/edit").status_code == 409
    assert visit("trainer_alfa").get(url).status_code == 404
    assert organiser.post(f"{url}/publish").status_code == 403
    assert send(coordinator, f"{url}/publish").status_code == 302
    assert organiser.get(f"{url}/edit").status_code == 409
    assert visit("trainer_alfa").get(url).status_code == 200
    again = send(organiser, "/courses/new", **{**sent, "code": "new"})
    assert again.status_code == 422
    assert "già di un altro corso" in main(again)


def test_two_hands_on_a_course(app, visit, plan):
    url = f"/courses/{plan['course']}/edit"
    coordinator = visit("coordinator")
    drawn = form(coordinator.get(url), "")
    sent = {**drawn, "certificate_kind": "frequency", "title": "Prima"}
    assert coordinator.client.post(url, data={**sent, "idempotency_key": "a1"}).status_code == 302
    late = coordinator.client.post(url, data={**sent, "title": "Seconda", "idempotency_key": "a2"})
    assert late.status_code == 409
    assert one(app, "SELECT title FROM course WHERE id = :id", id=plan["course"]) == "Prima"
    title = one(app, "SELECT course_title FROM edition WHERE id = :id", id=plan["edition"])
    assert title.startswith("Corso di prova")


def test_modules_are_a_table(app, visit, plan):
    url = f"/courses/{plan['course']}/modules"
    rows = {"row0-title": "Uno", "row0-minutes": "240", "row1-title": "Due", "row1-minutes": "200"}
    assert send(visit("coordinator"), url, **rows).status_code == 302
    assert ask(app, "SELECT seq, title, minutes FROM module ORDER BY seq") == [
        (1, "Uno", 240), (2, "Due", 200),
    ]  # fmt: skip
    assert "non è la durata" in main(visit("coordinator").get(f"/courses/{plan['course']}"))
    swapped = {"row0-title": "Due", "row1-title": "", "row1-minutes": ""}
    assert send(visit("coordinator"), url, **swapped).status_code == 302
    assert ask(app, "SELECT title FROM module") == [("Due",)]
    for minutes in ("x", "-5", "", "²", "99999999999"):
        answer = send(visit("coordinator"), url, **{"row1-title": "Tre", "row1-minutes": minutes})
        assert answer.status_code == 422, minutes


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("DELETE FROM register_sheet WHERE lesson_id IN (SELECT id FROM lesson WHERE edition_id = :id)",
         "almeno una lezione"),
        ("UPDATE edition SET organiser_id = NULL WHERE id = :id", "Manca il referente"),
        ("UPDATE venue SET active = false WHERE id = (SELECT venue_id FROM edition WHERE id = :id)",
         "non è più in uso"),
        ("UPDATE edition SET threshold = 0 WHERE id = :id", "Manca la soglia"),
    ],
)  # fmt: skip
def test_each_guard_of_the_opening_missing_in_turn(app, visit, plan, sql, words):
    do(app, sql, id=plan["edition"])
    if "register_sheet" in sql:
        do(app, "DELETE FROM lesson WHERE edition_id = :id", id=plan["edition"])
    organiser = visit("organiser_alfa")
    url = f"/editions/{plan['edition']}/open"
    assert words in main(organiser.get(url))
    answer = organiser.post(url, {"reason": WHY})
    assert answer.status_code == 409
    assert words in main(answer)
    assert state(app, plan["edition"]) == "draft"


@pytest.mark.parametrize(
    ("sql", "where"),
    [
        ("UPDATE edition SET organiser_id = NULL WHERE id = :id", "edit#organiser"),
        ("UPDATE edition SET threshold = 0 WHERE id = :id", "edit#threshold"),
        ("UPDATE lesson SET state = 'cancelled' WHERE edition_id = :id", "timetable"),
        ("UPDATE edition SET planned_minutes = 500 WHERE id = :id", "timetable"),
        ("UPDATE edition SET planned_minutes = 500 WHERE id = :id", "edit#hours"),
        ("UPDATE venue SET active = false WHERE id = :venue", "edit#venue"),
        ("UPDATE venue SET capacity = 1 WHERE id = :venue", "/venues/"),
    ],
)
def test_what_is_missing_links_to_where_it_is_mended(app, visit, plan, sql, where):
    edition = plan["edition"]
    names = {"venue": plan["venue"]} if ":venue" in sql else {"id": edition}
    do(app, sql, **names)
    organiser = visit("organiser_alfa")
    wanted = f"/venues/{plan['venue']}" if where == "/venues/" else f"/editions/{edition}/{where}"
    for page in (f"/editions/{edition}", f"/editions/{edition}/open"):
        answer = organiser.get(page)
        links = {a.get("href") for a in tree(answer).findall(".//*[@class='guards']//a")}
        assert wanted in links, page
    target = organiser.get(wanted)
    assert target.status_code == 200
    _path, _hash, field = wanted.partition("#")
    if field:
        assert tree(target).find(f".//*[@id='{field}']") is not None


def test_who_only_reads_is_sent_nowhere_she_may_not_go(app, visit, plan):
    do(app, "UPDATE edition SET organiser_id = NULL, threshold = 0, planned_minutes = 500 "
            "WHERE id = :id", id=plan["edition"])  # fmt: skip
    auditor = visit("auditor")
    answer = auditor.get(f"/editions/{plan['edition']}")
    for link in tree(answer).findall(".//*[@class='guards']//a"):
        assert auditor.get(link.get("href").partition("#")[0]).status_code == 200


def test_minutes_that_differ_want_a_reason_that_is_kept(app, visit, plan):
    do(app, "UPDATE edition SET planned_minutes = 500 WHERE id = :id", id=plan["edition"])
    organiser, url = visit("organiser_alfa"), f"/editions/{plan['edition']}/open"
    assert organiser.post(url, {"reason": "breve"}).status_code == 409
    assert send(organiser, url, reason=WHY).status_code == 302
    assert WHY in main(organiser.get(f"/editions/{plan['edition']}"))


def test_what_the_opening_froze_stays(app, visit, plan):
    organiser, edition = visit("organiser_alfa"), plan["edition"]
    assert send(organiser, f"/editions/{edition}/open").status_code == 302
    frozen = "SELECT threshold, planned_minutes, code, kind, delivering_body_id FROM edition WHERE id = :id"
    before = ask(app, frozen, id=edition)
    answer = send(
        organiser, f"/editions/{edition}/edit", threshold="10", hours="1", minutes="1", code="ALTRO",
        kind="workshop", body="1", delivering_body_id="1", planned_minutes="1",
        organiser=str(plan["person"]), venue=str(plan["venue"]), mode="blended", seats_max="25",
    )  # fmt: skip
    assert answer.status_code == 302
    assert ask(app, frozen, id=edition) == before
    assert ask(app, "SELECT mode, seats_max FROM edition WHERE id = :id", id=edition) == [
        ("blended", 25)
    ]


def test_confirming_below_the_least_wants_a_reason(app, visit, plan):
    organiser, edition = visit("organiser_alfa"), plan["edition"]
    assert organiser.post(f"/editions/{edition}/confirm").status_code == 409
    send(organiser, f"/editions/{edition}/open")
    assert organiser.post(f"/editions/{edition}/confirm").status_code == 409
    assert send(organiser, f"/editions/{edition}/confirm", reason=WHY).status_code == 302
    assert state(app, edition) == "confirmed"


def test_another_body_neither_sees_nor_copies(visit, plan):
    other = visit("organiser_beta")
    for part in ("edit", "clone", "open", "cancel", "delete", "checklist"):
        assert other.get(f"/editions/{plan['edition']}/{part}").status_code == 404
    sent = {"code": "X-01", "first_day": "2015-10-20"}
    assert other.post(f"/editions/{plan['edition']}/clone", sent).status_code == 404


def test_an_organiser_gives_no_edition_to_another_body(app, visit, world, plan):
    url = f"/courses/{plan['course']}/editions/new"
    answer = send(
        visit("organiser_alfa"), url, code="MIA-01", kind="course", mode="in_person", organiser="0",
        venue=str(plan["venue"]), body=str(world.b.delivering_id),
    )  # fmt: skip
    assert answer.status_code == 302
    found = one(app, "SELECT delivering_body_id FROM edition WHERE code = 'MIA-01'")
    assert found == world.a.delivering_id


def test_more_seats_than_the_venue_has(visit, plan):
    url = f"/courses/{plan['course']}/editions/new"
    answer = send(
        visit("organiser_alfa"), url, kind="course", mode="in_person", organiser="0",
        venue=str(plan["venue"]), seats_max="31",
    )  # fmt: skip
    assert answer.status_code == 422
    assert "La sede ha 30 posti" in main(answer)


def test_a_copy_sent_twice_is_one_edition(app, visit, plan):
    organiser, url = visit("organiser_alfa"), f"/editions/{plan['edition']}/clone"
    preview = send(organiser, url, f"{url}/preview", first_day="2015-10-20")
    assert preview.status_code == 200, main(preview)
    assert one(app, "SELECT count(*) FROM edition WHERE code = 'PROVA-02'") == 0
    sent = form(preview, url)
    answers = [organiser.client.post(url, data=sent) for _ in range(2)]
    assert [a.status_code for a in answers] == [302, 302]
    assert len({a.headers["Location"] for a in answers}) == 1
    rows = ask(app, "SELECT starts_at FROM lesson JOIN edition ON edition.id = edition_id "
                    "WHERE edition.code = 'PROVA-02' ORDER BY seq")  # fmt: skip
    # 09:20 in Rome on both sides of 25 October 2015.
    assert [str(at)[:16] for (at,) in rows] == ["2015-10-20 07:20", "2015-10-27 08:20"]


def taken(app, world, plan, trainer: str, **over) -> None:
    """A lesson of the other body at 9:20 on 20 October, in the same room or with this person."""
    with arranging(app) as session:
        person = make_person(trainer)
        for lesson in session.query(Lesson).filter_by(edition_id=plan["edition"]):
            make_staff(lesson, person, StaffRole.TRAINER)
        room = session.get_one(Venue, plan["venue"]) if over.get("room") else make_venue()
        body = session.get_one(Organisation, world.b.delivering_id)
        other = make_edition(session.get_one(Course, plan["course"]), body, room)
        lesson = make_lesson(other, 1, datetime(2015, 10, 20, 7, 20, tzinfo=UTC))
        if over.get("role"):
            make_staff(lesson, person, over["role"])


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"room": True}, "è già occupata in un'altra edizione, 20/10/2015"),
        (
            {"role": StaffRole.TRAINER},
            "Impegnata Lucia insegna già in un'altra edizione, 20/10/2015",
        ),
    ],
)
def test_a_copy_shows_what_it_clashes_with_and_is_not_made(app, visit, world, plan, over, words):
    taken(app, world, plan, "Impegnata", **over)
    organiser, url = visit("organiser_alfa"), f"/editions/{plan['edition']}/clone"
    sent = {"first_day": "2015-10-20"}
    preview = send(organiser, url, f"{url}/preview", **sent)
    assert preview.status_code == 200
    assert words in main(preview)
    assert "Crea l’edizione" not in main(preview)
    answer = organiser.client.post(url, data=form(preview, url))
    assert answer.status_code == 422
    assert words in main(answer)
    assert one(app, "SELECT count(*) FROM edition WHERE code = 'PROVA-02'") == 0
    later = send(organiser, url, f"{url}/preview", first_day="2015-10-21")
    assert "Nessuna sovrapposizione" in main(later)
    assert organiser.client.post(url, data=form(later, url)).status_code == 302


def test_a_tutor_wanted_twice_only_warns(app, visit, world, plan):
    taken(app, world, plan, "Impegnata", role=StaffRole.TUTOR)
    organiser, url = visit("organiser_alfa"), f"/editions/{plan['edition']}/clone"
    preview = send(organiser, url, f"{url}/preview", first_day="2015-10-20")
    assert "Impegnata Lucia è già impegnato come docente o tutor" in main(preview)
    assert organiser.client.post(url, data=form(preview, url)).status_code == 302


def test_without_its_staff_a_copy_clashes_only_for_the_room(app, visit, world, plan):
    taken(app, world, plan, "Impegnata", role=StaffRole.TRAINER)
    organiser, url = visit("organiser_alfa"), f"/editions/{plan['edition']}/clone"
    page = {name: value for name, value in form(organiser.get(url), f"{url}/preview").items()
            if name != "staff"}  # fmt: skip
    preview = organiser.client.post(f"{url}/preview", data={**page, "first_day": "2015-10-20"})
    assert "Nessuna sovrapposizione" in main(preview)


def test_a_draft_is_deleted_with_its_lessons(app, visit, plan):
    url = f"/editions/{plan['edition']}/delete"
    assert send(visit("organiser_alfa"), url).status_code == 302
    assert one(app, "SELECT count(*) FROM lesson WHERE edition_id = :id", id=plan["edition"]) == 0
    assert one(app, "SELECT count(*) FROM audit_event WHERE action = 'edition.deleted'") == 1


def test_cancelling_tells_only_when_ticked(app, visit, world, plan):
    with arranging(app) as session:
        make_enrolment(
            session.get_one(Edition, plan["edition"]),
            session.get_one(Person, world.a.person_id),
            session.get_one(Organisation, world.a.home_id),
        )
    organiser, url = visit("organiser_alfa"), f"/editions/{plan['edition']}/cancel"
    hostile = "<script>alert(1)</script> {{ 7*7 }} =SUM(A1)"
    preview = send(organiser, url, f"{url}/preview", reason=hostile, tell="y")
    assert "<script>alert" not in preview.text
    assert hostile in main(preview)
    assert state(app, plan["edition"]) == "draft"
    assert organiser.client.post(url, data=form(preview, url)).status_code == 302
    assert state(app, plan["edition"]) == "cancelled"
    (body,) = ask(app, "SELECT body FROM outbox_message WHERE kind = 'edition_cancelled'")[0]
    assert hostile in body


def test_ticks_say_who_and_when(app, visit, plan):
    edition = plan["edition"]
    organiser, url = visit("organiser_alfa"), f"/editions/{edition}/checklist"
    rows = {"row0-title": "Sede <b>", "row0-days": "-30"}
    assert send(organiser, f"{url}/edit", **rows).status_code == 302
    assert "Scaduta" in main(organiser.get(url))
    assert "Sede <b>" in main(organiser.get("/dashboard"))
    item = one(app, "SELECT id FROM checklist_item WHERE edition_id = :id", id=edition)
    assert organiser.post(f"{url}/tick", {"item": str(item), "done": "y"}).status_code == 302
    assert "Organiser" in main(organiser.get(url))
    assert visit("auditor").post(f"{url}/tick", {"item": str(item)}).status_code == 403


def test_venues_are_changed_by_whom_they_belong_to(app, visit, plan):
    url = f"/venues/{plan['venue']}"
    assert visit("organiser_alfa").get(f"{url}/edit").status_code == 409
    coordinator = visit("coordinator")
    answer = send(coordinator, f"{url}/edit", capacity="10")
    assert answer.status_code == 422
    assert "offre 20 posti" in main(answer)
    assert send(coordinator, f"{url}/use").status_code == 302
    assert (
        one(app, "SELECT count(*) FROM venue WHERE id = :id AND active = false", id=plan["venue"])
        == 1
    )
