# SPDX-License-Identifier: AGPL-3.0-or-later
"""The timetable edited as a table: typed, made by a pattern, pasted; clashes told before saving."""

from datetime import UTC, datetime

import pytest

from app.domain.edition import EditionState
from app.models import Edition, Lesson, LessonBreak, Module
from tests import world as worlds
from tests.ledger import arranging, ask, checksum, one
from tests.pages import Hand, main
from tests.timetables import Desk, draft, opened, rows_of, trainer_of

LESSONS = "SELECT seq, topic, planned_minutes FROM lesson WHERE edition_id = :id ORDER BY seq"


@pytest.fixture
def edition(app, world) -> int:
    return draft(app, world.a)


@pytest.fixture
def desk(visit, edition) -> Desk:
    return Desk(visit("organiser_alfa"), edition)


def lessons(app, edition_id: int) -> list[tuple]:
    return ask(app, LESSONS, id=edition_id)


def name_of(app, side) -> str:
    with app.app_context():
        person = trainer_of(worlds.db.session, side)
        name = f"{person.family_name} {person.given_name}"
        worlds.db.session.remove()
    return name


# --- typed --------------------------------------------------------------------


def test_rows_become_lessons_with_their_pages(app, desk, edition):
    desk.add(day="12/01/2016", breaks="11-11:15", topic="Accoglienza")
    desk.add(day="mar 19 gen 2016", start="14.30", end="18:30", topic="Ascolto")
    assert desk.save().status_code == 302
    assert lessons(app, edition) == [(1, "Accoglienza", 225), (2, "Ascolto", 240)]
    starts = ask(app, "SELECT starts_at FROM lesson WHERE edition_id = :id AND seq = 2", id=edition)
    assert "2016-01-19 13:30" in str(starts[0][0])
    pages = "SELECT count(*) FROM register_sheet s JOIN lesson l ON l.id = s.lesson_id WHERE l.edition_id = :id"
    assert one(app, pages, id=edition) == 2


def test_the_page_shows_the_rows_and_the_sum(desk, visit, edition):
    desk.add(day="12/01/2016")
    desk.save()
    again = Desk(visit("organiser_alfa"), edition)
    assert [(r["day"], r["start"], r["end"]) for r in again.rows] == [
        ("12/01/2016", "09:00", "13:00")
    ]
    assert "Ore in calendario: 4 h di 8 h. Mancano 4 h." in main(again.page)


def test_rows_are_moved_taken_away_and_sorted_without_writing(app, desk):
    for day in ("14/01/2016", "12/01/2016", "13/01/2016"):
        desk.add(day=day)
    before = checksum(app)
    assert [r["day"][:2] for r in rows_of(desk.step("down-0"))] == ["12", "14", "13"]
    assert [r["day"][:2] for r in rows_of(desk.step("up-2"))] == ["14", "13", "12"]
    assert [r["day"][:2] for r in rows_of(desk.step("remove-1"))] == ["14", "13"]
    assert [r["day"][:2] for r in rows_of(desk.step("sort"))] == ["12", "13", "14"]
    assert len(rows_of(desk.step("add"))) == 4
    assert desk.step("up-9").status_code == 400
    assert checksum(app) == before


