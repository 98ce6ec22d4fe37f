# SPDX-License-Identifier: AGPL-3.0-or-later
"""What certificates say: versions that never change, logos, a preview of nobody's certificate."""

import hashlib
import io
import json

import pytest
from PIL import Image

from app.certificates.issuing import issue_waiting
from tests.faults.files import picture
from tests.faults.test_logos import svg
from tests.ledger import ask, checksum, do, one, trail_is_whole
from tests.pages import form, main, pairs, table, tree

PAGE, EDIT = "/certificate-template", "/certificate-template/edit"
PREVIEW = "/certificate-template/preview"
PNG = picture("PNG", (300, 200), colour=(200, 0, 0))


def filled(answer) -> dict:
    """What the form would send as it stands, choices included."""
    found = tree(answer).find(".//form[@id='template-form']")
    sent = form(answer, "")
    for choice in found.iter("select"):
        options = list(choice.iter("option"))
        chosen = [o for o in options if "selected" in o.attrib] or options
        sent[choice.get("name")] = chosen[0].get("value")
    return {name: value for name, value in sent.items() if not name.endswith("-file")}


def logo(number: int, raw: bytes = PNG, name: str = "Stemma del Comune", place: str = "") -> dict:
    return {
        f"logo{number}-file": (io.BytesIO(raw), "../stemma <b>.png"),
        f"logo{number}-name": name,
        f"logo{number}-place": place or str(number),
    }


@pytest.fixture
def coordinator(visit):
    return visit("coordinator")


@pytest.fixture
def save(coordinator):
    """save(note="…") fills the form as it is and sends it with these changes."""

    def send(path: str = EDIT, page=None, **changes):
        data = {**filled(page or coordinator.get(EDIT)), **changes}
        data = {name: value for name, value in data.items() if value is not None}
        return coordinator.client.post(path, data=data, content_type="multipart/form-data")

    return send


def versions(app) -> int:
    return one(app, "SELECT count(*) FROM certificate_template")


def logos_of(app, version: int) -> list[dict]:
    """The logos of a version, as they are kept."""
    kept = one(app, "SELECT logos FROM certificate_template WHERE version = :v", v=version)
    return json.loads(kept) if isinstance(kept, str) else kept


