# SPDX-License-Identifier: AGPL-3.0-or-later
"""Attendance from a file: a platform's log or a spreadsheet, looked at before it is written."""

import codecs
import hashlib
import io
import json
import secrets
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from openpyxl import Workbook, load_workbook

from app.domain.enrolment import EnrolmentState
from app.domain.vocabulary import Mode
from app.models import Edition, Enrolment, Lesson, UserAccount
from app.spreadsheets import write_template
from tests import world as worlds
from tests.faults.files import SHEET, pdf, picture, sheet_of, workbook
from tests.faults.together import at_once, statuses
from tests.ledger import arranging, ask, checksum, do, one
from tests.pages import Hand, form, main, post_file, table, tree, with_class, words

LOG, TABLE = "online_log", "spreadsheet"
MARKS = (
    "SELECT enrolment_id, status, counted_minutes, source FROM attendance_entry "
    "WHERE sheet_id = :sheet ORDER BY enrolment_id"
)
NAMES = [f"Lucia Partecipante Alfa {number}" for number in range(3)]

# Somebody with two connections of which the gap is under a minute and the last one ends
# after the lesson, somebody late, and somebody nobody knows.
ZOOM = """\
Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest
{name0},{email0},05/14/2015 08:50:12 AM,05/14/2015 10:15:00 AM,85,No
{name0},{email0},05/14/2015 10:15:40 AM,05/14/2015 01:05:00 PM,170,No
{name1} (Ospite),,05/14/2015 09:30:00 AM,05/14/2015 12:00:00 PM,150,Yes
iPad,,05/14/2015 10:00:00 AM,05/14/2015 11:00:00 AM,60,Yes
"""
TEAMS = """\
Full Name\tUser Action\tTimestamp
{name0}\tJoined\t5/14/2015, 8:50:12 AM
{name0}\tLeft\t5/14/2015, 10:15:00 AM
{name0}\tJoined\t5/14/2015, 10:15:40 AM
{name1} (Guest)\tJoined before\t5/14/2015, 9:30:00 AM
{name1} (Guest)\tLeft\t5/14/2015, 12:00:00 PM
iPad\tJoined\t5/14/2015, 10:00:00 AM
iPad\tLeft\t5/14/2015, 11:00:00 AM
"""
TEAMS_REPORT = """\
1. Riepilogo
Titolo della riunione\tLezione

2. Partecipanti
Nome\tPrima partecipazione\tUltima uscita\tE-mail
{name0}\t14/05/15, 08:50:12\t14/05/15, 13:05:00\t{email0}

3. Attività durante la riunione
Nome\tOra di partecipazione\tOra di uscita\tE-mail
{name0}\t14/05/15, 08:50:12\t14/05/15, 10:15:00\t{email0}
{name0}\t14/05/15, 10:15:40\t14/05/15, 13:05:00\t{email0}
{name1}\t14/05/15, 09:30:00\t14/05/15, 12:00:00\t
iPad\t14/05/15, 10:00:00\t14/05/15, 11:00:00\t
"""
MEET = """\
First name,Last name,Email,Duration,Time joined,Time exited
Lucia,Partecipante Alfa 0,{email0},4 hr,8:50 AM,1:05 PM
Lucia,Partecipante Alfa 1,,2 hr 30 min,9:30 AM,12:00 PM
iPad,,,1 hr,10:00 AM,11:00 AM
"""
WEBEX = '''\
"Attendee Name","Attendee Email","Join Time","Leave Time","Attendance Duration"
"{name0}","{email0}",="2015-05-14 08:50:12","=""2015-05-14 10:15:00""","85 mins"
"{name0}","{email0}","2015-05-14 10:15:40","2015-05-14 13:05:00","170 mins"
"{name1}","","2015-05-14 09:30:00","2015-05-14 12:00:00","150 mins"
"iPad","","2015-05-14 10:00:00","2015-05-14 11:00:00","60 mins"
'''
GENERIC = """\
Cognome;Nome;E-mail;Entrata;Uscita
Partecipante Alfa 0;Lucia;{email0};8.50;13:05
Partecipante Alfa 1;Lucia;;9:30;12.00
iPad;;;10:00;11:00
"""
FORMATS = {
    "Zoom": (ZOOM, "utf-8", True),
    "Teams, events": (TEAMS, "utf-16", False),
    "Teams, report": (TEAMS_REPORT, "utf-16", True),
    "Meet": (MEET, "utf-8-sig", True),
    "Webex": (WEBEX, "cp1252", True),
    "by hand": (GENERIC, "cp1252", True),
}


