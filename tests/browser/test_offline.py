# SPDX-License-Identifier: AGPL-3.0-or-later
"""A sheet kept without network, in a real browser: nothing lost, nothing twice, nobody else's."""

import json
import re
import sqlite3
import time

import pytest

from tests.browser.chromium import ARGS, CHROMIUM
from tests.browser.conftest import PASSWORD, PHONE
from tests.browser.line import Line
from tests.browser.test_journeys import Taps, marked, row_button
from tests.browser.test_pages import violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("offline")]

TRAINER, OTHER = "docente@trustus.example", "docente@aris.example"
COLLEAGUE = "coordinatore@anci.example"
LESSON = 45
SHEET = f"/lessons/{LESSON}/sheet"
EARLIER = "() => { const now = Date.now; Date.now = () => now() - 300000; }"  # by five minutes


@pytest.fixture
def line(demo):
    carried = Line(demo.port)
    yield carried
    carried.close()


class Ledger:
    """What the demonstration's database holds, asked beside the application."""

    def __init__(self, demo) -> None:
        self.demo, self.since = demo, 0

    def ask(self, sql: str, **values) -> list[tuple]:
        with sqlite3.connect(self.demo.database, timeout=10) as found:
            return found.execute(sql, {"lesson": LESSON, **values}).fetchall()

    def marks(self) -> list[tuple]:
        """Person, mark, when it was made and when it arrived."""
        return self.ask(
            "SELECT enrolment_id, status, marked_at, received_at FROM attendance_entry "
            "WHERE sheet_id = (SELECT id FROM register_sheet WHERE lesson_id = :lesson) "
            "ORDER BY enrolment_id"
        )

    def effects(self) -> list[dict]:
        """The trail's entries about marks, since the sheet was cleared."""
        rows = self.ask(
            "SELECT details FROM audit_event WHERE action = 'sheet.marked' "
            "AND sequence > :since ORDER BY sequence",
            since=self.since,
        )
        return [json.loads(row[0]) for row in rows]

    def clear(self) -> None:
        """The sheet open and empty, with 25 people on it."""
        self.ask("UPDATE register_sheet SET state = 'open' WHERE lesson_id = :lesson")
        for entry in self.ask(
            "SELECT e.id FROM attendance_entry e JOIN register_sheet s ON s.id = e.sheet_id "
            "WHERE s.lesson_id = :lesson"
        ):
            self.ask("DELETE FROM presence_interval WHERE entry_id = :id", id=entry[0])
            self.ask("DELETE FROM attendance_entry WHERE id = :id", id=entry[0])
        self.ask(
            "WITH here AS (SELECT edition_id AS id FROM lesson WHERE id = :lesson) "
            "INSERT INTO enrolment (edition_id, person_id, home_body_id, office, state, "
            "requested_at, notice_version, version) "
            "SELECT (SELECT id FROM here), person_id, home_body_id, '', 'confirmed', "
            "requested_at, 1, 1 FROM enrolment WHERE person_id NOT IN "
            "(SELECT person_id FROM enrolment WHERE edition_id = (SELECT id FROM here)) "
            "GROUP BY person_id LIMIT 25 - (SELECT count(*) FROM enrolment "
            "WHERE edition_id = (SELECT id FROM here) AND state = 'confirmed') "
            "- (SELECT count(*) FROM recovery WHERE lesson_id = :lesson)"  # guests
        )
        self.since = self.ask("SELECT max(sequence) FROM audit_event")[0][0]


@pytest.fixture
def ledger(demo):
    made = Ledger(demo)
    made.clear()
    return made


class Phone:
    """A phone with its own memory: it may be switched off and on again."""

    def __init__(self, browser_type, folder, url: str, **options) -> None:
        self.complaints: list[str] = []
        self._launch = lambda: browser_type.launch_persistent_context(
            folder,
            executable_path=CHROMIUM,
            args=ARGS,
            base_url=url,
            viewport=PHONE,
            locale="it-IT",
            **options,
        )
        self.on()

    def on(self) -> None:
        self.context = self._launch()
        self.page = self.context.pages[0]
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)

    def _listen(self, message) -> None:
        if "Content Security Policy" in message.text:
            self.complaints.append(message.text)

    def off(self) -> None:
        self.context.close()

    def sign_in(self, login: str) -> None:
        self.page.goto("/login")
        self.page.fill("#login", login)
        self.page.fill("#password", PASSWORD)
        self.page.click("main button[type=submit]")
        self.page.wait_for_load_state()
        assert not self.page.url.endswith("/login")

    def open_sheet(self) -> None:
        """The sheet, with its copy kept."""
        self.page.goto(SHEET)
        self.copy_of(SHEET)

    def copy_of(self, path: str) -> None:
        """Wait until the copy of the page is kept."""
        self.page.evaluate(
            "async path => { while (!(await caches.match(path))) "
            "await new Promise((later) => setTimeout(later, 50)); }",
            path,
        )

    def sign_out(self) -> None:
        self.page.click("details.slim-account summary")
        self.page.click("details.slim-account button:has-text('Esci')")

    def rows(self):
        return self.page.locator("#people > .sheet-row:has(.mark-present)")

    def mark(self, index: int, kind: str) -> None:
        self.rows().nth(index).locator(f".mark-{kind}").click()

    def unsent(self) -> str:
        bar = self.page.locator("#unsent")
        return bar.locator("p").first.inner_text() if bar.is_visible() else ""

    def all_sent(self) -> None:
        self.page.wait_for_function(
            "() => !document.querySelector('.sheet-unsent') "
            "&& document.getElementById('unsent').hidden",
            timeout=60_000,
        )