def test_lessons_of_a_draft_are_changed_renumbered_and_taken_away(app, desk, visit, edition):
    for topic in ("uno", "due", "tre"):
        desk.add(day=f"{11 + len(desk.rows)}/01/2016", topic=topic)
    desk.save()
    again = Desk(visit("organiser_alfa"), edition)
    again.rows = [again.rows[2], {**again.rows[0], "topic": "primo"}]
    assert "Salvando si tolgono le lezioni 2." in main(again.step("check"))
    assert again.save().status_code == 302
    assert [row[:2] for row in lessons(app, edition)] == [(1, "tre"), (2, "primo")]
    assert one(app, "SELECT count(*) FROM variation") == 0


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("day", "", "Scrivere la data."),
        ("day", "31/02/2016", "«31/02/2016» non è una data"),
        ("day", "lun 13/01/2016", "Il 13/01/2016 è mercoledì, non lunedì."),
        ("day", "１２/01/2016", "non è una data"),
        ("start", "24:00", "«24:00» non è un'ora"),
        ("start", "", "Scrivere l'ora d'inizio."),
        ("end", "8", "La fine della lezione (08:00) deve venire dopo l'inizio (09:00)."),
        ("end", "22", "La lezione supera le 12 ore"),
        ("breaks", "13-14", "Le pause devono stare dentro l'orario"),
        ("breaks", "9-13", "Le pause non possono coprire tutta la lezione."),
        ("breaks", "9:30-10, 9:45-10:15", "Le pause si sovrappongono."),
        ("breaks", "un quarto d'ora", "non dice da che ora a che ora"),
        ("topic", "", "Scrivere l'argomento."),
        ("topic", "x" * 301, "supera i 300 caratteri"),
        ("trainers", "Nessuno Mai", "non è tra le persone che si possono incaricare"),
        ("venue", "Sala Inesistente", "non è tra le sedi"),
        ("module", "99", "non è un modulo di questo corso"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(app, desk, edition, field, text, words):
    desk.add(**{"day": "13/01/2016", field: text})
    answer = desk.save()
    assert answer.status_code == 422
    assert words in main(answer)
    assert rows_of(answer)[0]["topic"] == desk.rows[0]["topic"][:500]
    assert lessons(app, edition) == []


@pytest.mark.parametrize(
    ("day", "start", "words"),
    [
        ("29/03/2015", "2:30", "non esistono"),
        ("25/10/2015", "2:30", "esistono due volte"),
    ],
)
def test_times_the_clock_skips_or_repeats_are_refused(desk, day, start, words):
    desk.add(day=day, start=start, end="4:30")
    assert words in main(desk.step("check"))


def test_two_hundred_rows_are_saved_and_one_more_is_refused(app, desk, visit, edition):
    for n in range(200):
        desk.add(day=f"{1 + n % 28}/{1 + n // 28}/2016")
    assert desk.save().status_code == 302
    assert len(lessons(app, edition)) == 200
    again = Desk(visit("organiser_alfa"), edition)
    again.rows.reverse()
    assert again.save().status_code == 302
    last = Desk(visit("organiser_alfa"), edition)
    last.add(day="1/12/2016")
    assert last.save().status_code == 409


# --- other bodies -------------------------------------------------------------


def test_people_lessons_and_modules_of_others_are_as_if_they_were_not(app, visit, world, desk):
    with arranging(app) as session:
        other = session.get_one(Edition, world.b.edition_id)
        session.add(Module(course_id=other.course_id, seq=1, title="Modulo altrui", minutes=60))
        theirs = session.query(Lesson).filter_by(edition_id=other.id).first().id
    stranger = name_of(app, world.b)
    row = desk.add(day="13/01/2016", trainers=stranger, module="Modulo altrui")
    said = main(desk.step("check"))
    assert "non è tra le persone che si possono incaricare" in said
    assert "non è un modulo di questo corso" in said
    assert stranger not in desk.page.text
    row.update(trainers="", module="", lesson=str(theirs))
    foreign = desk.save()
    row["lesson"] = "987654"
    missing = desk.save()
    assert foreign.status_code == missing.status_code == 409
    assert main(foreign) == main(missing)
    assert visit("organiser_beta").get(desk.url).status_code == 404


# --- by pattern ---------------------------------------------------------------


def test_a_weekly_pattern_skips_holidays_and_the_days_typed(desk):
    answer = desk.step(
        "weekly", weekdays=["0", "3"], first="2/4/2015", starts="9", ends="13", lessons="4",
        left_out="9/4/2015",
    )  # fmt: skip
    assert [r["day"] for r in rows_of(answer)] == [
        "02/04/2015", "13/04/2015", "16/04/2015", "20/04/2015",
    ]  # fmt: skip
    assert "Giorni saltati: 06/04/2015, 09/04/2015." in main(answer)


def test_a_weekly_pattern_covers_what_the_course_lacks(desk):
    desk.add(day="7/1/2016", end="11")
    answer = desk.step(
        "weekly", weekdays="1", first="12/1/2016", starts="9", ends="13", pauses="11-11:15"
    )
    assert [r["day"] for r in rows_of(answer)] == ["7/1/2016", "12/01/2016", "19/01/2016"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"weekdays": []}, "Scegliere almeno un giorno"),
        ({"weekdays": ["7"]}, "'7'"),
        ({"lessons": "0"}, "Le lezioni possono essere da 1 a 200."),
        ({"lessons": "٣"}, "non è un numero di lezioni"),
        ({"lessons": "999"}, "Le lezioni possono essere da 1 a 200."),
        ({"first": "domani"}, "non è una data"),
        ({"ends": "8"}, "deve venire dopo l'inizio"),
        ({"starts": "2:30", "ends": "4", "first": "29/3/2015"}, "non esistono"),
    ],
)
def test_a_pattern_that_makes_no_timetable_says_why(desk, values, words):
    usual = {"weekdays": ["1"], "first": "12/1/2016", "starts": "9", "ends": "13", "lessons": "3"}
    answer = desk.step("weekly", **usual | values)
    assert answer.status_code == 422
    assert words in main(answer)


