# SPDX-License-Identifier: AGPL-3.0-or-later
"""Hands that write in one book at the same moment: its records follow each other, none is lost."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.book import page_hash
from app.extensions import db
from app.models import AttendanceRegister, BookRecord, Edition, RegisterSheet
from app.registers import actions as marking
from app.registers.book import actions as reopening
from app.registers.book import reopening as cases
from app.registers.corrections import actions as correcting
from tests import world as worlds
from tests.conftest import Visitor
from tests.faults.together import at_once, slowly, without_locks
from tests.ledger import arranging, ask, do, one, recomputed_hash
from tests.pages import Hand

REASON = "Un segno dimenticato."
PAGES = 6


class Page:
    """One page of the book and the hands on it: trainer, organiser, coordinator."""

    def __init__(self, app, visitors: dict[str, Visitor], lesson: int) -> None:
        self.app, self.visitors, self.lesson = app, visitors, lesson
        self.hand = Hand(visitors["organiser_alfa"], lesson)
        self.tokens = {name: visitor.token() for name, visitor in visitors.items()}

    def write(self) -> None:
        """Opened, everybody present."""
        self.hand.open()
        self.hand.all_present("09:20")

    def close(self, drawn: dict | None = None) -> int:
        return self.hand.close(drawn, heads="3").status_code

    def send(self, who: str, path: str, **sent) -> int:
        """A form sent from a browser of its own, so that many may be sent at once."""
        browser = self.app.test_client()
        browser.set_cookie("forpa", self.visitors[who].client.get_cookie("forpa").value)
        data = {"csrf_token": self.tokens[who], **sent}
        return browser.post(path, data=data).status_code

    def reopen(self, who: str = "coordinator") -> int:
        return self.send(who, f"/lessons/{self.lesson}/sheet/reopen", reason=REASON)

    def ask(self, enrolment: int) -> int:
        """Ask that this person be marked absent; the id of the request."""
        path = f"/lessons/{self.lesson}/corrections/new?enrolment={enrolment}"
        assert self.send("organiser_alfa", path, status="absent", reason=REASON) == 302
        return one(
            self.app,
            "SELECT max(c.id) FROM correction c JOIN register_sheet s ON s.id = c.sheet_id "
            "WHERE s.lesson_id = :id",
            id=self.lesson,
        )

    def approve(self, correction: int) -> int:
        return self.send("coordinator", f"/corrections/{correction}/decide", decision="approve")

    def records(self) -> list[tuple]:
        """Kind and version of what the book says of this page, in order."""
        return ask(
            self.app,
            "SELECT b.kind, b.version FROM book_record b JOIN register_sheet s "
            "ON s.id = b.sheet_id WHERE s.lesson_id = :id ORDER BY b.position",
            id=self.lesson,
        )


@pytest.fixture
def pages(app, visit, world) -> list[Page]:
    """Some pages of one book, open, with everybody marked."""
    with arranging(app) as session:
        edition = session.get_one(Edition, world.a.edition_id)
        lessons = [worlds.make_lesson(edition, 10 + i, worlds.NOW).id for i in range(PAGES)]
    do(app, "UPDATE lesson SET ends_at = :end WHERE seq >= 10", end=worlds.NOW + timedelta(hours=1))
    visitors = {name: visit(name) for name in ("organiser_alfa", "coordinator")}
    made = [Page(app, visitors, lesson) for lesson in lessons]
    for page in made:
        page.write()
    return made


def faults_of_book(app, edition_id: int) -> list[str]:
    """What is wrong with the order of the records, their hashes, or the pages they speak of."""
    found = []
    with app.app_context():
        register = db.session.scalars(
            select(AttendanceRegister).where(AttendanceRegister.edition_id == edition_id)
        ).one()
        records = db.session.scalars(
            select(BookRecord)
            .where(BookRecord.register_id == register.id)
            .order_by(BookRecord.position)
        ).all()
        previous = register.endorsement_hash
        for number, record in enumerate(records, 1):
            if record.position != number:
                found.append(f"record {record.position} where {number} is due")
            if record.previous_hash != previous:
                found.append(f"record {number} does not follow")
            if record.hash != page_hash(json.loads(record.content), record.previous_hash):
                found.append(f"record {number} has another hash")
            previous = record.hash
        moments = [record.at for record in records]
        if moments != sorted(moments):
            found.append("times out of order")
        last = {record.sheet_id: record for record in records}
        for sheet in db.session.scalars(
            select(RegisterSheet).where(RegisterSheet.state == "closed", RegisterSheet.id.in_(last))
        ):
            closed = last[sheet.id].kind == "closed"
            if closed and sheet.content_hash != recomputed_hash(db.session, sheet):
                found.append(f"page {sheet.id} says something else than its record")
        db.session.remove()
    return found


def test_closing_against_marking_loses_no_mark(app, visit, world, pages):
    tutor = visit("coordinator")
    person = world.a.enrolment_ids[0]
    for page in pages:
        hand = Hand(tutor, page.lesson)
        drawn, closing = hand.drawn(person), page.hand.closing()
        mark, closed = at_once(
            lambda h=hand, d=drawn: h.mark(person, "absent", d).status_code,
            lambda p=page, c=closing: (
                p.hand.close(c, heads="2", note="una persona è uscita").status_code
            ),
        )
        assert (mark, closed) in [(302, 409), (409, 302)]
        stored = one(
            app,
            "SELECT e.status FROM attendance_entry e JOIN register_sheet s ON s.id = e.sheet_id "
            "WHERE s.lesson_id = :id AND e.enrolment_id = :person",
            id=page.lesson,
            person=person,
        )
        assert stored == ("absent" if mark == 302 else "present")
        assert page.records() == ([] if mark == 302 else [("closed", 1)])
    assert faults_of_book(app, world.a.edition_id) == []


def test_closing_against_reopening_writes_versions_in_turn(app, world, pages):
    page, times = pages[0], 4

    def insist(deed) -> list[int]:
        given: list[int] = []
        while given.count(302) < times and len(given) < 200:
            given.append(deed())
        return given

    def close() -> int:
        looked = page.hand.look()
        try:
            return page.close(page.hand.closing(looked))
        except AssertionError:
            return 409  # the page is closed: it offers no form

    closings, reopenings = at_once(lambda: insist(close), lambda: insist(page.reopen))
    assert closings.count(302) == reopenings.count(302) == times
    assert set(closings + reopenings) <= {302, 409, 422}
    due = [(kind, version) for version in range(1, times + 1) for kind in ("closed", "reopened")]
    assert page.records() == due
    assert faults_of_book(app, world.a.edition_id) == []


def test_of_two_reopenings_one_is_written(app, world, pages):
    for page in pages:
        page.close()
    for page in pages:
        answers = at_once(page.reopen, lambda p=page: p.reopen("organiser_alfa"))
        assert sorted(answers) == [302, 409]
        assert page.records() == [("closed", 1), ("reopened", 1)]
    assert faults_of_book(app, world.a.edition_id) == []


def test_a_correction_decided_while_the_page_is_reopened_is_in_the_book_or_undecided(
    app, world, pages
):
    person = world.a.enrolment_ids[0]
    for page in pages:
        page.close()
    for page in pages:
        number = page.ask(person)
        approved, reopened = at_once(
            lambda p=page, n=number: p.approve(n), lambda p=page: p.reopen("organiser_alfa")
        )
        assert reopened == 302
        assert approved in (302, 409, 422)
        written = [("corrected", 1)] if approved == 302 else []
        assert page.records() == [("closed", 1), *written, ("reopened", 1)]
        state, status = ask(
            app,
            "SELECT c.state, e.status FROM correction c "
            "JOIN attendance_entry e ON e.id = c.entry_id WHERE c.id = :id",
            id=number,
        )[0]
        assert (state, status) == (("approved", "absent") if written else ("asked", "present"))
    assert faults_of_book(app, world.a.edition_id) == []


def everything_at_once(app, world, pages) -> list[str]:
    """Two closings, two reopenings and two corrections in one book; what went wrong."""
    for page in pages[2:]:
        page.close()
    drawn = [page.hand.closing() for page in pages[:2]]
    asked = [page.ask(world.a.enrolment_ids[0]) for page in pages[4:]]
    answers = at_once(
        *[lambda p=page, d=seen: p.close(d) for page, seen in zip(pages, drawn, strict=False)],
        *[page.reopen for page in pages[2:4]],
        *[lambda p=page, n=n: p.approve(n) for page, n in zip(pages[4:], asked, strict=True)],
    )
    found = [f"answer {status}" for status in answers if status != 302]
    due = [[("closed", 1)]] * 2
    due += [[("closed", 1), ("reopened", 1)]] * 2 + [[("closed", 1), ("corrected", 1)]] * 2
    found += [
        f"page {page.lesson}" for page, d in zip(pages, due, strict=True) if page.records() != d
    ]
    return found + faults_of_book(app, world.a.edition_id)


def test_pages_of_one_book_written_at_once_follow_one_another(app, world, pages):
    assert everything_at_once(app, world, pages) == []


def test_records_that_do_not_wait_for_each_other_would_be_noticed(app, world, pages, monkeypatch):
    for module in (marking, reopening, correcting):
        monkeypatch.setattr(module, "bind", slowly(module.bind))
    without_locks(app, monkeypatch)
    assert everything_at_once(app, world, pages) != []


def test_a_page_reopened_twice_would_be_noticed(app, world, pages, monkeypatch):
    pages[0].close()
    monkeypatch.setattr(cases, "check_reopenable", lambda **_case: None)
    at_once(pages[0].reopen, lambda: pages[0].reopen("organiser_alfa"))
    assert pages[0].records() != [("closed", 1), ("reopened", 1)]