@pytest.fixture
def trainer(visit, world):
    """The trainer, with today's sheet open."""
    visitor = visit("trainer_alfa")
    Hand(visitor, world.a.lesson_id).open()
    return visitor


@pytest.fixture
def filled(app, world):
    """filled(text): the log with the names and addresses of those on the sheet."""
    sql = "SELECT work_email FROM person JOIN enrolment ON enrolment.person_id = person.id WHERE enrolment.id = :id"
    emails = [one(app, sql, id=number) for number in world.a.enrolment_ids]
    places = {f"name{n}": name for n, name in enumerate(NAMES)}
    places |= {f"email{n}": email for n, email in enumerate(emails)}
    return lambda text: text.format(**places)


def send(visitor, lesson_id: int, raw: bytes | str, kind: str = LOG, name: str = "registro.csv"):
    """Choose a file on the page of imports and press the button."""
    url = f"/lessons/{lesson_id}/import"
    drawn = form(visitor.get(url), "")
    raw = raw.encode() if isinstance(raw, str) else raw
    return post_file(visitor, url, raw, name, csrf_token=drawn.get("csrf_token", ""), kind=kind)


def sent(visitor, lesson_id: int, raw: bytes | str, kind: str = LOG) -> str:
    """The address of the dry run."""
    answer = send(visitor, lesson_id, raw, kind)
    assert answer.status_code == 302, main(answer)
    return answer.location


def press(visitor, url: str, action: str = "apply", page=None, **chosen):
    """A button of the dry run, from the page as it stands or an older one."""
    drawn = form(page or visitor.get(url), f"{url}/apply")
    key = {"idempotency_key": secrets.token_hex(16)} if action == "apply" else {}
    return visitor.client.post(f"{url}/{action}", data=drawn | key | chosen)


def marks(app, lesson_id: int) -> list[tuple]:
    sheet = one(app, "SELECT id FROM register_sheet WHERE lesson_id = :id", id=lesson_id)
    return ask(app, MARKS, sheet=sheet)


def person(answer, enrolment_id: int) -> str:
    """The words of somebody's row in the dry run."""
    return words(tree(answer).find(f".//li[@id='p{enrolment_id}']"))


def badges(answer) -> str:
    return " ".join(words(badge) for badge in with_class(tree(answer), "import-counts")[0])


# --- a platform's log ---------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
def test_a_log_of_each_platform_becomes_marks(app, trainer, world, filled, name):
    text, encoding, with_email = FORMATS[name]
    first, second, third = world.a.enrolment_ids
    url = sent(trainer, world.a.lesson_id, filled(text).encode(encoding))
    assert marks(app, world.a.lesson_id) == [], "looking writes nothing"
    page = trainer.get(url)
    recognised = "1 persona riconosciuta 1 da confermare" if with_email else "2 da confermare"
    assert badges(page) == f"{recognised} 1 non riconosciuta 1 non risulta"
    assert "4 h 09:00–13:00" in person(page, first)
    assert "2 h 30 min 09:30–12:00" in person(page, second)
    line = next(
        e.get("name") for e in tree(page).iter("select") if e.get("name", "").startswith("who-")
    )
    page = press(trainer, url, "preview", **{line: third})
    assert "1 h 10:00–11:00 «iPad»" in person(page, third)
    answer = press(
        trainer, url, page=page, **{line: third, "confirm": [first, second], "absent": "1"}
    )
    assert answer.status_code == 302, main(answer)
    assert marks(app, world.a.lesson_id) == [
        (first, "present", 240, "online_log"),
        (second, "present", 150, "online_log"),
        (third, "present", 60, "online_log"),
    ]
    assert "Scritte 3 presenze" in main(trainer.get(answer.location))


