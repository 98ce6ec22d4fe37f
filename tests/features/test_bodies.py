# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bodies: added to a programme, changed, given parts and offices, deactivated."""

import json
import re

import pytest

from app.domain.roles import Role
from app.domain.vocabulary import PartnershipRole
from app.extensions import db
from app.models import Organisation, Partnership
from app.offices import office_names
from tests import world as worlds
from tests.conftest import Visitor
from tests.features.test_programmes import filled
from tests.ledger import ask, checksum, one, trail_is_whole
from tests.pages import csv_rows, form, main, post_file, table, tree

HOSTILE = '<script>alert(1)</script> "O\'Brien" & {{ 7*7 }} È'
PICK = "/bodies/municipalities"


@pytest.fixture
def coordinator(visit):
    return visit("coordinator")


@pytest.fixture
def url(world):
    return f"/bodies/{world.a.home_id}"


@pytest.fixture
def other(app, world):
    """A second programme, with Alfa's home body as its lead and a body of its own."""
    with app.app_context():
        programme = worlds.make_programme()
        account = worlds.make_account("altra.coordinatrice")
        worlds.give_role(account, Role.PROGRAMME_COORDINATOR, programme)
        theirs = worlds.make_body("Comune di Altrove")
        for body, role in (
            (world.a.home_id, PartnershipRole.LEAD_BENEFICIARY),
            (theirs.id, PartnershipRole.PARTNER_BODY),
        ):
            worlds.add(Partnership(programme_id=programme.id, organisation_id=body, role=role))
        worlds.commit(programme)
        return account.login, theirs.id


def roles_of(app, body: int) -> list[str]:
    rows = ask(app, "SELECT role FROM partnership WHERE organisation_id = :id ORDER BY id", id=body)
    return [row[0] for row in rows]


# --- picking municipalities --------------------------------------------------------


def test_several_municipalities_are_added_at_once_with_their_codes(app, coordinator):
    page = coordinator.get(PICK)
    boxes = [b for b in tree(page).iter("input") if b.get("name") == "istat"]
    assert len(boxes) == 92
    assert "Istat, CC BY 3.0 IT" in main(page)
    sent = {
        **form(page, PICK),
        "role": "participating_body",
        "istat": ["054039", "055032", "054039"],
    }
    answer = coordinator.client.post(PICK, data=sent)
    assert answer.status_code == 302
    assert "2 enti aggiunti." in main(coordinator.get(answer.headers["Location"]))
    kept = ask(
        app,
        "SELECT name, belfiore_code, population FROM organisation WHERE istat_code = '054039'",
    )
    assert [row[:2] for row in kept] == [("Comune di Perugia", "G478")]
    assert kept[0][2] > 100_000
    assert trail_is_whole(app)
    again = coordinator.client.post(PICK, data={**sent, "idempotency_key": "c" * 32})
    assert again.status_code == 422
    assert "Comune di Perugia ha già questo ruolo" in main(again)
    shown = tree(again).find(".//input[@id='m054039']")
    assert shown.get("checked") is not None
    partner = {**sent, "role": "partner_body", "istat": "054039", "idempotency_key": "d" * 32}
    assert coordinator.client.post(PICK, data=partner).status_code == 302
    assert one(app, "SELECT count(*) FROM organisation WHERE istat_code = '054039'") == 1


def test_without_script_the_list_narrows_and_keeps_what_was_ticked(app, coordinator):
    before = checksum(app)
    sent = {**form(coordinator.get(PICK), PICK), "istat": ["055032"], "q": "CITTA' di  càst"}
    answer = coordinator.client.post(f"{PICK}/search", data={**sent, "role": "partner_body"})
    assert answer.status_code == 200
    boxes = {b.get("value"): "checked" in b.attrib for b in tree(answer).iter("input") if b.get("name") == "istat"}  # fmt: skip
    assert boxes == {"055032": True, "054013": False}
    assert filled(answer, PICK)["role"] == "partner_body"
    assert checksum(app) == before
    for query in ("%", "'; --", "x" * 5000, "\0", "٣"):
        assert coordinator.get(PICK, query_string={"q": query}).status_code == 200


