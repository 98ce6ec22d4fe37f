# SPDX-License-Identifier: AGPL-3.0-or-later
"""A programme's page: data, publicity without which no document is drawn, targets, a successor."""

import io
import json

import pytest

from app.domain.roles import Role
from tests import world as worlds
from tests.conftest import Visitor
from tests.faults.files import picture
from tests.issuing import ask_for, work
from tests.ledger import ask, checksum, do, one, trail_is_whole
from tests.pages import form, main, table, tree, with_class

PNG = picture("PNG", (300, 200), colour=(200, 0, 0))
HOSTILE = '<script>alert(1)</script> "O\'Brien" & {{ 7*7 }} È'


@pytest.fixture
def coordinator(visit):
    return visit("coordinator")


@pytest.fixture
def url(world):
    return f"/programmes/{world.programme_id}"


@pytest.fixture
def save(coordinator, url):
    """save(title="…") fills the form as it is and sends it with these changes."""

    def send(page=None, **changes):
        data = {**filled(page or coordinator.get(f"{url}/edit")), **changes}
        data = {name: value for name, value in data.items() if value is not None}
        return coordinator.client.post(f"{url}/edit", data=data, content_type="multipart/form-data")

    return send


def filled(answer, action: str = "") -> dict:
    """What the form would send as it stands, choices included."""
    sent = form(answer, action)
    for choice in tree(answer).find(".//main").iter("select"):
        options = list(choice.iter("option"))
        chosen = [o for o in options if "selected" in o.attrib] or options
        sent[choice.get("name")] = chosen[0].get("value")
    return {name: value for name, value in sent.items() if not name.endswith("-file")}


@pytest.fixture
def other(app, world):
    """Another programme with the first body in another part, and its coordinator."""
    with app.app_context():
        programme = worlds.make_programme()
        account = worlds.make_account("altra.coordinatrice")
        worlds.give_role(account, Role.PROGRAMME_COORDINATOR, programme)
        worlds.commit(programme)
        return programme.id, account.login


# --- data and publicity ------------------------------------------------------------


def test_data_are_changed_and_the_trail_says_which(app, save, coordinator, url, visit):
    answer = save(title=HOSTILE, default_threshold="75", retention_until="")
    assert (answer.status_code, answer.headers["Location"]) == (302, url)
    page = coordinator.get(url)
    assert HOSTILE in main(page)
    assert "30 giugno 2025" in main(page)
    details = json.loads(
        one(app, "SELECT details FROM audit_event WHERE action = 'programme.changed'")
    )
    assert details["new"] == {"title": HOSTILE, "default_threshold": 75}
    assert trail_is_whole(app)
    assert HOSTILE in main(visit("auditor").get(url))
    assert visit("auditor").get(f"{url}/edit").status_code == 403
    assert save().status_code == 302
    assert "Non è cambiato nulla." in main(coordinator.get(url))


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", " ", "Scrivere il titolo."),
        ("acronym", "x" * 41, "Al massimo 40 caratteri."),
        ("code", "", "Scrivere il codice."),
        ("starts_on", "ieri", "non è una data"),
        ("ends_on", "", "Scrivere la data."),
        ("ends_on", "2014-07-31", "finisce prima di cominciare"),
        ("ends_on", "9999-12-31", "fra il 2000 e il 2200"),
        ("retention_until", "2015-01-01", "almeno fino alla fine"),
        ("default_threshold", "101", "Un numero da 0 a 100."),
        ("default_threshold", "9" * 5000, "Serve un numero intero"),
        ("late_grace_minutes", "-1", "Un numero da 0 a 60."),
        ("late_grace_minutes", "10", "La tolleranza non cambia più"),
        ("union_line", "𓀀", "non ha questi segni"),
        ("publicity_statement", "y" * 401, "Al massimo 400 caratteri."),
        ("logo1-name", "Stemma", None),
    ],
)
def test_a_mistake_is_told_beside_its_field(app, save, field, value, sentence):
    before = checksum(app)
    answer = save(**{"ministry_line": "Altro Ministero", field: value})
    if sentence is None:  # a name without a logo is no logo
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    assert sentence in main(answer)
    assert form(answer, "")["ministry_line"] == "Altro Ministero"
    assert checksum(app) == before


