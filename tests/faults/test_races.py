# SPDX-License-Identifier: AGPL-3.0-or-later
"""Hands that meet: one wins, nothing is lost, and where a guard is planted away it is noticed."""

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from app.actor import SYSTEM
from app.certificates import actions as issuing
from app.domain.edition import EditionState
from app.domain.enrolment import EnrolmentState
from app.enrolments import actions as enrolling
from app.extensions import db
from app.models import (
    Affiliation,
    AttendanceEntry,
    Certificate,
    Course,
    Edition,
    Enrolment,
    Organisation,
    Person,
    RegisterSheet,
    UserAccount,
    Venue,
)
from app.registers import actions as marking
from tests import world as worlds
from tests.faults.together import at_once, slowly, statuses, without_locks
from tests.ledger import arranging, ask, do, recomputed_hash, trail_is_whole
from tests.pages import Hand

# Numbers of certificates


@pytest.fixture
def closed_editions(app, world):
    """Twenty concluded editions, each with one person due a certificate of the same body."""
    with arranging(app) as session:
        course = session.get_one(Course, world.a.course_id)
        body = session.get_one(Organisation, world.a.delivering_id)
        home = session.get_one(Organisation, world.a.home_id)
        venue = session.scalars(select(Venue)).first()
        account = session.get_one(UserAccount, world.account_ids["trainer_alfa"])
        made = []
        for i in range(20):
            edition = worlds.make_edition(course, body, venue, state=EditionState.CLOSED)
            worlds.make_register(edition)
            lesson = worlds.make_lesson(edition, 1, worlds.NOW - timedelta(days=30 + i))
            person = worlds.make_person(f"Numerata {i}")
            due = worlds.make_enrolment(edition, person, home, state=EnrolmentState.COMPLETED)
            worlds.close_page(lesson, [due], account)
            made.append((edition.id, due.id))
        return made


def issue_all(app, visit, closed_editions) -> list[str]:
    """Issue all of them at once; what is wrong with the answers or with the numbers."""
    coordinator = visit("coordinator")
    token, cookie = coordinator.token(), coordinator.client.get_cookie("forpa").value

    def send(edition_id: int, enrolment_id: int):
        client = app.test_client()
        client.set_cookie("forpa", cookie)
        data = {"csrf_token": token, "enrolment": enrolment_id}
        return client.post(f"/editions/{edition_id}/certificates", data=data)

    answers = at_once(*[lambda pair=pair: send(*pair) for pair in closed_editions])
    numbers = sorted(n for (n,) in ask(app, "SELECT number FROM certificate"))
    faults = [f"answer {s}" for s in statuses(answers) if s != 302]
    if numbers != list(range(1, len(closed_editions) + 1)):
        faults.append(f"numbers {numbers}")
    if not trail_is_whole(app):
        faults.append("trail broken")
    return faults


def test_twenty_issues_at_once_take_twenty_numbers_without_gap(app, visit, closed_editions):
    assert issue_all(app, visit, closed_editions) == []
    last = ask(app, "SELECT last_number FROM certificate_counter")
    assert last == [(20,)]


def test_numbers_taken_without_a_lock_would_be_noticed(app, visit, closed_editions, monkeypatch):
    def highest(body_id: int, year: int, many: int) -> int:
        last = select(func.max(Certificate.number)).where(
            Certificate.issuing_body_id == body_id, Certificate.year == year
        )
        return int(db.session.scalar(last) or 0) + many

    monkeypatch.setattr(issuing, "_lock_counter", lambda *_args: None)
    monkeypatch.setattr(issuing, "_take_numbers", slowly(highest))
    without_locks(app, monkeypatch)
    assert issue_all(app, visit, closed_editions) != []


# Closing while others mark


def sheet_holds(app, lesson_id: int) -> bool:
    """Whether the hash of the closed page is that of the marks stored."""
    with app.app_context():
        sheet = db.session.scalars(
            select(RegisterSheet).where(RegisterSheet.lesson_id == lesson_id)
        ).one()
        holds = sheet.content_hash == recomputed_hash(db.session, sheet)
        db.session.remove()
    return holds


def test_a_page_closed_while_another_hand_marks_holds_what_is_stored(app, visit, world):
    trainer = Hand(visit("trainer_alfa"), world.a.lesson_id)
    tutor = Hand(visit("tutor_alfa"), world.a.lesson_id)
    trainer.open()
    trainer.all_present()
    person = world.a.enrolment_ids[0]

    def go_on_marking() -> list[int]:
        drawn, given = tutor.drawn(person), []
        for i in range(40):
            answer = tutor.mark(person, ("absent", "justified")[i % 2], drawn)
            given.append(answer.status_code)
            if "chiedere la riapertura" in answer.text:
                break
            drawn = {**drawn, **tutor.drawn(person)}
        return given

    def close_when_possible() -> list[int]:
        given = []
        while 302 not in given and len(given) < 60:
            given.append(trainer.close(heads="2").status_code)
        return given

    marks, closings = at_once(go_on_marking, close_when_possible)
    assert closings[-1] == 302
    assert set(closings[:-1]) <= {409, 422}
    assert set(marks) <= {302, 409}
    assert sheet_holds(app, world.a.lesson_id)
    assert trail_is_whole(app)