@pytest.mark.parametrize("istat", [[], ["999999"], ["x", "054039' --"]])
def test_nothing_picked_is_told(app, coordinator, istat):
    before = checksum(app)
    sent = {**form(coordinator.get(PICK), PICK), "role": "participating_body", "istat": istat}
    answer = coordinator.client.post(PICK, data=sent)
    assert answer.status_code == 422
    assert "Scegliere almeno un Comune." in main(answer)
    assert checksum(app) == before


def test_one_lead_at_a_time(app, coordinator):
    sent = {**form(coordinator.get(PICK), PICK), "role": "lead_beneficiary", "istat": ["054039", "055032"]}  # fmt: skip
    answer = coordinator.client.post(PICK, data=sent)
    assert answer.status_code == 422
    assert "già di Comune di Perugia" in main(answer)
    assert one(app, "SELECT count(*) FROM organisation WHERE istat_code IS NOT NULL") == 0


# --- by hand -----------------------------------------------------------------------

HAND = {
    "role": "partner_body",
    "kind": "association",
    "name": HOSTILE,
    "tax_code": "00488410010",
    "certified_email": "protocollo@ente.example",
}


def by_hand(visitor, **changes):
    drawn = form(visitor.get("/bodies/new"), "")
    return visitor.client.post("/bodies/new", data={**drawn, **HAND, **changes})


def test_another_body_is_written_by_hand(app, coordinator):
    answer = by_hand(coordinator)
    assert answer.status_code == 302
    page = coordinator.get(answer.headers["Location"])
    assert HOSTILE in main(page)
    assert "<script>alert" not in page.text
    assert "00488410010" in main(page)
    assert [row[0] for row in table(page)] == ["Ente partner"]
    assert HOSTILE in main(coordinator.get("/bodies?q=brien"))
    twice = by_hand(coordinator)
    assert twice.status_code == 422
    assert "con lo stesso nome" in main(twice)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", " ", "Scrivere il nome"),
        ("name", "x" * 201, "Al massimo 200"),
        ("name", "a\0b", "caratteri non ammessi"),
        ("istat_code", "54039", "6 cifre"),
        ("istat_code", "05403²", "6 cifre"),
        ("belfiore_code", "4G78", "una lettera e 3 cifre"),
        ("province_code", "P", "sigla"),
        ("tax_code", "00488410011", "ultima cifra"),
        ("tax_code", "FNTLCU78C52G478B", "11 cifre"),
        ("certified_email", "protocollo", "non è un indirizzo"),
        ("certified_email", "a@b@c.example", "non è un indirizzo"),
    ],
)
def test_a_wrong_code_is_told_beside_it(app, coordinator, field, value, sentence):
    before = checksum(app)
    answer = by_hand(coordinator, **{field: value})
    assert answer.status_code == 422
    assert sentence in main(answer)
    assert form(answer, "")["certified_email" if field == "name" else "name"] in HAND.values()
    assert checksum(app) == before


# --- from a file -------------------------------------------------------------------

UPLOAD = "/bodies/import/preview"


def upload(visitor, raw: bytes, role: str = "participating_body", name: str = "enti.csv"):
    return post_file(visitor, UPLOAD, raw, name, csrf_token=visitor.token(), role=role)


@pytest.mark.parametrize(
    "raw",
    [
        "nome;tipo;PEC\nComune di Città di Castello;Comune;c@castello.example\nScuola «È»;Associazione;\n".encode(),
        "Nome,Tipo\nCITTA' DI CASTELLO,\nScuola «È»,associazione\n".encode("cp1252"),
        "ente\ttipo\r\nCittà di Castello\tcomune\r\n\r\nScuola «È»\tAssociazione\r\n".encode(
            "utf-16"
        ),
    ],
)
def test_a_file_is_tried_first_and_then_added_whole(app, coordinator, raw):
    before = checksum(app)
    answer = upload(coordinator, raw)
    assert answer.status_code == 200, main(answer)
    assert "2 enti da aggiungere" in main(answer)
    assert checksum(app) == before
    done = coordinator.client.post("/bodies/import", data=form(answer, "/bodies/import"))
    assert done.status_code == 302
    names = ask(app, "SELECT name, istat_code FROM organisation ORDER BY id DESC LIMIT 2")
    assert names == [("Scuola «È»", None), ("Comune di Città di Castello", "054013")]
    assert trail_is_whole(app)