def test_the_code_of_another_programme_is_refused(app, save, other):
    taken = one(app, "SELECT code FROM programme WHERE id = :id", id=other[0])
    answer = save(code=taken)
    assert answer.status_code == 422
    assert "già di un altro progetto" in main(answer)


def test_a_field_that_is_not_sent_says_nothing(app, save):
    assert save(annual_programme=None).status_code == 302
    assert one(app, "SELECT annual_programme FROM programme ORDER BY id LIMIT 1") == ""


def test_who_saves_on_an_older_version_is_told(app, save, coordinator, url):
    stale = coordinator.get(f"{url}/edit")
    assert save(ministry_line="Prima").status_code == 302
    for seen in (None, "", "x", "9" * 40):
        changes = {} if seen is None else {"seen": seen}
        answer = save(page=stale, union_line="Dopo", **changes)
        assert answer.status_code == 409
        assert "un'altra persona ha salvato" in main(answer)
    assert one(app, "SELECT ministry_line FROM programme ORDER BY id LIMIT 1") == "Prima"


def test_logos_stand_on_pages_and_documents(app, save, coordinator, url, visit):
    logo = {
        "logo1-file": (io.BytesIO(PNG), "../x <b>.png"),
        "logo1-name": "Stemma & <b>Comune</b>",
        "logo1-place": "1",
    }
    assert save(**logo | {"logo1-name": ""}).status_code == 422
    logo["logo1-file"] = (io.BytesIO(PNG), "x.png")
    assert save(**logo).status_code == 302
    page = coordinator.get(url)
    [shown] = with_class(tree(page), "publicity-logo")
    assert shown.get("alt") == "Stemma & <b>Comune</b>"
    file = coordinator.get(shown.get("src"))
    assert (file.status_code, file.mimetype) == (200, "image/png")
    assert visit().get("/funding-logo?place=1").status_code == 200
    for place in ("0", "2", "x", "²", "9" * 30):
        assert visit().get(f"/funding-logo?place={place}").status_code == 404
    book = visit("organiser_alfa").get(f"/editions/{_edition(app)}/register.pdf")
    assert book.status_code == 200
    assert b"/Image" in book.data
    assert save(**{"logo1-place": "0"}).status_code == 302
    assert coordinator.get("/funding-logo").status_code == 404


def _edition(app) -> int:
    return one(app, "SELECT min(id) FROM edition")


def test_a_picture_that_is_none_is_refused(save, app):
    before = checksum(app)
    answer = save(
        **{
            "logo1-file": (io.BytesIO(b"<svg onload=alert(1)>"), "x.svg"),
            "logo1-name": "Stemma",
            "logo1-place": "1",
        }
    )
    assert answer.status_code == 422
    assert checksum(app) == before


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("union_line", "la riga dell'Unione europea"),
        ("fund_line", "la riga del fondo"),
        ("publicity_statement", "la frase sul cofinanziamento"),
    ],
)
def test_no_document_is_drawn_while_a_part_is_missing(save, coordinator, visit, app, world, url, field, words):  # fmt: skip
    documents = [
        (visit("organiser_alfa"), f"/editions/{world.a.edition_id}/register.pdf"),
        (visit("trainer_alfa"), f"/lessons/{world.a.lesson_id}/sign-sheet.pdf"),
        (visit("participant_alfa"), "/my/record.pdf"),
        (coordinator, "/bodies?format=csv"),
    ]
    for who, address in documents:
        assert who.get(address).status_code == 200, address
    assert save(**{field: ""}).status_code == 302
    for who, address in documents:
        answer = who.get(address)
        assert answer.status_code == 409, address
        assert words in main(answer)
    page = main(coordinator.get(url))
    assert "manca" in page
    assert "non si compone alcun documento" in page
    assert coordinator.get("/bodies").status_code == 200
    assert save(**{field: "Di nuovo scritta"}).status_code == 302
    assert "non si compone" not in main(coordinator.get(url))
    assert documents[0][0].get(documents[0][1]).status_code == 200


def test_a_logo_without_alternative_text_stops_documents(app, coordinator, url):
    digest = "a" * 64
    kept = json.dumps([{"sha256": digest, "name": " "}])
    do(app, "UPDATE programme SET logos = :logos", logos=kept)
    answer = coordinator.get("/bodies?format=csv")
    assert answer.status_code == 409
    assert "il testo alternativo dei loghi" in main(answer)