def test_a_likely_one_is_written_only_when_somebody_confirms(app, trainer, world, filled):
    first, second, _third = world.a.enrolment_ids
    url = sent(trainer, world.a.lesson_id, filled(ZOOM))
    assert press(trainer, url).status_code == 302
    assert [row[0] for row in marks(app, world.a.lesson_id)] == [first]
    url = sent(trainer, world.a.lesson_id, filled(ZOOM))
    assert "Il foglio dice già lo stesso" in person(trainer.get(url), first)
    assert press(trainer, url, confirm=second).status_code == 302
    assert [row[0] for row in marks(app, world.a.lesson_id)] == [first, second]


def test_those_who_are_not_in_the_log_are_absent_only_when_asked(app, trainer, world, filled):
    first, second, third = world.a.enrolment_ids
    hand = Hand(trainer, world.a.lesson_id)
    hand.mark(second, "justified")
    url = sent(
        trainer,
        world.a.lesson_id,
        filled("Nome;E-mail;Entrata;Uscita\n{name0};{email0};9:00;13:00\n"),
    )
    page = trainer.get(url)
    assert "2 non risultano" in badges(page)
    assert "non hanno ancora un segno" not in main(page), "one alone"
    assert tree(page).find(".//input[@name='absent']").get("checked") is None
    assert press(trainer, url, absent="1").status_code == 302
    assert [row[:2] for row in marks(app, world.a.lesson_id)] == [
        (first, "present"),
        (second, "justified"),
        (third, "absent"),
    ]


def test_two_of_the_log_are_shown_as_one_before_anybody_confirms(trainer, world, filled):
    first, *_ = world.a.enrolment_ids
    text = "Nome;E-mail;Entrata;Uscita\n{name0};{email0};9:00;11:00\n{name0};casa@posta.example;10:30;12:00\n"
    page = trainer.get(sent(trainer, world.a.lesson_id, filled(text)))
    row = person(page, first)
    assert "3 h 09:00–12:00 Collegamenti uniti:" in row
    assert "casa@posta.example" in row
    assert "Confermo" in row


def test_who_a_stranger_is_said_to_be_is_shown_before_it_is_written(app, trainer, world, filled):
    first, _second, third = world.a.enrolment_ids
    url = sent(trainer, world.a.lesson_id, filled(ZOOM))
    before = checksum(app)
    answer = press(trainer, url, **{"who-5": third})
    assert answer.status_code == 409
    assert "ora nell'anteprima" in main(answer)
    chosen = tree(answer).find(".//select[@id='who-5']//option[@selected]")
    assert chosen.get("value") == str(third)
    assert "1 h 10:00–11:00" in person(answer, third)
    assert checksum(app) == before
    assert press(trainer, url, page=answer, **{"who-5": third}).status_code == 302
    assert [row[0] for row in marks(app, world.a.lesson_id)] == [first, third]


def test_only_those_of_the_sheet_may_be_chosen(app, trainer, world, filled):
    url = sent(trainer, world.a.lesson_id, filled(ZOOM))
    before = checksum(app)
    for value in (world.b.enrolment_ids[0], "x", "-1", "9" * 300, "\x00", "٣"):
        for action in ("apply", "preview"):
            answer = press(trainer, url, action, **{"who-5": value})
            assert answer.status_code == 422, value
            assert "Richiesta non valida" in words(tree(answer).find(".//p[@id='error-5']"))
    assert checksum(app) == before


