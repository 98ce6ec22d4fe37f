# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who can still make it, and lessons recovered in other editions."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.edition import EditionState
from app.models import Course, Edition, Enrolment, Lesson, Organisation, Person, UserAccount
from tests import world as worlds
from tests.faults.together import at_once, statuses
from tests.ledger import arranging, ask, do, one
from tests.pages import Hand, csv_rows, main

WEEK, DAY, HOUR = timedelta(days=7), timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def lessons(app, world) -> list[int]:
    """Four lessons of four hours in the edition of the world; only one person came to the first."""
    with arranging(app) as session:
        edition = session.get_one(Edition, world.a.edition_id)
        first = session.get_one(Lesson, world.a.lesson_id)
        first.starts_at, first.ends_at = worlds.NOW - WEEK, worlds.NOW - WEEK + 4 * HOUR
        came = session.get_one(Enrolment, world.a.enrolment_ids[0])
        account = session.get_one(UserAccount, world.account_ids["trainer_alfa"])
        worlds.close_page(first, [came], account, minutes=240)
        second = session.scalars(
            select(Lesson).where(Lesson.edition_id == edition.id, Lesson.seq == 2)
        ).one()
        later = [worlds.make_lesson(edition, n, worlds.NOW + n * DAY) for n in (3, 4)]
        return [first.id, second.id, *[lesson.id for lesson in later]]


@pytest.fixture
def elsewhere(app, world, lessons) -> list[int]:
    """The same four lessons in another edition of the course, three weeks later."""
    with arranging(app) as session:
        course = session.get_one(Course, world.a.course_id)
        body = session.get_one(Organisation, world.a.delivering_id)
        venue = worlds.make_venue()
        edition = worlds.make_edition(course, body, venue, state=EditionState.CONFIRMED)
        worlds.make_register(edition, pages=4)
        trainer = session.get_one(UserAccount, world.account_ids["trainer_alfa"])
        made = []
        for n in (1, 2, 3, 4):
            lesson = worlds.make_lesson(edition, n, worlds.NOW + 3 * WEEK + n * DAY)
            worlds.make_staff(lesson, session.get_one(Person, trainer.person_id))
            made.append(lesson.id)
        return made


def prospect(visitor, enrolment: int) -> str:
    return main(visitor.get(f"/enrolments/{enrolment}/prospect"))


def arrange(visitor, enrolment: int, missed: int, lesson: int):
    return visitor.post(f"/enrolments/{enrolment}/recoveries", {"missed": missed, "lesson": lesson})


def hold(app, visit, clock, lesson: int, **marks: str) -> Hand:
    """Hold the lesson on its day, everybody present; marks by enrolment."""
    clock.move_to(worlds.NOW + 3 * WEEK + DAY + 5 * HOUR)
    hand = Hand(visit("trainer_alfa"), lesson)
    hand.open()
    return hand


def test_the_list_tells_who_is_in_danger_and_which_lesson_decides(visit, world, lessons):
    coordinator = visit("coordinator")
    shown = main(coordinator.get("/prospects?q=&state=on_track"))
    assert "Non deve mancare alla lezione 2 del 15/05/2015" in shown
    assert "Soglia non più raggiungibile" not in shown
    lost = main(coordinator.get("/prospects?state=impossible"))
    assert "Soglia non più raggiungibile dopo la lezione 1 del 07/05/2015" in lost
    rows = csv_rows(coordinator.get("/prospects?format=csv"))
    states = sorted(row[5] for row in rows if row[2:3] == [edition_code(coordinator, world)])
    assert states == ["In linea", "Non più raggiungibile", "Non più raggiungibile"]


def test_the_dashboard_names_who_missed_something_and_must_not_again(app, visit, world, lessons):
    organiser = visit("organiser_alfa")
    assert "a rischio dopo un'assenza" not in main(organiser.get("/dashboard"))
    do(
        app,
        "UPDATE attendance_entry SET counted_minutes = 100 WHERE enrolment_id = :id",
        id=world.a.enrolment_ids[0],
    )
    assert "1 persona a rischio dopo un'assenza" in main(organiser.get("/dashboard"))
    assert "100" not in main(organiser.get("/prospects?state=at_risk&q=zzz"))
    assert "1 h 40 min di 16 h" in main(organiser.get("/prospects?state=at_risk"))


def edition_code(visitor, world) -> str:
    return one(visitor.app, "SELECT code FROM edition WHERE id = :id", id=world.a.edition_id)


def test_the_trainer_of_the_other_lesson_finds_the_guest_counted_in_the_day(
    app, visit, world, lessons, elsewhere, clock
):
    arrange(visit("organiser_alfa"), world.a.enrolment_ids[1], lessons[0], elsewhere[0])
    hand = hold(app, visit, clock, elsewhere[0])
    assert "Segnate 0 persone su 1" in main(hand.visitor.get("/today"))