def test_no_certificate_is_issued_without_the_block(app, coordinator, world):
    do(app, "UPDATE programme SET fund_line = ''")
    edition, enrolment = world.a.closed_edition_id, world.a.closed_enrolment_ids[0]
    assert ask_for(coordinator, edition, enrolment).status_code == 302
    work(app)
    assert one(app, "SELECT count(*) FROM certificate") == 0
    assert "la riga del fondo" in one(app, "SELECT reason FROM certificate_batch_item")


# --- targets -----------------------------------------------------------------------


def test_targets_are_written_in_place_and_read_by_the_dashboard(app, coordinator, url, visit):
    page = coordinator.get(f"{url}/indicators")
    drawn = form(page, "")
    assert (drawn["OUT2"], drawn["OUT1"]) == ("100", "")
    changes = {"OUT1": "120", "OUT3": "200", "RES1": "80", "OUT2": ""}
    sent = coordinator.client.post(f"{url}/indicators", data={**drawn, **changes})
    assert sent.status_code == 302
    rows = {row[0][:4]: row[2] for row in table(coordinator.get(url))}
    assert (rows["OUT1"], rows["OUT2"], rows["OUT3"], rows["RES1"]) == ("120", "–", "200 h", "80 %")
    assert "120" in main(coordinator.get("/dashboard"))
    stale = coordinator.client.post(f"{url}/indicators", data={**drawn, "OUT5": "9"})
    assert stale.status_code == 409
    assert visit("auditor").get(f"{url}/indicators").status_code == 403
    assert trail_is_whole(app)


@pytest.mark.parametrize(
    ("code", "value"), [("RES2", "101"), ("OUT1", "-1"), ("OUT1", "molti"), ("OUT1", "1000001")]
)
def test_a_target_that_is_none_is_told(app, coordinator, url, code, value):
    before = checksum(app)
    drawn = form(coordinator.get(f"{url}/indicators"), "")
    answer = coordinator.client.post(f"{url}/indicators", data={**drawn, code: value})
    assert answer.status_code == 422
    assert form(answer, "")[code] == value
    assert checksum(app) == before


# --- several programmes ------------------------------------------------------------


def test_a_coordinator_of_one_has_nothing_of_the_other(app, coordinator, other, url, world):
    programme, login = other
    unknown = coordinator.get("/programmes/987654")
    theirs = Visitor(app, login)
    for path in ("", "/edit", "/indicators", "/successor"):
        answer = coordinator.get(f"/programmes/{programme}{path}")
        assert (answer.status_code, main(answer)) == (404, main(unknown))
        assert theirs.get(f"{url}{path}").status_code == 404
    before = checksum(app)
    for path in ("/edit", "/indicators", "/successor", "/successor/preview"):
        assert coordinator.post(f"/programmes/{programme}{path}").status_code == 404
    assert checksum(app) == before
    assert [row[0] for row in table(theirs.get("/programmes"))] != [
        row[0] for row in table(coordinator.get("/programmes"))
    ]


@pytest.mark.parametrize("who", ["organiser_alfa", "trainer_alfa", "participant_alfa", "representative_alfa", "admin"])  # fmt: skip
def test_others_have_no_page_of_it(visit, url, who):
    assert visit(who).get(url).status_code == 403
    assert visit(who).post(f"{url}/edit").status_code == 403


NEW = {
    "title": "Formare ancora <b>",
    "acronym": "PROVA II",
    "code": "200000",
    "fund_name": "Fondo nuovo",
    "annual_programme": "2016",
    "starts_on": "2016-01-01",
    "ends_on": "2016-02-29",
}


def everything_of(app, programme_id: int) -> list:
    """Every row that belongs to the programme, as it is kept."""
    names = {"certificate_template": "version", "course": "id", "partnership": "id", "indicator": "id"}  # fmt: skip
    found = ask(app, "SELECT * FROM programme WHERE id = :id", id=programme_id)
    for name, order in names.items():
        query = f"SELECT * FROM {name} WHERE programme_id = :id ORDER BY {order}"  # noqa: S608
        found.append(ask(app, query, id=programme_id))
    return [str(row) for row in found]


