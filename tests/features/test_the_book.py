# SPDX-License-Identifier: AGPL-3.0-or-later
"""The bound register of an edition: cover, index, margin, totals, endorsement, paper."""

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from app.domain.enrolment import EnrolmentState
from app.models import Correction, Edition, Enrolment, Organisation
from tests import world as worlds
from tests.ledger import arranging, checksum, do, one
from tests.pages import Hand, main, pairs, table, tree, words


def register(edition_id: int) -> str:
    return f"/editions/{edition_id}/register"


@pytest.fixture
def closed(app, visit, world):
    """Today's sheet, closed by its trainer: one absent, one late."""
    first, second, _third = world.a.enrolment_ids
    trainer = Hand(visit("trainer_alfa"), world.a.lesson_id)
    trainer.open()
    trainer.mark(first, "absent")
    trainer.mark(second, "times", entered="10:00", left="13:00")
    trainer.all_present()
    assert trainer.close(heads="2", topic="Ascolto attivo").status_code == 302
    return trainer


@pytest.fixture
def closed_twice(visit, closed, world):
    """The same page opened again and closed with the absent person present."""
    url = f"{closed.url}/reopen"
    assert visit("organiser_alfa").post(url, {"reason": "Firma ritrovata"}).status_code == 302
    closed.mark(world.a.enrolment_ids[0], "times", entered="09:00", left="13:00")
    assert closed.close(heads="3").status_code == 302
    return closed


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("coordinator", 200),
        ("organiser_alfa", 200),
        ("trainer_alfa", 200),
        ("tutor_alfa", 200),
        ("auditor", 200),
        ("organiser_beta", 404),
        ("trainer_beta", 404),
        ("participant_alfa", 403),
        ("representative_alfa", 403),
        ("admin", 403),
    ],
)
def test_who_reads_the_book_on_screen_and_on_paper(visit, closed, world, who, status):
    visitor = visit(who)
    for end in ("", ".pdf"):
        assert visitor.get(register(world.a.edition_id) + end).status_code == status
    edition = visitor.get(f"/editions/{world.a.edition_id}")
    if edition.status_code == 200:
        linked = f'href="{register(world.a.edition_id)}"' in edition.get_data(as_text=True)
        assert linked == (status == 200)


def test_the_cover_says_what_was_endorsed(app, visit, closed, world):
    page = visit("organiser_alfa").get(register(world.a.edition_id))
    shown = pairs(page)
    hashed = "SELECT endorsement_hash FROM attendance_register WHERE edition_id = :id"
    assert shown["Pagine vidimate"] == "100"
    assert shown["Pagine chiuse"] == "1 di 2"
    assert shown["Vidimato il"].startswith("ven 13 feb 2015")
    assert shown["Impronta"] == one(app, hashed, id=world.a.edition_id)[:16] + "…"
    assert shown["Ore previste"] == "8 h"


def test_the_index_has_a_numbered_page_for_each_lesson(app, visit, closed, world):
    page = visit("organiser_alfa").get(register(world.a.edition_id))
    first, second = table(page)
    hashed = "SELECT content_hash FROM register_sheet WHERE lesson_id = :id"
    assert first[0] == "Pagina 1"
    assert first[1] == "gio 14 mag 2015 09:00–13:00"
    assert first[2] == "Ascolto attivo Lucia Docente Alfa"
    assert first[3] == "Chiuso chiuso prima della fine"
    assert first[4].startswith("gio 14 mag 2015, 09:2")
    assert first[4].endswith("Trainer_Alfa · versione 1")
    assert first[5:7] == ["2", "–"]
    assert first[7] == one(app, hashed, id=world.a.lesson_id)[:8] + "…"
    assert second[2].startswith("Argomento 2")
    assert second[3:] == ["Da aprire", "–", "–", "–", "–"]


def test_a_late_page_is_flagged_for_ever_and_a_substitute_named(app, visit, world, clock):
    clock.move_to(worlds.NOW + timedelta(days=1))
    organiser = Hand(visit("organiser_alfa"), world.a.lesson_id)
    organiser.open()
    organiser.all_present()
    clock.move_to(worlds.NOW + timedelta(days=4))
    organiser = Hand(visit("organiser_alfa"), world.a.lesson_id)
    organiser.close(heads="3")
    for _ in range(2):
        row = table(visit("auditor").get(register(world.a.edition_id)))[0]
        assert "chiuso oltre il termine" in row[3]
        assert "Organiser_Alfa (sostituto)" in row[4]
        visit("coordinator").post(f"{organiser.url}/reopen", {"reason": "Ancora una firma"})
        organiser.close(heads="3")


def test_a_trainer_opens_only_the_sheets_she_is_assigned_to(visit, closed, world):
    rows = tree(visit("trainer_alfa").get(register(world.a.edition_id))).findall(".//tbody/tr")
    linked = [row.find(".//th/a") is not None for row in rows if row.get("id", "")[:4] == "page"]
    assert linked == [True, False]


