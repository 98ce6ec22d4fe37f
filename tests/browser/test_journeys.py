# SPDX-License-Identifier: AGPL-3.0-or-later
"""The journeys the system exists for, in a real browser on the demonstration."""

import hashlib
import subprocess
import sys

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from tests.browser.conftest import DESK, PHONE, ROOT

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


class Taps:
    """Counts what a thumb does."""

    def __init__(self, page) -> None:
        self.page, self.number = page, 0

    def tap(self, selector: str, **kwargs) -> None:
        self.page.locator(selector, **kwargs).first.click()
        self.number += 1

    def write(self, selector: str, text: str) -> None:
        self.page.fill(selector, text)
        self.number += 1


def rows(page):
    return page.locator("#people > .sheet-row:has(.mark-present)")


def row_button(index: int, kind: str) -> str:
    return f"#people > .sheet-row:has(.mark-present) >> nth={index} >> {kind}"


def marked(page, index: int, mark: str) -> None:
    page.wait_for_selector(f"#people > .sheet-{mark} >> nth=0")
    page.wait_for_function(
        "([i, mark]) => [...document.querySelectorAll('#people > .sheet-row')]"
        ".filter(row => row.querySelector('.mark-present'))[i].classList.contains('sheet-' + mark)",
        arg=[index, mark],
    )


def test_a_trainer_records_25_people_on_a_phone_and_closes(visit):
    page = visit("docente@trustus.example", PHONE).page
    taps = Taps(page)
    assert page.url.endswith("/today")
    taps.tap("text=Registra le presenze")
    page.wait_for_selector("#people")
    assert rows(page).count() == 25
    taps.tap("#all-present")
    page.wait_for_selector("#people > .sheet-present")
    for index in (3, 10):
        taps.tap(row_button(index, ".mark-absent"))
        marked(page, index, "absent")
    taps.tap(row_button(6, "summary"))
    taps.tap(row_button(6, "button:has-text('In ritardo')"))
    marked(page, 6, "partial")
    counts = page.inner_text("#counts")
    assert "23 presenti" in counts
    assert "1 in ritardo" in counts
    assert "2 assenti" in counts
    assert "0 da segnare" in counts
    taps.tap(".sheet-bar a")
    taps.write("#heads", "23")
    taps.tap("text=Chiudi il foglio")
    page.wait_for_selector("text=Il foglio è chiuso")
    assert taps.number <= 14
    assert page.locator(".mark-present").count() == 0
    assert "Impronta della pagina" in page.inner_text("main")


def test_an_official_downloads_a_certificate_and_its_code_verifies(visit, tmp_path):
    page = visit("funzionario@perugia.example", PHONE).page
    assert page.url.endswith("/my")
    with page.expect_download() as first:
        page.click("text=Scarica l'attestato >> nth=0")
    with page.expect_download() as second:
        page.click("text=Scarica l'attestato >> nth=0")
    pdf = tmp_path / "attestato.pdf"
    first.value.save_as(pdf)
    assert pdf.read_bytes() == second.value.path().read_bytes()
    assert "ATTESTATO" in PdfReader(pdf).pages[0].extract_text()

    subprocess.run(  # noqa: S603
        ["pdftoppm", "-png", "-r", "100", "-singlefile", str(pdf), str(tmp_path / "page")],  # noqa: S607
        check=True,
    )
    with Image.open(tmp_path / "page.png") as picture:
        (code,) = zxingcpp.read_barcodes(picture)
    page.goto(code.text)
    shown = page.inner_text("main")
    assert "Valido" in shown
    assert "•" in shown
    digest = hashlib.sha256(pdf.read_bytes()).hexdigest()
    assert digest in page.content()

    page.set_input_files("input[type=file]", pdf)
    page.wait_for_selector("text=/identico|corrisponde/i")


def test_a_coordinator_goes_from_a_figure_to_names_to_the_sheet(visit):
    page = visit("coordinatore@anci.example", DESK).page
    assert page.url.endswith("/dashboard")
    page.click("a:has-text('Funzionari formati')")
    assert page.locator("table tbody tr").count() > 10
    page.click("table tbody tr a[href*='/editions/'] >> nth=0")
    assert "Iscritti" in page.inner_text("main")
    page.click("a[href*='/sheet'] >> nth=0")
    assert "Foglio presenze" in page.inner_text("main")
    assert page.locator("#people > .sheet-row").count() > 10


def work(demo) -> None:
    """What the worker beside the server would do at its next turn."""
    issue = "from wsgi import app; from app.certificates.issuing import issue_waiting as issue; "
    subprocess.run(  # noqa: S603
        [sys.executable, "-c", f"{issue}app.app_context().push(); issue()"],
        cwd=ROOT, env=demo.environment, check=True,
    )  # fmt: skip


def test_a_coordinator_issues_what_she_chose_and_hears_of_the_end_once(visit, demo):
    page = visit("coordinatore@anci.example", DESK).page
    page.goto("/editions/15/close")
    page.click("main form button[type=submit]")
    page.goto("/editions/15/certificates")
    boxes = page.locator("form[data-choose] tbody input[type=checkbox]")
    chosen, button = page.locator("[data-chosen]"), page.locator("form[data-choose] button")
    assert chosen.inner_text() == f"{boxes.count()} di {boxes.count()} scelti"
    people = page.locator("form[data-choose] tbody label").all()
    for person in people:
        person.click()
    assert button.is_disabled()
    for person in people[:2]:
        person.click()
    assert chosen.inner_text() == f"2 di {boxes.count()} scelti"
    button.click()
    page.click("text=Rilascia 2 attestati")
    assert "0 di 2" in page.locator("[data-progress-words]").inner_text()
    assert page.locator("#progress-said").text_content() == ""
    work(demo)
    page.wait_for_selector("#progress-said:has-text('Rilascio finito.')", state="attached")
    assert page.locator("[data-progress]").count() == 0
    assert page.locator("tbody a").count() == 2
