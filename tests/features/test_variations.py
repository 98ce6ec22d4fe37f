# SPDX-License-Identifier: AGPL-3.0-or-later
"""What changes once an edition is open: kept with its reason, told when asked, counted once."""

from datetime import timedelta

import pytest

from app.extensions import db
from app.models import Edition, Enrolment, OutboxAttachment, OutboxMessage, UserAccount
from app.standings import all_standings
from tests import world as worlds
from tests.documents.reading import spoken
from tests.ledger import arranging, ask, checksum, do, one
from tests.pages import csv_rows, main, table
from tests.timetables import Desk, opened, rows_of, trainer_of

REASON = "Neve: sede non raggiungibile"


@pytest.fixture
def edition(app, world):
    """Two lessons to come, on 3 and 10 June 2015; three people confirmed."""
    found, lessons = opened(app, world.a)
    with arranging(app) as session:
        home = session.get_one(worlds.Organisation, world.a.home_id)
        for n in range(3):
            address = f"iscritto{n}@prova.example" if n else None
            person = worlds.make_person(work_email=address)
            worlds.make_enrolment(session.get_one(Edition, found), person, home)
    return found, lessons


@pytest.fixture
def desk(visit, edition) -> Desk:
    return Desk(visit("organiser_alfa"), edition[0])


def variations(app, edition_id: int) -> list[tuple]:
    return ask(
        app,
        "SELECT number, kind, reason FROM variation WHERE edition_id = :id ORDER BY number",
        id=edition_id,
    )


def test_a_lesson_moved_is_a_variation_with_old_and_new(app, desk, edition):
    desk.rows[1]["day"] = "17/06/2015"
    review = desk.step("review")
    assert review.status_code == 200
    said = main(review)
    assert "Lezione 2 Data o orario Prima: 10/06/2015, 09:00–13:00 Dopo: 17/06/2015" in said
    desk.rows = rows_of(review)
    assert desk.save(reason=REASON).status_code == 302
    assert variations(app, edition[0]) == [(1, "moved", REASON)]
    lesson = ask(
        app, "SELECT starts_at, moved_from, revision FROM lesson WHERE id = :id", id=edition[1][1]
    )[0]
    assert "2015-06-17" in str(lesson[0])
    assert "2015-06-10" in str(lesson[1])
    assert lesson[2] == 1


@pytest.mark.parametrize("reason", ["", "Neve", "   breve    ", "x" * 301])
def test_without_a_reason_nothing_is_saved(app, desk, edition, reason):
    desk.rows[1]["day"] = "17/06/2015"
    before = checksum(app)
    answer = desk.save(reason=reason)
    assert answer.status_code == 422
    words = "Al massimo 300 caratteri." if len(reason) > 300 else "Scrivere il motivo"
    assert words in main(answer)
    assert rows_of(answer)[1]["day"] == "17/06/2015"
    assert checksum(app) == before


def test_topics_alone_are_no_variation(app, desk, edition):
    desk.rows[0]["topic"] = "Un altro argomento"
    assert "Nessuna variazione" in main(desk.step("review"))
    assert desk.save().status_code == 302
    assert variations(app, edition[0]) == []


def test_added_cancelled_room_and_trainer_each_have_their_name(app, desk, world, visit, edition):
    with arranging(app) as session:
        worlds.make_venue(name="Sala Nuova")
        trainer = trainer_of(session, world.a)
        family = trainer.family_name
    desk.rows[0]["venue"] = "Sala Nuova"
    desk.rows[1]["trainers"] = ""
    desk.add(day="24/6/2015")
    assert desk.save(reason=REASON).status_code == 302
    assert [row[1] for row in variations(app, edition[0])] == ["venue", "staff", "added"]
    again = Desk(visit("organiser_alfa"), edition[0])
    del again.rows[0]
    assert "la lezione non si tiene" in main(again.step("review"))
    assert again.save(reason=REASON).status_code == 302
    assert variations(app, edition[0])[-1] == (4, "cancelled", REASON)
    assert one(app, "SELECT state FROM lesson WHERE id = :id", id=edition[1][0]) == "cancelled"
    page = main(visit("organiser_alfa").get(f"/editions/{edition[0]}/variations"))
    assert f"docente {family} Lucia" in page
    assert "docente –" in page


