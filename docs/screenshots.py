# SPDX-License-Identifier: AGPL-3.0-or-later
"""Take the pictures of docs/screenshots from a demonstration of its own.

Usage, from the root of a checkout after ./run setup dev: .venv/bin/python -m docs.screenshots [folder]
"""

import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from app.cli.demo.scenarios import scenario
from tests.browser.chromium import ARGS, CHROMIUM
from tests.browser.conftest import DESK, PASSWORD, PHONE, Demo

CERTIFICATE = "certificate"  # in the place of an address: the one printed on the official's

TALLEST = 1800  # pixels of a page that are kept
COLOURS = 128

COORDINATOR = "coordinatore@anci.example"
AUDITOR = "controllo@interno.example"
TRAINER = "docente@trustus.example"
OFFICIAL = "funzionario@perugia.example"
CLAIMANT = "funzionario@terni.example"
ADMINISTRATOR = "admin@forpa.example"

OPEN_SHEET = "main a[href$='/sheet']"
OWN_MARKS = "main a:text-is('Le mie presenze')"
BOOK = "main a[href$='/register']"
FIRST_ROW = "main tbody th a"


def _page_of(name: str) -> tuple[str, ...]:
    """The way to the page of the register that a scenario tells of."""
    told = scenario(name)
    return *_edition_of(name), f"main a[href$='/sheet'][aria-label*=' {told.lesson}:']"


def _edition_of(name: str) -> tuple[str, ...]:
    return f"/editions?q={scenario(name).edition}", FIRST_ROW


# Name of the picture: whose page, an address, and the links followed from there.
PAGES = {
    "home": (None, "/"),
    "login": (None, "/login"),
    "today": (TRAINER, "/today"),
    "sheet": (TRAINER, "/today", OPEN_SHEET),
    "wall": (TRAINER, "/today", OPEN_SHEET, "main a[href$='/check-in']"),
    "import": (TRAINER, "/today", OPEN_SHEET, "main a[href$='/import']"),
    "my": (OFFICIAL, "/my"),
    "verify": (OFFICIAL, CERTIFICATE),
    "own-marks": (CLAIMANT, "/my", OWN_MARKS),
    "ask": (CLAIMANT, "/my", OWN_MARKS, "main a[href$='/corrections/new']"),
    "dashboard": (COORDINATOR, "/dashboard"),
    "prospects": (COORDINATOR, "/prospects"),
    "prospect": (COORDINATOR, "/prospects?q=Cerretalto", "main a[href$='/prospect']"),
    "corrections": (COORDINATOR, "/corrections"),
    "correction": (COORDINATOR, "/corrections?state=asked", FIRST_ROW),
    "reopen": (COORDINATOR, *_page_of("corrected"), "main a[href$='/reopen']"),
    "editions": (COORDINATOR, "/editions"),
    "edition": (COORDINATOR, "/editions/1"),
    "issue": (COORDINATOR, "/editions/1/certificates"),
    "people": (COORDINATOR, "/people"),
    "bodies": (COORDINATOR, "/bodies"),
    "certificates": (COORDINATOR, "/certificates"),
    "book": (AUDITOR, *_edition_of("reopened"), BOOK),
    "book-corrected": (AUDITOR, *_edition_of("corrected"), BOOK),
    "sheet-closed": (AUDITOR, *_page_of("corrected")),
    "scans": (AUDITOR, *_page_of("scanned"), "main a[href$='/scans']"),
    "comparison": (AUDITOR, *_page_of("scanned"), "main a[href$='/scans']", FIRST_ROW),
    "audit": (AUDITOR, "/audit"),
    "representative": ("ente@foligno.example", "/dashboard"),
    "accounts": (ADMINISTRATOR, "/accounts"),
    "mail": (ADMINISTRATOR, "/mail"),
    "message": (ADMINISTRATOR, "/mail", FIRST_ROW),
}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    instance = Path(tempfile.mkdtemp())
    demo = Demo(instance)
    try:
        demo.wait()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
            for size, name in ((PHONE, "390"), (DESK, "1280")):
                _take(browser, demo, size, folder, name)
            browser.close()
    finally:
        demo.stop()
        shutil.rmtree(instance, ignore_errors=True)


def _take(browser: Browser, demo: Demo, size: dict, folder: Path, width: str) -> None:
    for login in dict.fromkeys(login for login, *_way in PAGES.values()):
        context = browser.new_context(base_url=demo.url, viewport=size, locale="it-IT")
        page = context.new_page()
        if login:
            _sign_in(page, login)
        for name, (who, *way) in PAGES.items():
            if who == login:
                _open(page, *way)
                _keep(page, folder / f"{name}-{width}.png")
        context.close()


def _keep(page: Page, file: Path) -> None:
    """The top of the page as a small picture: 128 colours are enough for flat pages."""
    page.screenshot(path=file, full_page=True)
    with Image.open(file) as picture:
        top = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, TALLEST)))
    top.quantize(COLOURS).save(file, optimize=True)
    print(file)


def _sign_in(page: Page, login: str) -> None:
    page.goto("/login")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()


def _open(page: Page, address: str, *links: str) -> None:
    page.goto(_certificate_address(page) if address == CERTIFICATE else address)
    for link in links:
        page.goto(page.get_attribute(link, "href") or "")
    page.wait_for_load_state("networkidle")
    if page.locator(".chart-area").count():
        page.locator(".chart-area").scroll_into_view_if_needed()
        page.wait_for_selector(".chart-area svg")
        page.evaluate("window.scrollTo(0, 0)")


def _certificate_address(page: Page) -> str:
    """The address printed on the certificate: read from its link annotation."""
    from_pdf = page.context.request.get(_first_certificate(page)).body()
    start = from_pdf.index(b"/v/")
    return from_pdf[start : start + 35].decode()


def _first_certificate(page: Page) -> str:
    page.goto("/my")
    return page.get_attribute("a[href$='.pdf']", "href") or ""


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/screenshots"))