def test_each_row_with_a_fault_has_its_line_and_nothing_is_added(app, coordinator, world):
    raw = "\n".join(
        [
            "nome;tipo;istat;codice fiscale;pec",
            "Perugia;;;;",
            "comune di PERUGIA;;054039;;",
            "Comune di Atlantide;;;;",
            "Terni;;054039;;",
            "Spello;;054999;;",
            ";Comune;;;",
            "Scuola;Setta;;;",
            "Ente A;Altro;;123;",
            "Ente B;Altro;;;nessuna",
            f"{world.a.home_name};altro;;;",
            "Todi;Comune;;;",
        ]
    )
    before = checksum(app)
    answer = upload(coordinator, raw.encode())
    assert answer.status_code == 422
    found = [li.text or "" for li in tree(answer).iter("li")]
    assert found is not None
    lines = re.findall(r"Riga (\d+): (.+?)(?=Riga \d+:|Ruolo nel progetto)", main(answer))
    assert [int(row) for row, _ in lines] == [3, 4, 5, 6, 7, 8, 9, 10, 11]
    said = dict(lines)
    assert "stesso ente della riga 2" in said["3"]
    assert "non è un Comune dell'Umbria" in said["4"]
    assert "è di Comune di Perugia" in said["5"]
    assert "Nessun Comune dell'Umbria" in said["6"]
    assert "Manca il nome" in said["7"]
    assert "«Setta»" in said["8"]
    assert "ha già questo ruolo" in said["11"]
    assert checksum(app) == before
    sent = {"csrf_token": coordinator.token(), "role": "participating_body", "table": raw}
    assert coordinator.client.post("/bodies/import", data=sent).status_code == 422
    assert checksum(app) == before


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "vuoto"),
        (b"nome\n", "non c'è alcun ente"),
        (b"tipo;pec\nComune;a@b.example\n", "manca l'intestazione"),
        (b"nome;ente\na;b\n", "compare due volte"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "non si legge"),
        (b"PK\x03\x04rotto", "danneggiato"),
        (b"nome\n" + b"".join(b"Ente %d\n" % n for n in range(301)), "Al massimo 300"),
        (b"nome\n" + b"x" * 250 + b"\n", "supera i 200"),
        (b'nome\n"aperta\n', "virgoletta"),
    ],
)
def test_a_file_that_is_no_table_of_bodies_is_told(app, coordinator, raw, sentence):
    before = checksum(app)
    answer = upload(coordinator, raw)
    if sentence == "virgoletta":  # a lenient reader closes it
        assert answer.status_code in (200, 422)
        return
    assert answer.status_code == 422
    assert sentence in main(answer)
    assert checksum(app) == before


def test_no_file_and_no_role_are_told(coordinator):
    answer = coordinator.post(UPLOAD, {"role": "participating_body"})
    assert answer.status_code == 422
    assert upload(coordinator, b"nome\nTodi\n", role="regina").status_code == 422
    assert coordinator.post("/bodies/import", {"role": "x"}).status_code == 422


# --- changing ----------------------------------------------------------------------


def test_a_body_is_changed_and_found_by_its_new_name(app, coordinator, url, world):
    stale = filled(coordinator.get(f"{url}/edit"))
    sent = {**stale, "name": f"Comune di {HOSTILE}", "short_name": ""}
    assert coordinator.client.post(f"{url}/edit", data=sent).status_code == 302
    assert HOSTILE in main(coordinator.get("/bodies?q=o%27brien"))
    assert one(app, "SELECT short_name FROM organisation WHERE id = :id", id=world.a.home_id) == HOSTILE  # fmt: skip
    late = coordinator.client.post(f"{url}/edit", data={**stale, "ipa_code": "x"})
    assert late.status_code == 409
    details = json.loads(one(app, "SELECT details FROM audit_event WHERE action = 'body.changed'"))
    assert details["old"]["name"] == world.a.home_name
    taken = {**filled(coordinator.get(f"{url}/edit")), "name": world.b.home_name}
    assert coordinator.client.post(f"{url}/edit", data=taken).status_code == 422
    assert trail_is_whole(app)