def test_a_substitute_carries_the_reason(app, desk, world, edition):
    with arranging(app) as session:
        other = worlds.make_person("Sostituta")
        worlds.give_role(
            worlds.make_account("sostituta", other),
            worlds.Role.TRAINER,
            session.get_one(worlds.Programme, world.programme_id),
            session.get_one(worlds.Organisation, world.a.delivering_id),
        )
    desk.rows[0]["trainers"] = "sostituta lucia"
    assert desk.save(reason=REASON).status_code == 302
    staff = "SELECT reason, role FROM lesson_staff WHERE lesson_id = :id"
    assert ask(app, staff, id=edition[1][0]) == [(REASON, "trainer")]


# --- telling ------------------------------------------------------------------


def test_nobody_is_told_unless_it_is_ticked(app, desk, edition):
    desk.rows[1]["day"] = "17/06/2015"
    desk.save(reason=REASON)
    assert one(app, "SELECT count(*) FROM outbox_message") == 0
    assert one(app, "SELECT told FROM variation") in ("[]", [])


def test_those_concerned_are_told_with_the_updated_calendar(app, desk, edition):
    desk.rows[1]["day"] = "17/06/2015"
    review = main(desk.step("review"))
    assert "Il messaggio raggiunge 3 persone" in review
    assert "Una persona è senza indirizzo" in review
    assert "ora: 17/06/2015, 09:00–13:00" in review
    assert desk.save(reason=REASON, tell="y").status_code == 302
    with app.app_context():
        messages = db.session.query(OutboxMessage).all()
        files = db.session.query(OutboxAttachment).all()
        texts = [one.content.decode() for one in files]
        bodies = [one.body for one in messages]
        db.session.remove()
    assert len(messages) == len(files) == 3
    assert all(REASON in body and "prima: 10/06/2015, 09:00–13:00" in body for body in bodies)
    assert all("SEQUENCE:1" in text and "20150617T090000" in text for text in texts)
    assert all(f"UID:lesson-{edition[1][1]}@" in text for text in texts)
    assert len(ask(app, "SELECT told FROM variation")[0][0]) >= 3


def test_the_sequence_rises_and_who_is_replaced_is_called_off(app, visit, desk, edition):
    desk.rows[1]["day"] = "17/06/2015"
    desk.save(reason=REASON)
    again = Desk(visit("organiser_alfa"), edition[0])
    again.rows[1]["trainers"] = ""
    again.save(reason=REASON, tell="y")
    with app.app_context():
        texts = [one.content.decode() for one in db.session.query(OutboxAttachment)]
        db.session.remove()
    assert all("SEQUENCE:2" in text for text in texts)
    assert sorted("STATUS:CANCELLED" in text for text in texts) == [False, False, True]


def test_a_lesson_cancelled_is_cancelled_in_calendars(app, desk, edition):
    del desk.rows[1]
    desk.save(reason=REASON, tell="y")
    with app.app_context():
        texts = [one.content.decode() for one in db.session.query(OutboxAttachment)]
        db.session.remove()
    assert texts
    assert all("STATUS:CANCELLED" in text for text in texts)


def test_a_form_sent_twice_tells_once(app, desk, edition):
    desk.rows[1]["day"] = "17/06/2015"
    for _time in range(2):
        assert desk.save(reason=REASON, tell="y", idempotency_key="b" * 32).status_code == 302
    assert one(app, "SELECT count(*) FROM outbox_message") == 3
    assert len(variations(app, edition[0])) == 1


# --- lists --------------------------------------------------------------------


@pytest.fixture
def varied(desk, edition) -> int:
    desk.rows[1]["day"] = "17/06/2015"
    desk.rows[0]["start"] = "10"
    desk.save(reason=REASON, tell="y")
    return edition[0]


