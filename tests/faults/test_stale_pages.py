# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who waited for a page sees what happened to it meanwhile, not what was read before waiting."""

import pytest
from sqlalchemy import text

from app.actor import Actor
from app.domain.roles import Role
from app.extensions import db
from app.models import Lesson, UserAccount
from app.registers.evidence import queries as evidence
from app.registers.queries import SHEET_PAGE, sheet_page
from app.scope import get_visible
from tests import world as worlds
from tests.ledger import arranging


@pytest.fixture
def coordinator(world) -> Actor:
    return Actor(
        "Prova",
        account_id=world.account_ids["coordinator"],
        role=Role.PROGRAMME_COORDINATOR,
        programme_id=world.programme_id,
    )


@pytest.fixture
def scan_id(app, world) -> int:
    """A scan of today's page."""
    with arranging(app) as session:
        lesson = session.get_one(Lesson, world.a.lesson_id)
        account = session.get_one(UserAccount, world.account_ids["organiser_alfa"])
        return worlds.make_scan(lesson, account, pages=1).id


def meanwhile(sql: str, **values) -> None:
    """What another hand committed, behind the back of the session's rows."""
    db.session.connection().execute(text(sql), values)


TOPIC = "UPDATE register_sheet SET topic_done = 'Altro' WHERE lesson_id = :lesson"


def test_a_page_is_marked_as_it_is_now(app, world, coordinator):
    with app.app_context():
        lesson = get_visible(Lesson, world.a.lesson_id, coordinator, *SHEET_PAGE)
        read_before = sheet_page(coordinator, lesson)
        assert read_before.sheet.topic_done == ""
        meanwhile(TOPIC, lesson=world.a.lesson_id)
        assert sheet_page(coordinator, lesson, lock=True).sheet.topic_done == "Altro"
        db.session.rollback()


def test_a_comparison_is_written_on_the_page_and_the_scan_as_they_are_now(
    app, world, coordinator, scan_id
):
    with app.app_context():
        read_before = evidence.comparison(coordinator, scan_id)
        assert not read_before.withdrawn
        meanwhile(TOPIC, lesson=world.a.lesson_id)
        meanwhile(
            "UPDATE scanned_evidence SET withdrawn_at = :now, withdrawn_by_id = :who WHERE id = :id",
            now=worlds.NOW,
            who=coordinator.account_id,
            id=scan_id,
        )
        found = evidence.comparison(coordinator, scan_id, lock=True)
        assert found.withdrawn
        assert found.page.sheet.topic_done == "Altro"
        db.session.rollback()
