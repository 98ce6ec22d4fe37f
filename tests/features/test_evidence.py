# SPDX-License-Identifier: AGPL-3.0-or-later
"""The paper beside the page: printed, signed, attached, compared line by line."""

import hashlib
import io
import re

import pytest
from PIL import Image
from pypdf import PdfReader

from app.domain.enrolment import EnrolmentState
from app.domain.vocabulary import LessonState
from app.models import Enrolment, Lesson, Person
from tests.faults.files import pdf, picture
from tests.ledger import arranging, ask, checksum, one
from tests.pages import Hand, form, main, post_file, table, tree, words

SCANS = "SELECT count(*) FROM scanned_evidence"


def send(visitor, lesson_id: int, raw: bytes, name: str = "foglio.jpg"):
    """Choose a file on the page of scans and press the button."""
    url = f"/lessons/{lesson_id}/scans"
    drawn = form(visitor.get(url), "")
    return post_file(visitor, url, raw, name, csrf_token=drawn["csrf_token"])


@pytest.fixture
def trainer(visit):
    return visit("trainer_alfa")


@pytest.fixture
def scan(trainer, world):
    """The address of a photo attached to today's page."""
    answer = send(trainer, world.a.lesson_id, picture())
    assert answer.status_code == 302, main(answer)
    return answer.location


def compare(visitor, url: str, **chosen):
    """Fill in the lines on the page as it stands, and send them."""
    drawn = form(visitor.get(url), "")
    return visitor.client.post(url, data=drawn | chosen)


# --- the sheet to sign --------------------------------------------------------


def test_the_sheet_to_sign_names_people_and_bodies_and_no_tax_code(app, trainer, world):
    answer = trainer.get(f"/lessons/{world.a.lesson_id}/sign-sheet.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    for number in range(3):
        assert f"Partecipante Alfa {number} Lucia" in text
    assert "Comune di Alfa" in text
    codes = [code for (code,) in ask(app, "SELECT tax_code FROM person")]
    assert codes
    assert [code for code in codes if code in text] == []


def test_the_sheet_leaves_out_whoever_withdrew(app, trainer, world):
    with arranging(app) as session:
        session.get_one(Enrolment, world.a.enrolment_ids[1]).state = EnrolmentState.WITHDRAWN
    answer = trainer.get(f"/lessons/{world.a.lesson_id}/sign-sheet.pdf")
    text = PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert "Partecipante Alfa 0" in text
    assert "Partecipante Alfa 1" not in text


def test_an_edition_prints_the_sheets_of_its_lessons(visit, world):
    def pages(name: str) -> int:
        answer = visit(name).get(f"/editions/{world.a.edition_id}/sign-sheets.pdf")
        assert answer.status_code == 200
        return len(PdfReader(io.BytesIO(answer.data)).pages)

    assert pages("organiser_alfa") == 2
    assert pages("trainer_alfa") == 1, "of the two lessons she teaches one"
    answer = visit("trainer_beta").get(f"/editions/{world.a.edition_id}/sign-sheets.pdf")
    assert answer.status_code == 404


# --- attaching ----------------------------------------------------------------


def test_a_photo_is_attached_to_its_page(app, trainer, scan, world):
    page = trainer.get(f"/lessons/{world.a.lesson_id}/scans")
    (row,) = table(page)
    assert row[0] == "foglio.jpg"
    assert "14 mag 2015, 09:20 Trainer_Alfa" in row[1]
    assert row[2].startswith("1 pagina,")
    kept = ask(app, "SELECT sha256, media_type, size FROM evidence_file")
    (digest, media_type, size) = kept[0]
    assert row[3] == digest[:16]
    assert row[4] == "Da confrontare"
    content = trainer.get(f"{scan}/file").data
    assert (media_type, size, digest) == (
        "image/jpeg",
        len(content),
        hashlib.sha256(content).hexdigest(),
    )
    assert one(app, "SELECT count(*) FROM audit_event WHERE action = 'evidence.attached'") == 1


def test_a_page_that_is_closed_still_takes_its_paper(visit, world):
    answer = send(visit("organiser_alfa"), world.a.past_lesson_id, pdf(3), "foglio.pdf")
    assert answer.status_code == 302
    shown = visit("auditor").get(answer.location)
    assert shown.status_code == 200
    assert len(tree(shown).findall(".//main//img")) == 3


def test_the_same_file_twice_is_explained(app, trainer, scan, world):
    answer = send(trainer, world.a.lesson_id, picture(), "altro nome.jpg")
    assert answer.status_code == 422
    assert "già allegato a questa pagina: Trainer_Alfa" in main(answer)
    trainer.post(f"{scan}/withdraw")
    answer = send(trainer, world.a.lesson_id, picture())
    assert answer.status_code == 422
    assert "è stato ritirato" in main(answer)
    assert one(app, SCANS) == 1


def test_the_same_bytes_beside_two_pages_are_kept_once(app, visit, scan, world):
    assert send(visit("trainer_alfa"), world.a.past_lesson_id, picture()).status_code == 302
    assert (one(app, SCANS), one(app, "SELECT count(*) FROM evidence_file")) == (2, 1)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "Il file è vuoto"),
        (b"<script>alert(1)</script>", "non è un PDF"),
        (pdf(51), "più di 50 pagine"),
        (picture("PNG", (6_000, 6_000), "1"), "25 milioni"),
    ],
)
def test_a_bad_file_is_refused_beside_its_field(app, trainer, world, raw, sentence):
    before = checksum(app)
    answer = send(trainer, world.a.lesson_id, raw, "foglio.pdf")
    assert answer.status_code == 422
    assert sentence in words(tree(answer).find(".//p[@id='file-error']"))
    assert checksum(app) == before


