# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: a secret address gives a calendar program its owner's lessons in one role, and
nothing to anybody once it is withdrawn, renewed, or the role is over."""

import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from app.domain.edition import EditionState
from app.domain.enrolment import EnrolmentState
from app.domain.sharing import token_hash
from app.domain.vocabulary import AccountState, LessonState
from app.extensions import db
from app.models import Edition, Enrolment, Lesson, Person, RoleAssignment, UserAccount
from tests import world as worlds
from tests.conftest import TOKEN
from tests.documents.calendar_reader import events, lines
from tests.faults.together import at_once
from tests.ledger import arranging, ask, connection, do, one
from tests.pages import form, main

ADDRESS = re.compile(r"http://localhost(/calendar/feed/([A-Za-z0-9_-]{43})\.ics)")


def make(visitor, drawn=None):
    return visitor.client.post(
        "/my/calendar", data=drawn or form(visitor.get("/my/calendar"), "/my/calendar")
    )


def address(answer) -> str:
    assert answer.status_code == 200, main(answer)
    assert "Si mostra una volta sola" in main(answer)
    return ADDRESS.search(answer.text)[1]


def subscribed(visitor) -> str:
    return address(make(visitor))


def withdraw(app, visitor):
    """Withdraw the address made last."""
    number = one(app, "SELECT max(id) FROM calendar_feed")
    return visitor.post(f"/my/calendar/{number}/withdraw")


def read(visit, path: str) -> dict[str, dict]:
    """The events by their names in the world: lesson-<id>."""
    answer = visit().get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    return {event["UID"].partition("@")[0]: event for event in events(answer.data)}


def keys(*ids: int) -> set[str]:
    return {f"lesson-{number}" for number in ids}


def change(app, model, row_id: int, **values) -> None:
    with arranging(app) as session:
        session.execute(update(model).where(model.id == row_id).values(**values))


def lessons_of(app, *editions: int) -> list[int]:
    with connection(app) as found:
        table = Lesson.__table__
        return list(
            found.scalars(
                table.select().with_only_columns(table.c.id).where(table.c.edition_id.in_(editions))
            )
        )


@pytest.mark.parametrize("who", ["trainer_alfa", "tutor_alfa"])
def test_a_trainer_and_a_tutor_read_their_own_lessons(visit, world, who):
    found = read(visit, subscribed(visit(who)))
    assert set(found) == keys(world.a.lesson_id, world.a.past_lesson_id)


def test_an_organiser_reads_the_editions_her_body_delivers(app, visit, world):
    found = read(visit, subscribed(visit("organiser_alfa")))
    assert set(found) == keys(*lessons_of(app, world.a.edition_id, world.a.closed_edition_id))


def test_the_coordinator_reads_the_programme_and_no_other(app, visit, world):
    with arranging(app):
        programme = worlds.make_programme()
        worlds.build_side(programme, {}, "Gamma", 1)
    mine = lessons_of(
        app, world.a.edition_id, world.a.closed_edition_id, world.b.edition_id, world.b.closed_edition_id
    )  # fmt: skip
    assert set(read(visit, subscribed(visit("coordinator")))) == keys(*mine)


@pytest.mark.parametrize(
    ("state", "there"),
    [
        (EnrolmentState.CONFIRMED, True),
        (EnrolmentState.COMPLETED, True),
        (EnrolmentState.REQUESTED, False),
        (EnrolmentState.WAITLISTED, False),
        (EnrolmentState.REJECTED, False),
        (EnrolmentState.WITHDRAWN, False),
    ],
)
def test_an_official_reads_the_lessons_she_is_expected_at(app, visit, world, state, there):
    path = subscribed(visit("participant_alfa"))
    change(app, Enrolment, world.a.enrolment_ids[0], state=state)
    assert (f"lesson-{world.a.lesson_id}" in read(visit, path)) is there


def test_no_calendar_holds_what_belongs_to_others(app, visit, world):
    """A canary: the name of every participant, and of the other body's lessons, is a word apart."""
    theirs = lessons_of(app, world.b.edition_id, world.b.closed_edition_id)
    with arranging(app) as session:
        for number, person in enumerate(session.scalars(db.select(Person))):
            if person.family_name.startswith("Partecipante"):
                person.family_name = f"Canarino{number}"
        session.execute(update(Lesson).where(Lesson.id.in_(theirs)).values(topic="Canarino altrui"))
    for who in ("trainer_alfa", "tutor_alfa", "participant_alfa", "organiser_alfa"):
        text = "\n".join(lines(visit().get(subscribed(visit(who))).data))
        assert "Canarino" not in text, who
        assert "@ente.example" not in text, who
        for secret in ("check-in", "/c/", "password", "login"):
            assert secret not in text, (who, secret)
    everything = "\n".join(lines(visit().get(subscribed(visit("coordinator"))).data))
    assert "Canarino altrui" in everything  # the canary sings where it may