def test_a_change_is_a_new_version_and_the_old_one_stays(app, save, coordinator, visit):
    before = ask(app, "SELECT * FROM certificate_template")
    answer = save(
        intro_text="Si dichiara che",
        second_signatory_name="Altro nome di esempio",
        second_signatory_quality="Il Presidente",
        note="Una nota\r\n  su due righe",
        art40_notice=None,
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
    assert ask(app, "SELECT * FROM certificate_template WHERE version = 1") == before
    page = coordinator.get(PAGE)
    assert "In vigore: versione 2" in main(page)
    assert "gio 14 mag 2015, 09:2" in main(page)
    said = pairs(page)
    assert said["Parole di apertura"] == "Si dichiara che"
    assert said["Seconda firma"] == "Il Presidente, Altro nome di esempio"
    assert said["Altra nota"] == "Una nota su due righe"
    assert said["Avvertenza dell’art. 40"] == "Non stampata"
    assert [row[0].split(" (")[0] for row in table(page)] == ["Versione 1"]
    assert main(visit("auditor").get(PAGE)).startswith("Modello degli attestati")
    details = json.loads(
        one(
            app,
            "SELECT details FROM audit_event WHERE action = 'template.set' ORDER BY sequence DESC LIMIT 1",
        )
    )
    assert details["version"] == 2
    assert details["old"]["intro_text"] == "Si attesta che"
    assert details["new"]["intro_text"] == "Si dichiara che"
    assert "issue_place" not in details["new"]
    assert trail_is_whole(app)


def test_nothing_changed_is_no_version(app, save, coordinator):
    assert save().status_code == 302
    assert "Nessuna modifica" in main(coordinator.get(PAGE))
    assert versions(app) == 1


def test_who_writes_on_an_older_version_is_told(app, save, coordinator):
    stale = coordinator.get(EDIT)
    save(note="Di un'altra persona")
    answer = save(page=stale, note="Mia")
    assert (answer.status_code, versions(app)) == (409, 2)
    assert "Nel frattempo il modello è stato cambiato" in main(answer)
    assert save(PREVIEW, page=stale, note="Mia").status_code == 200
    for seen in ("", "x", "-1", "9" * 40, "²"):
        assert save(seen=seen).status_code == 409


WRONG = {
    "no place": ({"issue_place": "  "}, "Luogo di rilascio"),
    "no signatory": ({"signatory_name": ""}, "Chi firma: nome"),
    "a name without quality": ({"second_signatory_name": "Nome"}, "Seconda firma: qualifica"),
    "a quality without name": ({"second_signatory_quality": "Il Capo"}, "Seconda firma: nome"),
    "letters of no typeface": ({"note": "Firma di 李"}, "Altra nota"),
    "an invisible sign": ({"intro_text": "Si\u202eattesta"}, "Parole di apertura"),
    "a sign of control": ({"signatory_name": "No\x1bme"}, "Chi firma: nome"),
    "too long": ({"stamp_duty_note": "a" * 301}, "Nota sull'imposta di bollo"),
    "a body of nowhere": ({"issuing_body": "999999"}, "Ente che rilascia"),
    "a body that is none": ({"issuing_body": "9" * 5_000}, "Ente che rilascia"),
    "a place that is none": ({"logo1-place": "7"}, "Logo 1, Posto"),
    "a logo of nothing": ({"logo2-place": "2", "logo2-name": "Stemma"}, "Logo 2, File"),
    "a logo without words": (logo(1, name=""), "Logo 1, Che cosa mostra"),
    "a logo nowhere": (logo(1, place="0"), "Logo 1, Posto"),
    "a logo that is none": (logo(1, b"GIF89a"), "Logo 1, File"),
    "a logo that reads files": (logo(1, svg('<image href="/etc/passwd"/>')), "Logo 1, File"),
    "the same logo twice": (logo(1) | logo(2), "Logo 1, Posto"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_stands_beside_its_field(app, save, name):
    changes, label = WRONG[name]
    before = checksum(app)
    for path in (EDIT, PREVIEW):
        again = {
            field: (io.BytesIO(value[0].getvalue()), value[1])
            if isinstance(value, tuple)
            else value
            for field, value in changes.items()
        }
        answer = save(path, **again)
        assert answer.status_code == 422
        assert f"{label}:" in main(answer)
    assert checksum(app) == before


def test_logos_are_kept_drawn_anew_in_their_order(app, save, coordinator):
    drawing = svg()
    save(**logo(1, name="Ente attuatore", place="2"), **logo(2, drawing, "Comune", place="1"))
    kept = logos_of(app, 2)
    assert [one["name"] for one in kept] == ["Comune", "Ente attuatore"]
    for place, found in enumerate(kept, 1):
        file = coordinator.get(f"/certificate-template/logo?place={place}")
        assert hashlib.sha256(file.data).hexdigest() == found["sha256"]
        assert file.headers["Content-Type"] == "image/png"
        assert Image.open(io.BytesIO(file.data)).mode == "RGB"
    assert {row[0] for row in ask(app, "SELECT media_type FROM evidence_file")} == {"image/png"}
    save(**{"logo1-place": "3"})
    assert [one["name"] for one in logos_of(app, 3)] == ["Ente attuatore", "Comune"]
    save(**{"logo2-place": "0"})
    assert pairs(coordinator.get(PAGE))["Loghi"] == "Ente attuatore"
    for place in ("2", "0", "-1", "x", "9" * 30):
        assert coordinator.get(f"/certificate-template/logo?place={place}").status_code == 404
    assert coordinator.get("/certificate-template/logo?version=2&place=2").status_code == 200


def test_no_form_names_a_kept_file(app, save, coordinator):
    """A scan of somebody's signature must not get onto a certificate by its hash."""
    scan = (
        one(app, "SELECT sha256 FROM evidence_file LIMIT 1")
        if one(app, "SELECT count(*) FROM evidence_file")
        else "0" * 64
    )
    save(**{"logo1-sha256": scan, "logo1-place": "1", "logo1-name": "Scansione"})
    assert versions(app) == 1


def test_a_browser_sends_the_file_again_when_asked(save):
    words = "Logo 1, File: Scegliere di nuovo il file."
    assert words in main(save(issue_place="", **logo(1)))
    assert words not in main(save(PREVIEW, issue_place="", **logo(1)))


def test_the_preview_is_a_picture_and_keeps_nothing(app, save, coordinator, visit):
    auditor = visit("auditor")
    before = checksum(app)
    first = save(PREVIEW)
    other = save(PREVIEW, note="Una nota", **logo(1))
    old = coordinator.get("/certificate-template/picture?version=1")
    auditors = auditor.get("/certificate-template/picture")
    for answer in (first, other, old, auditors):
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
        assert Image.open(io.BytesIO(answer.data)).size == (1400, 990)
    assert first.data == old.data == auditors.data != other.data
    assert checksum(app) == before
    assert one(app, "SELECT count(*) FROM idempotency_key") == 0
    for number in ("0", "2", "x", "9" * 30):
        assert coordinator.get(f"/certificate-template/picture?version={number}").status_code == 404


def test_a_preview_does_not_spend_the_form(save, coordinator):
    page = coordinator.get(EDIT)
    assert save(PREVIEW, page=page, note="Una nota").status_code == 200
    assert save(page=page, note="Un'altra nota").status_code == 302
    assert pairs(coordinator.get(PAGE))["Altra nota"] == "Un'altra nota"


def test_a_live_preview_that_fails_is_a_part_of_a_page(coordinator):
    data = {**filled(coordinator.get(EDIT)), "note": "李"}
    answer = coordinator.client.post(PREVIEW, data=data, headers={"HX-Request": "true"})
    assert (answer.status_code, "<main" in answer.text) == (422, False)
    assert "Altra nota: Il carattere dell" in main(answer)


@pytest.mark.parametrize("who", ["auditor", "organiser_alfa", "representative_alfa", "trainer_alfa", "admin"])  # fmt: skip
def test_only_the_coordinator_writes_the_template(app, visit, who):
    visitor, before = visit(who), checksum(app)
    assert visitor.get(EDIT).status_code == 403
    assert visitor.post(EDIT, {"seen": "1"}).status_code == 403
    assert visitor.post(PREVIEW, {"seen": "1"}).status_code == 403
    assert visitor.get(PAGE).status_code == (200 if who == "auditor" else 403)
    assert checksum(app) == before


def test_without_a_template_the_page_says_what_is_missing(app, coordinator, save):
    do(app, "DELETE FROM certificate_template")
    assert "non si può rilasciare alcun attestato" in main(coordinator.get(PAGE))
    assert coordinator.get("/certificate-template/picture").status_code == 404
    answer = save(issue_place="Perugia", signatory_name="Nome", signatory_quality="Il Sindaco")
    assert answer.status_code == 302
    assert "In vigore: versione 1" in main(coordinator.get(PAGE))


def issue(app, coordinator, world) -> list[tuple]:
    """Whoever is due gets a certificate; id, hash and bytes of all there are."""
    url = f"/editions/{world.a.closed_edition_id}/certificates"
    page = coordinator.get(url)
    due = [box.get("value") for box in tree(page).iter("input") if box.get("name") == "enrolment"]
    choice = coordinator.client.post(
        f"{url}/choice", data={**form(page, f"{url}/choice"), "enrolment": due[:1], "teacher": []}
    )
    data = {**form(choice, url), "enrolment": due[:1], "teacher": []}
    assert coordinator.client.post(url, data=data).status_code == 302
    with app.app_context():
        assert issue_waiting() == 1
    return ask(app, "SELECT certificate_id, sha256, pdf FROM certificate_file ORDER BY 1")


def test_yesterdays_certificate_does_not_change_with_its_logo(app, save, coordinator, world, clock):
    save(note="Prima", **logo(1))
    yesterday = issue(app, coordinator, world)
    assert one(app, "SELECT template_version FROM certificate") == 2
    clock.shift(24 * 3600)
    coordinator.post(
        "/login", {"login": world.logins["coordinator"], "password": "parola-di-prova"}
    )
    save(note="Dopo", signatory_name="Un altro nome", **logo(1, svg(), "Un altro logo"))
    do(app, "UPDATE edition SET course_title = 'Un altro titolo'")
    do(app, "UPDATE person SET family_name = 'Un altro cognome'")
    do(app, "UPDATE organisation SET name = 'Un altro ente ' || id")
    number, digest, pdf = yesterday[0]
    answer = coordinator.get(f"/certificates/{number}.pdf")
    assert answer.data == bytes(pdf)
    assert hashlib.sha256(answer.data).hexdigest() == digest
    assert [row[:2] for row in issue(app, coordinator, world)[:1]] == [(number, digest)]
    assert one(app, "SELECT count(DISTINCT sha256) FROM certificate_file") == 2
