# SPDX-License-Identifier: AGPL-3.0-or-later
"""Correcting a closed page with two keys: one asks, another decides, nothing is lost."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app import uploads
from app.domain.vocabulary import StaffRole
from app.extensions import db
from app.models import (
    Correction,
    LessonBreak,
    LessonStaff,
    Recovery,
    RegisterSheet,
    UserAccount,
)
from app.registers.corrections import actions
from app.registers.corrections.queries import margin_notes
from tests import world as worlds
from tests.faults.files import pdf, picture
from tests.faults.together import at_once, slowly, statuses, without_locks
from tests.issuing import issue
from tests.ledger import arranging, ask, checksum, do, one
from tests.pages import csv_rows, form, main, pairs, table, tree, words

REASON = "Era in aula fino alla fine, ha firmato il foglio."
ENTRY = "SELECT status, counted_minutes FROM attendance_entry WHERE enrolment_id = :id"
STATE = "SELECT state FROM correction WHERE id = :id"


class Asking:
    """Somebody who asks for corrections of one page, from the forms the page draws."""

    def __init__(self, visitor, lesson_id: int) -> None:
        self.visitor, self.url = visitor, f"/lessons/{lesson_id}/corrections/new"

    def look(self, about: str):
        return self.visitor.get(self.url + about)

    def send(self, about: str, drawn: dict | None = None, **changes):
        url = self.url + about
        sent = {**(drawn or form(self.look(about), "")), "reason": REASON, **changes}
        return self.visitor.client.post(url, data=sent, content_type="multipart/form-data")

    def mark(self, enrolment_id: int, status: str = "present", **changes):
        return self.send(f"?enrolment={enrolment_id}", status=status, **changes)


def decide(visitor, correction_id: int, decision: str = "approve", note: str = "", **changes):
    sent = {"decision": decision, "note": note, **changes}
    return visitor.post(f"/corrections/{correction_id}/decide", sent)


def number_of(answer) -> int:
    assert answer.status_code == 302, main(answer)
    return int(answer.headers["Location"].rpartition("/")[2])


@pytest.fixture
def lesson_id(world) -> int:
    """A closed page of a closed edition: three people, four hours each, 08:20 to 12:20."""
    return world.a.past_lesson_id


@pytest.fixture
def person(world) -> int:
    """The enrolment of the official who signs in."""
    return world.a.closed_enrolment_ids[0]


@pytest.fixture
def trainer(visit, lesson_id):
    return Asking(visit("trainer_alfa"), lesson_id)


@pytest.fixture
def early(trainer, person) -> int:
    """A request: the official left at half past eleven."""
    return number_of(trainer.mark(person, entered_0="08:20", left_0="11:30"))


def give(app, world, name: str, person_id: int) -> None:
    """The account belongs to this person as well."""
    with arranging(app) as session:
        session.execute(
            UserAccount.__table__.update()
            .where(UserAccount.person_id == person_id)
            .values(person_id=None)
        )
        session.get_one(UserAccount, world.account_ids[name]).person_id = person_id


# Asking


def test_a_request_leaves_the_page_as_it_is(app, trainer, person, early):
    assert ask(app, ENTRY, id=person) == [("present", 240)]
    assert ask(app, "SELECT old_value, new_value, state, asked_role FROM correction") == [
        ("present 07:20Z-11:20Z", "present 07:20Z-10:30Z", "asked", "trainer")
    ]
    assert one(app, "SELECT count(*) FROM book_record WHERE kind = 'corrected'") == 0
    assert one(app, "SELECT action FROM audit_event ORDER BY sequence DESC LIMIT 1") == (
        "correction.asked"
    )


def test_the_form_begins_with_what_the_page_says(trainer, person):
    page = trainer.look(f"?enrolment={person}")
    drawn = form(page, "")
    assert (drawn["status"], drawn["entered_0"], drawn["left_0"]) == ("present", "08:20", "12:20")
    assert pairs(page)["La pagina dice"] == "Presente 08:20–12:20"


@pytest.mark.parametrize("who", ["coordinator", "organiser_alfa", "trainer_alfa", "tutor_alfa"])
def test_those_who_see_the_lesson_ask_for_anybody_on_it(app, visit, lesson_id, world, who):
    last = world.a.closed_enrolment_ids[-1]
    number_of(Asking(visit(who), lesson_id).mark(last, "absent"))
    assert one(app, "SELECT new_value FROM correction") == "absent"


def test_an_official_asks_for_her_own_row_only(app, visit, world, lesson_id, person):
    official = Asking(visit("participant_alfa"), lesson_id)
    others = world.a.closed_enrolment_ids[1]
    assert official.look(f"?enrolment={others}").status_code == 404
    assert official.visitor.post(f"{official.url}?enrolment={others}").status_code == 404
    shown = main(official.look(""))
    assert "Presente 08:20–12:20" in shown
    assert "Partecipante Alfa 1" not in shown
    number_of(official.send("", left_0="12:00"))
    assert one(app, "SELECT asked_role FROM correction") == "participant"


def test_an_official_never_changes_topic_or_heads(visit, lesson_id):
    official = Asking(visit("participant_alfa"), lesson_id)
    for subject in ("topic", "heads"):
        shown = pairs(official.look(f"?subject={subject}"))
        assert shown["La pagina dice"] == "Presente 08:20–12:20"


def test_the_guest_of_a_recovered_lesson_asks_there_too(app, visit, world):
    official = Asking(visit("participant_alfa"), world.b.past_lesson_id)
    assert official.look("").status_code == 404
    with arranging(app) as session:
        guest = world.a.enrolment_ids[0]
        page = select(RegisterSheet).filter_by(lesson_id=world.b.past_lesson_id)
        session.add(
            worlds.AttendanceEntry(
                sheet_id=session.scalars(page).one().id, enrolment_id=guest, status="absent",
                source="trainer", marked_by_id=world.account_ids["trainer_beta"],
                marked_by_label="prova", marked_at=worlds.NOW,
            )
        )  # fmt: skip
        session.add(
            Recovery(
                enrolment_id=guest,
                missed_lesson_id=world.a.lesson_id,
                lesson_id=world.b.past_lesson_id,
                arranged_by_id=world.account_ids["organiser_alfa"],
                arranged_at=worlds.NOW,
            )
        )
    assert pairs(official.look(""))["La pagina dice"] == "Assente"
    number = number_of(official.send("", status="present"))
    assert official.visitor.get(f"/corrections/{number}").status_code == 200
    assert visit("organiser_beta").get(f"/corrections/{number}").status_code == 200
    assert visit("organiser_alfa").get(f"/corrections/{number}").status_code == 404


@pytest.mark.parametrize(
    ("about", "field", "old", "new"),
    [("topic", "topic", "Argomento 1", "Ascolto attivo"), ("heads", "heads", "3", "2")],
)
def test_topic_and_heads_are_corrected_too(app, visit, trainer, about, field, old, new):
    number = number_of(trainer.send(f"?subject={about}", **{field: new}))
    page = visit("organiser_alfa").get(f"/corrections/{number}")
    assert (words(tree(page).find(".//del")), words(tree(page).find(".//ins"))) == (old, new)
    assert "Che cosa cambia" not in main(page)
    assert decide(visit("coordinator"), number).status_code == 302
    kept = ask(app, "SELECT topic_done, heads_counted FROM register_sheet WHERE id = "
                    "(SELECT sheet_id FROM correction WHERE id = :id)", id=number)  # fmt: skip
    assert new in [str(value) for value in kept[0]]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({}, "status", "Il nuovo valore è uguale a quello attuale"),
        ({"left_0": "12:21"}, "status", "viene dopo la fine della lezione"),
        ({"left_0": "25:00"}, "left_0", "non è un'ora"),
        ({"entered_0": "11:00", "left_0": "10:00"}, "status", "viene prima dell'entrata"),
        ({"left_0": "10:00", "left_1": "12:00"}, "entered_1", "a che ora è rientrata"),
        ({"left_0": "11:00", "reason": "breve"}, "reason", "almeno 10 caratteri"),
        ({"left_0": "11:00", "reason": ""}, "reason", "Scrivere il motivo"),
        ({"status": "forse"}, "status", ""),
        ({"status": ""}, "status", "Scegliere presente, assente"),
        ({"left_0": "11:00", "reason": "con un \x00 dentro"}, "reason", "caratteri non ammessi"),
    ],
)
def test_a_refusal_stands_beside_its_field_and_the_form_comes_back_filled(
    app, trainer, person, changes, field, sentence
):
    answer = trainer.mark(person, **{"status": "present", **changes})
    assert answer.status_code == 422
    beside = tree(answer).find(f".//p[@id='{field}-error']")
    assert beside is not None, main(answer)
    assert sentence in words(beside)
    drawn = form(answer, "")
    assert all(drawn[name] == value for name, value in changes.items() if "\x00" not in value
               and name != "status")  # fmt: skip
    assert one(app, "SELECT count(*) FROM correction") == 0


def test_times_left_empty_mean_the_whole_lesson(app, trainer, person):
    do(app, "DELETE FROM presence_interval WHERE entry_id = (SELECT id FROM attendance_entry "
            "WHERE enrolment_id = :id)", id=person)  # fmt: skip
    do(app, "UPDATE attendance_entry SET status = 'absent', counted_minutes = 0 "
            "WHERE enrolment_id = :id", id=person)  # fmt: skip
    number_of(trainer.mark(person, entered_0="", left_0=""))
    assert one(app, "SELECT new_value FROM correction") == "present 07:20Z-11:20Z"


def test_two_requests_about_the_same_thing_do_not_wait_together(app, trainer, world, person, early):
    answer = trainer.mark(person, "absent")
    assert answer.status_code == 422
    assert "C'è già una rettifica da decidere su questo" in main(answer)
    number_of(trainer.mark(world.a.closed_enrolment_ids[1], "absent"))
    number_of(trainer.send("?subject=topic", topic="Altro argomento"))
    assert trainer.send("?subject=topic", topic="Un terzo").status_code == 422
    assert one(app, "SELECT count(*) FROM correction") == 3


def test_an_open_page_is_changed_on_the_sheet_not_here(visit, world):
    asking = Asking(visit("trainer_alfa"), world.a.lesson_id)
    assert "le presenze si cambiano sul foglio" in main(asking.look(""))
    answer = asking.visitor.post(f"{asking.url}?subject=topic", {"topic": "x", "reason": REASON})
    assert answer.status_code == 409


def test_after_the_reporting_nobody_asks(app, trainer, person):
    do(app, "UPDATE programme SET reported_at = :at", at=datetime(2015, 5, 1, tzinfo=UTC))
    assert "già stato rendicontato" in main(trainer.look(f"?enrolment={person}"))
    answer = trainer.visitor.post(f"{trainer.url}?enrolment={person}", {"status": "absent"})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    "query",
    ["?enrolment=0", "?enrolment=999999999", "?enrolment=9999999999", "?enrolment=%00",
     "?enrolment=1&enrolment=2", "?enrolment=-1"],
)  # fmt: skip
def test_people_who_are_not_on_the_page_are_not_found(trainer, query):
    assert trainer.look(query).status_code == 404
    assert trainer.visitor.post(trainer.url + query).status_code == 404


def test_a_subject_nobody_knows_asks_what_it_is_about(trainer):
    assert "La presenza di una persona" in main(trainer.look("?subject=%00"))
    assert trainer.visitor.post(f"{trainer.url}?subject=altro").status_code == 400


# Attachments


def file(content: bytes, name: str = "foglio.pdf"):
    return io.BytesIO(content), name


def test_an_attachment_is_kept_and_handed_out_to_be_saved(app, visit, trainer, person):
    content = pdf()
    number = number_of(trainer.mark(person, "absent", file=file(content, "../../èl foglio.pdf")))
    page = visit("organiser_alfa").get(f"/corrections/{number}")
    assert "èl foglio.pdf" in main(page)
    assert "../" not in main(page)
    answer = visit("organiser_alfa").get(f"/corrections/{number}/attachment")
    assert answer.data == content
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert visit("organiser_beta").get(f"/corrections/{number}/attachment").status_code == 404


def test_a_photo_is_kept_without_what_the_phone_added(app, trainer, person):
    photo = picture(comment=b"scritto da me")
    number_of(trainer.mark(person, "absent", file=file(photo, "foto.jpg")))
    assert b"scritto da me" not in one(app, "SELECT content FROM evidence_file")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Il file è vuoto"),
        (b"MZ\x90 programma", "non è un PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "non è un PDF"),
        (b"%PDF-1.7 rotto", "danneggiato"),
    ],
)
def test_a_hostile_attachment_is_refused_beside_its_field(app, trainer, person, content, sentence):
    answer = trainer.mark(person, "absent", file=file(content))
    assert answer.status_code == 422
    assert sentence in words(tree(answer).find(".//p[@id='file-error']"))
    assert one(app, "SELECT (SELECT count(*) FROM evidence_file) + "
                    "(SELECT count(*) FROM correction)") == 0  # fmt: skip


def test_an_attachment_has_a_bound(app, trainer, person, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_BYTES", 100)
    answer = trainer.mark(person, "absent", file=file(pdf()))
    assert answer.status_code == 422
    assert "supera i 10 MB" in words(tree(answer).find(".//p[@id='file-error']"))


def test_a_file_lost_with_another_error_is_said(trainer, person):
    answer = trainer.mark(person, "absent", reason="breve", file=file(pdf()))
    assert answer.status_code == 422
    assert "sceglierlo di nuovo" in words(tree(answer).find(".//p[@id='file-error']"))


def test_a_request_without_attachment_has_none_to_hand_out(visit, early):
    assert visit("organiser_alfa").get(f"/corrections/{early}/attachment").status_code == 404


# Reading


def test_the_page_shows_old_and_new_and_what_approving_does(visit, early):
    page = visit("organiser_alfa").get(f"/corrections/{early}")
    root = tree(page).find(".//main")
    assert words(root.find(".//del")) == "Presente 08:20–12:20"
    assert words(root.find(".//ins")) == "Presente 08:20–11:30"
    assert table(page) == [
        ["Ore della lezione", "4 h", "3 h 10 min"],
        ["Ore del corso", "4 h", "3 h 10 min"],
        ["Quota delle ore svolte", "100 %", "79 %"],
        ["Soglia dell'edizione: 80 %", "raggiunta", "non raggiunta"],
        ["Iscrizione", "Completata", "Non completata"],
        [
            "Attestato",
            "Soglia raggiunta: 4 h su 4 h (100 %), richiesto l'80 %.",
            "Mancano 2 min alla soglia: frequentate 3 h 10 min delle 3 h 12 min richieste "
            "(80 % di 4 h).",
        ],
    ]
    assert pairs(page)["Chiesta da"] == "Trainer_Alfa (Docente)"


def test_looking_changes_nothing(app, visit, early):
    organiser = visit("organiser_alfa")
    before = checksum(app)
    organiser.get(f"/corrections/{early}")
    organiser.get("/corrections")
    assert checksum(app) == before


def test_those_to_decide_come_first_and_the_list_is_narrowed(visit, world, trainer, early):
    second = number_of(trainer.mark(world.a.closed_enrolment_ids[1], "absent"))
    organiser = visit("organiser_alfa")
    decide(organiser, second, "reject", "Il foglio firmato dice presente.")
    rows = table(organiser.get("/corrections"))
    assert [row[-1].split()[0] for row in rows] == ["Da", "Respinta"]
    found = organiser.get("/corrections?state=rejected&q=alfa")
    assert len(table(found)) == 1
    assert table(organiser.get("/corrections?q=nessuno")) == []
    lines = csv_rows(organiser.get("/corrections?format=csv"))
    assert [line[0] for line in lines[2:]] == ["Da decidere", "Respinta"]
    assert "Presente 08:20–11:30" in lines[2]


def test_everybody_sees_what_is_theirs(visit, world, trainer, early):
    number_of(trainer.mark(world.a.closed_enrolment_ids[1], "absent"))
    seen = {
        who: len(table(visit(who).get("/corrections")))
        for who in ("coordinator", "auditor", "organiser_alfa", "tutor_alfa", "participant_alfa",
                    "organiser_beta", "trainer_beta", "participant_beta")
    }  # fmt: skip
    assert seen == {
        "coordinator": 2, "auditor": 2, "organiser_alfa": 2, "tutor_alfa": 2, "participant_alfa": 1,
        "organiser_beta": 0, "trainer_beta": 0, "participant_beta": 0,
    }  # fmt: skip


@pytest.mark.parametrize("who", ["organiser_beta", "trainer_beta", "participant_beta"])
def test_another_body_s_correction_does_not_exist(visit, early, who):
    assert visit(who).get(f"/corrections/{early}").status_code == 404


def test_another_body_s_organiser_cannot_decide(app, visit, early):
    assert decide(visit("organiser_beta"), early).status_code == 404
    assert one(app, STATE, id=early) == "asked"


@pytest.mark.parametrize("who", ["auditor", "trainer_alfa", "tutor_alfa", "participant_alfa"])
def test_who_has_no_second_key_reads_without_a_form(visit, early, who):
    visitor = visit(who)
    page = visitor.get(f"/corrections/{early}")
    assert "Registra la decisione" not in main(page)
    assert decide(visitor, early).status_code == 403


def test_the_official_sees_her_marks_and_what_became_of_them(visit, world, early):
    official = visit("participant_alfa")
    assert f"/my/editions/{world.a.closed_edition_id}" in official.get("/my").text
    rows = table(official.get(f"/my/editions/{world.a.closed_edition_id}"))
    assert rows[0][1:] == ["Presente 08:20–12:20 Dichiarazione di presenza", "4 h", "Da decidere"]
    decide(visit("coordinator"), early)
    rows = table(official.get(f"/my/editions/{world.a.closed_edition_id}"))
    assert rows[0][1:3] == ["Presente 08:20–11:30 Dichiarazione di presenza", "3 h 10 min"]
    assert rows[0][3] == "Approvata Non è giusto? Chiedi una rettifica"
    assert official.get(f"/my/editions/{world.b.closed_edition_id}").status_code == 404


# Deciding


def test_an_approval_changes_minutes_and_outcome_and_adds_a_record(app, visit, person, early):
    kept = "SELECT position, kind, content, hash FROM book_record ORDER BY id"
    before = ask(app, kept)
    assert decide(visit("organiser_alfa"), early).status_code == 302
    assert ask(app, ENTRY, id=person) == [("present", 190)]
    assert one(app, "SELECT state FROM enrolment WHERE id = :id", id=person) == "not_completed"
    after = ask(app, kept)
    assert after[: len(before)] == before, "what was closed stays as it was written"
    assert [row[1] for row in after[len(before) :]] == ["corrected"]
    content = json.loads(after[-1][2])
    assert (content["old"], content["new"], content["counted_minutes"]) == (
        "present 07:20Z-11:20Z", "present 07:20Z-10:30Z", 190,
    )  # fmt: skip
    assert ask(app, "SELECT state, counted_before, counted_after FROM correction") == [
        ("approved", 240, 190)
    ]
    assert ask(app, "SELECT action FROM audit_event ORDER BY sequence DESC LIMIT 1") == [
        ("correction.approved",)
    ]


def test_the_record_covers_the_one_before_and_the_page_keeps_its_hash(app, visit, early):
    page = "SELECT content_hash FROM register_sheet WHERE id = (SELECT sheet_id FROM correction)"
    before = one(app, page)
    decide(visit("organiser_alfa"), early)
    assert one(app, page) == before
    assert one(app, "SELECT previous_hash FROM book_record WHERE kind = 'corrected'") == before


def test_the_minutes_are_those_of_the_hours_really_held_less_the_breaks(
    app, visit, trainer, person, lesson_id
):
    start = worlds.NOW - timedelta(days=60)
    with arranging(app) as session:
        sheet = session.scalars(select(RegisterSheet).filter_by(lesson_id=lesson_id)).one()
        sheet.starts_at_real = start + timedelta(minutes=15)
        sheet.ends_at_real = start + timedelta(minutes=235)
        session.add(
            LessonBreak(
                lesson_id=lesson_id,
                starts_at=start + timedelta(minutes=60),
                ends_at=start + timedelta(minutes=75),
            )
        )
    number = number_of(trainer.mark(person, entered_0="08:20", left_0=""))
    assert decide(visit("organiser_alfa"), number).status_code == 302
    assert ask(app, ENTRY, id=person) == [("present", 235 - 15 - 15)]


def test_the_other_way_round_a_person_below_the_threshold_completes(app, visit, trainer, person):
    first = number_of(trainer.mark(person, "absent"))
    decide(visit("organiser_alfa"), first)
    assert one(app, "SELECT state FROM enrolment WHERE id = :id", id=person) == "not_completed"
    second = number_of(trainer.mark(person, "present", entered_0="", left_0=""))
    decide(visit("organiser_alfa"), second)
    assert ask(app, ENTRY, id=person) == [("present", 240)]
    assert one(app, "SELECT state FROM enrolment WHERE id = :id", id=person) == "completed"
    assert one(app, "SELECT count(*) FROM book_record WHERE kind = 'corrected'") == 2


def test_a_certificate_with_other_hours_goes_under_review(app, visit, world, person, early):
    coordinator = visit("coordinator")
    issue(app, coordinator, world.a.closed_edition_id, person)
    number = one(app, "SELECT number || '/' || year FROM certificate")
    page = main(coordinator.get(f"/corrections/{early}"))
    assert f"L'attestato {number} passerà in verifica" in page
    decide(coordinator, early)
    assert one(app, "SELECT state FROM certificate") == "under_review"
    assert f"L'attestato {number} è ora in verifica" in main(coordinator.get("/corrections"))


def test_another_reason_of_absence_leaves_the_certificate_alone(app, visit, world, trainer, person):
    do(app, "UPDATE lesson SET planned_minutes = 1 WHERE id = :id", id=world.a.past_lesson_id)
    coordinator = visit("coordinator")
    issue(app, coordinator, world.a.closed_edition_id, person)
    number = number_of(trainer.send("?subject=topic", topic="Ascolto attivo"))
    decide(coordinator, number)
    assert one(app, "SELECT state FROM certificate") == "issued"


def test_a_lesson_recovered_counts_once(app, visit, world, trainer, person):
    """Absent at home, four hours elsewhere: present at home for two adds nothing."""
    first = number_of(trainer.mark(person, "absent"))
    decide(visit("organiser_alfa"), first)
    with arranging(app) as session:
        guest = session.get_one(worlds.Enrolment, person)
        session.add(
            Recovery(
                enrolment_id=person,
                missed_lesson_id=world.a.past_lesson_id,
                lesson_id=world.b.past_lesson_id,
                arranged_by_id=world.account_ids["organiser_alfa"],
                arranged_at=worlds.NOW,
            )
        )
        sheet = session.scalars(
            select(RegisterSheet).filter_by(lesson_id=world.b.past_lesson_id)
        ).one()
        session.add(
            worlds.AttendanceEntry(
                sheet_id=sheet.id, enrolment_id=guest.id, status="present", counted_minutes=200,
                source="trainer", marked_by_id=world.account_ids["trainer_beta"],
                marked_by_label="prova", marked_at=worlds.NOW,
            )
        )  # fmt: skip
    number = number_of(trainer.mark(person, "present", entered_0="08:20", left_0="10:20"))
    rows = {row[0]: row[1:] for row in table(visit("organiser_alfa").get(f"/corrections/{number}"))}
    assert rows["Ore della lezione"] == ["0 h", "2 h"]
    assert rows["Ore del corso"] == ["3 h 20 min", "3 h 20 min"]
    decide(visit("organiser_alfa"), number)
    after = main(visit("participant_alfa").get("/my"))
    assert "3 h 20 min" in after


def test_a_rejection_wants_a_note_and_changes_nothing_else(app, visit, person, early):
    organiser = visit("organiser_alfa")
    answer = decide(organiser, early, "reject", "no")
    assert answer.status_code == 422
    assert "Per respingere scrivere il motivo" in main(answer)
    assert decide(organiser, early, "reject", "Il foglio firmato dice presente.").status_code == 302
    assert ask(app, ENTRY, id=person) == [("present", 240)]
    assert one(app, STATE, id=early) == "rejected"
    assert one(app, "SELECT count(*) FROM book_record WHERE kind = 'corrected'") == 0
    page = organiser.get(f"/corrections/{early}")
    assert words(tree(page).find(".//main").find(".//del")) == "Presente 08:20–11:30"


@pytest.mark.parametrize("sent", [{}, {"decision": "forse"}, {"decision": ""}])
def test_a_decision_is_one_of_two(app, visit, early, sent):
    answer = visit("organiser_alfa").post(f"/corrections/{early}/decide", sent)
    assert answer.status_code == 422
    assert one(app, STATE, id=early) == "asked"


def test_a_decision_is_final(app, visit, early):
    decide(visit("organiser_alfa"), early)
    answer = decide(visit("coordinator"), early, "reject", "Ci ho ripensato, scusate.")
    assert answer.status_code == 409
    assert "già stata decisa" in main(answer)
    assert one(app, STATE, id=early) == "approved"


def test_a_page_that_says_something_else_by_now_is_not_overwritten(app, visit, person, early):
    do(app, "UPDATE presence_interval SET left_at = :at WHERE entry_id = (SELECT entry_id FROM "
            "correction)", at=datetime(2015, 3, 15, 10, 20, tzinfo=UTC))  # fmt: skip
    organiser = visit("organiser_alfa")
    assert "ora dice «Presente 08:20–11:20»" in main(organiser.get(f"/corrections/{early}"))
    answer = decide(organiser, early)
    assert answer.status_code == 409
    assert "diceva «Presente 08:20–12:20», ora dice «Presente 08:20–11:20»" in main(answer)
    assert ask(app, ENTRY, id=person) == [("present", 240)]
    assert decide(organiser, early, "reject", "La pagina è già stata cambiata.").status_code == 302


def test_a_reopened_page_waits_for_its_new_closing(app, visit, early):
    do(app, "UPDATE register_sheet SET state = 'reopened' WHERE id = (SELECT sheet_id FROM "
            "correction)")  # fmt: skip
    answer = decide(visit("organiser_alfa"), early)
    assert answer.status_code == 422
    assert "si decide dopo la sua nuova chiusura" in main(answer)


def test_after_the_reporting_only_the_coordinator_decides(app, visit, early):
    do(app, "UPDATE programme SET reported_at = :at", at=datetime(2015, 5, 1, tzinfo=UTC))
    answer = decide(visit("organiser_alfa"), early)
    assert answer.status_code == 422
    assert "decide solo il coordinatore" in main(answer)
    assert decide(visit("coordinator"), early).status_code == 302


# Four eyes


def refused(app, visitor, number: int, sentence: str) -> None:
    """Neither the page offers the second key, nor does the address take it."""
    page = main(visitor.get(f"/corrections/{number}"))
    assert "Registra la decisione" not in page
    assert sentence in page
    for decision in ("approve", "reject"):
        answer = decide(visitor, number, decision, "Una nota abbastanza lunga.")
        assert answer.status_code == 422
        assert sentence in main(answer)
    assert one(app, STATE, id=number) == "asked"


@pytest.mark.parametrize("who", ["organiser_alfa", "coordinator"])
def test_who_asks_does_not_decide(app, visit, lesson_id, person, who):
    visitor = visit(who)
    number = number_of(Asking(visitor, lesson_id).mark(person, "absent"))
    refused(app, visitor, number, "Chi ha chiesto la rettifica non la decide")


@pytest.mark.parametrize("role", list(StaffRole))
def test_who_teaches_or_assists_does_not_decide(app, visit, world, lesson_id, early, role):
    with arranging(app) as session:
        somebody = worlds.make_person("Referente Docente")
        session.get_one(UserAccount, world.account_ids["organiser_alfa"]).person_id = somebody.id
        session.add(LessonStaff(lesson_id=lesson_id, person_id=somebody.id, role=role))
    refused(app, visit("organiser_alfa"), early, "Chi è docente o tutor della lezione")


def test_nobody_decides_on_the_own_attendance(app, visit, world, early):
    give(app, world, "organiser_alfa", world.a.person_id)
    refused(app, visit("organiser_alfa"), early, "Nessuno decide sulla propria presenza")


def test_the_database_knows_the_rule_too(app, early):
    with pytest.raises(IntegrityError, match="four_eyes"):
        do(app, "UPDATE correction SET state = 'approved', decided_by_id = asked_by_id, "
                "decided_at = asked_at")  # fmt: skip


# Many hands


def twice(app, visitors, number: int) -> list:
    """Both decide at the same moment, one yes and one no."""
    tokens = [visitor.token() for visitor in visitors]
    wishes = [{"decision": "approve"}, {"decision": "reject", "note": "Non risulta dal foglio."}]
    return at_once(
        *[
            lambda v=visitor, t=token, w=wish: v.client.post(
                f"/corrections/{number}/decide", data={"csrf_token": t, **w}
            )
            for visitor, token, wish in zip(visitors, tokens, wishes, strict=True)
        ]
    )


def test_of_two_who_decide_at_once_one_wins(app, visit, world, trainer, early):
    visitors = [visit("organiser_alfa"), visit("coordinator")]
    numbers = [early]
    numbers += [number_of(trainer.mark(e, "absent")) for e in world.a.closed_enrolment_ids[1:]]
    for number in numbers:
        assert statuses(twice(app, visitors, number)) == [302, 409]
    approved = one(app, "SELECT count(*) FROM correction WHERE state = 'approved'")
    assert one(app, "SELECT count(*) FROM book_record WHERE kind = 'corrected'") == approved


def test_without_the_locks_two_deciders_would_be_noticed(
    app, visit, world, trainer, early, monkeypatch
):
    without_locks(app, monkeypatch)
    monkeypatch.setattr(actions, "check_decide", slowly(actions.check_decide))
    answers = twice(app, [visit("organiser_alfa"), visit("coordinator")], early)
    assert statuses(answers) != [302, 409] or one(
        app, "SELECT count(*) FROM correction WHERE state = 'approved'"
    ) != one(app, "SELECT count(*) FROM book_record WHERE kind = 'corrected'")


def test_of_two_who_ask_at_once_one_waits(app, visit, lesson_id, person):
    hands = [Asking(visit(who), lesson_id) for who in ("trainer_alfa", "tutor_alfa")]
    about = f"?enrolment={person}"
    drawn = [form(hand.look(about), "") for hand in hands]
    answers = at_once(
        *[
            lambda h=hand, d=seen: h.send(about, d, status="absent")
            for hand, seen in zip(hands, drawn, strict=True)
        ]
    )
    assert statuses(answers) == [302, 422]
    assert one(app, "SELECT count(*) FROM correction") == 1


# Telling


def test_those_who_may_decide_are_told_and_then_who_asked(app, visit, world, early):
    told = "SELECT kind, to_address FROM outbox_message ORDER BY kind, to_address"
    assert ask(app, told) == [
        ("correction_asked", "coordinator@prova.example"),
        ("correction_asked", "organiser_alfa@prova.example"),
    ]
    decide(visit("organiser_alfa"), early, "reject", "Il foglio firmato dice presente.")
    asker = one(app, "SELECT work_email FROM person WHERE id = (SELECT person_id FROM user_account "
                     "WHERE login = :login)", login=world.logins["trainer_alfa"])  # fmt: skip
    assert ask(app, told)[2:] == [("correction_decided", asker)]
    body = one(app, "SELECT body FROM outbox_message WHERE kind = 'correction_decided'")
    assert "respinta" in body
    assert "Il foglio firmato dice presente." in body


def test_who_may_not_decide_is_not_told(app, world, visit, lesson_id, person):
    give(app, world, "organiser_alfa", world.a.person_id)
    number_of(Asking(visit("coordinator"), lesson_id).mark(person, "absent"))
    assert ask(app, "SELECT to_address FROM outbox_message") == []


def test_the_margin_of_the_page_names_both(app, visit, early):
    decide(visit("organiser_alfa"), early)
    with app.test_request_context():
        sheet = db.session.get_one(Correction, early).sheet_id
        (note,) = margin_notes([sheet, 0])[sheet]
        db.session.remove()
    assert (note.old, note.new) == ("Presente 08:20–12:20", "Presente 08:20–11:30")
    assert (note.asked_by, note.decided_by) == ("Trainer_Alfa", "Organiser_Alfa")
    assert (note.reason, note.state) == (REASON, "approved")
