# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two hands on one sheet, and the closing that fixes it."""

import json

import pytest

from app.domain.book import Hand as By
from app.models import AttendanceRegister, RegisterSheet
from tests.ledger import arranging, ask, checksum, one, recomputed_hash
from tests.pages import Hand, main, pairs, tree, with_class, words


@pytest.fixture
def trainer(visit, world):
    """The trainer's hand on today's sheet, already open."""
    hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
    hand.open()
    return hand


@pytest.fixture
def tutor(visit, world):
    return Hand(visit("tutor_alfa"), world.a.lesson_id)


def status(app, enrolment_id: int) -> str | None:
    found = ask(
        app, "SELECT status FROM attendance_entry WHERE enrolment_id = :id", id=enrolment_id
    )
    return found[0][0] if found else None


def test_the_second_hand_sees_who_was_faster_and_loses_nothing(app, trainer, tutor, world):
    first = world.a.enrolment_ids[0]
    for htmx in (False, True):
        drawn = trainer.drawn(first)
        tutor.mark(first, "absent")
        times = {"entered": "09:30", "left": "12:00", "entered_again": "", "left_again": ""}
        before = checksum(app)
        answer = trainer.mark(first, "times", drawn, htmx, **times)
        assert answer.status_code == 409
        assert checksum(app) == before
        row = trainer.row(first, answer)
        reason = words(with_class(row, "sheet-reason")[0])
        assert "segnata da un'altra persona" in reason
        assert "Ora risulta: Assente, segnata da Tutor_Alfa alle 09:2" in reason
        now = trainer.drawn(first, answer)
        assert {name: now[name] for name in times} == times
        assert trainer.mark(first, "times", now, htmx, **times).status_code in (200, 302)
        assert status(app, first) == "present"


def test_a_mark_taken_away_meanwhile_is_a_conflict_too(app, trainer, tutor, world):
    first = world.a.enrolment_ids[0]
    trainer.mark(first, "present")
    drawn = trainer.drawn(first)
    tutor.mark(first, "clear")
    answer = trainer.mark(first, "times", drawn, left="12:00")
    assert answer.status_code == 409
    assert status(app, first) is None


def test_a_mark_taken_away_and_written_anew_is_not_the_one_seen_before(app, trainer, tutor, world):
    first = world.a.enrolment_ids[0]
    trainer.mark(first, "present")
    drawn = trainer.drawn(first)
    tutor.mark(first, "clear")
    tutor.mark(first, "absent")
    assert trainer.mark(first, "justified", drawn).status_code == 409
    assert status(app, first) == "absent"


def test_a_double_click_is_one_mark_and_no_conflict(app, trainer, world):
    first = world.a.enrolment_ids[0]
    drawn = trainer.drawn(first)
    assert trainer.mark(first, "times", drawn, left="12:00").status_code == 302
    before = checksum(app)
    assert trainer.mark(first, "times", drawn, left="12:00").status_code == 302
    assert checksum(app) == before
    assert trainer.mark(first, "times", drawn, left="12:30").status_code == 409


def test_closing_writes_the_page_and_its_hash(app, trainer, world):
    first, second, third = world.a.enrolment_ids
    trainer.mark(first, "present")
    trainer.mark(second, "times", entered="09:30", left="12:00")
    trainer.mark(third, "absent")
    drawn = trainer.closing()
    assert (drawn["topic"], drawn["start"], drawn["end"]) == ("Argomento 1", "09:00", "13:00")
    answer = trainer.close(topic="Il registro", end="12:50", heads="2")
    assert (answer.status_code, answer.headers["Location"]) == (302, trainer.url)
    page = trainer.look()
    shown = pairs(page)
    assert "Il foglio è chiuso: pagina 1 del registro." in main(page)
    assert shown["Argomento svolto"] == "Il registro"
    assert shown["Orario effettivo"] == "09:00–12:50"
    assert shown["Persone contate in aula"] == "2"
    assert "3 h 50 min" in words(trainer.row(first, page))
    assert "2 h 30 min" in words(trainer.row(second, page))
    assert not with_class(tree(page), "mark")
    with arranging(app) as session:
        sheet = session.query(RegisterSheet).filter_by(lesson_id=world.a.lesson_id).one()
        register = session.query(AttendanceRegister).filter_by(edition_id=world.a.edition_id).one()
        assert (sheet.delivered_minutes, sheet.page_version, sheet.closed_late) == (230, 1, False)
        assert sheet.previous_hash == register.endorsement_hash
        assert sheet.content_hash == recomputed_hash(session, sheet)
        assert shown["Impronta della pagina"] == f"{sheet.content_hash[:16]}…"