def test_what_an_entry_says(app, visit, world):
    found = read(visit, subscribed(visit("organiser_alfa")))[f"lesson-{world.a.lesson_id}"]
    assert found["DTSTART"] == datetime(2015, 5, 14, 7, tzinfo=UTC)
    assert found["DTEND"] == datetime(2015, 5, 14, 11, tzinfo=UTC)
    assert found["LOCATION"] == "Sala Alfa, Perugia"
    assert found["STATUS"] == "CONFIRMED"
    assert found["SEQUENCE"] == "0"
    assert "Lezione 1: Argomento 1" in found["DESCRIPTION"]
    assert "Docente: Lucia Docente Alfa" in found["DESCRIPTION"]
    assert found["URL"] == f"http://localhost/editions/{world.a.edition_id}"


@pytest.mark.parametrize(
    ("utc", "local"),
    [
        (datetime(2015, 3, 28, 8, tzinfo=UTC), "20150328T090000"),
        (datetime(2015, 3, 29, 7, tzinfo=UTC), "20150329T090000"),
        (datetime(2015, 3, 30, 7, tzinfo=UTC), "20150330T090000"),
        (datetime(2015, 10, 24, 7, tzinfo=UTC), "20151024T090000"),
        (datetime(2015, 10, 25, 8, tzinfo=UTC), "20151025T090000"),
        (datetime(2015, 10, 26, 8, tzinfo=UTC), "20151026T090000"),
    ],
)
def test_the_hour_is_right_around_both_nights_the_clock_changes(app, visit, world, utc, local):
    change(app, Lesson, world.a.lesson_id, starts_at=utc, ends_at=utc + timedelta(hours=4))
    answer = visit().get(subscribed(visit("trainer_alfa")))
    found = {event["UID"].partition("@")[0]: event for event in events(answer.data)}
    assert found[f"lesson-{world.a.lesson_id}"]["DTSTART"] == utc
    assert f"DTSTART;TZID=Europe/Rome:{local}" in lines(answer.data)


def test_a_lesson_moved_keeps_its_name_and_counts_the_change(app, visit, world):
    path = subscribed(visit("organiser_alfa"))
    before = read(visit, path)[f"lesson-{world.a.lesson_id}"]
    for hours in (24, 48):
        with arranging(app) as session:
            lesson = session.get_one(Lesson, world.a.lesson_id)
            lesson.moved_from = lesson.starts_at
            lesson.starts_at += timedelta(hours=hours)
            lesson.ends_at += timedelta(hours=hours)
            lesson.revision += 1
            worlds.audit.record(worlds.Actor("prove"), worlds.Action.LESSON_MOVED, lesson, "prova")
    after = read(visit, path)[f"lesson-{world.a.lesson_id}"]
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == ("0", "2")
    assert after["DTSTART"] - before["DTSTART"] == timedelta(hours=72)
    assert "Spostata: era ven 15 mag 2015, 09:00" in after["DESCRIPTION"]


@pytest.mark.parametrize("state", [LessonState.CANCELLED, LessonState.MOVED])
def test_a_lesson_called_off_says_so_under_its_name(app, visit, world, state):
    path = subscribed(visit("trainer_alfa"))
    change(app, Lesson, world.a.lesson_id, state=state)
    found = read(visit, path)[f"lesson-{world.a.lesson_id}"]
    assert found["STATUS"] == "CANCELLED"
    assert found["SUMMARY"].startswith("Annullata: ")


def test_the_lessons_of_an_edition_called_off_are_called_off(app, visit, world):
    change(app, Edition, world.a.edition_id, state=EditionState.CANCELLED)
    found = read(visit, subscribed(visit("trainer_alfa")))
    assert found[f"lesson-{world.a.lesson_id}"]["STATUS"] == "CANCELLED"
    assert found[f"lesson-{world.a.past_lesson_id}"]["STATUS"] == "CONFIRMED"


