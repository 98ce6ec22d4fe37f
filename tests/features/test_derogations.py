# SPDX-License-Identifier: AGPL-3.0-or-later
"""A certificate below the threshold: granted with category, text and document, for all to check."""

import hashlib

import pytest

from app.domain.roles import Role
from app.models import Programme, UserAccount
from tests import world as worlds
from tests.documents.reading import text_by_poppler
from tests.faults.files import pdf, picture
from tests.faults.together import at_once, statuses
from tests.issuing import ask_for, issue, work
from tests.ledger import arranging, ask, checksum, do, one, trail_is_whole
from tests.pages import csv_rows, form, main, post_file, table, tree, with_class

TEXT = "Richiamata in servizio dal proprio ente per l'allerta meteo."
FORCE = "SELECT count(*) FROM derogation WHERE withdrawn_at IS NULL"


@pytest.fixture
def coordinator(visit):
    return visit("coordinator")


@pytest.fixture
def below(app, world) -> int:
    """The enrolment of somebody a minute below the threshold."""
    enrolment = world.a.closed_enrolment_ids[0]
    short = "UPDATE attendance_entry SET counted_minutes = 191 WHERE enrolment_id = :id"
    do(app, short, id=enrolment)
    do(app, "UPDATE enrolment SET state = 'not_completed' WHERE id = :id", id=enrolment)
    return enrolment


def grant(visitor, enrolment: int, *, raw: bytes | None = None, **changes):
    url = f"/enrolments/{enrolment}/derogation"
    sent = {"category": "service", "reason": TEXT, "csrf_token": visitor.token(), **changes}
    return post_file(visitor, url, picture() if raw is None else raw, "nota.jpg", **sent)


def withdraw(visitor, reason: str = "Il documento era di un'altra persona."):
    number = one(visitor.app, "SELECT max(id) FROM derogation")
    return visitor.post(f"/derogations/{number}/withdrawal", {"reason": reason})


def acting_as(app, visit, world, who: str):
    """Somebody of the edition, who coordinates the programme as well."""
    with arranging(app) as session:
        programme = session.get_one(Programme, world.programme_id)
        account = session.get_one(UserAccount, world.account_ids[who])
        worlds.give_role(account, Role.PROGRAMME_COORDINATOR, programme)
    visitor = visit(who)
    role = with_class(tree(visitor.get("/login/role")), "choice")[1].get("value")
    visitor.post("/login/role", {"assignment": role})
    return visitor


def test_it_lets_the_certificate_be_issued_which_says_nothing_of_it(app, coordinator, world, below):
    edition = world.a.closed_edition_id
    assert ask_for(coordinator, edition, below).status_code == 409
    page = coordinator.get(f"/editions/{edition}/certificates")
    links = [a.get("href") for a in tree(page).iter("a") if "derogation" in a.get("href", "")]
    assert f"/enrolments/{below}/derogation" in links
    assert one(app, "SELECT count(*) FROM certificate_batch") == 0
    assert grant(coordinator, below).status_code == 302
    assert one(app, "SELECT count(*) FROM certificate") == 0, "an issue is an act of its own"
    number = issue(app, coordinator, edition, below)
    text = text_by_poppler(coordinator.get(f"/certificates/{number}.pdf").data)
    assert "3 h 11 min" in text
    for word in ("derog", "Richiamata", "soglia"):
        assert word.lower() not in text.lower()
    content = str(one(app, "SELECT content FROM certificate"))
    assert "derog" not in content.lower()
    code = one(app, "SELECT code FROM certificate")
    assert "derog" not in coordinator.get(f"/v/{code}").text.partition("<main")[2].lower()
    assert trail_is_whole(app)