@pytest.fixture
def phone(chromium, line, tmp_path):
    """phone() is a new phone on the line; none may complain."""
    phones = []

    def begin(**options) -> Phone:
        made = Phone(chromium.browser_type, tmp_path / f"phone{len(phones)}", line.url, **options)
        phones.append(made)
        return made

    yield begin
    for made in phones:
        made.off()
        assert made.complaints == []


def wait_for(told, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not told():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def names(page) -> list[str]:
    return page.locator(".sheet-name").all_inner_texts()


def work_offline(line, made: Phone) -> None:
    """25 marks without network, five minutes before anything else."""
    made.sign_in(TRAINER)
    made.open_sheet()
    made.page.evaluate(EARLIER)
    line.break_off()
    assert made.rows().count() == 25
    for index in range(25):
        made.mark(index, "absent" if index in (3, 10) else "present")
    assert "23 presenti" in made.page.inner_text("#counts").replace("\n", " ")
    made.page.wait_for_selector("text=25 presenze non ancora inviate")


def arrived_once(ledger) -> None:
    """25 effects, once each, each with the time of the hand and that of its arrival."""
    marks, effects = ledger.marks(), ledger.effects()
    assert len(marks) == 25
    assert [m[1] for m in marks].count("absent") == 2
    assert all(made < received for _id, _status, made, received in marks)
    assert len(effects) == 25
    assert len({effect["enrolment"] for effect in effects}) == 25
    assert all("marked_at" in effect for effect in effects)


def test_25_marks_made_offline_arrive_once_each(ledger, line, phone):
    made = phone()
    work_offline(line, made)
    made.off()
    made.on()
    made.page.goto(SHEET)
    assert made.rows().count() == 25
    assert made.page.locator(".sheet-present").count() == 23
    assert re.search(r"Senza rete: copia delle \d\d:\d\d\.", made.unsent())
    assert "25 presenze non ancora inviate" in made.unsent()
    assert ledger.marks() == []
    line.mend()
    made.page.click("text=Invia ora")
    made.page.wait_for_selector("text=Accedere di nuovo per inviare 25 presenze")
    made.sign_in(TRAINER)
    made.page.goto(SHEET)
    made.all_sent()
    arrived_once(ledger)


def test_a_server_killed_while_marks_arrive_takes_each_once(demo, ledger, line, phone):
    made = phone()
    work_offline(line, made)
    line.pause = 0.1
    line.mend()
    made.page.click("text=Invia ora")
    wait_for(lambda: len(ledger.marks()) >= 8)
    demo.kill()
    number = len(ledger.marks())
    assert 8 <= number < 25
    demo.start()
    demo.wait()
    made.all_sent()
    arrived_once(ledger)


def test_a_mark_whose_answer_was_lost_has_one_effect_and_may_be_changed(ledger, line, phone):
    made = phone()
    made.sign_in(TRAINER)
    made.open_sheet()
    line.deaf = True
    made.mark(0, "present")
    wait_for(lambda: line.lost and len(ledger.marks()) == 1)
    made.mark(0, "absent")
    made.mark(0, "present")
    made.mark(0, "absent")
    made.mark(1, "present")
    line.mend()
    made.page.evaluate("() => window.dispatchEvent(new Event('online'))")
    made.all_sent()
    assert [mark[1] for mark in ledger.marks()] == ["absent", "present"]
    assert [e["new"].split()[0] for e in ledger.effects()] == ["present", "absent", "present"]
    made.page.reload()
    assert made.page.locator(".sheet-absent").count() == 1


def test_a_copy_older_than_a_mark_shows_the_mark_and_changes_it(ledger, line, phone):
    made = phone()
    made.sign_in(TRAINER)
    made.open_sheet()
    made.mark(0, "present")
    made.all_sent()
    line.break_off()
    made.page.reload()
    made.page.wait_for_selector(".sheet-present")  # drawn once the queue is read
    assert made.page.locator(".sheet-present").count() == 1
    made.mark(0, "absent")
    line.mend()
    made.page.evaluate("() => window.dispatchEvent(new Event('online'))")
    made.all_sent()
    assert made.page.locator("html[data-kept]").count() == 0
    assert [mark[1] for mark in ledger.marks()] == ["absent"]
    assert len(ledger.effects()) == 2


def test_a_conflict_is_shown_and_a_person_decides(ledger, line, phone, visit):
    made = phone(bypass_csp=True)
    made.sign_in(TRAINER)
    made.open_sheet()
    line.break_off()
    made.mark(0, "absent")
    made.mark(1, "absent")
    colleague = visit(COLLEAGUE).page
    colleague.goto(SHEET)
    for index in (0, 1):
        colleague.locator(".mark-present").nth(index).click()
    wait_for(lambda: len(ledger.marks()) == 2)
    line.mend()
    made.page.evaluate("() => window.dispatchEvent(new Event('online'))")
    made.page.wait_for_selector("text=2 presenze attendono una decisione")
    choices = made.page.locator(".unsent-choice")
    assert choices.count() == 2
    shown = choices.first.inner_text()
    assert "Nel frattempo la presenza è stata segnata da un'altra persona." in shown
    assert re.search(r"Nel registro: Presente, segnata da .+ alle \d\d:\d\d", shown)
    assert re.search(r"Da questo dispositivo: Assente, alle \d\d:\d\d", shown)
    # At the end of the page the bar lies in its place: elsewhere it covers part of some row.
    made.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert violations(made.page) == []
    made.page.reload()
    assert choices.first.inner_text() == shown

    made.page.click("text=Chiudi il foglio")
    made.page.wait_for_selector("text=Il foglio si chiude con la rete")
    choices.first.locator("text=Lascia com'è").click()
    made.page.wait_for_selector("text=1 presenza attende una decisione")
    choices.first.locator("text=Scrivi la mia").click()
    made.all_sent()
    assert [mark[1] for mark in ledger.marks()] == ["present", "absent"]
    assert [e["new"].split()[0] for e in ledger.effects()] == ["present", "present", "absent"]


def test_another_account_on_the_same_phone_sees_and_sends_nothing(ledger, line, phone):
    made = phone()
    made.sign_in(TRAINER)
    made.open_sheet()
    people = names(made.page)
    assert len(people) == 25
    line.marks_blocked = True
    for index in range(3):
        made.mark(index, "present")
    made.page.wait_for_selector("text=3 presenze non ancora inviate")

    made.sign_out()
    dialog = made.page.locator("dialog.confirm")
    assert "3 presenze non sono ancora inviate" in dialog.inner_text()
    dialog.locator("text=Annulla").click()
    assert made.page.url.endswith(SHEET)
    made.sign_out()
    dialog.locator("text=Esci").click()
    made.page.wait_for_selector("text=Uscita effettuata")
    line.break_off()
    for path in ("/today", SHEET):
        made.page.goto(path)
        assert "Senza rete" in made.page.inner_text("h1")
        assert not any(name in made.page.content() for name in people)

    line.mend()
    made.sign_in(OTHER)
    made.page.goto("/today")
    made.copy_of("/today")
    assert made.unsent() == ""
    line.break_off()
    made.page.goto(SHEET)
    assert "Senza rete" in made.page.inner_text("h1")
    line.mend()
    made.page.goto("/today")
    made.page.wait_for_timeout(1000)
    assert ledger.marks() == []
    made.sign_out()
    made.page.wait_for_selector("text=Uscita effettuata")

    made.sign_in(TRAINER)
    wait_for(lambda: len(ledger.marks()) == 3)
    assert len(ledger.effects()) == 3


def test_copies_go_when_somebody_else_signs_in(ledger, line, phone):
    made = phone()
    made.sign_in(TRAINER)
    made.open_sheet()
    made.context.clear_cookies()
    made.sign_in(OTHER)
    made.page.goto("/editions")
    line.break_off()
    made.page.goto(SHEET)
    assert "Senza rete" in made.page.inner_text("h1")


def test_a_sheet_of_25_people_takes_at_most_14_taps(ledger, visit):
    page = visit(TRAINER, PHONE).page
    taps = Taps(page)
    taps.tap("text=Registra le presenze")
    taps.tap("#all-present")
    for index in (3, 10):
        taps.tap(row_button(index, ".mark-absent"))
    taps.tap(row_button(6, "summary"))
    taps.tap(row_button(6, "button:has-text('In ritardo')"))
    marked(page, 6, "partial")
    assert page.inner_text("#counts").split("\n") == [
        "23 presenti",
        "1 in ritardo",
        "2 assenti",
        "0 da segnare",
    ]
    taps.tap(".sheet-bar a")
    taps.write("#heads", "23")
    taps.tap("text=Chiudi il foglio")
    page.wait_for_selector("text=Il foglio è chiuso")
    assert taps.number <= 14
    assert [mark[1] for mark in ledger.marks()].count("absent") == 2
    assert len(ledger.marks()) == 25