# --- whose address opens what ----------------------------------------------------------------


def refusal(visit, path: str) -> tuple:
    answer = visit().get(path)
    own = ("X-Request-Id", "Set-Cookie", "Content-Length")
    headers = {name: value for name, value in answer.headers if name not in own}
    text = re.sub(r' data-now="[^"]*"', "", TOKEN.sub("token", answer.text))
    return answer.status_code, text.replace(answer.request.path, "/path"), headers


def test_all_that_opens_nothing_is_answered_alike(app, visit, world):
    visitor = visit("trainer_alfa")
    withdrawn = subscribed(visitor)
    withdraw(app, visitor)
    renewed = subscribed(visitor)
    subscribed(visitor)
    ended = subscribed(visit("organiser_alfa"))
    role = RoleAssignment.account_id == world.account_ids["organiser_alfa"]
    with arranging(app) as session:
        yesterday = (worlds.NOW - timedelta(days=1)).date()
        session.execute(update(RoleAssignment).where(role).values(ends_on=yesterday))
    disabled = subscribed(visit("tutor_alfa"))
    change(app, UserAccount, world.account_ids["tutor_alfa"], state=AccountState.DISABLED)
    gone = subscribed(visit("participant_alfa"))
    change(app, Person, world.a.person_id, active=False)
    nothing = [
        withdrawn, renewed, ended, disabled, gone,
        f"/calendar/feed/{'A' * 43}.ics", "/calendar/feed/x.ics", f"/calendar/feed/{'A' * 500}.ics",
        "/calendar/feed/%00.ics", "/calendar/feed/è.ics", "/calendar/feed/1 OR 1=1--.ics",
    ]  # fmt: skip
    answers = [refusal(visit, path) for path in nothing]
    assert answers[0][0] == 404
    assert [
        path for path, answer in zip(nothing, answers, strict=True) if answer != answers[0]
    ] == []


def test_a_role_revoked_or_not_begun_opens_nothing(app, visit, world):
    path = subscribed(visit("trainer_alfa"))
    role = RoleAssignment.account_id == world.account_ids["trainer_alfa"]
    for values in (
        {"revoked_by_id": world.account_ids["coordinator"]},
        {"revoked_by_id": None, "starts_on": (worlds.NOW + timedelta(days=1)).date()},
    ):
        with arranging(app) as session:
            session.execute(update(RoleAssignment).where(role).values(**values))
        assert visit().get(path).status_code == 404
    with arranging(app) as session:
        session.execute(
            update(RoleAssignment).where(role).values(starts_on=worlds.date(2014, 8, 1))
        )
    assert visit().get(path).status_code == 200


def test_the_address_is_of_one_role(app, visit, world):
    """Another role of the same account, with wider sight, changes nothing."""
    visitor = visit("trainer_alfa")
    path = subscribed(visitor)
    with arranging(app) as session:
        account = session.get_one(UserAccount, world.account_ids["trainer_alfa"])
        programme = session.get_one(worlds.Programme, world.programme_id)
        worlds.give_role(account, worlds.Role.PROGRAMME_COORDINATOR, programme)
    assert set(read(visit, path)) == keys(world.a.lesson_id, world.a.past_lesson_id)


def test_who_is_signed_in_makes_no_difference(visit):
    path = subscribed(visit("trainer_alfa"))
    assert visit("coordinator").get(path).data == visit().get(path).data


def test_a_stranger_cannot_withdraw_it(app, visit):
    path = subscribed(visit("trainer_alfa"))
    number = one(app, "SELECT max(id) FROM calendar_feed")
    for who in ("trainer_beta", "coordinator", "organiser_alfa"):
        assert visit(who).post(f"/my/calendar/{number}/withdraw").status_code == 404
    assert visit("auditor").post(f"/my/calendar/{number}/withdraw").status_code == 403
    assert visit().get(path).status_code == 200


