# SPDX-License-Identifier: AGPL-3.0-or-later
"""What anybody who holds a code reads of a certificate, and what nobody reads."""

import re

import pytest

from app.documents.seal import Seal
from app.documents.seal_keys import demo_key
from app.domain.certificates import CertificateKind, CertificateState, format_code, new_code
from tests import world as worlds
from tests.certificates import draw, put_certificate, put_signed_copy
from tests.documents import signers
from tests.documents.specimens import CERTIFICATE
from tests.ledger import arranging, do
from tests.pages import form, main, pairs, tree, with_class, words
from tests.whole_app.crawl import statements

HOLDER = "Lucia Fontebella"
NEWER = ("kind", "intro_text", "note", "hours_label", "assessment_line", "presence_lines",
         "second_signatory_name", "second_signatory_quality", "seal_note", "logos", "deed_text")  # fmt: skip


@pytest.fixture
def put(app, world):
    """put(kind=…, says={…}, …) is the code of a new certificate."""
    ids = iter(world.a.closed_enrolment_ids * 3)

    def make(**over) -> str:
        with arranging(app) as session:
            return put_certificate(session, next(ids), **over)

    return make


def notices(page) -> list[str]:
    return [words(one) for one in with_class(tree(page), "notice")]


# What is typed


@pytest.mark.parametrize(
    "number", ["12/2015", "12 / 2015", "n. 12/2015", "N.12/2015", "n° 12 /2015"]
)
def test_the_number_and_half_the_code_are_enough(visit, put, number):
    code = put()
    for typed in (code[:16], format_code(code)[:19].lower(), code[:25], code):
        answer = visit().post("/verify", {"number": number, "code": typed})
        assert answer.headers["Location"] == f"/v/{code}", typed


def test_without_the_number_the_whole_code_is_needed(visit, put):
    code = put()
    assert visit().post("/verify", {"code": code}).status_code == 302
    for typed in (code[:16], code[:31], code + "A"):
        assert visit().post("/verify", {"number": "", "code": typed}).status_code == 404, typed
    assert visit().post("/verify", {"number": "12/2015", "code": code[:15]}).status_code == 404


def test_the_number_alone_opens_nothing(visit, put):
    put()
    visitor = visit()
    for number in ("12/2015", "13/2015"):
        answer = visitor.post("/verify", {"number": number, "code": ""})
        assert answer.status_code == 422
        assert "Scrivere il codice stampato sull'attestato." in main(answer)
        assert form(answer, "/verify")["number"] == number


def wrong_ones(code: str) -> list[dict[str, str]]:
    """Unknown, malformed, not of this number; all equally long."""
    return [
        {"number": "12/2015", "code": new_code()},
        {"number": "12/2015", "code": "8" * 32},
        {"number": "12/2015", "code": "à" * 32},
        {"number": "13/2015", "code": code},
        {"number": "xx/yyyy", "code": code},
        {"number": "       ", "code": code[:-1] + ("A" if code[-1] != "A" else "B")},
    ]


def test_whatever_is_wrong_gets_one_answer(visit, put):
    visitor, sent = visit(), wrong_ones(put())
    visitor.post("/verify", {"code": "first"})  # a session begins, with its cookie
    answers = [visitor.post("/verify", data) for data in sent]
    assert {answer.status_code for answer in answers} == {404}
    assert len({main(answer) for answer in answers}) == 1
    assert len({tuple(answer.headers.keys()) for answer in answers}) == 1
    for answer, data in zip(answers, sent, strict=True):
        filled = form(answer, "/verify")
        assert (filled["number"], filled["code"]) == (data["number"].strip(), data["code"])
        field = tree(answer).find(".//input[@id='code']")
        assert field.get("aria-invalid") == "true"
    sizes = {
        len(a.text.replace(d["code"], "C" * 32).replace(d["number"].strip() or "\0", "N" * 7))
        for a, d in zip(answers[:5], sent[:5], strict=True)
    }
    assert len(sizes) == 1


def test_whatever_is_wrong_asks_the_same_questions(app, visit, put):
    visitor, asked = visit(), []
    for data in wrong_ones(put()):
        with statements(app) as sent:
            visitor.post("/verify", data)
        asked.append(tuple(sent))
    assert len(set(asked)) == 1
    assert sum("FROM certificate" in one for one in asked[0]) == 1