def test_parts_begin_and_end_with_their_dates(app, coordinator, url, world):
    drawn = form(coordinator.get(f"{url}/parts"), "")
    begun = {**drawn, "partner_body-held": "y", "partner_body-starts_on": "2015-01-01"}
    assert coordinator.client.post(f"{url}/parts", data=begun).status_code == 302
    page = form(coordinator.get(f"{url}/parts"), "")
    assert page["partner_body-starts_on"] == "2015-01-01"
    ended = {**page, "partner_body-ends_on": "2015-03-31"}
    assert coordinator.client.post(f"{url}/parts", data=ended).status_code == 302
    rows = {row[0]: row[1:] for row in table(coordinator.get(url))}
    assert rows["Ente partner"] == ["1 gennaio 2015", "31 marzo 2015", "Concluso"]
    assert rows["Ente partecipante"][2] == "In corso"
    stale = coordinator.client.post(f"{url}/parts", data={**page, "partner_body-ends_on": ""})
    assert stale.status_code == 409
    assert trail_is_whole(app)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"participating_body-held": None}, "non si toglie"),
        ({"participating_body-ends_on": "2000-01-01", "participating_body-starts_on": "2001-01-01"}, "prima di cominciare"),
        ({"participating_body-ends_on": "mai"}, "non è una data"),
    ],
)  # fmt: skip
def test_a_part_that_cannot_be_is_told(app, coordinator, url, changes, sentence):
    before = checksum(app)
    drawn = {**form(coordinator.get(f"{url}/parts"), ""), **changes}
    sent = {name: value for name, value in drawn.items() if value is not None}
    answer = coordinator.client.post(f"{url}/parts", data=sent)
    assert answer.status_code == 422
    assert sentence in main(answer)
    assert checksum(app) == before


def test_offices_are_written_in_a_table_and_offered(app, coordinator, url, world, visit):
    drawn = filled(coordinator.get(f"{url}/offices"))
    sent = {**drawn, "new1-name": HOSTILE, "new1-service_area": "registry", "new2-name": "Anagrafe"}
    assert coordinator.client.post(f"{url}/offices", data=sent).status_code == 302
    assert HOSTILE in main(coordinator.get(url))
    ids = dict(ask(app, "SELECT name, id FROM office"))
    drawn = filled(coordinator.get(f"{url}/offices"))
    off = {n: v for n, v in drawn.items() if n != f"office{ids['Anagrafe']}-active"}
    assert coordinator.client.post(f"{url}/offices", data=off).status_code == 302
    with app.app_context():
        assert office_names(world.a.home_id) == [HOSTILE]
        assert office_names(world.b.home_id) == []
    drawn = filled(coordinator.get(f"{url}/offices"))
    emptied = {**drawn, f"office{ids['Anagrafe']}-name": ""}
    assert "non si toglie" in main(coordinator.client.post(f"{url}/offices", data=emptied))
    double = {**drawn, "new1-name": "ANAGRAFE"}
    assert coordinator.client.post(f"{url}/offices", data=double).status_code == 422
    wrong = {**drawn, "new1-name": "Scuola", "new1-service_area": "astrologia"}
    assert coordinator.client.post(f"{url}/offices", data=wrong).status_code == 422
    # An office of another body is not reached by its number.
    theirs = {**filled(coordinator.get(f"/bodies/{world.b.home_id}/offices")), f"office{ids['Anagrafe']}-name": "Rubato"}  # fmt: skip
    assert coordinator.client.post(f"/bodies/{world.b.home_id}/offices", data=theirs).status_code == 302  # fmt: skip
    assert "Rubato" not in str(ask(app, "SELECT name FROM office"))
    assert HOSTILE in main(visit("representative_alfa").get(url))
    assert trail_is_whole(app)


def test_what_hangs_on_a_body_is_said_before_it_is_deactivated(app, coordinator, world, url):
    page = coordinator.get(f"{url}/deactivate")
    assert "3 persone vi lavorano" in main(page)
    assert "3 iscrizioni in edizioni non concluse" in main(page)
    assert "rilascia gli attestati" in main(page)
    before = checksum(app)
    refused = coordinator.post(f"{url}/deactivate")
    assert refused.status_code == 409
    assert checksum(app) == before
    delivering = coordinator.post(f"/bodies/{world.a.delivering_id}/deactivate")
    assert "edizioni non ancora concluse" in main(delivering)
    free = f"/bodies/{world.b.home_id}"
    assert coordinator.post(f"{free}/deactivate").status_code == 302
    assert "disattivato" in main(coordinator.get(free))
    ended = one(
        app, "SELECT ends_on FROM partnership WHERE organisation_id = :id", id=world.b.home_id
    )
    assert str(ended) == "2015-05-14"
    assert coordinator.post(f"{free}/reactivate").status_code == 302
    assert "L’ente è disattivato" not in main(coordinator.get(free))
    assert trail_is_whole(app)


