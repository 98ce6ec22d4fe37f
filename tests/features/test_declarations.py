# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: who has no certificate declares what closed pages say, once, and it verifies."""

import hashlib
from datetime import timedelta

import pytest

from app.audit import Action
from app.certificates import keeping
from app.certificates.declarations import actions as declarations
from app.documents.seal import SealUnavailable
from app.extensions import db
from app.integrity.files import check_certificates
from app.models import AttendanceEntry, Enrolment, Recovery
from tests import world as worlds
from tests.documents import reading
from tests.faults.together import at_once, slowly, statuses, without_locks
from tests.ledger import arranging, ask, checksum, do, one, trail_is_whole
from tests.pages import main, table

STATES = "SELECT state, replaces_id FROM certificate ORDER BY id"


@pytest.fixture
def below(app, world) -> int:
    """The enrolment of the official of Alfa, who was there for one hour of four."""
    enrolment = world.a.closed_enrolment_ids[0]
    count(app, enrolment, 60)
    do(app, "UPDATE enrolment SET state = 'not_completed' WHERE id = :id", id=enrolment)
    return enrolment


def count(app, enrolment: int, minutes: int) -> None:
    """Other hours than the page was closed with, as after a correction."""
    do(app, "UPDATE attendance_entry SET counted_minutes = :n WHERE enrolment_id = :id",
       n=minutes, id=enrolment)  # fmt: skip


def declare(visitor, enrolment: int):
    return visitor.post(f"/enrolments/{enrolment}/declaration")


def presence(visitor, lesson: int):
    return visitor.post(f"/lessons/{lesson}/declaration")


def paper(visitor, answer) -> str:
    """The words of the PDF behind the page one was sent to."""
    assert answer.status_code == 302, main(answer)
    pdf = visitor.get(f"{answer.headers['Location']}.pdf").data
    return " ".join(reading.text_by_poppler(pdf).split())


def faults(app) -> list[str]:
    """What verification finds wrong with certificates and declarations."""
    with app.app_context():
        with db.engine.connect() as connection:
            found = [str(one) for one in check_certificates(connection, lambda _n: None)]
        db.session.remove()
    return found


def test_hours_below_the_threshold_are_declared_without_a_number(app, visit, world, below):
    official = visit("participant_alfa")
    assert "Dichiarazione delle ore frequentate" in main(official.get("/my"))
    shown = paper(official, declare(official, below))

    assert "DICHIARAZIONE DELLE ORE FREQUENTATE" in shown
    assert "ha frequentato 1 h su 4 h (pari al 25 %)" in shown
    number, kind, code, digest = ask(
        app, "SELECT number, kind, code, sha256 FROM certificate JOIN certificate_file ON certificate_id = id"
    )[0]  # fmt: skip
    assert (number, kind) == (None, "declaration")
    pdf = official.get(declare(official, below).headers["Location"] + ".pdf").data
    assert hashlib.sha256(pdf).hexdigest() == digest
    assert "Dichiarazione delle ore frequentate" in main(visit().get(f"/v/{code}"))
    assert one(app, "SELECT count(*) FROM certificate_counter") == 0, "it takes no number"
    assert faults(app) == []
    assert trail_is_whole(app)


def test_the_same_declaration_asked_again_is_the_one_there_is(app, visit, below, clock):
    official = visit("participant_alfa")
    first = declare(official, below).headers["Location"]
    clock.shift(timedelta(days=1))
    official = visit("participant_alfa")
    assert declare(official, below).headers["Location"] == first
    assert ask(app, STATES) == [("issued", None)]


def test_other_hours_make_another_that_takes_its_place(app, visit, below):
    official = visit("participant_alfa")
    old = declare(official, below).headers["Location"]
    count(app, below, 90)
    new = declare(official, below)

    assert "1 h 30 min su 4 h" in paper(official, new)
    first = int(old.rpartition("/")[2])
    assert ask(app, STATES) == [("replaced", None), ("issued", first)]
    assert one(app, "SELECT count(*) FROM audit_event WHERE action = :a",
               a=Action.CERTIFICATE_REPLACED) == 1  # fmt: skip
    row = table(official.get("/my"), 1)[1]
    assert "Sostituito" in row[2]
    assert "Vale la dichiarazione più recente" in row[2]
    assert "PDF, per memoria" in row[3]
    assert official.get(f"{old}.pdf").status_code == 200
    assert faults(app) == []


def test_one_under_review_is_made_anew_even_with_the_same_hours(app, visit, below):
    official = visit("participant_alfa")
    declare(official, below)
    with app.app_context():
        db.session.remove()
    do(app, "UPDATE certificate SET state = 'under_review'")
    declare(official, below)
    assert [state for state, _ in ask(app, STATES)] == ["replaced", "issued"]


@pytest.mark.parametrize(
    ("arrange", "sentence"),
    [
        ("UPDATE edition SET state = 'running'", "quando l'edizione è chiusa"),
        ("UPDATE attendance_entry SET status = 'absent', counted_minutes = 0", "Nessuna presenza"),
        ("UPDATE edition SET threshold = 20", "bastano per l'attestato"),
        ("UPDATE register_sheet SET state = 'reopened' WHERE state = 'closed'", "fogli presenze"),
    ],
)
def test_what_is_not_to_be_declared_is_refused_in_words(app, visit, below, arrange, sentence):
    official = visit("participant_alfa")
    do(app, arrange)
    before = checksum(app)
    assert f"/enrolments/{below}/declaration" not in official.get("/my").text
    answer = declare(official, below)
    assert answer.status_code == 409
    assert sentence in main(answer)
    assert checksum(app) == before


