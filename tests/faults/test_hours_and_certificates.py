# SPDX-License-Identifier: AGPL-3.0-or-later
"""Hours changed while an outcome is fixed or a certificate made: it says the new, or is reviewed."""

import json
from datetime import timedelta
from threading import Event
from time import sleep

import pytest
from sqlalchemy import Select, select

from app.certificates import keeping
from app.certificates.life import actions as life
from app.courses import actions as courses
from app.models import Enrolment, Lesson, UserAccount
from tests import world as worlds
from tests.conftest import Visitor
from tests.faults.together import at_once
from tests.issuing import ask_for, issue, work
from tests.ledger import arranging, ask, do, one

REASON = "È uscita a metà mattina."


class Asked:
    """A correction that waits: two hours less for one person."""

    def __init__(self, app, visit, lesson: int, enrolment: int, stay: tuple[str, str]) -> None:
        self.app, self.enrolment = app, enrolment
        self.decider, self.other = visit("organiser_alfa"), visit("coordinator")
        self.tokens = {self.decider: self.decider.token(), self.other: self.other.token()}
        times = dict(zip(("entered_0", "left_0"), stay, strict=True))
        sent = {"status": "present", **times, "reason": REASON}
        path = f"/lessons/{lesson}/corrections/new?enrolment={enrolment}"
        assert visit("trainer_alfa").post(path, sent).status_code == 302
        self.id = one(app, "SELECT max(id) FROM correction")

    def send(self, visitor: Visitor, path: str, **sent) -> int:
        token = self.tokens[visitor]
        return visitor.client.post(path, data={"csrf_token": token, **sent}).status_code

    def approve(self, when: Event) -> int:
        assert when.wait(10)
        return self.send(self.decider, f"/corrections/{self.id}/decide", decision="approve")


@pytest.fixture
def unlocked(engine, monkeypatch) -> bool:
    """Plant the fault: no row is held. False on SQLite, whose writers queue as it is."""
    if engine == "postgresql":
        monkeypatch.setattr(Select, "with_for_update", lambda self, **_options: self)
    return engine == "postgresql"


@pytest.fixture
def reached(monkeypatch) -> Event:
    """Set once a certificate, or the outcomes, rest on hours that were read; then a pause."""
    event = Event()

    def paused(function):
        def pausing(*args, **options):
            result = function(*args, **options)
            event.set()
            sleep(0.4)
            return result

        return pausing

    # The content was read once more, and nothing is written yet.
    monkeypatch.setattr(keeping, "actor_of_batch", paused(keeping.actor_of_batch))
    monkeypatch.setattr(life, "life_of", paused(life.life_of))
    monkeypatch.setattr(courses, "all_standings", paused(courses.all_standings))
    return event


@pytest.fixture
def certified(app, visit, world) -> Asked:
    """A correction asked in a concluded edition whose certificates are due."""
    return Asked(
        app, visit, world.a.past_lesson_id, world.a.closed_enrolment_ids[0], ("08:20", "10:20")
    )


def issue_while_correcting(app, world, asked: Asked, when: Event) -> tuple[str, int]:
    """State and minutes of a certificate whose hours are corrected while it is made."""
    answer = ask_for(asked.other, world.a.closed_edition_id, asked.enrolment)
    assert answer.status_code == 302
    assert at_once(lambda: work(app), lambda: asked.approve(when)) == [1, 302]
    state, content = ask(app, "SELECT state, content FROM certificate")[0]
    content = json.loads(content) if isinstance(content, str) else content
    return state, content["counted_minutes"]


def test_no_certificate_is_valid_with_hours_that_were_corrected(app, world, certified, reached):
    assert issue_while_correcting(app, world, certified, reached) == ("under_review", 240)


def test_a_certificate_made_without_waiting_would_be_noticed(
    app, world, certified, reached, unlocked
):
    found = issue_while_correcting(app, world, certified, reached)
    assert (found == ("issued", 240)) == unlocked


def confirm_while_correcting(app, world, asked: Asked, when: Event) -> tuple[int, str]:
    """Answer and state of a certificate confirmed while its hours are corrected."""
    number = issue(app, asked.other, world.a.closed_edition_id, asked.enrolment)
    do(app, "UPDATE certificate SET state = 'under_review'")
    when.clear()
    path = f"/certificates/{number}/decision"
    answers = at_once(
        lambda: asked.send(asked.other, path, decision="confirm"), lambda: asked.approve(when)
    )
    assert answers[1] == 302
    return answers[0], one(app, "SELECT state FROM certificate")


def test_no_certificate_is_confirmed_over_hours_just_corrected(app, world, certified, reached):
    assert confirm_while_correcting(app, world, certified, reached) == (302, "under_review")


def test_a_confirmation_that_does_not_wait_would_be_noticed(
    app, world, certified, reached, unlocked
):
    found = confirm_while_correcting(app, world, certified, reached)
    assert (found == (302, "issued")) == unlocked


@pytest.fixture
def running(app, visit, world) -> Asked:
    """A correction asked in an edition that is about to be closed: its pages are."""
    with arranging(app) as session:
        lessons = session.scalars(
            select(Lesson).where(Lesson.edition_id == world.a.edition_id).order_by(Lesson.seq)
        ).all()
        account = session.get_one(UserAccount, world.account_ids["organiser_alfa"])
        people = [session.get_one(Enrolment, number) for number in world.a.enrolment_ids]
        for day, lesson in enumerate(lessons):
            lesson.starts_at = worlds.NOW - timedelta(days=3 - day)
            lesson.ends_at = lesson.starts_at + timedelta(hours=4)
            worlds.close_page(lesson, people, account)
        first = lessons[0].id
    return Asked(app, visit, first, world.a.enrolment_ids[0], ("09:20", "11:20"))


def close_while_correcting(app, world, asked: Asked, when: Event) -> str:
    """The outcome of the person whose hours fall below the threshold."""
    path = f"/editions/{world.a.edition_id}/close"
    closed, approved = at_once(lambda: asked.send(asked.other, path), lambda: asked.approve(when))
    assert (closed, approved) == (302, 302)
    return one(app, "SELECT state FROM enrolment WHERE id = :id", id=asked.enrolment)


def test_no_outcome_rests_on_hours_that_were_corrected(app, world, running, reached):
    assert close_while_correcting(app, world, running, reached) == "not_completed"


def test_an_outcome_fixed_without_waiting_would_be_noticed(app, world, running, reached, unlocked):
    assert (close_while_correcting(app, world, running, reached) == "completed") == unlocked