def test_a_connection_without_an_exit_ends_with_the_lesson(app, trainer, world, filled):
    first, second, third = world.a.enrolment_ids
    text = "Nome;E-mail;Entrata;Uscita\n{name0};{email0};12:30;\n{name1};{email1};12:59:30;13:10\n{name2};{email2};7:00;8:59\n"
    url = sent(trainer, world.a.lesson_id, filled(text))
    page = trainer.get(url)
    assert "30 min 12:30–13:00" in person(page, first)
    assert tree(page).find(f".//li[@id='p{second}']") is None, "half a minute is no presence"
    assert "Collegate solo fuori dall'orario della lezione" in main(page)
    assert press(trainer, url).status_code == 302
    sql = (
        "SELECT left_at FROM presence_interval JOIN attendance_entry "
        "ON attendance_entry.id = entry_id WHERE source = 'online_log'"
    )
    left = ask(app, sql)
    assert len(left) == 1
    assert left[0][0] is not None
    assert marks(app, world.a.lesson_id) == [(first, "present", 30, "online_log")]
    assert third not in [row[0] for row in marks(app, world.a.lesson_id)]


def test_a_wrong_line_is_told_by_its_number_and_the_others_are_used(app, trainer, world, filled):
    text = "Nome;E-mail;Entrata;Uscita\n{name0};{email0};9:00;13:00\n{name1};{email1};ieri;12:00\n;;9:00;10:00\n"
    url = sent(trainer, world.a.lesson_id, filled(text))
    page = trainer.get(url)
    told = [words(e) for e in with_class(tree(page), "import-problems")[0]]
    assert told == [
        "Riga 3 «ieri» non è una data e ora riconoscibile.",
        "Riga 4 Mancano il nome e l'e-mail.",
    ]
    assert press(trainer, url).status_code == 302
    assert len(marks(app, world.a.lesson_id)) == 1


def test_nobody_writes_her_own_presence_from_a_file(app, trainer, world, filled):
    first, second, _third = world.a.enrolment_ids
    with arranging(app) as session:
        account = session.get_one(UserAccount, world.account_ids["trainer_alfa"])
        teacher = account.person_id
        session.get_one(Enrolment, first).person_id = teacher
    email = one(app, "SELECT work_email FROM person WHERE id = :id", id=teacher)
    text = f"Nome;E-mail;Entrata;Uscita\nIo;{email};9:00;13:00\n{{name1}};{{email1}};9:00;13:00\n"
    url = sent(trainer, world.a.lesson_id, filled(text))
    assert "la segna un'altra persona" in person(trainer.get(url), first)
    assert press(trainer, url, absent="1").status_code == 302
    assert first not in [row[0] for row in marks(app, world.a.lesson_id)]
    assert second in [row[0] for row in marks(app, world.a.lesson_id)]
    rows = f"Numero d'iscrizione;Presenza\n{first};P\n{second};A\n"
    url = sent(trainer, world.a.lesson_id, rows, TABLE)
    assert "la segna un'altra persona" in person(trainer.get(url), first)
    assert press(trainer, url).status_code == 302
    assert first not in [row[0] for row in marks(app, world.a.lesson_id)]


def test_whoever_withdrew_is_nobody_of_the_log(app, trainer, world, filled):
    first = world.a.enrolment_ids[0]
    with arranging(app) as session:
        session.get_one(Enrolment, first).state = EnrolmentState.WITHDRAWN
    page = trainer.get(sent(trainer, world.a.lesson_id, filled(GENERIC)))
    assert "2 non riconosciute" in badges(page)
    offered = [option.get("value") for option in tree(page).iter("option")]
    assert str(world.a.enrolment_ids[1]) in offered
    assert str(first) not in offered