def test_a_mark_let_through_after_the_closing_would_be_noticed(app, visit, world, monkeypatch):
    trainer = Hand(visit("trainer_alfa"), world.a.lesson_id)
    trainer.open()
    trainer.all_present()
    drawn = trainer.drawn(world.a.enrolment_ids[0])
    trainer.close(heads="3")
    assert sheet_holds(app, world.a.lesson_id)
    monkeypatch.setattr(marking.rules, "check_mark", lambda *_args, **_options: None)
    assert trainer.mark(world.a.enrolment_ids[0], "absent", drawn).status_code == 302
    assert not sheet_holds(app, world.a.lesson_id)


@pytest.fixture
def six_open_pages(app, visit, world):
    """Six lessons of one edition, everybody marked; the forms that close them."""
    with arranging(app) as session:
        edition = session.get_one(Edition, world.a.edition_id)
        lessons = [worlds.make_lesson(edition, 10 + i, worlds.NOW).id for i in range(6)]
    do(app, "UPDATE lesson SET ends_at = :end WHERE seq >= 10", end=worlds.NOW + timedelta(hours=1))
    hands = [Hand(visit("organiser_alfa"), lesson) for lesson in lessons]
    for hand in hands:
        hand.open()
        hand.all_present("09:20")
    forms = [{**hand.closing(), "heads": "3"} for hand in hands]
    return list(zip(hands, forms, strict=True))


def close_all(app, world, pages) -> list[str]:
    """Close them at once; what is wrong with the answers or with the order of the pages."""
    answers = at_once(*[lambda h=h, f=f: h.close(f) for h, f in pages])
    faults = [f"answer {s}" for s in statuses(answers) if s != 302]
    chain = ask(
        app,
        "SELECT s.content_hash, s.previous_hash, s.closed_at FROM register_sheet s "
        "JOIN lesson l ON l.id = s.lesson_id "
        "WHERE l.edition_id = :id AND s.state = 'closed' ORDER BY s.closed_at",
        id=world.a.edition_id,
    )
    for (before, *_), (_own, previous, _at) in pairwise(chain):
        if previous != before:
            faults.append(f"{previous[:8]} does not follow {before[:8]}")
    return faults


def test_pages_closed_at_once_follow_one_another(app, six_open_pages, world):
    assert close_all(app, world, six_open_pages) == []


def test_pages_that_do_not_wait_for_each_other_would_be_noticed(
    app, six_open_pages, world, monkeypatch
):
    monkeypatch.setattr(marking, "bind", slowly(marking.bind))
    without_locks(app, monkeypatch)
    assert close_all(app, world, six_open_pages) != []


# The last seat


@pytest.fixture
def last_seat(app, world):
    """An edition with one seat left, and twenty people who want it."""
    with arranging(app) as session:
        edition = session.get_one(Edition, world.a.edition_id)
        edition.seats_max = len(world.a.enrolment_ids) + 1
        home = session.get_one(Organisation, world.a.home_id)
        people = [worlds.make_person(f"Aspirante {i}") for i in range(20)]
        return [(p.id, worlds.make_affiliation(p, home).id) for p in people]


def enrol_all(app, world, people) -> dict[str, int]:
    def enrol(person_id: int, affiliation_id: int) -> str:
        with app.app_context():
            try:
                enrolment = enrolling.enrol(
                    SYSTEM,
                    db.session.get_one(Edition, world.a.edition_id),
                    db.session.get_one(Person, person_id),
                    db.session.get_one(Affiliation, affiliation_id),
                )
                state = enrolment.state
                db.session.commit()
                return state.value
            finally:
                db.session.remove()

    results = at_once(*[lambda pair=pair: enrol(*pair) for pair in people])
    return {str(result): results.count(result) for result in results}


def test_the_last_seat_is_given_once(app, world, last_seat):
    assert enrol_all(app, world, last_seat) == {"confirmed": 1, "waitlisted": 19}
    positions = ask(
        app,
        "SELECT waitlist_position FROM enrolment WHERE state = 'waitlisted' "
        "ORDER BY waitlist_position",
    )
    assert [p for (p,) in positions] == list(range(1, 20))
    assert trail_is_whole(app)


def test_a_seat_given_without_a_lock_would_be_noticed(app, world, last_seat, monkeypatch):
    monkeypatch.setattr(enrolling, "_count", slowly(enrolling._count))
    without_locks(app, monkeypatch)
    assert enrol_all(app, world, last_seat) != {"confirmed": 1, "waitlisted": 19}


def test_one_person_enrolled_twice_at_once_is_enrolled_once(app, world, last_seat):
    result = enrol_all(app, world, [last_seat[0]] * 5)
    assert result.pop("confirmed") == 1
    with app.app_context():
        mine = select(func.count()).select_from(Enrolment)
        assert db.session.scalar(mine.where(Enrolment.person_id == last_seat[0][0])) == 1
        assert db.session.scalar(select(func.count()).select_from(AttendanceEntry)) == 6
        db.session.remove()