def test_a_successor_takes_over_what_is_ticked_and_leaves_the_old_as_it_is(app, coordinator, url, world):  # fmt: skip
    before, old = everything_of(app, world.programme_id), world.programme_id
    page = coordinator.get(f"{url}/successor")
    drawn = form(page, f"{url}/successor")
    untouched = checksum(app)
    preview = coordinator.client.post(f"{url}/successor/preview", data={**drawn, **NEW})
    assert preview.status_code == 200
    assert "Non è ancora stato creato nulla." in main(preview)
    assert "Enti e ruoli: 4" in main(preview)
    assert "PROG 200000" in main(preview)
    assert checksum(app) == untouched
    answer = coordinator.client.post(f"{url}/successor", data={**form(preview, f"{url}/successor")})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/programmes")
    assert everything_of(app, old) == before
    new = one(app, "SELECT max(id) FROM programme")
    counts = [
        one(app, f"SELECT count(*) FROM {name} WHERE programme_id = :id", id=new)  # noqa: S608
        for name in ("partnership", "course", "indicator", "certificate_template")
    ]
    assert counts == [4, 2, 2, 1]
    kept = ask(app, "SELECT publicity_statement, retention_until FROM programme WHERE id = :id", id=new)  # fmt: skip
    assert "PROG 200000" in kept[0][0]
    assert str(kept[0][1]) == "2026-02-28"
    granted = ask(
        app,
        "SELECT role, account_id FROM role_assignment WHERE programme_id = :id",
        id=new,
    )
    assert granted == [("programme_coordinator", world.account_ids["coordinator"])]
    assert one(app, "SELECT count(*) FROM audit_event WHERE programme_id = :id", id=new) == 2
    assert trail_is_whole(app)
    assert coordinator.get(f"/programmes/{new}").status_code == 404
    _choose(app, coordinator, new)
    assert coordinator.get(f"/programmes/{new}").status_code == 200
    assert coordinator.get(url).status_code == 404


def _choose(app, visitor, programme_id: int) -> None:
    assignment = one(
        app, "SELECT id FROM role_assignment WHERE programme_id = :id", id=programme_id
    )
    assert visitor.post("/login/role", {"assignment": assignment}).status_code == 302


def test_a_successor_may_take_nothing(app, coordinator, url):
    drawn = {n: v for n, v in form(coordinator.get(f"{url}/successor"), f"{url}/successor").items() if not n.startswith("take_")}  # fmt: skip
    assert coordinator.client.post(f"{url}/successor", data={**drawn, **NEW}).status_code == 302
    new = one(app, "SELECT max(id) FROM programme")
    for name in ("partnership", "course", "indicator", "certificate_template"):
        query = f"SELECT count(*) FROM {name} WHERE programme_id = :id"  # noqa: S608
        assert one(app, query, id=new) == 0
    assert one(app, "SELECT fund_line FROM programme WHERE id = :id", id=new) == "Fondo nuovo"


@pytest.mark.parametrize(
    ("field", "value"), [("code", ""), ("ends_on", "2015-12-31"), ("title", "x" * 301)]
)
@pytest.mark.parametrize("step", ["", "/preview"])
def test_a_successor_with_a_mistake_is_not_begun(app, coordinator, url, field, value, step):
    drawn = form(coordinator.get(f"{url}/successor"), f"{url}/successor")
    before = checksum(app)
    answer = coordinator.client.post(f"{url}/successor{step}", data={**drawn, **NEW, field: value})
    assert answer.status_code == 422
    assert checksum(app) == before


def test_a_successor_sent_twice_is_one(app, coordinator, url):
    drawn = {**form(coordinator.get(f"{url}/successor"), f"{url}/successor"), **NEW}
    first = coordinator.client.post(f"{url}/successor", data=drawn)
    again = coordinator.client.post(f"{url}/successor", data=drawn)
    assert first.status_code == again.status_code == 302
    assert one(app, "SELECT count(*) FROM programme") == 2
    drawn["idempotency_key"] = "b" * 32
    taken = coordinator.client.post(f"{url}/successor", data=drawn)
    assert taken.status_code == 422
    assert "già di un altro progetto" in main(taken)


def test_visitors_see_the_programme_that_has_begun(app, coordinator, url, visit):
    drawn = {**form(coordinator.get(f"{url}/successor"), f"{url}/successor"), **NEW}
    assert coordinator.client.post(f"{url}/successor", data=drawn).status_code == 302
    assert "PROVA II" not in visit().get("/privacy").text