def test_the_night_the_clocks_go_back_counts_its_hours(app, visit, world, filled, clock):
    first = world.a.enrolment_ids[0]
    with arranging(app) as session:
        lesson = session.get_one(Lesson, world.a.lesson_id)
        lesson.starts_at = datetime(2015, 10, 24, 23, 30, tzinfo=UTC)  # 01:30, summer time
        lesson.ends_at = datetime(2015, 10, 25, 2, 30, tzinfo=UTC)  # 03:30, three hours later
    clock.move_to(datetime(2015, 10, 24, 23, 40, tzinfo=UTC))
    trainer = visit("trainer_alfa")
    Hand(trainer, world.a.lesson_id).open()
    text = "Nome;E-mail;Entrata;Uscita\n{name0};{email0};01:30;03:30\n"
    url = sent(trainer, world.a.lesson_id, filled(text))
    assert press(trainer, url).status_code == 302
    assert marks(app, world.a.lesson_id) == [(first, "present", 180, "online_log")]


# --- applied once, on the sheet that was seen ----------------------------------


def test_a_mark_written_meanwhile_brings_the_page_again_with_its_choices(
    app, visit, trainer, world, filled
):
    first, second, third = world.a.enrolment_ids
    url = sent(trainer, world.a.lesson_id, filled(ZOOM))
    chosen = {"who-5": third, "confirm": second, "absent": "1"}
    page = press(trainer, url, "preview", **chosen)
    Hand(visit("tutor_alfa"), world.a.lesson_id).mark(first, "absent")
    before = checksum(app)
    answer = press(trainer, url, page=page, **chosen)
    assert answer.status_code == 409
    assert "Nel frattempo altre presenze sono state segnate" in main(answer)
    assert "Assente Presente 09:00–13:00" in person(answer, first)
    assert checksum(app) == before
    found = tree(answer)
    assert found.find(".//select[@id='who-5']//option[@selected]").get("value") == str(third)
    assert "checked" in found.find(f".//input[@id='confirm-{second}']").attrib
    assert press(trainer, url, page=answer, **chosen).status_code == 302
    assert [row[1] for row in marks(app, world.a.lesson_id)] == ["present"] * 3


def test_a_file_is_applied_once_and_the_second_time_says_so(app, visit, trainer, world, filled):
    url = sent(trainer, world.a.lesson_id, filled(ZOOM))
    page = trainer.get(url)
    key = secrets.token_hex(16)
    assert press(trainer, url, page=page, idempotency_key=key).status_code == 302
    before = checksum(app)
    answer = press(trainer, url, page=page)
    assert answer.status_code == 409
    assert "già stato applicato: Trainer_Alfa, 14/05/2015 alle 09:20" in main(answer)
    again = press(trainer, url, page=page, idempotency_key=key)
    assert again.status_code == 302, "the same press twice"
    assert checksum(app) == before
    (row,) = table(trainer.get(f"/lessons/{world.a.lesson_id}/import"))
    assert row[:2] == ["registro.csv", "Registro della piattaforma"]
    assert row[4] == "Applicato gio 14 mag 2015, 09:20, Trainer_Alfa"
    assert tree(trainer.get(url)).findall(".//main//form") == []


def test_two_hands_at_once_apply_a_file_once(app, visit, trainer, world, filled):
    url = sent(trainer, world.a.lesson_id, filled(ZOOM))
    hands = (trainer, visit("tutor_alfa"))
    presses = [partial(press, hand, url, "apply", hand.get(url)) for hand in hands]
    answers = at_once(*presses)
    assert statuses(answers) == [302, 409]
    loser = next(answer for answer in answers if answer.status_code == 409)
    assert "già stato applicato" in main(loser)
    assert one(app, "SELECT count(*) FROM audit_event WHERE action = 'import.applied'") == 1
    assert len(marks(app, world.a.lesson_id)) == 1