# --- pasted -------------------------------------------------------------------

PASTED = """Argomento\tData\tOrario\tDocente\tColore
Accoglienza\tlun 12 gen 2015\t09:00-13:00\t\trosso
Ascolto\t13-1-15\t9–11\t\tblu
Rete\t2015-01-14\tdalle 14.30 alle 18\t\t\tdi troppo
"""


def test_lines_of_a_spreadsheet_become_rows_to_review(app, desk, edition):
    answer = desk.step("paste", pasted=PASTED)
    said = main(answer)
    assert [(r["day"], r["start"], r["end"], r["topic"]) for r in rows_of(answer)] == [
        ("12/01/2015", "09:00", "13:00", "Accoglienza"),
        ("13/01/2015", "09:00", "11:00", "Ascolto"),
        ("14/01/2015", "14:30", "18:00", "Rete"),
    ]
    assert "Riga 1: La colonna «Colore» non è stata letta." in said
    assert "Riga 4: Ci sono celle in più delle colonne: «di troppo»." in said
    desk.rows = rows_of(answer)
    assert desk.save().status_code == 302
    assert len(lessons(app, edition)) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Incollare le righe del foglio di calcolo."),
        ("pippo;pluto\n1;2", "La prima riga deve nominare le colonne"),
        ("Data;Orario\n" + "12/1/2016;9-13\n" * 1000, "Le righe incollate sono 1001"),
        ("x" * 100_001, "Il testo è troppo lungo"),
        ('Data;Orario\n"' + "a" * 5000, "non è una data"),
        ("Data;Orario\n=cmd|' /C calc'!A0;<script>alert(1)</script>", "non è una data"),
        ("Data;Orario\n12/01/2016;" + "é" * 3000, "Una cella supera i 400 caratteri"),
    ],
)
def test_hostile_pastes_are_refused_in_words(app, desk, text, words):
    before = checksum(app)
    answer = desk.step("paste", pasted=text)
    assert answer.status_code in (200, 422)
    assert words in main(answer)
    assert "<script>alert" not in answer.text
    assert checksum(app) == before


def test_nothing_sent_makes_an_error_of_the_server(desk):
    for name in ("day", "start", "breaks", "topic", "trainers", "venue", "module"):
        for text in ("\x00", "😀" * 200, "9" * 5000, "' OR 1=1 --", "{{7*7}}", "%s%n"):
            desk.rows = []
            desk.add(**{"day": "13/01/2016", name: text})
            assert desk.step("check").status_code in (200, 400, 422), (name, text)
    desk.rows = []
    desk.add(day="13/01/2016")
    for broken in ({"lesson": ["1", "2"]}, {"lesson": ["-1"]}, {"lesson": ["9" * 11]}):
        assert desk.step("check", **broken).status_code == 400
    assert desk.step("check", seen="x").status_code == 200
    assert desk.save(seen="x").status_code == 409


# --- clashes ------------------------------------------------------------------


def test_a_trainer_of_another_edition_blocks_and_is_named(app, visit, world):
    _other, _lessons = opened(app, world.a, days=(20,))
    mine = draft(app, world.a, code="MIA-1")
    with arranging(app) as session:
        venue = worlds.make_venue(name="Sala Due")
        session.get_one(Edition, mine).venue_id = venue.id
    desk = Desk(visit("organiser_alfa"), mine)
    name = name_of(app, world.a)
    desk.add(day="3/6/2015", start="12", end="14", trainers=name)
    answer = desk.save()
    assert answer.status_code == 422
    code = one(app, "SELECT code FROM edition WHERE id = :id", id=_other)
    assert f"{name} insegna già nell'edizione {code}, 03/06/2015, 09:00–13:00." in main(answer)
    desk.rows[0].update(start="13", end="15")  # from when the other ends
    assert desk.save().status_code == 302