def test_a_closed_sheet_takes_no_marks(app, visit, trainer, tutor, world):
    first = world.a.enrolment_ids[0]
    drawn = trainer.drawn(first)
    closing = trainer.closing()
    trainer.all_present()
    trainer.close(heads="3")
    before = checksum(app)
    for answer in (
        trainer.mark(first, "absent", drawn),
        trainer.mark(first, "absent", drawn, htmx=True),
        tutor.mark(first, "absent", drawn | {"csrf_token": tutor.visitor.token()}),
        trainer.mark(first, "times", drawn, entered="24:00"),
    ):
        assert answer.status_code == 409
    assert "chiedere la riapertura al coordinatore" in main(trainer.mark(first, "absent", drawn))
    assert trainer.open().status_code == 409
    again = trainer.close({**closing, "idempotency_key": "f" * 32}, heads="3")
    assert again.status_code == 409
    assert "Solo un foglio aperto si può chiudere" in main(again)
    assert checksum(app) == before


def test_what_is_missing_is_said_and_the_closing_form_keeps_what_was_written(app, trainer, world):
    first, second, third = world.a.enrolment_ids
    written = {"topic": "Prassi d’ufficio", "heads": "2", "note": "n.b."}
    cases = [
        ([], {}, "3 persone sono senza presenza né assenza"),
        ([(first, "present"), (second, "present")], {}, "Una persona è senza presenza né assenza"),
        ([(third, "absent")], {"topic": "  "}, "Manca l'argomento svolto"),
        ([], {"topic": ""}, "Scrivere l'argomento svolto."),
        ([], {"heads": ""}, "Contare le persone in aula"),
        ([], {"heads": "-1"}, "Un numero tra 0 e 10 000."),
        ([], {"heads": "10001"}, "Un numero tra 0 e 10 000."),
        ([], {"heads": "3", "note": ""}, "Contati in aula: 3; segnati presenti: 2."),
        ([], {"heads": "3", "note": "no"}, "Spiegare la differenza in una nota."),
        ([], {"start": "24:00"}, "«24:00» non è un'ora"),
        ([], {"start": "10:00", "end": "10:00"}, "deve venire dopo l'inizio effettivo"),
        ([], {"start": "12:00", "end": "11:00"}, "deve venire dopo l'inizio effettivo"),
        ([], {"start": "07:59"}, "si allontanano più di un'ora"),
        ([], {"end": "14:01"}, "si allontanano più di un'ora"),
    ]
    for marks, changes, said in cases:
        for enrolment_id, mark in marks:
            trainer.mark(enrolment_id, mark)
        before = checksum(app)
        sent = {**written, **changes}
        answer = trainer.close(**sent)
        assert answer.status_code == 422, changes
        assert said in main(answer), changes
        kept = trainer.closing(answer)
        assert {name: kept[name] for name in sent} == {n: v.strip() for n, v in sent.items()}
        assert checksum(app) == before
    assert trainer.close(**written, start="08:10", end="13:50").status_code == 302


def test_heads_that_differ_are_explained_in_a_note(app, trainer, world):
    trainer.all_present()
    assert trainer.close(heads="4", note="Un uditore in aula").status_code == 302
    shown = pairs(trainer.look())
    assert (shown["Persone contate in aula"], shown["Nota"]) == ("4", "Un uditore in aula")


