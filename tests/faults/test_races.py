# SPDX-License-Identifier: AGPL-3.0-or-later
"""Hands that meet: one wins, nothing is lost, and where a guard is planted away it is noticed."""

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from app import waitlist
from app.actor import SYSTEM
from app.courses.planning.actions import change_edition
from app.enrolments import actions as enrolling
from app.extensions import db
from app.models import (
    Affiliation,
    AttendanceEntry,
    Edition,
    Enrolment,
    Lesson,
    Organisation,
    Person,
    RegisterSheet,
    Venue,
)
from app.registers import actions as marking
from tests import world as worlds
from tests.faults.together import at_once, slowly, statuses, without_locks
from tests.ledger import arranging, ask, do, recomputed_hash, trail_is_whole
from tests.pages import Hand

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
    """An edition with one seat left, and fifty people who want it."""
    with arranging(app) as session:
        edition = session.get_one(Edition, world.a.edition_id)
        edition.seats_max = len(world.a.enrolment_ids) + 1
        home = session.get_one(Organisation, world.a.home_id)
        people = [worlds.make_person(f"Aspirante {i}") for i in range(50)]
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
    assert enrol_all(app, world, last_seat) == {"confirmed": 1, "waitlisted": 49}
    positions = ask(
        app,
        "SELECT waitlist_position FROM enrolment WHERE state = 'waitlisted' "
        "ORDER BY requested_at, id",
    )
    assert [p for (p,) in positions] == list(range(1, 50))
    assert trail_is_whole(app)


def test_more_seats_and_who_comes_meanwhile_are_given_once(app, world, last_seat):
    """Five seats are added while ten enrol in an edition with one, to begin in a month."""
    with arranging(app) as session:
        edition = session.get_one(Edition, world.a.edition_id)
        edition.seats_max = (taken := len(world.a.enrolment_ids)) + 1
        for lesson in session.scalars(select(Lesson).where(Lesson.edition_id == edition.id)):
            lesson.starts_at += timedelta(days=90)
            lesson.ends_at += timedelta(days=90)
    results = at_once(
        lambda: enrol_all(app, world, last_seat[:5]),
        lambda: add_seats(app, world, 5),
        lambda: enrol_all(app, world, last_seat[5:10]),
    )
    assert not [result for result in results if isinstance(result, Exception)]
    states = dict(
        map(
            tuple,
            ask(
                app,
                "SELECT state, count(*) FROM enrolment WHERE edition_id = :id GROUP BY state",
                id=world.a.edition_id,
            ),
        )
    )
    assert (states["confirmed"], states["waitlisted"]) == (taken + 6, 4)
    positions = ask(
        app,
        "SELECT waitlist_position FROM enrolment WHERE state = 'waitlisted' "
        "ORDER BY requested_at, id",
    )
    assert [p for (p,) in positions] == [1, 2, 3, 4]
    assert trail_is_whole(app)


def add_seats(app, world, more: int) -> None:
    with app.app_context():
        try:
            edition = db.session.get_one(Edition, world.a.edition_id)
            venue = db.session.get_one(Venue, edition.venue_id)
            values = {"seats_max": edition.seats_max + more}
            change_edition(SYSTEM, edition, edition.version, values, venue)
            db.session.commit()
        finally:
            db.session.remove()


def test_a_seat_given_without_a_lock_would_be_noticed(app, world, last_seat, monkeypatch):
    monkeypatch.setattr(waitlist, "taken_by_body", slowly(waitlist.taken_by_body))
    without_locks(app, monkeypatch)
    assert enrol_all(app, world, last_seat) != {"confirmed": 1, "waitlisted": 49}


def test_one_person_enrolled_twice_at_once_is_enrolled_once(app, world, last_seat):
    result = enrol_all(app, world, [last_seat[0]] * 5)
    assert result.pop("confirmed") == 1
    with app.app_context():
        mine = select(func.count()).select_from(Enrolment)
        assert db.session.scalar(mine.where(Enrolment.person_id == last_seat[0][0])) == 1
        assert db.session.scalar(select(func.count()).select_from(AttendanceEntry)) == 6
        db.session.remove()