# --- whose -------------------------------------------------------------------------

PAGES = ("edit", "parts", "offices", "deactivate")


@pytest.mark.parametrize("who", ["organiser_alfa", "representative_alfa", "auditor", "trainer_alfa", "participant_alfa"])  # fmt: skip
def test_only_the_coordinator_changes_bodies(visit, who, url, app):
    visitor = visit(who)
    before = checksum(app)
    for page in PAGES:
        assert visitor.get(f"{url}/{page}").status_code == 403
        assert visitor.post(f"{url}/{page}").status_code == 403
    for path in (PICK, "/bodies/new", "/bodies/import"):
        assert visitor.get(path).status_code == 403
        assert visitor.post(path).status_code == 403
    assert checksum(app) == before


def test_a_representative_sees_her_own_body_only(visit, world, url):
    visitor = visit("representative_alfa")
    assert visitor.get(url).status_code == 200
    for body in (world.b.home_id, world.a.delivering_id):
        assert visitor.get(f"/bodies/{body}").status_code == 404
    assert [row[0] for row in table(visitor.get("/bodies"))] == [world.a.home_name]


def test_a_body_of_two_programmes_has_other_parts_in_each(app, coordinator, other, world, url):
    login, theirs = other
    they = Visitor(app, login)
    assert "Beneficiario capofila" not in main(coordinator.get(url))
    assert "Ente partecipante" not in main(they.get(url))
    assert "Partecipante Alfa" not in they.get(url).text
    before = ask(app, "SELECT * FROM partnership ORDER BY id")
    drawn = form(they.get(f"{url}/parts"), "")
    ended = {**drawn, "lead_beneficiary-ends_on": "2015-05-14"}
    assert they.client.post(f"{url}/parts", data=ended).status_code == 302
    after = ask(app, "SELECT * FROM partnership ORDER BY id")
    assert [a for a, b in zip(before, after, strict=True) if a != b] == [before[-2]]
    # What is only theirs is changed there.
    for page in ("edit", "offices", "deactivate"):
        assert coordinator.get(f"/bodies/{theirs}/{page}").status_code == 409
        assert coordinator.post(f"/bodies/{theirs}/{page}").status_code == 409
    assert ask(app, "SELECT * FROM partnership ORDER BY id") == after


def test_a_body_another_programme_counts_on_is_not_deactivated(app, coordinator, world, visit):
    with app.app_context():
        programme = worlds.make_programme()
        body = db.session.get_one(Organisation, world.b.home_id)
        role = PartnershipRole.PARTNER_BODY
        worlds.add(Partnership(programme_id=programme.id, organisation_id=body.id, role=role))
        worlds.commit(programme)
    answer = coordinator.post(f"/bodies/{world.b.home_id}/deactivate")
    assert answer.status_code == 409
    assert "anche in un altro progetto" in main(answer)


def test_the_list_is_searched_sorted_and_exported(coordinator):
    sent = {**form(coordinator.get(PICK), PICK), "role": "participating_body"}
    codes = [b.get("value") for b in tree(coordinator.get(PICK)).iter("input") if b.get("name") == "istat"]  # fmt: skip
    assert coordinator.client.post(PICK, data={**sent, "istat": codes}).status_code == 302
    assert len(csv_rows(coordinator.get("/bodies?format=csv"))) == 92 + 4 + 2
    assert len(csv_rows(coordinator.get("/bodies?format=csv&in=no"))) == 2
    assert [row[0] for row in table(coordinator.get("/bodies?q=citta+castello+PG"))] == ["Comune di Città di Castello"]  # fmt: skip
    for sort in ("kind", "part", "population", "enrolled"):
        assert coordinator.get(f"/bodies?sort={sort}&desc=1").status_code == 200
