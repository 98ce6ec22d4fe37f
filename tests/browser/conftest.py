# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demonstration on its own server, and a real Chromium in front of it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import ARGS, CHROMIUM

ROOT = Path(__file__).parents[2]
PASSWORD = "forpa-demo"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Demo:
    """The demonstration as ``./run demo`` starts it, in a folder of its own."""

    command = ("flask", "--app", "wsgi", "demo")

    def __init__(self, instance: Path, **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = instance / "server.log"
        self.database = instance / "demo.db"
        self.environment = {
            **{k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "BASE_URL")},
            "FORPA_CONFIG": "demo",
            "FORPA_INSTANCE": str(instance),
            "PORT": str(self.port),
            "WORKER": "0",
            **environment,
        }
        self.start()

    def start(self) -> None:
        with self.log.open("w") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter
                [sys.executable, "-m", *self.command],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self, seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:  # noqa: S310
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        raise AssertionError(self.log.read_text()[-3000:])

    def kill(self) -> None:
        """As a power cut would: every process at once, nothing finished."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=20)

    def stop(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(timeout=20)


@pytest.fixture(autouse=True)
def clock():
    """Here the demonstration's own clock counts: this process keeps the real time."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    server = Demo(tmp_path_factory.mktemp("instance"))
    try:
        server.wait()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def chromium():
    """Ends with its module: while it lives no other loop of events runs in this process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


class Visit:
    """One person's browser; whatever the page complains of is kept."""

    def __init__(self, chromium, demo: Demo, size: dict, **options) -> None:
        self.context = chromium.new_context(
            base_url=demo.url, viewport=size, locale="it-IT", accept_downloads=True, **options
        )
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda r: self._watch(r.url, demo.url))

    def _listen(self, message) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.complaints.append(message.text)

    def _watch(self, url: str, home: str) -> None:
        if not re.match(rf"({re.escape(home)}|data:|blob:)", url):
            self.foreign.append(url)

    def sign_in(self, login: str) -> "Visit":
        self.page.goto("/login")
        self.page.fill("#login", login)
        self.page.fill("#password", PASSWORD)
        self.page.click("main button[type=submit]")
        self.page.wait_for_load_state()
        assert not self.page.url.endswith("/login"), self.page.inner_text("main")
        return self


@pytest.fixture
def visit(chromium, demo):
    """visit("login", PHONE): that person, signed in; nothing complained of, nobody else asked."""
    visits = []

    def begin(login: str | None = None, size: dict = DESK, **options) -> Visit:
        made = Visit(chromium, demo, size, **options)
        visits.append(made)
        return made.sign_in(login) if login else made

    yield begin
    for made in visits:
        complaints, foreign = made.complaints, made.foreign
        made.context.close()
        assert not complaints
        assert not foreign