def test_the_margin_keeps_reopenings_and_what_was_written_before(visit, closed_twice, world):
    page = visit("auditor").get(register(world.a.edition_id))
    notes = tree(page).find(".//section[@id='notes-1']")
    said = words(notes)
    assert "«Firma ritrovata»" in said
    assert "Organiser_Alfa, gio 14 mag 2015" in said
    assert "compilabile fino a ven 15 mag 2015" in said
    assert "Versione 1 chiusa da Trainer_Alfa" in said
    assert words(notes.find(".//del")) == "prima: Assente"
    assert words(notes.find(".//ins")) == "ora: Presente 09:00–13:00, 4 h"
    assert len(notes.findall(".//del")) == 1
    row = table(page)[0]
    assert row[4].endswith("versione 2")
    assert row[6] == "1 riapertura"


def test_corrections_stand_in_the_margin_whatever_was_decided(app, visit, closed, world):
    with arranging(app) as session:
        sheet = one(
            app, "SELECT id FROM register_sheet WHERE lesson_id = :id", id=world.a.lesson_id
        )
        common = {
            "sheet_id": sheet,
            "subject": "topic",
            "old_value": "Ascolto attivo",
            "asked_by_id": world.account_ids["trainer_alfa"],
            "asked_role": "trainer",
            "asked_at": worlds.NOW,
        }
        decided = {
            "decided_by_id": world.account_ids["coordinator"],
            "decided_at": worlds.NOW,
            "decision_note": "Visto il verbale",
        }
        for state, new, more in (
            ("approved", "Mediazione", decided),
            ("rejected", "Accoglienza", decided),
            ("asked", "Prassi", {}),
        ):
            session.add(
                Correction(**common, **more, state=state, new_value=new, reason=f"Motivo {new}")
            )
    page = visit("coordinator").get(register(world.a.edition_id))
    notes = tree(page).find(".//section[@id='notes-1']")
    said = words(notes)
    assert words(notes.find(".//del")) == "prima: Ascolto attivo"
    assert words(notes.find(".//ins")) == "ora: Mediazione"
    assert len(notes.findall(".//del")) == 1
    assert "Ascolto attivo; chiesto: Accoglienza" in said
    assert "Ascolto attivo; si chiede: Prassi" in said
    assert "chiesta da Trainer_Alfa" in said
    assert "decisa da Coordinator" in said
    assert "«Visto il verbale»" in said
    assert table(page)[0][6] == "3 rettifiche"


def test_totals_are_those_of_closed_pages_alone(visit, closed, world):
    answer = visit("auditor").get(register(world.a.edition_id))
    months = table(answer, 1)
    assert months == [["maggio 2015", "1 di 2", "4 h", "7 h"]]
    people = table(answer, 2)
    assert [row[0] for row in people] == ["1", "2", "3"]
    assert [row[2:] for row in people] == [
        ["0 h di 4 h", "0 %"],
        ["3 h di 4 h", "75 %"],
        ["4 h di 4 h", "100 %"],
    ]


def test_whoever_withdrew_stays_struck(app, visit, closed, world):
    with arranging(app) as session:
        one_of_them = session.get_one(Enrolment, world.a.enrolment_ids[2])
        one_of_them.state = EnrolmentState.WITHDRAWN
    people = table(visit("auditor").get(register(world.a.edition_id)), 2)
    assert "iscrizione ritirata" in people[2][1]


def test_the_index_shows_the_pages_asked_for(visit, closed_twice, world):
    visitor = visit("coordinator")
    url = register(world.a.edition_id)
    found = {}
    for which in ("", "open", "notes", "zzz"):
        rows = table(visitor.get(f"{url}?pages={which}"))
        found[which] = [row[0].split()[-1] for row in rows]
    assert found == {"": ["1", "2"], "open": ["2"], "notes": ["1"], "zzz": ["1", "2"]}
    empty = visitor.get(f"{register(world.a.closed_edition_id)}?pages=open")
    assert "Nessuna pagina da mostrare" in main(empty)


# What is not there yet


def test_an_edition_without_a_register_says_so(app, visit, world):
    with arranging(app) as session:
        edition = session.get_one(Edition, world.a.edition_id)
        body = session.get_one(Organisation, world.a.delivering_id)
        venue = session.get_one(worlds.Venue, edition.venue_id)
        course = session.get_one(worlds.Course, edition.course_id)
        draft = worlds.make_edition(course, body, venue, state="draft").id
    organiser = visit("organiser_alfa")
    answer = organiser.get(register(draft))
    assert "Il registro non c’è ancora" in main(answer)
    assert organiser.get(register(draft) + ".pdf").status_code == 404
    assert organiser.get(register(draft) + "/endorse").status_code == 404
    assert organiser.post(register(draft) + "/endorse").status_code == 404