def test_the_address_is_kept_nowhere(app, visit, caplog):
    visitor = visit("trainer_alfa")
    with caplog.at_level(logging.DEBUG):
        path = subscribed(visitor)
        visit().get(path)
        again = visitor.get("/my/calendar")
    token = ADDRESS.search("http://localhost" + path)[2]
    with connection(app) as found:
        for stored in db.metadata.sorted_tables:
            for row in found.execute(stored.select()):
                assert token not in repr(tuple(row)), stored.name
    assert token not in again.text
    assert token not in caplog.text
    assert one(app, "SELECT token_hash FROM calendar_feed") == token_hash(token)


def test_the_trail_knows_what_was_made_and_withdrawn(app, visit):
    visitor = visit("trainer_alfa")
    subscribed(visitor)
    subscribed(visitor)
    deeds = ask(app, "SELECT action FROM audit_event WHERE target_type = 'calendar_feed' ORDER BY sequence")  # fmt: skip
    assert [deed for (deed,) in deeds] == [
        "calendar_feed.made", "calendar_feed.withdrawn", "calendar_feed.made",
    ]  # fmt: skip


def test_the_form_sent_twice_makes_one_address(app, visit):
    visitor = visit("trainer_alfa")
    drawn = form(visitor.get("/my/calendar"), "/my/calendar")
    assert address(make(visitor, drawn)) == address(make(visitor, drawn))
    assert one(app, "SELECT count(*) FROM calendar_feed") == 1
    withdraw(app, visitor)
    answer = make(visitor, drawn)
    assert answer.status_code == 422
    assert "non vale più" in main(answer)


def test_sent_at_once_one_address_stays_in_use(app, visit):
    visitors = [visit("trainer_alfa") for _ in range(4)]
    drawn = [form(v.get("/my/calendar"), "/my/calendar") for v in visitors]
    at_once(*[lambda v=v, d=d: make(v, d) for v, d in zip(visitors, drawn, strict=True)])
    assert one(app, "SELECT count(*) FROM calendar_feed WHERE withdrawn_at IS NULL") == 1


@pytest.mark.parametrize("nonce", ["", "x", "A" * 32, "0" * 31, "0" * 33])
def test_a_form_that_was_not_drawn_here_makes_nothing(app, visit, nonce):
    visitor = visit("trainer_alfa")
    drawn = form(visitor.get("/my/calendar"), "/my/calendar")
    assert make(visitor, {**drawn, "nonce": nonce}).status_code == 422
    assert one(app, "SELECT count(*) FROM calendar_feed") == 0


# --- how it is fetched -------------------------------------------------------------------------


def test_an_unchanged_calendar_is_not_sent_again(app, visit, world):
    path = subscribed(visit("trainer_alfa"))
    first = visit().get(path)
    assert "private" in first.headers["Cache-Control"]
    assert "no-cache" in first.headers["Cache-Control"]
    assert "noindex" in first.headers["X-Robots-Tag"]
    seen = {"If-None-Match": first.headers["ETag"]}
    again = visit().get(path, headers=seen)
    assert again.status_code == 304
    assert again.data == b""
    change(app, Lesson, world.a.lesson_id, state=LessonState.CANCELLED)
    assert visit().get(path, headers=seen).status_code == 200


def test_wrong_tries_are_few_and_right_ones_are_not_counted(app, visit):
    path = subscribed(visit("trainer_alfa"))
    anybody = visit()
    for _try in range(70):
        assert anybody.get(path).status_code == 200
    answers = [anybody.get(f"/calendar/feed/{'B' * 43}.ics").status_code for _try in range(61)]
    assert answers == [404] * 60 + [429]
    assert anybody.get(path).status_code == 429


def test_an_edition_leaves_as_a_file_of_what_the_reader_may_see(app, visit, world):
    path = f"/editions/{world.a.edition_id}/calendar.ics"
    answer = visit("organiser_alfa").get(path)
    assert answer.headers["Content-Disposition"].endswith('.ics"')
    assert len(events(answer.data)) == 2
    assert len(events(visit("trainer_alfa").get(path).data)) == 1
    assert visit("organiser_beta").get(path).status_code == 404


def test_hostile_words_stay_words(app, visit, world):
    text = "Prova\\nEND:VEVENT\\nBEGIN:VEVENT; <b>,"
    do(app, "UPDATE lesson SET topic = :text", text=text)
    found = read(visit, subscribed(visit("trainer_alfa")))
    assert len(found) == 2
    assert text in found[f"lesson-{world.a.lesson_id}"]["DESCRIPTION"]