def test_the_list_the_file_and_the_edition_page_say_the_same(visit, varied):
    organiser = visit("organiser_alfa")
    rows = table(organiser.get(f"/editions/{varied}/variations"))
    assert [row[0] for row in rows] == ["2", "1"]
    assert rows[0][3] == REASON
    assert "3 persone" in rows[0][5]
    file = csv_rows(organiser.get(f"/editions/{varied}/variations?format=csv"))
    assert [row[0] for row in file[2:]] == ["2", "1"]
    assert "Variazioni di calendario 2" in main(organiser.get(f"/editions/{varied}"))
    narrowed = organiser.get(f"/editions/{varied}/variations?q=terremoto")
    assert "Nessuna variazione trovata" in main(narrowed)


def test_the_paper_for_the_dossier_acknowledges_the_funding(visit, varied):
    text = spoken(visit("auditor").get(f"/editions/{varied}/variations.pdf").data)
    assert "Variazioni di calendario" in text
    assert "Neve: sede" in text
    assert "co-finanziato dall'Unione Europea" in text.replace("’", "'")


@pytest.mark.parametrize("who", ["trainer_alfa", "participant_alfa", "representative_alfa"])
def test_others_do_not_see_who_was_told(visit, varied, who):
    for path in ("variations", "variations.pdf", "timetable"):
        assert visit(who).get(f"/editions/{varied}/{path}").status_code == 403


def test_another_body_sees_none_of_it(visit, varied):
    for path in ("variations", "variations.pdf", "timetable"):
        assert visit("organiser_beta").get(f"/editions/{varied}/{path}").status_code == 404


@pytest.mark.parametrize("deed", ["UPDATE variation SET reason = 'x'", "DELETE FROM variation"])
def test_variations_are_only_added_to(app, varied, deed):
    with pytest.raises(Exception, match="append-only"):
        do(app, deed)


# --- figures (rule 16) --------------------------------------------------------


@pytest.fixture
def four_lessons(app, world):
    """Three lessons held, one to come; one person at all of them, one at two of three."""
    with arranging(app) as session:
        home = session.get_one(worlds.Organisation, world.a.home_id)
        old = session.get_one(Edition, world.a.edition_id)
        edition = worlds.make_edition(
            session.get_one(worlds.Course, world.a.course_id),
            session.get_one(worlds.Organisation, world.a.delivering_id),
            session.get_one(worlds.Venue, old.venue_id),
            planned_minutes=960,
            seats_max=30,
        )
        worlds.make_register(edition, pages=4)
        account = session.get_one(UserAccount, world.account_ids["trainer_alfa"])
        people = [worlds.make_enrolment(edition, worlds.make_person(n), home) for n in ("Aa", "Bb")]
        for seq in (1, 2, 3):
            lesson = worlds.make_lesson(edition, seq, worlds.NOW - timedelta(days=9 - seq))
            worlds.close_page(lesson, people[:1], account)
            worlds.close_page(lesson, people[1:], account, 240 if seq < 3 else 0)
        worlds.make_lesson(edition, 4, worlds.NOW + timedelta(days=30))
        return edition.id


def test_moving_a_lesson_changes_no_figure_and_cancelling_takes_it_out(app, visit, four_lessons):
    held = "SELECT sum(planned_minutes), count(*) FROM lesson WHERE edition_id = :id AND state IN ('scheduled', 'held')"
    before = ask(app, held, id=four_lessons)
    assert before == [(960, 4)]
    desk = Desk(visit("organiser_alfa"), four_lessons)
    desk.rows[0]["day"] = "30/06/2015"
    assert desk.save(reason=REASON).status_code == 302
    assert ask(app, held, id=four_lessons) == before
    with app.app_context():
        moved = [(s.counted, s.held, s.share) for s in standings_of(four_lessons)]
        db.session.remove()
    assert moved == [(720, 720, 100), (480, 720, 66)]
    again = Desk(visit("organiser_alfa"), four_lessons)
    again.rows = []
    assert again.save(reason=REASON).status_code == 302
    assert ask(app, held, id=four_lessons) == [(720, 3)]
    with app.app_context():
        cancelled = [
            (s.counted, s.held, s.share, s.case.open_sheets) for s in standings_of(four_lessons)
        ]
        db.session.remove()
    assert cancelled == [(720, 720, 100, 0), (480, 720, 66, 0)]
    assert visit("organiser_alfa").post(f"/editions/{four_lessons}/close").status_code == 302


def standings_of(edition_id: int):
    return all_standings(Enrolment.edition_id == edition_id)