def test_a_lesson_that_ended_early_says_whose_entry_is_later(app, trainer, world):
    first = world.a.enrolment_ids[0]
    trainer.mark(first, "times", entered="12:30")
    trainer.all_present()
    before = checksum(app)
    answer = trainer.close(topic="Interrotta", end="12:00", heads="3")
    assert answer.status_code == 422
    assert "Una persona risulta entrata dopo la fine" in main(answer)
    assert trainer.closing(answer)["topic"] == "Interrotta"
    assert checksum(app) == before
    trainer.mark(first, "absent")
    assert trainer.close(topic="Interrotta", end="12:00", heads="2").status_code == 302
    assert one(app, "SELECT sum(counted_minutes) FROM attendance_entry WHERE sheet_id = "
               "(SELECT id FROM register_sheet WHERE lesson_id = :id)", id=world.a.lesson_id) == 360  # fmt: skip


def test_marks_the_closing_hand_has_not_seen_stop_the_closing(app, trainer, tutor, world):
    trainer.all_present()
    drawn = trainer.closing()
    first = world.a.enrolment_ids[0]
    for change in (["absent"], ["clear", "absent"]):
        for mark in change:
            tutor.mark(first, mark)
        answer = trainer.close(drawn, topic="Il registro", heads="2")
        assert answer.status_code == 409
        assert "altre presenze sono state segnate" in main(answer)
        kept = trainer.closing(answer)
        assert (kept["topic"], kept["heads"]) == ("Il registro", "2")
        drawn = kept
    assert trainer.close(drawn).status_code == 302


def test_the_form_closes_after_marks_made_on_the_same_page_by_script(trainer, world):
    drawn = trainer.closing()
    for enrolment_id in world.a.enrolment_ids:
        answer = trainer.mark(enrolment_id, "present", htmx=True)
        seen = tree(answer).find(".//input[@id='seen']")
        drawn["seen"] = seen.get("value")
    assert trainer.close(drawn, heads="3").status_code == 302


def test_closing_sent_twice_is_one_closing_and_one_answer(app, trainer, world):
    trainer.all_present()
    drawn = trainer.closing()
    answers = [trainer.close(drawn, heads="3") for _ in range(2)]
    assert {(a.status_code, a.headers["Location"]) for a in answers} == {(302, trainer.url)}
    assert one(app, "SELECT count(*) FROM audit_event WHERE action = 'sheet.closed'") == 1


def test_a_closing_after_the_deadline_is_late_and_says_so(app, visit, trainer, world, clock):
    trainer.all_present()
    clock.shift(4 * 24 * 3600)
    late = Hand(visit("trainer_alfa"), world.a.lesson_id)
    assert late.close(heads="3").status_code == 302
    assert "Chiuso oltre il termine" in main(late.look())
    edition = visit("organiser_alfa").get(f"/editions/{world.a.edition_id}")
    assert "oltre il termine" in main(edition)


def test_the_organiser_closes_as_a_substitute(app, visit, trainer, world):
    trainer.all_present()
    organiser = Hand(visit("organiser_alfa"), world.a.lesson_id)
    assert organiser.close(heads="3").status_code == 302
    hand = "SELECT closed_hand FROM register_sheet WHERE lesson_id = :id"
    assert one(app, hand, id=world.a.lesson_id) == By.SUBSTITUTE
    details = one(app, "SELECT details FROM audit_event WHERE action = 'sheet.closed'")
    assert json.loads(details)["hand"] == "substitute"


def test_pages_of_a_register_follow_each_other(app, visit, trainer, world, clock):
    trainer.all_present()
    trainer.close(heads="3")
    clock.shift(24 * 3600)
    tomorrow = "SELECT id FROM lesson WHERE edition_id = :id AND seq = 2"
    second = Hand(visit("organiser_alfa"), one(app, tomorrow, id=world.a.edition_id))
    second.open()
    second.all_present()
    assert second.close(heads="3").status_code == 302
    chain = ask(
        app,
        "SELECT s.previous_hash, s.content_hash FROM register_sheet s "
        "JOIN lesson l ON l.id = s.lesson_id WHERE l.edition_id = :id ORDER BY l.seq",
        id=world.a.edition_id,
    )
    assert chain[1][0] == chain[0][1]