def test_a_register_without_lessons_has_no_pages(app, visit, world):
    with arranging(app) as session:
        edition = session.get_one(Edition, world.a.edition_id)
        body = session.get_one(Organisation, world.a.delivering_id)
        venue = session.get_one(worlds.Venue, edition.venue_id)
        course = session.get_one(worlds.Course, edition.course_id)
        bare = worlds.make_edition(course, body, venue)
        worlds.make_register(bare, pages=1)
        bare_id = bare.id
    organiser = visit("organiser_alfa")
    assert "Nessuna lezione in calendario" in main(organiser.get(register(bare_id)))
    answer = organiser.get(register(bare_id) + ".pdf")
    assert answer.status_code == 409
    assert "il registro non ha pagine" in main(answer)


# The endorsement


@pytest.fixture
def unendorsed(app, world) -> int:
    do(
        app,
        "UPDATE attendance_register SET endorsed_at = NULL, endorsement_hash = NULL, pages = 1 "
        "WHERE edition_id = :id",
        id=world.a.edition_id,
    )
    return world.a.edition_id


def test_a_register_not_endorsed_says_what_to_do_and_to_whom(visit, unendorsed):
    for who, linked in (("organiser_alfa", True), ("coordinator", True), ("auditor", False)):
        page = visit(who).get(register(unendorsed))
        assert "finché non lo è nessun foglio si apre" in main(page)
        link = f'href="{register(unendorsed)}/endorse"' in page.get_data(as_text=True)
        assert link == linked


def test_date_and_pages_are_stated_before_endorsing(app, visit, unendorsed):
    organiser = visit("organiser_alfa")
    before = checksum(app)
    shown = pairs(organiser.get(f"{register(unendorsed)}/endorse"))
    assert shown["Data"] == "giovedì 14 maggio 2015"
    assert shown["Pagine vidimate"] == "2"
    assert checksum(app) == before
    assert organiser.post(f"{register(unendorsed)}/endorse").status_code == 302
    assert pairs(organiser.get(register(unendorsed)))["Pagine vidimate"] == "2"
    assert "già vidimato" in main(organiser.get(f"{register(unendorsed)}/endorse"))
    assert organiser.post(f"{register(unendorsed)}/endorse").status_code == 409


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("coordinator", 302),
        ("organiser_alfa", 302),
        ("organiser_beta", 404),
        ("trainer_alfa", 403),
        ("tutor_alfa", 403),
        ("participant_alfa", 403),
        ("representative_alfa", 403),
        ("auditor", 403),
        ("admin", 403),
    ],
)
def test_who_endorses(visit, unendorsed, who, status):
    visitor = visit(who)
    asked = visitor.get(f"{register(unendorsed)}/endorse").status_code
    assert asked == (200 if status == 302 else status)
    assert visitor.post(f"{register(unendorsed)}/endorse").status_code == status


def test_no_endorsement_after_a_page_was_opened(app, visit, closed, unendorsed):
    answer = visit("organiser_alfa").post(f"{register(unendorsed)}/endorse")
    assert answer.status_code == 409
    assert "ha già pagine aperte" in main(answer)


def test_a_lesson_beyond_the_endorsed_pages_does_not_open(app, visit, world):
    do(
        app,
        "UPDATE attendance_register SET pages = 1 WHERE edition_id = :id",
        id=world.a.edition_id,
    )
    with arranging(app) as session:
        edition = session.get_one(Edition, world.a.edition_id)
        extra = worlds.make_lesson(edition, 3, worlds.NOW).id
    organiser = visit("organiser_alfa")
    assert Hand(organiser, world.a.lesson_id).open().status_code == 302
    answer = Hand(organiser, extra).open()
    assert answer.status_code == 409
    assert "vidimate sono 1 e questa sarebbe la 3" in main(answer)


# On paper


def test_the_paper_says_what_the_screen_says(visit, closed_twice, world):
    answer = visit("auditor").get(register(world.a.edition_id) + ".pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=registro-Alfa0")
    text = " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages).split()
    )
    for said in (
        "Registro didattico e delle presenze",
        "Ascolto attivo",
        "Partecipante Alfa 0",
        "Firma ritrovata",
        "Versioni precedenti",
        "1 alla 2 Partecipante Alfa 0 Lucia Assente Presente 09:00–13:00, 4 h",
        "PAGINA NON CHIUSA",
        "chiuso prima della fine",
        "Docente Alfa",
        "10:00–13:00",
        "75 %",
    ):
        assert said in text, said


def test_paper_is_italian_whatever_its_reader_reads(visit, closed, world):
    reader = visit("auditor")
    reader.post("/language", {"language": "en"})
    answer = reader.get(register(world.a.edition_id) + ".pdf")
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    assert "presente" in text
    assert "present " not in text