def test_nobody_declares_for_somebody_else(visit, world, below):
    others = world.b.closed_enrolment_ids[0], world.a.closed_enrolment_ids[1]
    for enrolment in others:
        assert declare(visit("participant_alfa"), enrolment).status_code == 404
    for who in ("coordinator", "organiser_alfa", "trainer_alfa"):
        assert declare(visit(who), below).status_code == 403


def test_what_is_not_known_of_her_is_left_out(app, visit, below):
    do(app, "UPDATE person SET birth_date = NULL, birth_place = NULL, tax_code = NULL")
    official = visit("participant_alfa")
    shown = paper(official, declare(official, below))
    assert "nato/a" not in shown
    assert "codice fiscale" not in shown
    assert "in servizio presso: Comune di Alfa" in shown
    assert faults(app) == []


def test_presence_is_declared_the_day_the_page_is_closed(app, visit, world):
    with arranging(app) as session:
        lesson = session.get_one(worlds.Lesson, world.a.lesson_id)
        came = session.get_one(Enrolment, world.a.enrolment_ids[0])
        account = session.get_one(worlds.UserAccount, world.account_ids["trainer_alfa"])
        worlds.close_page(lesson, [came], account, minutes=200)
    official = visit("participant_alfa")
    page = official.get(f"/my/editions/{world.a.edition_id}")
    assert "Dichiarazione di presenza" in main(page)
    answer = presence(official, world.a.lesson_id)

    shown = paper(official, answer)
    assert "DICHIARAZIONE DI PRESENZA" in shown
    assert "giovedì 14 maggio 2015, dalle 9:00 alle 12:20" in shown
    assert "ha frequentato" not in shown
    assert presence(official, world.a.lesson_id).headers["Location"] == answer.headers["Location"]
    assert faults(app) == []


def test_presence_that_no_closed_page_tells_is_not_declared(app, visit, world):
    official = visit("participant_alfa")
    assert presence(official, world.a.lesson_id).status_code == 409
    do(app, "UPDATE attendance_entry SET status = 'absent', counted_minutes = 0")
    assert presence(official, world.a.past_lesson_id).status_code == 409
    assert presence(official, world.b.past_lesson_id).status_code == 404
    assert one(app, "SELECT count(*) FROM certificate") == 0


def test_a_lesson_recovered_elsewhere_is_declared_as_such(app, visit, world):
    with arranging(app) as session:
        home = session.get_one(Enrolment, world.a.enrolment_ids[0])
        there = session.get_one(worlds.Lesson, world.a.past_lesson_id)
        entry = (
            session.query(AttendanceEntry)
            .filter_by(enrolment_id=world.a.closed_enrolment_ids[0])
            .one()
        )
        entry.enrolment_id = home.id
        session.add(
            Recovery(
                enrolment_id=home.id,
                missed_lesson_id=world.a.lesson_id,
                lesson_id=there.id,
                arranged_by_id=world.account_ids["organiser_alfa"],
                arranged_at=worlds.NOW,
            )
        )
    official = visit("participant_alfa")
    shown = paper(official, presence(official, world.a.past_lesson_id))
    assert "lezione recuperata nell'edizione" in shown


def test_the_hours_of_the_edition_are_no_measure_of_a_day(app, visit, world):
    made = presence(visit("participant_alfa"), world.a.past_lesson_id).headers["Location"]
    count(app, world.a.closed_enrolment_ids[0], 100)
    assert "Che cosa direbbe oggi" not in main(visit("coordinator").get(made))


def test_a_seal_that_does_not_answer_keeps_nothing(app, visit, below):
    class Silent:
        name, demonstration = "Sigillo di prova", False

        def apply(self, _pdf, _at):
            raise SealUnavailable("no answer")

    app.extensions["seal"] = Silent()
    official = visit("participant_alfa")
    before = checksum(app)
    answer = declare(official, below)
    assert answer.status_code == 409
    assert "Il sigillo elettronico ora non risponde" in main(answer)
    assert checksum(app) == before


def test_two_that_ask_at_once_get_one(app, visit, below):
    officials = [visit("participant_alfa") for _ in range(3)]
    answers = at_once(*(lambda one=one: declare(one, below) for one in officials))
    assert set(statuses(answers)) == {302}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert ask(app, STATES) == [("issued", None)]


# --- planted faults ----------------------------------------------------------


def test_a_declaration_made_without_looking_again_would_be_noticed(app, visit, below, monkeypatch):
    """The register changes while the paper is drawn."""
    draw = declarations._paper

    def slow(draft):
        count(app, below, 90)
        return draw(draft)

    monkeypatch.setattr(declarations, "_paper", slow)
    answer = declare(visit("participant_alfa"), below)
    assert answer.status_code == 409
    assert "il registro è cambiato" in main(answer)
    assert one(app, "SELECT count(*) FROM certificate") == 0


def test_a_declaration_of_other_bytes_is_found(app, visit, below):
    declare(visit("participant_alfa"), below)
    with app.app_context():
        db.session.remove()
    do(app, "UPDATE certificate SET holder_family_name = 'Altra'")
    assert len(faults(app)) == 1


def test_without_the_lock_each_would_get_her_own(app, visit, below, engine, monkeypatch):
    """On SQLite writers queue for the whole database: there is nothing to plant."""
    if engine == "sqlite":
        return
    officials = [visit("participant_alfa") for _ in range(3)]
    without_locks(app, monkeypatch)
    monkeypatch.setattr(keeping, "insert", slowly(keeping.insert))
    at_once(*(lambda one=one: declare(one, below) for one in officials))
    assert one(app, "SELECT count(*) FROM certificate") > 1