def test_each_sees_only_what_is_theirs(app, visit, world, lessons):
    mine = one(
        app,
        "SELECT id FROM enrolment WHERE person_id = :p AND edition_id = :e",
        p=world.a.person_id,
        e=world.a.edition_id,
    )
    other = next(i for i in world.a.enrolment_ids if i != mine)
    official = visit("participant_alfa")
    assert "Lezione per lezione" in prospect(official, mine)
    assert official.get(f"/enrolments/{other}/prospect").status_code == 404
    assert visit("organiser_beta").get(f"/enrolments/{mine}/prospect").status_code == 404
    assert visit("representative_alfa").get(f"/enrolments/{mine}/prospect").status_code == 403
    assert arrange(official, mine, lessons[0], lessons[1]).status_code == 403


def test_a_lesson_missed_is_recovered_elsewhere_and_counts_once(
    app, visit, world, lessons, elsewhere, clock
):
    absent = world.a.enrolment_ids[1]
    organiser = visit("organiser_alfa")
    offered = prospect(organiser, absent)
    assert offered.count("Concorda") == 1
    assert arrange(organiser, absent, lessons[0], elsewhere[0]).status_code == 302
    assert "Annulla il recupero" in prospect(organiser, absent)
    hand = hold(app, visit, clock, elsewhere[0])
    assert "recupero" in main(hand.look())
    hand.mark(absent, "present")
    assert hand.close(heads="1").status_code == 302
    shown = prospect(visit("organiser_alfa"), absent)
    assert "4 h di 4 h" in shown
    assert "In linea" in shown
    record = one(app, "SELECT content FROM book_record ORDER BY id DESC LIMIT 1")
    assert f'"enrolment":{absent}' in record


def test_minutes_attended_twice_count_the_better_once(app, visit, world, lessons, elsewhere, clock):
    """100 minutes at home and 240 elsewhere are 240, in the list of the edition as well."""
    late = world.a.enrolment_ids[0]
    do(
        app,
        "UPDATE attendance_entry SET counted_minutes = 100 WHERE enrolment_id = :id",
        id=late,
    )
    arrange(visit("organiser_alfa"), late, lessons[0], elsewhere[0])
    hand = hold(app, visit, clock, elsewhere[0])
    hand.mark(late, "present")
    hand.close(heads="1")
    organiser = visit("organiser_alfa")
    assert "4 h di 4 h" in prospect(organiser, late)
    rows = csv_rows(organiser.get(f"/editions/{world.a.edition_id}?format=csv"))
    assert "240" in [cell for row in rows for cell in row]
    assert "340" not in [cell for row in rows for cell in row]


@pytest.mark.parametrize("which", ["attended", "other number", "own edition", "nowhere"])
def test_what_is_not_offered_is_refused(visit, world, lessons, elsewhere, which):
    came, absent = world.a.enrolment_ids[:2]
    wanted = {
        "attended": (came, lessons[0], elsewhere[0]),
        "other number": (absent, lessons[0], elsewhere[1]),
        "own edition": (absent, lessons[0], lessons[1]),
        "nowhere": (absent, lessons[0], 999_999),
    }[which]
    organiser = visit("organiser_alfa")
    answer = arrange(organiser, *wanted)
    assert answer.status_code == 409
    assert ask(organiser.app, "SELECT count(*) FROM recovery") == [(0,)]


@pytest.mark.parametrize("data", [{}, {"missed": "x", "lesson": "1"}, {"missed": "1" * 12}])
def test_what_no_button_says_is_no_request(visit, world, lessons, data):
    path = f"/enrolments/{world.a.enrolment_ids[1]}/recoveries"
    assert visit("organiser_alfa").post(path, data).status_code == 400


def test_a_recovery_is_called_off_until_it_is_marked(app, visit, world, lessons, elsewhere, clock):
    absent = world.a.enrolment_ids[1]
    organiser = visit("organiser_alfa")
    arrange(organiser, absent, lessons[0], elsewhere[0])
    cancel = "/recoveries/%d/cancel"
    found = one(app, "SELECT id FROM recovery")
    assert visit("organiser_beta").post(cancel % found).status_code == 404
    assert organiser.post(cancel % found).status_code == 302
    assert ask(app, "SELECT count(*) FROM recovery") == [(0,)]
    arrange(organiser, absent, lessons[0], elsewhere[0])
    hand = hold(app, visit, clock, elsewhere[0])
    hand.mark(absent, "present")
    found = one(app, "SELECT id FROM recovery")
    answer = visit("organiser_alfa").post(cancel % found)
    assert answer.status_code == 409
    assert "già segnato" in main(answer)


def test_the_last_seat_is_given_once(app, visit, world, lessons, elsewhere):
    do(
        app,
        "UPDATE edition SET seats_max = 1 WHERE id = (SELECT edition_id FROM lesson WHERE id = :id)",
        id=elsewhere[0],
    )
    two = [visit("organiser_alfa"), visit("coordinator")]
    tokens = [visitor.token() for visitor in two]
    people = world.a.enrolment_ids[1:3]

    def ask_for(visitor, token, enrolment):
        return visitor.client.post(
            f"/enrolments/{enrolment}/recoveries",
            data={"csrf_token": token, "missed": lessons[0], "lesson": elsewhere[0]},
        )

    answers = at_once(
        *[
            lambda v=v, t=t, e=e: ask_for(v, t, e)
            for v, t, e in zip(two, tokens, people, strict=True)
        ]
    )
    assert statuses(answers) == [302, 409]
    assert ask(app, "SELECT count(*) FROM recovery") == [(1,)]
