# SPDX-License-Identifier: AGPL-3.0-or-later
"""Certificates: previewed, issued, kept byte for byte, verified by anybody."""

import hashlib

import pytest

from app.certificates.issuing import issue_waiting
from app.domain.roles import Role
from app.models import Certificate, Enrolment, Person, Programme, UserAccount
from app.spreadsheets import read_table
from tests import world as worlds
from tests.documents.reading import text_by_poppler
from tests.ledger import arranging, ask, checksum, do, one
from tests.pages import csv_rows, form, main, table, tree, with_class, words

CODE = "SELECT code FROM certificate ORDER BY number LIMIT 1"


@pytest.fixture
def url(world):
    return f"/editions/{world.a.closed_edition_id}/certificates"


@pytest.fixture
def issue(app, visit, url):
    """issue(ids) is the coordinator's choice of people, sent from the page."""
    coordinator = visit("coordinator")

    def send(*chosen: int, drawn: dict | None = None, **more):
        data = {
            **(drawn or confirmation()),
            "teacher": [],
            **more,
            "enrolment": [str(c) for c in chosen],
        }
        answer = coordinator.client.post(url, data=data)
        with app.app_context():
            issue_waiting()
        return answer

    def confirmation() -> dict:
        page = coordinator.get(url)
        chosen = {**form(page, f"{url}/choice"), "enrolment": [str(i) for i in due()]}
        return form(coordinator.client.post(f"{url}/choice", data=chosen), url)

    def due() -> list[int]:
        return [
            box.get("value")
            for box in tree(coordinator.get(url)).iter("input")
            if box.get("name") == "enrolment"
        ]

    send.visitor, send.confirmation = coordinator, confirmation
    return send


def test_the_preview_says_who_is_due_and_why_others_are_not(app, visit, world, url):
    first, second, third = world.a.closed_enrolment_ids
    do(
        app,
        "UPDATE person SET tax_code = NULL, birth_place = NULL WHERE id = "
        "(SELECT person_id FROM enrolment WHERE id = :id)",
        id=first,
    )
    do(app, "UPDATE attendance_entry SET counted_minutes = 191 WHERE enrolment_id = :id", id=second)
    page = visit("coordinator").get(url)
    chosen = [
        box.get("value")
        for box in tree(page).iter("input")
        if box.get("type") == "checkbox" and box.get("name") == "enrolment"
    ]
    assert chosen == [str(third)]
    reasons = [row[-1] for row in table(page, 2)]
    assert reasons[0].startswith(
        "Dati personali mancanti per l'attestato: codice fiscale, luogo di nascita."
    )
    assert reasons[1].startswith("Manca 1 min alla soglia")


def test_a_name_the_type_cannot_print_is_held_back(app, visit, world, url):
    do(app, "UPDATE person SET given_name = '李' WHERE id = (SELECT person_id FROM enrolment "
            "WHERE id = :id)", id=world.a.closed_enrolment_ids[0])  # fmt: skip
    assert "Nei dati da stampare ci sono segni che il carattere non ha: 李" in main(
        visit("coordinator").get(url)
    )


def test_those_chosen_get_the_next_numbers_in_the_order_of_the_list(app, issue, world, url):
    first, second, third = world.a.closed_enrolment_ids
    answer = issue(third, first)
    page = issue.visitor.get(answer.headers["Location"])
    assert "Rilascio finito." in main(page)
    assert [row[-1] for row in table(page)] == ["1/2015", "2/2015"]
    numbers = "SELECT enrolment_id, number, year, kind, state FROM certificate ORDER BY number"
    assert ask(app, numbers) == [
        (first, 1, 2015, "frequency", "issued"),
        (third, 2, 2015, "frequency", "issued"),
    ]
    assert issue(second).status_code == 302
    assert ask(app, numbers)[2][:3] == (second, 3, 2015)
    rows = csv_rows(issue.visitor.get("/certificates?format=csv"))[2:]
    assert [row[0] for row in rows] == ["3/2015", "2/2015", "1/2015"]


def test_nothing_is_issued_when_one_of_those_chosen_is_not_due(app, issue, world, url):
    first, second, _third = world.a.closed_enrolment_ids
    do(app, "UPDATE enrolment SET state = 'not_completed' WHERE id = :id", id=second)
    issue.visitor.get(url)
    before = checksum(app)
    for chosen in ([first, second], [world.b.closed_enrolment_ids[0], first], [999_999_999, first]):
        answer = issue(*chosen)
        assert answer.status_code == 409
        assert "l'attestato ora non si può rilasciare" in main(answer)
    assert (issue().status_code, issue("x", first).status_code) == (409, 400)
    assert checksum(app) == before