def test_all_stand_on_one_page_for_the_auditor_with_their_documents(
    app, visit, coordinator, world, below
):
    raw = pdf()
    grant(coordinator, below, raw=raw)
    issue(app, coordinator, world.a.closed_edition_id, below)
    auditor = visit("auditor")
    row = table(auditor.get("/derogations"))[0]
    assert "Partecipante Alfa 0" in row[0]
    assert TEXT in row[2]
    assert "Coordinator" in row[3]
    assert row[-1] == "1/2015"
    assert [r[3] for r in csv_rows(auditor.get("/derogations?format=csv"))[2:]]
    number, digest = ask(app, "SELECT id, sha256 FROM derogation")[0]
    file = auditor.get(f"/derogations/{number}/file")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert hashlib.sha256(file.data).hexdigest() == digest
    for who, status in (
        ("organiser_alfa", 200), ("organiser_beta", 404), ("trainer_alfa", 403),
        ("representative_alfa", 403), ("participant_alfa", 403), ("admin", 403),
    ):  # fmt: skip
        assert visit(who).get(f"/derogations/{number}/file").status_code == status, who
    assert table(visit("organiser_beta").get("/derogations")) == []


def test_a_list_of_many_goes_whole_into_the_file(app, coordinator, world, below):
    grant(coordinator, below)
    sql = (
        "INSERT INTO derogation (id, enrolment_id, category, reason, file_name, sha256, decided_at,"
        " decided_by_id, withdrawn_at, withdrawn_by_id, withdrawn_reason) SELECT :id, enrolment_id,"
        " category, reason, file_name, sha256, decided_at, decided_by_id, decided_at,"
        " decided_by_id, 'prova' FROM derogation WHERE withdrawn_at IS NULL"
    )
    for number in range(100, 160):
        do(app, sql, id=number)
    assert len(csv_rows(coordinator.get("/derogations?format=csv"))) == 61 + 2
    assert len(table(coordinator.get("/derogations"))) < 61


# Who, and when


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("trainer_alfa", "Chi ha insegnato nell'edizione non può concedervi una deroga."),
        ("participant_alfa", "Nessuno decide una deroga per sé."),
    ],
)
def test_never_by_a_trainer_of_the_edition_nor_by_the_person(app, visit, world, below, who, said):
    visitor = acting_as(app, visit, world, who)
    before = one(app, FORCE)
    for answer in (visitor.get(f"/enrolments/{below}/derogation"), grant(visitor, below)):
        assert (answer.status_code, said in main(answer)) == (409, True)
    assert one(app, FORCE) == before == 0


def test_a_tutor_of_the_edition_may(app, visit, world, below):
    assert grant(acting_as(app, visit, world, "tutor_alfa"), below).status_code == 302


REFUSED = {
    "reached": ("UPDATE attendance_entry SET counted_minutes = 192 WHERE enrolment_id = :id",
                "La soglia è raggiunta"),
    "nothing": ("UPDATE attendance_entry SET counted_minutes = 0 WHERE enrolment_id = :id",
                "Nessuna presenza registrata"),
    "running": ("UPDATE edition SET state = 'running' WHERE id = "
                "(SELECT edition_id FROM enrolment WHERE id = :id)", "non è ancora chiusa"),
    "withdrawn": ("UPDATE enrolment SET state = 'withdrawn' WHERE id = :id",
                  "L'iscrizione non è confermata"),
    "participation": ("UPDATE course SET certificate_kind = 'participation' WHERE id = (SELECT "
                      "course_id FROM edition e JOIN enrolment n ON n.edition_id = e.id "
                      "WHERE n.id = :id)", "La soglia è raggiunta"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_only_where_it_serves(app, coordinator, below, case):
    sql, said = REFUSED[case]
    do(app, sql, id=below)
    answer = grant(coordinator, below)
    assert (answer.status_code, said in main(answer)) == (409, True)
    assert one(app, FORCE) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"category": ""}, {"category": "health"}, {"reason": "Perché sì."}, {"reason": "  x  " * 9},
        {"raw": b""}, {"raw": b"<html>"}, {"raw": b"%PDF-1.7 broken"},
    ],
    ids=str,
)  # fmt: skip
def test_category_text_and_document_are_wanted(app, coordinator, below, change):
    before = checksum(app)
    changed = change if change.get("reason", "x") != "  x  " * 9 else {"reason": " " * 40 + "breve"}
    assert grant(coordinator, below, **changed).status_code == 422
    assert checksum(app) == before