def test_the_trail_names_the_file_and_its_hash(app, trainer, world, filled):
    raw = filled(ZOOM).encode()
    press(trainer, sent(trainer, world.a.lesson_id, raw))
    digest = hashlib.sha256(raw).hexdigest()
    found = ask(
        app,
        "SELECT action, details FROM audit_event WHERE action LIKE 'import.%' ORDER BY sequence",
    )
    assert [action for action, _ in found] == ["import.uploaded", "import.applied"]
    assert [json.loads(details)["sha256"] for _, details in found] == [digest] * 2
    assert json.loads(found[1][1])["marks"] == 1


def test_the_file_is_kept_and_given_back_as_it_came(app, visit, trainer, world, filled):
    raw = filled(TEAMS).encode("utf-16")
    url = sent(trainer, world.a.lesson_id, raw)
    assert sent(trainer, world.a.lesson_id, raw) == url, "sent twice, waiting once"
    assert one(app, "SELECT count(*) FROM attendance_import") == 1
    for name in ("trainer_alfa", "auditor", "organiser_alfa"):
        answer = visit(name).get(f"{url}/file")
        assert answer.data == raw
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_sheet_that_takes_no_marks_takes_no_file(app, visit, trainer, world, filled, clock):
    organiser = visit("organiser_alfa")
    url = f"/lessons/{world.a.past_lesson_id}/import"
    assert "mentre il foglio è aperto" in main(organiser.get(url))
    answer = post_file(organiser, url, b"x", csrf_token=organiser.token(), kind=LOG)
    assert (answer.status_code, "Il foglio è chiuso" in main(answer)) == (409, True)
    waiting = sent(trainer, world.a.lesson_id, filled(ZOOM))
    drawn = trainer.get(waiting)
    do(app, "UPDATE register_sheet SET opened_at = opened_at")
    clock.move_to(worlds.NOW + timedelta(days=4))
    late = visit("trainer_alfa")
    token = late.token()
    before = checksum(app)
    answer = press(late, waiting, page=drawn, csrf_token=token)
    assert answer.status_code in (409, 422)
    assert "Il termine per compilare il foglio è scaduto" in main(answer)
    assert "Applica al foglio" not in main(late.get(waiting))
    assert checksum(app) == before


def test_the_page_says_which_file_is_usual(app, trainer, world):
    url = f"/lessons/{world.a.lesson_id}/import"
    page = trainer.get(url)
    assert "L'edizione è in presenza" in main(page)
    assert form(page, "")["kind"] == TABLE
    with arranging(app) as session:
        session.get_one(Edition, world.a.edition_id).mode = Mode.ONLINE_SYNC
    page = trainer.get(url)
    assert "L'edizione è in presenza" not in main(page)
    assert form(page, "")["kind"] == LOG


def test_the_auditor_looks_and_others_see_nothing(visit, trainer, world, filled):
    url = sent(trainer, world.a.lesson_id, filled(ZOOM))
    auditor = visit("auditor")
    page = auditor.get(url)
    assert page.status_code == 200
    assert tree(page).findall(".//main//button") == []
    for path in (f"{url}/apply", f"{url}/preview", f"/lessons/{world.a.lesson_id}/import"):
        assert auditor.post(path).status_code == 403
    for name in ("trainer_beta", "organiser_beta", "tutor_beta"):
        for path in (url, f"{url}/file"):
            assert visit(name).get(path).status_code == 404
        assert visit(name).post(f"{url}/apply").status_code == 404
    assert visit("participant_alfa").get(url).status_code == 403


# --- a spreadsheet -------------------------------------------------------------