def test_no_file_is_asked_for(trainer, world):
    url = f"/lessons/{world.a.lesson_id}/scans"
    answer = trainer.post(url)
    assert (answer.status_code, "Scegliere il file" in main(answer)) == (422, True)
    answer = trainer.post(url, {"file": "non è un file"})
    assert answer.status_code == 422


def test_only_this_route_takes_more_than_a_megabyte(trainer, world):
    noise = io.BytesIO()
    Image.effect_noise((2_400, 1_800), 90).save(noise, "JPEG", quality=90)
    assert len(noise.getvalue()) > 1_500_000
    assert send(trainer, world.a.lesson_id, noise.getvalue()).status_code == 302
    assert send(trainer, world.a.lesson_id, b"\xff" * 10_600_000).status_code == 413
    answer = post_file(trainer, f"/lessons/{world.a.lesson_id}/sheet/close", bytes(1_500_000))
    assert answer.status_code == 413


def test_nobody_unknown_may_send_much(visit, world):
    answer = post_file(visit(), f"/lessons/{world.a.lesson_id}/scans", bytes(1_500_000))
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("gpj.\u202eexe.jpg", "gpj.exe.jpg"),
        ("<b>foglio</b>.jpg", "b>.jpg"),
        ("x" * 300 + ".jpg", "x" * 196 + ".jpg"),
        ("\u200b", "senza nome"),
    ],
)
def test_the_name_of_a_file_is_made_fit_to_be_shown(trainer, world, sent, shown):
    send(trainer, world.a.lesson_id, picture(), sent)
    (row,) = table(trainer.get(f"/lessons/{world.a.lesson_id}/scans"))
    assert row[0] == shown


def test_no_scan_before_the_day_or_of_a_lesson_that_was_not_held(app, visit, world, clock):
    organiser = visit("organiser_alfa")
    later = one(
        app, "SELECT id FROM lesson WHERE edition_id = :id AND seq = 2", id=world.a.edition_id
    )
    answer = send(organiser, later, picture())
    assert (answer.status_code, "dal giorno della lezione" in main(answer)) == (409, True)
    with arranging(app) as session:
        session.get_one(Lesson, world.a.lesson_id).state = LessonState.CANCELLED
    answer = send(organiser, world.a.lesson_id, picture())
    assert (answer.status_code, "non si è tenuta" in main(answer)) == (409, True)
    assert one(app, SCANS) == 0


# --- looking and downloading --------------------------------------------------


