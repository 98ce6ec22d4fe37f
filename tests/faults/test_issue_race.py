# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fifty certificates issued at once, one drawing in five failing, round after round.

``FORPA_ROUNDS`` says how many rounds; the suite does fewer than a release.
"""

import os
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.assignments import actor_of
from app.certificates import issuing
from app.certificates.actions import Wanted, ask_batch
from app.certificates.queries import EDITION_PAGE
from app.domain.certificates import BatchItemState
from app.domain.edition import EditionState
from app.domain.enrolment import EnrolmentState
from app.extensions import db
from app.models import (
    CertificateBatchItem,
    Course,
    Edition,
    Organisation,
    RoleAssignment,
    UserAccount,
    Venue,
)
from tests import world as worlds
from tests.faults.together import at_once, slowly, without_locks
from tests.ledger import arranging, ask, one, trail_is_whole

ROUNDS = int(os.environ.get("FORPA_ROUNDS", "2"))
AT_ONCE = 50
STATES = "SELECT state, count(*) FROM certificate_batch_item GROUP BY state"


def edition_with(app, world, people: int) -> tuple[int, list[int]]:
    """A concluded edition with so many people who were there."""
    with arranging(app) as session:
        course = session.get_one(Course, world.a.course_id)
        body = session.get_one(Organisation, world.a.delivering_id)
        home = session.get_one(Organisation, world.a.home_id)
        venue = session.scalars(select(Venue)).first()
        account = session.get_one(UserAccount, world.account_ids["trainer_alfa"])
        edition = worlds.make_edition(course, body, venue, state=EditionState.CLOSED)
        worlds.make_register(edition)
        lesson = worlds.make_lesson(edition, 1, worlds.NOW - timedelta(days=30))
        due = [
            worlds.make_enrolment(
                edition, worlds.make_person(f"Numero {i}"), home, state=EnrolmentState.COMPLETED
            )
            for i in range(people)
        ]
        worlds.close_page(lesson, due, account)
        return edition.id, [enrolment.id for enrolment in due]


def asked(app, world, people: int) -> list[int]:
    """A batch for such an edition; its items."""
    edition_id, enrolments = edition_with(app, world, people)
    with app.app_context():
        edition = db.session.get_one(Edition, edition_id, options=EDITION_PAGE)
        batch = ask_batch(_coordinator(world), edition, Wanted(enrolments))
        db.session.commit()
        items = db.session.scalars(
            select(CertificateBatchItem.id).where(CertificateBatchItem.batch_id == batch.id)
        ).all()
        db.session.remove()
    return list(items)


def _coordinator(world):
    account, assignment = db.session.execute(
        select(UserAccount, RoleAssignment)
        .join(RoleAssignment, RoleAssignment.account_id == UserAccount.id)
        .where(UserAccount.id == world.account_ids["coordinator"])
    ).one()
    return actor_of(account, assignment)


def issue(app, item_id: int) -> None:
    with app.app_context():
        while not issuing.issue_item(item_id):
            pass
        db.session.remove()


def faults(app) -> list[str]:
    """What is wrong with the numbers, the people, the counter, the trail."""
    found = []
    numbers = sorted(n for (n,) in ask(app, "SELECT number FROM certificate"))
    if numbers != list(range(1, len(numbers) + 1)):
        found.append(f"numbers {numbers}")
    people = Counter(ask(app, "SELECT person_id, edition_id FROM certificate"))
    if max(people.values()) > 1:
        found.append("somebody twice")
    if numbers and one(app, "SELECT last_number FROM certificate_counter") != numbers[-1]:
        found.append("the counter says otherwise")
    if not trail_is_whole(app):
        found.append("trail broken")
    return found


@pytest.fixture
def failing(monkeypatch):
    """Of five drawings one fails; what is drawn is small, because this is about numbers."""
    drawn = Counter()

    def draw(content, _images=None) -> bytes:
        drawn["all"] += 1
        if content.family_name.endswith(("3", "8")):
            drawn["failed"] += 1
            raise OSError("no paper")
        return f"%PDF {content.number_text} {content.family_name}".encode()

    monkeypatch.setattr(issuing, "render_certificate", draw)
    return drawn


def test_fifty_at_once_take_numbers_without_gap_whatever_fails(app, world, failing):
    for number in range(1, ROUNDS + 1):
        items = asked(app, world, AT_ONCE)
        results = at_once(*[lambda item=item: issue(app, item) for item in items])
        assert [r for r in results if r is not None] == []
        states = dict(ask(app, STATES))
        assert states == {
            BatchItemState.ISSUED: 40 * number,
            BatchItemState.REFUSED: 10 * number,
        }
        assert faults(app) == []
    assert failing["failed"]
    waiting = one(app, "SELECT count(*) FROM certificate_batch WHERE finished_at IS NULL")
    assert waiting == 0


def test_two_workers_on_one_item_issue_it_once(app, world, failing):
    items = asked(app, world, 1)
    at_once(*[lambda: issue(app, items[0]) for _ in range(6)])
    assert one(app, "SELECT count(*) FROM certificate") + failing["failed"] >= 1
    assert one(app, "SELECT count(*) FROM certificate") <= 1
    assert trail_is_whole(app)


def test_numbers_taken_without_holding_the_counter_would_be_noticed(
    app, world, failing, monkeypatch
):
    items = asked(app, world, 20)
    monkeypatch.setattr(issuing, "next_number", slowly(issuing.next_number))
    monkeypatch.setattr(issuing, "hold_counter", slowly(issuing.hold_counter))
    without_locks(app, monkeypatch)
    results = at_once(*[lambda item=item: once(app, item) for item in items])
    lost = [r for r in results if r is not True]
    assert lost or faults(app)


def once(app, item_id: int) -> bool:
    """One try, without the patience that hides a lost race."""
    with app.app_context():
        try:
            return issuing._issue_holding(item_id)
        except OSError:
            return True  # the drawing that was to fail
        finally:
            db.session.remove()