def test_an_address_that_is_no_code_gets_one_answer(visit, put):
    put()
    codes = ("A" * 32, "A" * 31, "1890", "à" * 32, "<b>", "%00")
    answers = [visit().get(f"/v/{code}") for code in codes]
    assert {a.status_code for a in answers} == {404}
    assert len({main(a) for a in answers}) == 1
    assert {a.headers["X-Robots-Tag"] for a in answers} == {"noindex, nofollow, noarchive"}


# What is shown


def shown(visit, code: str) -> dict[str, str]:
    answer = visit().get(f"/v/{code}")
    assert answer.status_code == 200
    return pairs(answer)


def test_a_certificate_of_frequency_shows_what_it_prints(visit, put):
    found = shown(visit, put())
    assert found["Ore frequentate"] == "12 h 30 min di 16 h (78 %)"
    assert found["Attesta che"] == "ha frequentato il corso"
    assert found["Svolgimento"] == "mar 11 nov 2014 – mar 25 nov 2014"
    assert found["Crediti"] == "Crediti formativi: 12, di cui 4 deontologici"
    assert "Secondo firmatario" not in found
    assert "Prova finale" not in found


def test_the_second_signatory_the_test_and_the_note_are_shown(visit, put):
    says = {
        "second_signatory_name": "altro nome",
        "second_signatory_quality": "Il Presidente",
        "assessment_line": "Prova finale superata",
        "note": "Valido ai fini della progressione",
        "credits_line": None,
    }
    found = shown(visit, put(kind=CertificateKind.WITH_ASSESSMENT, says=says))
    assert found["Secondo firmatario"] == "altro nome, Il Presidente"
    assert found["Prova finale"] == "Prova finale superata"
    assert found["Note"] == "Valido ai fini della progressione"
    assert "Crediti" not in found


def test_teaching_shows_its_hours_without_a_share(visit, put):
    says = {
        "kind_title": "ATTESTATO DI DOCENZA",
        "hours_label": "Ore di docenza",
        "counted_minutes": 480,
        "planned_minutes": 480,
        "share_percent": 100,
    }
    code = put(kind=CertificateKind.TEACHING, says=says)
    assert shown(visit, code)["Ore di docenza"] == "8 h"
    assert "%" not in main(visit().get(f"/v/{code}"))


def test_a_declaration_has_no_number(visit, put):
    says = {
        "kind_title": "DICHIARAZIONE DI PRESENZA",
        "presence_lines": ("14 maggio 2015, dalle 09:00 alle 13:00",),
    }
    code = put(kind=CertificateKind.DECLARATION, number=None, says=says)
    page = visit().get(f"/v/{code}")
    assert words(tree(page).find(".//h1")) == "Dichiarazione di presenza"
    assert pairs(page)["Presenza"] == "14 maggio 2015, dalle 09:00 alle 13:00"
    assert "n. " not in main(page)
    assert visit().post("/verify", {"code": code}).status_code == 302
    assert visit().post("/verify", {"number": "12/2015", "code": code[:16]}).status_code == 404


def test_an_older_certificate_that_says_less_is_shown(visit, put):
    content = {k: v for k, v in CERTIFICATE.to_json().items() if k not in NEWER}
    found = shown(visit, put(content=content))
    assert found["Attesta che"] == "ha frequentato il corso"
    assert found["Ore frequentate"].startswith("12 h 30 min")


@pytest.mark.parametrize(
    ("state", "line"),
    [
        ("issued", "Documento rilasciato giovedì 14 maggio 2015"),
        ("under_review", "In verifica da martedì 12 maggio 2015."),
        ("replaced", "Sostituito mercoledì 13 maggio 2015."),
        ("revoked", "Revocato mercoledì 13 maggio 2015."),
    ],
)
def test_the_state_has_its_date_and_no_reason(app, visit, put, state, line):
    code = put()
    do(
        app,
        "UPDATE certificate SET state = :state, revoked_at = '2015-05-13 10:00:00+00:00', "
        "revoked_reason = 'motivo riservato', review_since = '2015-05-12 10:00:00+00:00', "
        "review_reason = 'motivo riservato'",
        state=state,
    )
    page = visit().get(f"/v/{code}")
    assert line in notices(page)[0]
    assert "riservato" not in page.text


def test_what_was_replaced_leads_to_what_holds(app, visit, put):
    old = put(state=CertificateState.REPLACED, revoked_at=worlds.NOW)
    with arranging(app) as session:
        first = session.execute(worlds.db.text("SELECT id FROM certificate")).scalar_one()
    new = put(number=13, replaces_id=first)
    page = visit().get(f"/v/{old}")
    link = tree(page).find(f".//a[@href='/v/{new}']")
    assert words(link) == "Vai all’attestato n. 13/2015"
    assert old not in visit().get(f"/v/{new}").text


