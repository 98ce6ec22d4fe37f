# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lessons held and not closed: on the first pages and in the morning's message; no false alarm."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app import transaction
from app.domain.edition import EditionState
from app.domain.enrolment import EnrolmentState
from app.domain.register import SheetState
from app.domain.roles import Role
from app.domain.vocabulary import LessonState, StaffRole
from app.extensions import db
from app.models import (
    Edition,
    Enrolment,
    Lesson,
    Organisation,
    Person,
    Programme,
    RegisterSheet,
    UserAccount,
)
from app.registers.chasing import chase_open_sheets
from tests import world as worlds
from tests.faults.together import at_once
from tests.ledger import arranging, ask, do, one
from tests.pages import main

TOPIC = "Mediazione nei servizi"
TUESDAY = worlds.NOW - timedelta(days=2)
MORNING = datetime(2015, 5, 15, 5, 0, tzinfo=UTC)  # Friday, 07:00 in Rome
# Friday morning: trainer and organiser of each of the two bodies, whose lessons of Thursday are open.
ALL = 4
FIRST_PAGES = {
    "trainer_alfa": "/today",
    "organiser_alfa": "/dashboard",
    "coordinator": "/dashboard",
}


@pytest.fixture
def lesson_id(app, world):
    """A lesson of last Tuesday, held by the trainer, its page never opened."""
    with arranging(app) as session:
        edition = session.get_one(Edition, world.a.edition_id)
        trainer = session.get_one(UserAccount, world.account_ids["trainer_alfa"]).person_id
        lesson = worlds.make_lesson(edition, 9, TUESDAY, topic=TOPIC)
        worlds.make_staff(lesson, session.get_one(Person, trainer))
        return lesson.id


def chase(app) -> int:
    with app.app_context(), transaction.unit():
        return chase_open_sheets()


def alarms(app, visit, clock, lesson_id) -> dict[str, bool]:
    """Who is told of the lesson: each first page, and the message of the next morning."""
    with app.app_context():
        code, seq = db.session.execute(
            select(Edition.code, Lesson.seq).join(Lesson).where(Lesson.id == lesson_id)
        ).one()
        db.session.remove()
    told = {}
    for who, path in FIRST_PAGES.items():
        shown = main(visit(who).get(path)).partition("Lezioni di oggi")[0]
        told[who] = f"{code} · lezione {seq}" in shown or f"{code}, lezione {seq} del" in shown
    clock.move_to(MORNING)
    chase(app)
    bodies = "".join(body for (body,) in ask(app, "SELECT body FROM outbox_message"))
    told["mail"] = f"/lessons/{lesson_id}/sheet" in bodies
    return told


EVERYBODY = {"trainer_alfa": True, "organiser_alfa": True, "coordinator": True, "mail": True}
NOBODY = dict.fromkeys(EVERYBODY, False)


def cancel(session, lesson, sheet):
    lesson.state = LessonState.CANCELLED


def move_away(session, lesson, sheet):
    lesson.state = LessonState.MOVED


def move_to_next_week(session, lesson, sheet):
    lesson.moved_from = lesson.starts_at
    lesson.starts_at += timedelta(days=7)
    lesson.ends_at += timedelta(days=7)


def empty(session, lesson, sheet):
    for enrolment in session.scalars(
        select(Enrolment).where(Enrolment.edition_id == lesson.edition_id)
    ):
        enrolment.state = EnrolmentState.WITHDRAWN


def not_published(session, lesson, sheet):
    session.get_one(Edition, lesson.edition_id).state = EditionState.DRAFT


def call_off(session, lesson, sheet):
    session.get_one(Edition, lesson.edition_id).state = EditionState.CANCELLED


def close(session, lesson, sheet):
    enrolments = session.scalars(
        select(Enrolment).where(Enrolment.edition_id == lesson.edition_id)
    ).all()
    account = session.scalars(select(UserAccount)).first()
    worlds.close_page(lesson, list(enrolments), account)


def open_page(session, lesson, sheet):
    sheet.state, sheet.opened_at = SheetState.OPEN, lesson.starts_at


def reopen_long_ago(session, lesson, sheet):
    close(session, lesson, sheet)
    sheet.state, sheet.reopened_until = SheetState.REOPENED, worlds.NOW


def reopen_this_morning(session, lesson, sheet):
    close(session, lesson, sheet)
    sheet.state, sheet.reopened_until = SheetState.REOPENED, MORNING + timedelta(hours=23)


@pytest.mark.parametrize(
    ("arrange", "expected"),
    [
        (lambda *_: None, EVERYBODY),
        (open_page, EVERYBODY),
        (reopen_long_ago, EVERYBODY),
        (reopen_this_morning, EVERYBODY | {"mail": False}),
        (cancel, NOBODY),
        (move_away, NOBODY),
        (move_to_next_week, NOBODY),
        (empty, NOBODY),
        (not_published, NOBODY),
        (call_off, NOBODY),
        (close, NOBODY),
    ],
)
def test_who_is_told_of_a_lesson(app, visit, clock, lesson_id, arrange, expected):
    with arranging(app) as session:
        sheet = session.scalars(
            select(RegisterSheet).where(RegisterSheet.lesson_id == lesson_id)
        ).one()
        arrange(session, session.get_one(Lesson, lesson_id), sheet)
    assert alarms(app, visit, clock, lesson_id) == expected


