# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every main page of every role: no axe violation, nothing wider than the phone, no complaint."""

import pytest

from tests.browser.conftest import DESK, PHONE, ROOT

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages")]

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = {
    None: ["/", "/login", "/privacy", "/accessibility", "/verify", "/nulla"],
    "docente@trustus.example": ["/today", "/lessons/45/sheet", "/courses", "/editions", "/account"],
    "docente@anci.example": ["/login/role"],
    "tutor@aris.example": ["/today", "/editions"],
    "funzionario@perugia.example": ["/my", "/courses", "/account"],
    "coordinatore@anci.example": [
        "/dashboard",
        "/dashboard/OUT2",
        "/dashboard/OUT3",
        "/dashboard/due",
        "/courses",
        "/courses/1",
        "/editions",
        "/editions/1",
        "/editions/1/certificates",
        "/people",
        "/people?q=nessuno",
        "/people/1",
        "/bodies",
        "/bodies/1",
        "/certificates",
        "/audit",
        "/accounts",
        "/programmes",
        "/programmes/1",
        "/bodies/municipalities",
        "/editions/18/enrolments",
        "/editions/18/seats",
        "/editions/18/messages/convocation",
        "/editions/19/timetable",
        "/calendar",
        "/offices",
        "/people/duplicates",
        "/people/imports",
        "/trainers",
    ],
    "referente@aris.example": ["/dashboard", "/editions"],
    "ente@foligno.example": ["/dashboard", "/people", "/certificates"],
    "controllo@interno.example": ["/dashboard", "/lessons/1/sheet", "/audit"],
    "admin@forpa.example": ["/accounts", "/mail"],
}


def violations(page) -> list[str]:
    """What axe finds on the page, one line each."""
    page.evaluate(AXE.read_text() if not page.evaluate("window.axe !== undefined") else "0")
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES
    )
    return [f"{v['id']}: {node['html'][:120]}" for v in found["violations"] for node in v["nodes"]]


def too_wide(page) -> int:
    """Pixels by which the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


# On a wide screen only what is laid out otherwise there.
WIDE = {
    "docente@trustus.example": ["/today", "/lessons/45/sheet"],
    "coordinatore@anci.example": ["/dashboard", "/editions/1", "/editions/19/timetable", "/people"],
}


@pytest.mark.parametrize("login", PAGES, ids=lambda login: login or "visitor")
def test_pages_are_accessible_and_fit_a_phone(visit, login):
    check(visit(login, PHONE, bypass_csp=True), PAGES[login])


@pytest.mark.parametrize("login", WIDE)
def test_pages_are_accessible_on_a_desk(visit, login):
    check(visit(login, DESK, bypass_csp=True), WIDE[login])


def check(made, paths) -> None:
    """Every path of one person, and what is wrong with each."""
    findings = {}
    for path in paths:
        made.page.goto(path)
        wrong = violations(made.page)
        if (wide := too_wide(made.page)) > 0:
            wrong.append(f"{wide} px too wide")
        if wrong:
            findings[path] = wrong
    made.complaints = [c for c in made.complaints if "404" not in c]
    assert findings == {}


def test_the_check_sees_a_page_without_labels(visit):
    made = visit(None, PHONE, bypass_csp=True)
    made.page.set_content("<html><body><input><div style='width:2000px'>x</div></body></html>")
    assert any(found.startswith("label") for found in violations(made.page))
    assert too_wide(made.page) > 0


def test_the_sheet_works_without_javascript(visit):
    made = visit("docente@trustus.example", PHONE, java_script_enabled=False)
    page = made.page
    page.click("text=Registra le presenze")
    row = "#people > .sheet-row:has(.mark-present) >> nth=2 >> "
    page.click(row + ".mark-absent")
    assert page.get_attribute(row + ".mark-absent", "aria-pressed") == "true"
    page.click(row + "summary")
    page.fill(row + "input[name=entered]:not([type=hidden])", "24:00")
    page.click(row + "text=Segna gli orari")
    assert page.input_value(row + "input[name=entered]:not([type=hidden])") == "24:00"
    assert page.locator(row + ".field-error").count() == 1
    assert any("422" in complaint for complaint in made.complaints)
    made.complaints.clear()
    page.fill(row + "input[name=entered]:not([type=hidden])", "9:20")
    page.click(row + "text=Segna gli orari")
    assert "09:20" in page.inner_text(row + ".sheet-times")


def test_the_sheet_is_kept_by_keyboard_alone(visit):
    page = visit("docente@trustus.example", DESK).page
    page.click("text=Registra le presenze")
    rows = page.locator("#people > .sheet-row:has(.mark-present)")
    ids = [row.get_attribute("id") for row in rows.all()[5:8]]
    rows.nth(5).locator(".mark-present").focus()
    page.keyboard.press("p")
    page.wait_for_selector(f"#{ids[0]}.sheet-present")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("a")
    page.wait_for_selector(f"#{ids[1]}.sheet-absent")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("r")
    page.keyboard.type("9:20")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#{ids[2]}.sheet-partial")