def test_nobody_gets_the_same_certificate_twice(app, issue, world, url):
    first = world.a.closed_enrolment_ids[0]
    drawn = issue.confirmation()
    answers = [issue(first, drawn=drawn) for _ in range(2)]
    assert len({a.headers["Location"] for a in answers}) == 1
    before = checksum(app)
    assert issue(first).status_code == 409
    assert checksum(app) == before
    assert one(app, "SELECT count(*) FROM certificate") == 1


def test_no_certificate_before_the_edition_is_closed(visit, world):
    url = f"/editions/{world.a.edition_id}/certificates"
    coordinator = visit("coordinator")
    assert "L'edizione non è ancora chiusa" in main(coordinator.get(url))
    data = {"enrolment": str(world.a.enrolment_ids[0])}
    assert coordinator.post(url, data).status_code == 409


def test_without_an_issuing_body_the_sentence_says_so(app, issue, world, url):
    do(app, "DELETE FROM certificate_template")
    assert "Manca l'ente che rilascia l'attestato" in main(issue.visitor.get(url))
    answer = issue.visitor.post(url, {"enrolment": str(world.a.closed_enrolment_ids[0])})
    assert answer.status_code == 409


def test_the_sole_trainer_of_an_edition_does_not_issue_its_certificates(app, visit, world, url):
    with arranging(app) as session:
        programme = session.get_one(Programme, world.programme_id)
        account = session.get_one(UserAccount, world.account_ids["trainer_alfa"])
        worlds.give_role(account, Role.PROGRAMME_COORDINATOR, programme)
    visitor = visit("trainer_alfa")
    role = with_class(tree(visitor.get("/login/role")), "choice")[1].get("value")
    visitor.post("/login/role", {"assignment": role})
    answer = visitor.post(url, {"enrolment": str(world.a.closed_enrolment_ids[0])})
    assert answer.status_code == 409
    assert "Chi è l'unico docente dell'edizione non può" in main(answer)


def test_only_the_coordinator_issues(app, visit, world, url):
    data = {"enrolment": str(world.a.closed_enrolment_ids[0])}
    for who, status in (
        ("organiser_alfa", 403), ("trainer_alfa", 403), ("representative_alfa", 403),
        ("participant_alfa", 403), ("auditor", 403), ("admin", 403),
    ):  # fmt: skip
        assert visit(who).post(url, data).status_code == status, who
    assert one(app, "SELECT count(*) FROM certificate") == 0


def test_the_file_is_the_same_for_ever_and_for_everybody(app, visit, issue, world, clock):
    issue(*world.a.closed_enrolment_ids)
    found = "SELECT c.id, f.sha256 FROM certificate c JOIN certificate_file f ON f.certificate_id = c.id WHERE c.enrolment_id = :id"
    number, digest = ask(app, found, id=world.a.closed_enrolment_ids[0])[0]
    path = f"/certificates/{number}.pdf"
    files = [visit(who).get(path) for who in ("participant_alfa", "organiser_alfa", "auditor")]
    clock.shift(400 * 24 * 3600)
    do(app, "UPDATE person SET family_name = 'Cambiata'")
    do(app, "UPDATE role_assignment SET ends_on = NULL")
    files.append(visit("participant_alfa").get(path))
    assert {hashlib.sha256(file.data).hexdigest() for file in files} == {digest}
    assert files[0].data.startswith(b"%PDF-")
    headers = files[0].headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"] == 'attachment; filename="attestato-1-2015.pdf"'


def test_a_certificate_of_somebody_else_is_not_there(app, visit, issue, world):
    issue(*world.a.closed_enrolment_ids)
    ids = [row[0] for row in ask(app, "SELECT id FROM certificate ORDER BY number")]
    for who, path, status in (
        ("participant_alfa", ids[1], 404),
        ("participant_beta", ids[0], 404),
        ("organiser_beta", ids[0], 404),
        ("participant_alfa", 999_999, 404),
        ("trainer_alfa", ids[0], 404),
        ("representative_alfa", ids[0], 403),
        ("admin", ids[0], 403),
    ):
        assert visit(who).get(f"/certificates/{path}.pdf").status_code == status, who
    assert "/login" in visit().get(f"/certificates/{ids[0]}.pdf").headers["Location"]


def test_the_owner_finds_the_certificate_among_her_courses(app, visit, issue, world):
    issue(world.a.closed_enrolment_ids[0])
    page = visit("participant_alfa").get("/my")
    assert "Attestato n. 1/2015 · Valido" in main(page)
    links = [a.get("href") for a in tree(page).iter("a") if "download" in a.attrib]
    number = one(app, "SELECT id FROM certificate")
    assert links.count(f"/certificates/{number}.pdf") == 2
    assert {visit("participant_alfa").get(link).status_code for link in links} == {200}