def test_granted_once_even_by_many_hands(app, coordinator, below):
    token, cookie = coordinator.token(), coordinator.client.get_cookie("forpa").value

    def send():
        client = app.test_client()
        client.set_cookie("forpa", cookie)
        visitor = type("Hand", (), {"client": client, "token": lambda self: token})()
        return grant(visitor, below)

    assert statuses(at_once(*[send] * 5)) == [302, *[409] * 4]
    assert one(app, FORCE) == 1


# Taken back


def test_withdrawn_it_stays_written_and_no_certificate_rests_on_it(app, coordinator, world, below):
    grant(coordinator, below)
    assert withdraw(coordinator, "breve").status_code == 422
    assert withdraw(coordinator).status_code == 302
    assert (one(app, FORCE), one(app, "SELECT count(*) FROM derogation")) == (0, 1)
    assert "Ritirata" in table(coordinator.get("/derogations"))[0][-1]
    assert withdraw(coordinator).status_code == 409
    assert ask_for(coordinator, world.a.closed_edition_id, below).status_code == 409
    assert grant(coordinator, below).status_code == 302


def test_not_while_a_certificate_rests_on_it_but_once_that_is_revoked(
    app, coordinator, world, below
):
    grant(coordinator, below)
    number = issue(app, coordinator, world.a.closed_edition_id, below)
    answer = withdraw(coordinator)
    assert (answer.status_code, "poggia un attestato" in main(answer)) == (409, True)
    revoked = {"decision": "revoke", "reason": "Rilasciato per errore"}
    coordinator.post(f"/certificates/{number}/decision", revoked)
    page = coordinator.get("/derogations")
    assert "1/2015, non più valido" in table(page)[0][-1]
    links = [a.get("href") for a in tree(page).iter("a")]
    assert any("/withdrawal" in (link or "") for link in links)
    assert withdraw(coordinator).status_code == 302


def test_withdrawn_while_the_issue_waits_the_certificate_is_refused(app, coordinator, world, below):
    grant(coordinator, below)
    ask_for(coordinator, world.a.closed_edition_id, below)
    withdraw(coordinator)
    work(app)
    assert one(app, "SELECT reason FROM certificate_batch_item").startswith("Manca 1 min")
    assert one(app, "SELECT count(*) FROM certificate") == 0


def test_hours_lost_after_the_issue_want_a_derogation_before_the_replacement(
    app, coordinator, world, below
):
    """The certificate is under review, its hours below: first decided, then replaced."""
    edition = world.a.closed_edition_id
    enough = "UPDATE attendance_entry SET counted_minutes = :m WHERE enrolment_id = :id"
    do(app, enough, m=240, id=below)
    do(app, "UPDATE enrolment SET state = 'completed' WHERE id = :id", id=below)
    number = issue(app, coordinator, edition, below)
    do(app, enough, m=100, id=below)
    do(app, "UPDATE enrolment SET state = 'not_completed' WHERE id = :id", id=below)
    do(app, "UPDATE certificate SET state = 'under_review'")
    url, sent = f"/certificates/{number}/decision", {"decision": "replace", "reason": "Ore minori"}
    assert coordinator.post(url, sent).status_code == 422
    assert grant(coordinator, below).status_code == 302
    assert coordinator.post(url, sent).status_code == 302
    work(app)
    assert ask(app, "SELECT number, state FROM certificate ORDER BY id") == [
        (1, "replaced"), (2, "issued"),
    ]  # fmt: skip


def test_the_form_keeps_what_was_written(coordinator, below):
    answer = grant(coordinator, below, raw=b"", category="other")
    assert form(answer, "")["reason"] == TEXT