def test_a_room_of_another_body_blocks_without_naming_its_edition(app, visit, world):
    theirs, _lessons = opened(app, world.b, days=(20,))
    mine = draft(app, world.a)
    with arranging(app) as session:
        session.get_one(Edition, mine).venue_id = session.get_one(Edition, theirs).venue_id
    desk = Desk(visit("organiser_alfa"), mine)
    desk.add(day="3/6/2015")
    said = main(desk.save())
    assert "è già occupata in un'altra edizione, 03/06/2015, 09:00–13:00." in said
    code = one(app, "SELECT code FROM edition WHERE id = :id", id=theirs)
    assert code not in said
    coordinator = Desk(visit("coordinator"), mine)
    coordinator.add(day="3/6/2015")
    assert f"nell'edizione {code}" in main(coordinator.step("check"))


def test_rooms_at_a_distance_are_nobodys(app, visit, world):
    theirs, _lessons = opened(app, world.b, days=(20,))
    mine = draft(app, world.a, mode="online_sync")
    with arranging(app) as session:
        session.get_one(Edition, mine).venue_id = session.get_one(Edition, theirs).venue_id
    desk = Desk(visit("organiser_alfa"), mine)
    desk.add(day="3/6/2015")
    assert desk.save().status_code == 302


def test_lessons_of_one_edition_do_not_overlap(app, desk, edition):
    desk.add(day="3/6/2015")
    desk.add(day="3/6/2015", start="12", end="15")
    answer = desk.save()
    assert answer.status_code == 422
    assert "Si sovrappone alla riga 2." in main(answer)
    desk.rows[1]["start"] = "13"
    assert desk.save().status_code == 302


def test_people_expected_elsewhere_only_warn_with_their_number(app, visit, world):
    mine, _lessons = opened(app, world.a, days=(40,))
    theirs, _others = opened(app, world.b, days=(20,))
    with arranging(app) as session:
        home = session.get_one(worlds.Organisation, world.a.home_id)
        venue = worlds.make_venue(name="Sala Tre")
        session.get_one(Edition, mine).venue_id = venue.id
        for _n in range(2):
            person = worlds.make_person()
            for edition_id in (mine, theirs):
                worlds.make_enrolment(session.get_one(Edition, edition_id), person, home)
    desk = Desk(visit("organiser_alfa"), mine)
    desk.rows[0].update(day="3/6/2015", trainers="")
    answer = desk.step("review")
    assert answer.status_code == 200
    words = "2 iscritti sono attesi anche in un'altra edizione, 03/06/2015, 09:00–13:00."
    assert words in main(answer)
    assert desk.save(reason="Richiesta degli enti").status_code == 302


def recover(app, world, at: int, person: int) -> None:
    """The person, enrolled in a third edition, recovers a lesson of it in this one."""
    away, missed = opened(app, world.a, days=(2,))
    with arranging(app) as session:
        home = session.get_one(worlds.Organisation, world.a.home_id)
        guest = worlds.make_enrolment(
            session.get_one(Edition, away), session.get_one(worlds.Person, person), home
        )
        account = session.get_one(worlds.UserAccount, world.account_ids["organiser_alfa"])
        lessons = (session.get_one(worlds.Lesson, one) for one in (missed[0], at))
        worlds.make_recovery(guest, *lessons, account)


@pytest.mark.parametrize("guest_there", [True, False])
def test_whoever_recovers_is_expected_there_too(app, visit, world, guest_there):
    mine, my_lessons = opened(app, world.a, days=(40,))
    theirs, their_lessons = opened(app, world.b, days=(20,))
    with arranging(app) as session:
        home = session.get_one(worlds.Organisation, world.a.home_id)
        venue = worlds.make_venue(name="Sala Tre")
        session.get_one(Edition, mine).venue_id = venue.id
        person = worlds.make_person()
        enrolled = session.get_one(Edition, mine if guest_there else theirs)
        worlds.make_enrolment(enrolled, person, home)
        number = person.id
    desk = Desk(visit("organiser_alfa"), mine)
    desk.rows[0].update(day="3/6/2015", trainers="")
    assert "anche in un'altra edizione" not in main(desk.step("check"))
    recover(app, world, (their_lessons if guest_there else my_lessons)[0], number)
    who = "Un iscritto" if guest_there else "Chi recupera qui una lezione"
    words = f"{who} è atteso anche in un'altra edizione, 03/06/2015, 09:00–13:00."
    assert words in main(desk.step("check"))
    assert desk.save(reason="Richiesta degli enti").status_code == 302