def template(visitor, lesson_id: int):
    answer = visitor.get(f"/lessons/{lesson_id}/import/template.xlsx")
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(answer.data))


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_template_is_filled_in_sent_and_written(app, trainer, world):
    first, second, third = world.a.enrolment_ids
    book = template(trainer, world.a.lesson_id)
    sheet = book.active
    header = [cell.value for cell in sheet[1]]
    assert header[:4] == ["Numero d'iscrizione", "Cognome", "Nome", "Ente"]
    assert [cell.value for cell in sheet[2]][:4] == [
        str(first),
        "Partecipante Alfa 0",
        "Lucia",
        "Alfa",
    ]
    codes = [code for (code,) in ask(app, "SELECT tax_code FROM person")]
    cells = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}
    assert cells.isdisjoint(codes)
    for row, values in ((2, ["P"]), (3, ["P", "9:30", "11:00", "11:30", "12:45"]), (4, ["AG"])):
        for column, value in enumerate(values, 5):
            sheet.cell(row, column, value)
    url = sent(trainer, world.a.lesson_id, saved(book), TABLE)
    page = trainer.get(url)
    assert badges(page) == "3 presenze da scrivere"
    assert "Presente · 2 h 45 min 09:30–11:00, 11:30–12:45" in person(page, second)
    answer = press(trainer, url)
    assert answer.status_code == 302
    assert marks(app, world.a.lesson_id) == [
        (first, "present", 240, "paper_import"),
        (second, "present", 165, "paper_import"),
        (third, "justified", 0, "paper_import"),
    ]
    row = words(Hand(trainer, world.a.lesson_id).row(second))
    assert "09:30–11:00, 11:30–12:45" in row
    kept = trainer.get(f"{url}/file")
    assert kept.headers["Content-Disposition"].endswith('.xlsx"')


def test_one_wrong_row_and_nothing_is_written(app, trainer, world):
    first, second, third = world.a.enrolment_ids
    rows = f"Numero d'iscrizione;Cognome;Presenza;Entrata\n{first};;P;9:00\n{second};;P;8:30\n{third};;A;\n"
    url = sent(trainer, world.a.lesson_id, rows, TABLE)
    page = trainer.get(url)
    assert badges(page) == "1 riga da correggere 2 righe in ordine"
    (problem,) = with_class(tree(page), "import-problems")[0]
    assert words(problem).startswith("Riga 3, Entrata: L'entrata (08:30) viene prima")
    assert tree(page).findall(".//main//form") == []
    before = checksum(app)
    seen = Hand(trainer, world.a.lesson_id).closing()["seen"]
    answer = trainer.post(f"{url}/apply", {"seen": seen})
    assert answer.status_code == 422
    assert checksum(app) == before
    assert marks(app, world.a.lesson_id) == []


def test_each_row_says_what_is_wrong_with_it(app, trainer, world):
    first, second, third = world.a.enrolment_ids
    stranger = world.b.enrolment_ids[0]
    with arranging(app) as session:
        session.get_one(Enrolment, third).state = EnrolmentState.WITHDRAWN
    header = ["Numero d'iscrizione", "Cognome", "Presenza", "Entrata", "Uscita"]
    rows = [
        [str(first), "Partecipante Alfa 0", "P", "", ""],
        [str(first), "", "A", "", ""],
        [str(stranger), "", "P", "", ""],
        ["", "Partecipante Alfa 1", "P", "", ""],
        [str(second), "Partecipante Alfa 0", "P", "", ""],
        [str(second), "", "forse", "", ""],
        [str(third), "", "P", "", ""],
    ]
    url = sent(trainer, world.a.lesson_id, write_template(header, rows), TABLE)
    told = [words(e) for e in with_class(tree(trainer.get(url)), "import-problems")[0]]
    assert told == [
        "Riga 3, Numero d'iscrizione: La persona è già alla riga 2: tenerne una.",
        f"Riga 4, Numero d'iscrizione: Il numero «{stranger}» non è di questo foglio.",
        "Riga 5, Numero d'iscrizione: Manca il numero d'iscrizione.",
        f"Riga 6, Cognome: Il numero {second} è di un'altra persona: Partecipante Alfa 1 Lucia.",
        "Riga 7, Presenza (P, A, AG): «forse» non si riconosce: scrivere P, A o AG.",
        "Riga 8, Numero d'iscrizione: La persona non è tra gli iscritti confermati: la sua riga non si compila.",
    ]


