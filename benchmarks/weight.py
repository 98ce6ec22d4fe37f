# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bytes over the network of a first and a second visit, as Chromium counts them.

Usage: .venv/bin/python -m benchmarks.weight [address of a running demonstration]
"""

import sys

from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import ARGS, CHROMIUM

PASSWORD = "forpa-demo"  # noqa: S105 - the demonstration's, printed at its start
JOURNEYS = (
    (None, "/login"),
    ("docente@trustus.example", "/today"),
    ("docente@trustus.example", "sheet"),
    ("funzionario@perugia.example", "/my"),
    ("coordinatore@anci.example", "/dashboard"),
    ("coordinatore@anci.example", "/people"),
)


def main(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        print(f"{'page':16}{'first KB':>10}{'second KB':>11}")
        for login, path in JOURNEYS:
            first, second = _visits(browser, address, login, path)
            print(f"{path:16}{first / 1024:10.1f}{second / 1024:11.1f}")
        browser.close()


def _visits(browser: Browser, address: str, login: str | None, path: str) -> tuple[int, int]:
    cookies = _cookies(browser, address, login)
    context = browser.new_context(base_url=address, viewport={"width": 390, "height": 844})
    context.add_cookies(cookies)
    page = context.new_page()
    if path == "sheet":
        page.goto("/today")
        path = page.get_attribute("a[href*='/sheet']", "href") or "/today"
        context.close()
        context = browser.new_context(base_url=address, viewport={"width": 390, "height": 844})
        context.add_cookies(cookies)
        page = context.new_page()
    counted = [0]
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.on(
        "Network.loadingFinished",
        lambda finished: counted.__setitem__(0, counted[0] + int(finished["encodedDataLength"])),
    )
    sizes = []
    for _ in range(2):
        counted[0] = 0
        page.goto(path)
        page.wait_for_load_state("networkidle")
        if page.locator(".chart-area").count():  # its script comes when it comes into view
            page.locator(".chart-area").scroll_into_view_if_needed()
            page.wait_for_selector(".chart-area svg")
        page.wait_for_timeout(500)
        sizes.append(counted[0])
    context.close()
    return sizes[0], sizes[1]


def _cookies(browser: Browser, address: str, login: str | None) -> list:
    if login is None:
        return []
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("/login")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    cookies = context.cookies()
    context.close()
    return cookies


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