def test_a_room_too_small_for_those_confirmed_blocks(app, visit, world):
    mine, _lessons = opened(app, world.a)
    with arranging(app) as session:
        worlds.make_venue(name="Stanzino", capacity=1)
        worlds.make_venue(name="Saletta", capacity=2)
        home = session.get_one(worlds.Organisation, world.a.home_id)
        for _n in range(2):
            worlds.make_enrolment(session.get_one(Edition, mine), worlds.make_person(), home)
    desk = Desk(visit("organiser_alfa"), mine)
    desk.rows[0]["venue"] = "Stanzino"
    said = main(desk.step("review"))
    assert "Posti di Perugia, Stanzino: 1; iscritti confermati: 2." in said
    desk.rows[0]["venue"] = "Perugia, Saletta"
    answer = desk.step("review")
    assert "Posti di Perugia, Saletta: 2; l'edizione ne offre 30." in main(answer)


# --- who and when -------------------------------------------------------------


def test_the_auditor_reads_and_does_not_write(app, visit, edition):
    visitor = visit("auditor")
    page = visitor.get(f"/editions/{edition}/timetable")
    assert page.status_code == 200
    assert "Salva il calendario" not in page.text
    assert visitor.post(f"/editions/{edition}/timetable").status_code == 403


@pytest.mark.parametrize("state", ["closed", "archived", "cancelled"])
def test_a_timetable_that_is_over_stays_as_it_is(app, visit, world, state):
    mine = draft(app, world.a, state=EditionState(state))
    desk = Desk(visit("organiser_alfa"), mine)
    assert "il calendario non cambia più" in main(desk.page)
    desk.add(day="3/6/2015")
    for answer in (desk.save(seen="1"), desk.step("check")):
        assert answer.status_code == 409


def test_a_form_sent_twice_saves_once(app, desk, edition):
    desk.add(day="13/01/2016")
    first = desk.save(idempotency_key="a" * 32)
    second = desk.save(idempotency_key="a" * 32)
    assert (first.status_code, second.status_code) == (302, 302)
    assert len(lessons(app, edition)) == 1


def test_a_page_drawn_before_another_hand_saved_changes_nothing(app, visit, edition):
    first, second = (Desk(visit(who), edition) for who in ("organiser_alfa", "coordinator"))
    for desk, day in ((first, "13/01/2016"), (second, "20/01/2016")):
        desk.add(day=day)
    assert first.save().status_code == 302
    answer = second.save()
    assert answer.status_code == 409
    assert "il calendario è cambiato" in main(answer)
    assert len(lessons(app, edition)) == 1


def test_lessons_whose_page_was_opened_stay_as_they_are(app, visit, world):
    desk = Desk(visit("organiser_alfa"), world.a.edition_id)
    assert len(desk.rows) == 2
    trainer = visit("trainer_alfa")
    trainer.post(f"/lessons/{world.a.lesson_id}/sheet/open")
    desk.rows[0]["topic"] = "cambiato"
    assert desk.save(reason="Motivo qualunque").status_code == 409
    again = Desk(visit("organiser_alfa"), world.a.edition_id)
    assert len(again.rows) == 1
    assert "Lezioni che non cambiano più" in main(again.page)


def test_breaks_count_for_nobody(app, visit, world):
    """Planned, delivered and attended minutes all leave them out."""
    with arranging(app) as session:
        lesson = session.get_one(Lesson, world.a.lesson_id)
        lesson.starts_at = datetime(2015, 5, 14, 7, 0, tzinfo=UTC)
        lesson.ends_at = datetime(2015, 5, 14, 11, 0, tzinfo=UTC)
    desk = Desk(visit("organiser_alfa"), world.a.edition_id)
    desk.rows[0]["breaks"] = "11:00-11:15, 12:00-12:05"
    assert desk.save(reason="Aggiunte le pause").status_code == 302
    assert (
        one(app, "SELECT planned_minutes FROM lesson WHERE id = :id", id=world.a.lesson_id) == 220
    )
    with app.app_context():
        assert worlds.db.session.query(LessonBreak).count() == 2
        worlds.db.session.remove()
    hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
    hand.open()
    hand.all_present("09:00")
    assert hand.close(heads="3").status_code == 302
    sheet = "SELECT delivered_minutes FROM register_sheet WHERE lesson_id = :id"
    assert one(app, sheet, id=world.a.lesson_id) == 220
    counted = (
        "SELECT DISTINCT e.counted_minutes FROM attendance_entry e JOIN register_sheet s "
        "ON s.id = e.sheet_id WHERE s.lesson_id = :id"
    )
    assert ask(app, counted, id=world.a.lesson_id) == [(220,)]