def test_anybody_verifies_a_certificate_and_sees_no_name(app, visit, issue, world):
    issue(world.a.closed_enrolment_ids[0])
    code, digest = one(app, CODE), one(app, "SELECT sha256 FROM certificate_file")
    typed = "-".join(code[i : i + 4] for i in range(0, 32, 4)).lower()
    answer = visit().post("/verify", {"code": f" {typed} "})
    assert answer.headers["Location"] == f"/v/{code}"
    page = visit().get(f"/v/{code}")
    shown = main(page)
    assert "1/2015" in shown
    assert "L••••• P•••••••••" in shown
    assert digest in shown
    for secret in ("Partecipante", "Lucia", "12 marzo 1978", "TEST"):
        assert secret not in page.text


def test_the_holder_is_confirmed_only_to_who_writes_the_name(app, visit, issue, world):
    issue(world.a.closed_enrolment_ids[0])
    visitor, url = visit(), f"/v/{one(app, CODE)}"
    for name, said in (
        ("partecipante alfa 0 lucia", "Sì: l’attestato è intestato a"),
        ("Lucia Partecipante Alfa 0", "Sì: l’attestato è intestato a"),
        ("Lucia Partecipante", "No: il nome scritto non è quello dell’intestatario."),
        ("Mario Rossi", "No: il nome scritto non è quello dell’intestatario."),
    ):
        answer = visitor.post(url, {"name": name})
        assert (answer.status_code, said in main(answer)) == (200, True), name
    empty = visitor.post(url, {"name": ""})
    assert (empty.status_code, "Scrivere nome e cognome." in main(empty)) == (422, True)


def test_an_unknown_and_a_malformed_code_get_the_same_answer(visit):
    visitor = visit()
    codes = ("A" * 32, "A" * 31, "1890", "à" * 32, "<b>", "%00", "../..", "A" * 33)
    answers = [visitor.get(f"/v/{code}") for code in codes if "/" not in code]
    assert {a.status_code for a in answers} == {404}
    assert len({main(a) for a in answers}) == 1
    typed = [visitor.post("/verify", {"code": code}) for code in ("A" * 32, "A" * 31, "0", "x;y")]
    assert {a.status_code for a in typed} == {404}
    assert len({main(a) for a in typed}) == 1
    assert form(typed[1], "/verify")["code"] == "A" * 31


@pytest.mark.parametrize(
    ("state", "word"),
    [("under_review", "In verifica"), ("revoked", "Revocato"), ("replaced", "Sostituito")],
)
def test_a_certificate_no_longer_plain_says_so(app, visit, issue, world, state, word):
    issue(world.a.closed_enrolment_ids[0])
    do(app, "UPDATE certificate SET state = :state", state=state)
    notices = with_class(tree(visit().get(f"/v/{one(app, CODE)}")), "notice-title")
    assert word in [words(notice) for notice in notices]


def test_a_revoked_certificate_leaves_its_number_used(app, issue, world, url):
    first, second, _third = world.a.closed_enrolment_ids
    issue(first)
    do(app, "UPDATE certificate SET state = 'revoked'")
    assert issue(first, second).status_code == 302
    with arranging(app) as session:
        rows = session.query(Certificate).order_by(Certificate.number).all()
        assert [(c.enrolment_id, c.number) for c in rows] == [(first, 1), (first, 2), (second, 3)]


def test_the_repertory_shows_each_role_its_own_part(visit, issue, world):
    issue(*world.a.closed_enrolment_ids)
    for who, rows in (
        ("coordinator", 3), ("auditor", 3), ("organiser_alfa", 3), ("representative_alfa", 3),
        ("organiser_beta", 0), ("representative_beta", 0),
    ):  # fmt: skip
        assert len(table(visit(who).get("/certificates"))) == rows, who
    for who in ("trainer_alfa", "participant_alfa", "admin"):
        assert visit(who).get("/certificates").status_code == 403


def test_the_repertory_as_workbook_and_paper_says_the_same(app, issue, world):
    first, _second, third = world.a.closed_enrolment_ids
    with arranging(app) as session:
        held_by = session.get_one(Enrolment, third).person_id
        session.get_one(Person, held_by).search_key = "quondam"
    issue(first, third)
    answer = issue.visitor.get("/certificates?format=xlsx")
    heading, *rows, foot = read_table(answer.data)
    assert heading[0] == "Numero"
    assert [row[0] for row in rows] == ["2/2015", "1/2015"]
    assert foot[0].startswith("Progetto co-finanziato")
    paper = issue.visitor.get("/certificates?format=pdf")
    text = text_by_poppler(paper.data)
    assert text.index("1/2015") < text.index("2/2015")
    assert "nessun numero manca" in text
    narrowed = issue.visitor.get("/certificates?format=pdf&q=quondam")
    assert narrowed.status_code == 200, main(narrowed)
    assert "Estratto" in text_by_poppler(narrowed.data)


def test_an_empty_repertory_is_not_printed(visit):
    coordinator = visit("coordinator")
    assert coordinator.get("/certificates?format=pdf").status_code == 409
    assert coordinator.get("/certificates?format=xlsx").status_code == 200