def test_only_what_the_code_is_for_is_public(visit, put):
    page = visit().get(f"/v/{put()}")
    assert pairs(page)["Intestatario"] == "L••••• F•••••••••"
    for secret in ("Lucia", "Fontebella", "1978", "12 marzo", "FNTLCU78C52G478B", "Gubbio", "nato"):
        assert secret not in page.text, secret


def test_the_name_is_shown_to_who_writes_it(visit, put):
    visitor, url = visit(), f"/v/{put()}"
    right = visitor.post(url, {"name": "fontebella LUCIA"})
    assert pairs(right)["Intestatario"] == HOLDER
    for wrong in ("Lucia", "Lucia Fontebelli", ""):
        page = visitor.post(url, {"name": wrong})
        assert pairs(page)["Intestatario"] == "L••••• F•••••••••"
        assert "Fontebella" not in page.text


def test_no_engine_keeps_the_page(visit, put):
    page = visit().get(f"/v/{put()}")
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert 'name="robots" content="noindex, nofollow, noarchive"' in page.text
    assert page.headers["Cache-Control"] == "no-cache, private"
    assert page.headers["Referrer-Policy"] == "same-origin"


def test_on_paper_it_says_when_and_where_it_was_verified(visit, put):
    code = put()
    shown = main(visit().get(f"/v/{code}"))
    assert re.search(r"Verificato giovedì 14 maggio 2015 alle 09:2\d\.", shown)
    assert f"http://localhost/v/{code}" in shown


# The file


def test_the_page_knows_the_file_and_its_signed_copy(app, visit, put):
    code = put()
    with arranging(app) as session:
        put_signed_copy(session, code, b"%PDF signed", "Segretario di prova")
    page = visit().get(f"/v/{code}")
    box = tree(page).find(".//*[@id='compare']")
    codes = pairs(page)
    assert box.get("data-issued") == codes["SHA-256 del file PDF"]
    assert box.get("data-signed") == codes["SHA-256 della copia firmata"]
    assert "una copia firmata da Segretario di prova, aggiunta giovedì 14 maggio 2015" in main(page)
    assert "identico alla copia firmata da Segretario di prova" in page.text


def test_without_a_script_the_page_says_how_to_compare(visit, put):
    page = visit().get(f"/v/{put()}")
    box = tree(page).find(".//*[@id='compare']")
    hand, browser = (box.find(f".//*[@data-by='{by}']") for by in ("hand", "browser"))
    assert ("hidden" in hand.attrib, "hidden" in browser.attrib) == (False, True)
    assert "sha256sum attestato.pdf" in words(hand)
    assert box.get("data-signed") == ""


@pytest.fixture(scope="module")
def paper() -> bytes:
    return draw()


@pytest.fixture(scope="module")
def sealed(paper) -> bytes:
    return Seal(signers.seal_key()).apply(paper, signers.AT)


def test_the_seal_is_examined(visit, put, sealed):
    said = notices(visit().get(f"/v/{put(pdf=sealed)}"))
    line = "Sigillato da Comune di prova, giovedì 14 maggio 2015 alle 12:30: integro."
    assert any(line in notice for notice in said), said
    assert not any("valore legale" in notice for notice in said)


def test_a_seal_for_trial_says_that_it_is_worth_nothing(visit, put, paper, tmp_path):
    demo = Seal(demo_key(tmp_path / "seal.pem")).apply(paper, worlds.NOW)
    said = notices(visit().get(f"/v/{put(pdf=demo)}"))
    assert any("È il sigillo dimostrativo: non ha valore legale." in one for one in said), said


def test_a_seal_that_does_not_hold_is_told(visit, put, sealed):
    at = sealed.index(b"stream") + 40
    broken = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
    said = notices(visit().get(f"/v/{put(pdf=broken)}"))
    assert any("non integro" in one or "non si leggono" in one for one in said), said
    assert not any(": integro." in one for one in said)


def test_a_file_without_a_seal_says_so(visit, put, paper):
    assert "rilasciato senza sigillo elettronico" in main(visit().get(f"/v/{put(pdf=paper)}"))


def test_signers_outside_and_seal_stand_together(app, visit, put, sealed):
    code = put(pdf=sealed)
    with arranging(app) as session:
        put_signed_copy(session, code, sealed + b"more", "Segretario di prova, altro nome")
    said = main(visit().get(f"/v/{code}"))
    assert "Sigillato da Comune di prova" in said
    assert "copia firmata da Segretario di prova, altro nome" in said