def test_the_scan_is_shown_as_pictures_and_downloaded_as_it_is_kept(trainer, world):
    raw = pdf(2)
    url = send(trainer, world.a.lesson_id, raw, "foglio firme.pdf").location
    for number in (1, 2):
        answer = trainer.get(f"{url}/picture?page={number}")
        assert Image.open(io.BytesIO(answer.data)).format == "JPEG"
    answer = trainer.get(f"{url}/file")
    assert answer.data == raw
    assert re.fullmatch(
        r'attachment; filename="scansione-\d+\.pdf"', answer.headers["Content-Disposition"]
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"].split("; ")
    for query in (
        "page=0",
        "page=3",
        "page=-1",
        "page=1.0",
        "page=x",
        "page=٢",
        "page=" + "9" * 5000,
        "page=%00",
    ):
        assert trainer.get(f"{url}/picture?{query}").status_code == 404, query


def test_whoever_may_not_see_the_lesson_sees_no_scan_of_it(visit, scan, world):
    for name in ("trainer_beta", "organiser_beta", "tutor_beta"):
        visitor = visit(name)
        for path in (
            scan,
            f"{scan}/picture",
            f"{scan}/file",
            f"/lessons/{world.a.lesson_id}/scans",
        ):
            assert visitor.get(path).status_code == 404, (name, path)
        assert visitor.post(f"{scan}/withdraw").status_code == 404
    for name in ("participant_alfa", "representative_alfa", "admin"):
        assert visit(name).get(scan).status_code == 403


def test_the_auditor_reads_and_writes_nothing(visit, scan, world):
    auditor = visit("auditor")
    page = auditor.get(scan)
    assert page.status_code == 200
    assert tree(page).findall(".//main//button") == []
    assert tree(auditor.get(f"/lessons/{world.a.lesson_id}/scans")).findall(".//main//form") == []
    for path in (scan, f"{scan}/withdraw", f"/lessons/{world.a.lesson_id}/scans"):
        assert auditor.post(path).status_code == 403


# --- comparing ----------------------------------------------------------------


def test_people_stand_beside_the_scan_with_what_the_register_says(trainer, scan, world):
    hand = Hand(trainer, world.a.lesson_id)
    hand.open()
    hand.mark(world.a.enrolment_ids[0], "times", entered="09:20", left="12:10")
    hand.mark(world.a.enrolment_ids[1], "absent")
    rows = [words(r) for r in tree(trainer.get(scan)).findall(".//ol[@class='compare-rows']/li")]
    assert len(rows) == 3
    assert "Presente 09:20–12:10" in rows[0]
    assert "Assente" in rows[1]
    assert "Senza segno" in rows[2]


def test_all_the_others_agree_with_one_button(app, trainer, scan, world):
    first, second, _third = world.a.enrolment_ids
    answer = compare(
        trainer,
        scan,
        others="1",
        **{f"line-{second}": "differs", f"remark-{second}": "Firma solo in entrata"},
    )
    assert answer.status_code == 302
    page = trainer.get(scan)
    assert "1 differenza" in main(page)
    assert "2 righe concordano" in main(page)
    row = words(tree(page).find(f".//li[@id='p{second}']"))
    assert "Differisce Firma solo in entrata" in row
    assert "Trainer_Alfa, gio 14 mag 2015, 09:20" in row
    (listed,) = table(trainer.get(f"/lessons/{world.a.lesson_id}/scans"))
    assert listed[4] == "1 differenza"
    lines = "SELECT enrolment_id, agrees FROM reconciled_line ORDER BY enrolment_id"
    assert [(n, bool(a)) for n, a in ask(app, lines)][:2] == [(first, True), (second, False)]
    assert one(app, "SELECT count(*) FROM audit_event WHERE action = 'evidence.reconciled'") == 1


def test_only_the_lines_that_are_new_get_a_new_hand(app, visit, trainer, scan, world):
    first, second, third = world.a.enrolment_ids
    compare(trainer, scan, **{f"line-{first}": "agrees"})
    tutor = visit("tutor_alfa")
    assert compare(tutor, scan, **{f"line-{second}": "agrees"}).status_code == 302
    hands = dict(ask(app, "SELECT enrolment_id, written_by_id FROM reconciled_line"))
    who = world.account_ids
    assert hands == {first: who["trainer_alfa"], second: who["tutor_alfa"]}
    before = ask(app, "SELECT * FROM reconciled_line ORDER BY id")
    answer = compare(tutor, scan)
    assert answer.status_code == 302
    assert "Nessuna riga nuova" in main(tutor.get(scan))
    assert ask(app, "SELECT * FROM reconciled_line ORDER BY id") == before
    assert third not in hands


def test_a_difference_says_how_and_nothing_is_written_without(app, trainer, scan, world):
    first, second, _third = world.a.enrolment_ids
    for fields, sentence in (
        ({f"line-{second}": "differs"}, "in che cosa il foglio firmato differisce"),
        (
            {f"line-{second}": "differs", f"remark-{second}": " x "},
            "in che cosa il foglio firmato differisce",
        ),
        ({f"remark-{second}": "Manca la firma"}, "Scegliere se concorda o differisce"),
        ({f"line-{second}": "agrees", f"remark-{second}": "Manca la firma"}, "non ha differenze"),
        ({f"line-{second}": "differs", f"remark-{second}": "x" * 201}, "Al massimo 200"),
        ({f"line-{second}": "\x00"}, "Richiesta non valida"),
    ):
        answer = compare(trainer, scan, others="1", **{f"line-{first}": "agrees"}, **fields)
        row = tree(answer).find(f".//li[@id='p{second}']")
        assert (answer.status_code, sentence in words(row)) == (422, True), fields
        kept = row.find(".//input[@class='form-control']")
        assert kept.get("value") == " ".join(fields.get(f"remark-{second}", "").split())
    assert one(app, "SELECT count(*) FROM reconciled_line") == 0


def test_a_difference_stays_on_record(app, visit, trainer, scan, world):
    first = world.a.enrolment_ids[0]
    tutor = visit("tutor_alfa")
    old = form(tutor.get(scan), "")
    compare(trainer, scan, **{f"line-{first}": "differs", f"remark-{first}": "Manca la firma"})
    assert f"line-{first}" not in form(trainer.get(scan), ""), "no choice is offered any more"
    answer = tutor.client.post(scan, data=old | {f"line-{first}": "agrees"})
    assert (answer.status_code, "resta agli atti" in main(answer)) == (422, True)
    assert ask(app, "SELECT remark FROM reconciled_line") == [("Manca la firma",)]


def test_who_is_not_on_the_page_gets_no_line(app, trainer, scan, world):
    stranger = world.b.enrolment_ids[0]
    odd = {
        f"line-{stranger}": "agrees",
        "line-": "agrees",
        "line-x": "agrees",
        "line-" + "9" * 30: "agrees",
    }
    assert compare(trainer, scan, **odd).status_code == 302
    assert one(app, "SELECT count(*) FROM reconciled_line") == 0


def test_a_difference_leads_to_the_row_while_the_sheet_is_open(trainer, scan, world):
    Hand(trainer, world.a.lesson_id).open()
    first = world.a.enrolment_ids[0]
    compare(trainer, scan, **{f"line-{first}": "differs", f"remark-{first}": "Manca la firma"})
    links = [a.get("href") for a in tree(trainer.get(scan)).findall(f".//li[@id='p{first}']//a")]
    assert links == [f"/lessons/{world.a.lesson_id}/sheet#p{first}"]


def test_a_difference_on_a_closed_page_leads_to_a_correction(visit, world):
    organiser = visit("organiser_alfa")
    url = send(organiser, world.a.past_lesson_id, picture()).location
    first = world.a.closed_enrolment_ids[0]
    compare(organiser, url, **{f"line-{first}": "differs", f"remark-{first}": "Manca la firma"})
    (link,) = tree(organiser.get(url)).findall(f".//li[@id='p{first}']//a")
    answer = organiser.get(link.get("href"))
    assert (answer.status_code, "Partecipante Alfa 0" in main(answer)) == (200, True)


def test_the_sheet_and_the_edition_lead_to_the_paper(trainer, scan, world):
    def links(path: str) -> dict[str, str]:
        return {words(a): a.get("href") for a in tree(trainer.get(path)).findall(".//main//a")}

    lesson = f"/lessons/{world.a.lesson_id}"
    shown = links(f"{lesson}/sheet")
    assert shown["Scansioni (1)"] == f"{lesson}/scans"
    assert shown["Foglio firme (PDF)"] == f"{lesson}/sign-sheet.pdf"
    edition = f"/editions/{world.a.edition_id}"
    assert links(edition)["Fogli firme (PDF)"] == f"{edition}/sign-sheets.pdf"


# --- withdrawing --------------------------------------------------------------


def test_a_wrong_scan_is_withdrawn_and_stays_on_record(app, visit, trainer, scan, world):
    first = world.a.enrolment_ids[0]
    compare(trainer, scan, **{f"line-{first}": "agrees"})
    old = form(trainer.get(scan), "")
    tutor = visit("tutor_alfa")
    assert tutor.post(f"{scan}/withdraw").status_code == 302
    (row,) = table(trainer.get(f"/lessons/{world.a.lesson_id}/scans"))
    assert row[4].startswith("Ritirata")
    assert "Tutor_Alfa" in row[4]
    page = trainer.get(scan)
    assert "è stata ritirata" in main(page)
    assert "Concorda" in words(tree(page).find(f".//li[@id='p{first}']"))
    assert trainer.get(f"{scan}/picture").status_code == 200
    before = checksum(app)
    assert trainer.client.post(scan, data=old | {"others": "1"}).status_code == 409
    assert trainer.post(f"{scan}/withdraw").status_code == 409
    assert checksum(app) == before


def test_a_file_kept_is_neither_changed_nor_deleted(app, scan):
    for statement in ("UPDATE evidence_file SET size = 1", "DELETE FROM evidence_file"):
        with pytest.raises(Exception, match="append-only"), arranging(app) as session:
            session.connection().exec_driver_sql(statement)


def test_names_of_people_are_written_as_they_are(app, trainer, scan, world):
    with arranging(app) as session:
        session.get_one(Person, world.a.person_id).family_name = "<b>D'Angelo</b>"
    assert "<b>D'Angelo</b>" in main(trainer.get(scan))