# --- files nobody vouches for ----------------------------------------------------


def _long(lines: int) -> bytes:
    return b"Nome;Entrata;Uscita\n" + b"Ospite;9:00;10:00\n" * lines


BAD = {
    "nothing": (LOG, b"", "Il file è vuoto"),
    "nothing, as a table": (TABLE, b" \n", "Il file è vuoto"),
    "no log": (LOG, b"a,b\n1,2\n", "non si riconoscono le colonne"),
    "no table": (TABLE, b"a,b\n1,2\n", "non si riconoscono le colonne"),
    "NUL": (LOG, bytes(5_000), "Il file è vuoto"),
    "NUL, as a table": (TABLE, b"a\x00b", "non si legge come testo"),
    "a picture": (LOG, picture(), "non si riconoscono le colonne"),
    "a picture, as a table": (TABLE, picture(), "non si legge come testo|non si riconoscono"),
    "a PDF": (LOG, pdf(), "salvarlo come CSV"),
    "a workbook as a log": (LOG, workbook(), "salvarlo come CSV"),
    "many lines": (LOG, _long(20_001), "più di 20000 righe"),
    "many rows": (TABLE, _long(5_001), "più di 5 000 righe"),
    "half a UTF-16": (LOG, codecs.BOM_UTF16_LE + b"a", "non si riconoscono le colonne"),
    "a formula": (
        TABLE,
        workbook(SHEET, sheet_of('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>')),
        "contiene una formula",
    ),
    "a bomb": (TABLE, workbook(SHEET, sheet_of(" " * 16_000_000)), "troppo grande"),
    "another bomb": (TABLE, workbook("xl/media/a.bin", bytes(60_000_000)), "troppo grande"),
    "a workbook cut short": (TABLE, workbook()[:-200], "danneggiato"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_beside_its_field(app, trainer, world, name):
    kind, raw, sentence = BAD[name]
    before = checksum(app)
    answer = send(trainer, world.a.lesson_id, raw, kind, "presenze.csv")
    assert answer.status_code == 422, main(answer)
    told = words(tree(answer).find(".//p[@id='file-error']"))
    assert any(part in told for part in sentence.split("|")), told
    assert checksum(app) == before


def test_what_is_not_a_form_is_refused_in_words(trainer, world):
    url = f"/lessons/{world.a.lesson_id}/import"
    assert trainer.post(url).status_code == 422
    assert trainer.post(url, {"kind": "altro", "file": "x"}).status_code == 422
    assert send(trainer, world.a.lesson_id, b"Nome;Entrata\n" + bytes(6_000_000)).status_code == 422
    assert send(trainer, world.a.lesson_id, b"x" * 10_600_000).status_code == 413


def test_a_log_of_hundreds_is_shown_within_bounds(app, trainer, world):
    lines = "".join(f"Ospite {n};9:00;10:00\n" for n in range(500))
    wrong = "".join(f"Ospite {n};mai;10:00\n" for n in range(300))
    url = sent(trainer, world.a.lesson_id, f"Nome;Entrata;Uscita\n{lines}{wrong}")
    page = trainer.get(url)
    assert len(list(tree(page).iter("select"))) == 60
    assert "Altre 440 persone non sono mostrate" in main(page)
    assert "E altre 100." in main(page)
    assert "500 non riconosciute 3 non risultano 300 righe con un problema" in badges(page)
    answer = press(trainer, url)
    assert (answer.status_code, "nulla da scrivere" in main(answer)) == (422, True)


def test_a_name_that_is_a_page_stays_a_name(trainer, world):
    url = sent(
        trainer, world.a.lesson_id, "Nome;Entrata;Uscita\n<script>alert(1)</script>;9:00;10:00\n"
    )
    assert "<script>alert(1)" not in trainer.get(url).text