def test_a_lesson_of_today_is_no_alarm_for_the_trainer_and_one_of_tomorrow_for_nobody(
    app, visit, clock, world
):
    clock.shift(timedelta(hours=5))  # over since 13:00
    assert "Fogli da chiudere" not in main(visit("trainer_alfa").get("/today"))
    shown = main(visit("coordinator").get("/dashboard"))
    assert "lezione 1 del gio 14 mag 2015" in shown
    assert "di oggi" in shown
    assert "lezione 2 del" not in shown
    assert chase(app) == 0, "the message is for the next morning"


def test_the_message_names_lesson_edition_trainer_and_days(app, clock, lesson_id):
    clock.move_to(MORNING)
    assert chase(app) == ALL
    sent = dict(ask(app, "SELECT to_address, body FROM outbox_message"))
    organiser = sent["organiser_alfa@prova.example"]
    assert "lezione 9 del 12 maggio 2015 (da 3 giorni)" in organiser
    assert "Docente: Lucia Docente Alfa" in organiser
    assert f"http://localhost/lessons/{lesson_id}/sheet" in organiser
    assert "Progetto co-finanziato dall'Unione Europea" in organiser
    assert f"/lessons/{lesson_id}/sheet" in sent["trainer_alfa@prova.example"]
    assert f"/lessons/{lesson_id}/sheet" not in sent["organiser_beta@prova.example"]


def test_tutors_and_people_who_have_left_are_not_written_to(app, clock, lesson_id, world):
    with arranging(app) as session:
        lesson = session.get_one(Lesson, lesson_id)
        tutor = session.get_one(UserAccount, world.account_ids["tutor_alfa"]).person_id
        worlds.make_staff(lesson, session.get_one(Person, tutor), StaffRole.TUTOR)
        do_not = session.get_one(UserAccount, world.account_ids["organiser_alfa"])
        do_not.state = "disabled"
    clock.move_to(MORNING)
    chase(app)
    lesson_link = f"%/lessons/{lesson_id}/sheet%"
    told = ask(app, "SELECT to_name FROM outbox_message WHERE body LIKE :link", link=lesson_link)
    assert told == [("Lucia Docente Alfa",)]


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (datetime(2015, 5, 15, 4, 59, 59, tzinfo=UTC), False),  # Friday, 06:59:59
        (datetime(2015, 5, 15, 5, 0, tzinfo=UTC), True),
        (datetime(2015, 5, 15, 20, 0, tzinfo=UTC), True),  # the worker slept until 22:00
        (datetime(2015, 5, 16, 6, 0, tzinfo=UTC), False),  # Saturday
        (datetime(2015, 5, 17, 6, 0, tzinfo=UTC), False),  # Sunday
        (datetime(2015, 6, 2, 6, 0, tzinfo=UTC), False),  # Festa della Repubblica
        (datetime(2015, 5, 18, 5, 1, tzinfo=UTC), True),  # Monday
    ],
)
def test_the_messages_are_of_a_working_morning(app, clock, lesson_id, moment, due):
    clock.move_to(moment)
    assert bool(chase(app)) is due


def test_the_clock_of_the_demonstration_says_when(app, lesson_id, clock):
    clock.move_to(datetime(2026, 11, 21, 3, 0, tzinfo=UTC))  # a Saturday night
    app.config["CLOCK_OFFSET"] = int((MORNING - datetime(2026, 11, 21, 3, 0, tzinfo=UTC)).total_seconds()) + 1  # fmt: skip
    assert chase(app) == ALL


def test_each_morning_once_and_nothing_when_all_is_closed(app, clock, lesson_id):
    clock.move_to(MORNING)
    assert [chase(app) for _ in range(3)] == [ALL, 0, 0]
    clock.shift(timedelta(hours=8))
    assert chase(app) == 0, "nor later the same day"
    clock.move_to(MORNING + timedelta(days=3))
    assert chase(app) == ALL, "but again on Monday"
    do(app, "UPDATE enrolment SET state = 'withdrawn'")
    clock.move_to(MORNING + timedelta(days=4))
    assert chase(app) == 0


def test_two_workers_write_each_message_once(app, clock, lesson_id):
    clock.move_to(MORNING)
    done = at_once(*[lambda: chase(app)] * 4)
    assert sum(done) == ALL
    assert len(ask(app, "SELECT id FROM outbox_message")) == ALL


def test_one_message_to_who_is_trainer_and_organiser(app, clock, lesson_id, world):
    with arranging(app) as session:
        worlds.give_role(
            session.get_one(UserAccount, world.account_ids["trainer_alfa"]),
            Role.ORGANISER,
            session.get_one(Programme, world.programme_id),
            session.get_one(Organisation, world.a.delivering_id),
        )
    clock.move_to(MORNING)
    assert chase(app) == ALL
    (body,) = ask(app, "SELECT body FROM outbox_message WHERE to_address LIKE 'trainer_alfa%'")
    assert body[0].count(f"/lessons/{lesson_id}/sheet") == 1


def test_a_trainer_without_account_is_written_to_at_work(app, clock, lesson_id):
    do(app, "UPDATE user_account SET person_id = NULL WHERE login LIKE 'trainer_alfa%'")
    clock.move_to(MORNING)
    chase(app)
    address = one(app, "SELECT work_email FROM person WHERE family_name = 'Docente Alfa'")
    assert (address,) in ask(app, "SELECT to_address FROM outbox_message")
