# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: a page asks the database as often in a large world as in a small one.

And not often at all. What is counted are statements sent to the database,
without the words that begin a transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from flask_login import current_user
from sqlalchemy import event

from app.extensions import db
from app.models import Lesson
from app.scope import visible
from tests import world as worlds
from tests.whole_app.crawl import Page, pages
from tests.whole_app.grounds import EIGHT, Grounds

MOST = 8
NOT_ASKED = ("BEGIN", "PRAGMA", "SET ", "COMMIT", "ROLLBACK", "SAVEPOINT")


@contextmanager
def statements(app) -> Iterator[list[str]]:
    """The statements sent to the database inside."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        if not statement.upper().startswith(NOT_ASKED):
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def counts(grounds: Grounds, people: tuple[str, ...] = ("anonymous", *EIGHT)) -> dict[tuple, int]:
    """How many statements each page of each person needs; the worst of its addresses."""
    found: dict[tuple, int] = {}
    with statements(grounds.app) as sent:
        for page in pages(grounds, people):
            key = page.who, page.endpoint, _view(page)
            sent.clear()
            grounds.client(page.who).ask("GET", page.path)
            found[key] = max(found.get(key, 0), len(sent))
    return found


def _view(page: Page) -> str:
    """What distinguishes views of one endpoint: the figure asked for, search or not."""
    return page.path if page.endpoint == "dashboard.figure" else page.path.partition("?")[2]


def growing(small: dict[tuple, int], large: dict[tuple, int]) -> list[str]:
    """Pages that need another number of statements in the larger world."""
    assert small.keys() == large.keys()
    return [f"{key}: {small[key]}, then {large[key]}" for key in small if small[key] != large[key]]


@pytest.fixture(scope="module")
def large_grounds(new_grounds):
    return new_grounds(7)


@pytest.fixture(scope="module")
def small(grounds):
    with time_machine.travel(worlds.NOW, tick=True):
        return counts(grounds)


def test_the_number_of_statements_does_not_grow(small, large_grounds):
    assert growing(small, counts(large_grounds)) == []


def test_no_page_asks_often(small):
    often = {key: number for key, number in small.items() if number > MOST}
    assert often == {}


# --- planted faults ----------------------------------------------------------


def test_a_statement_for_each_row_is_reported(grounds, large_grounds, monkeypatch):
    """The list of editions asks once more for each edition it shows."""
    for each in (grounds, large_grounds):
        view = each.app.view_functions["courses.editions"]

        def planted(view=view):
            for lesson in db.session.scalars(visible(Lesson, current_user)).all():
                db.session.refresh(lesson)
            return view()

        planted.access = view.access
        monkeypatch.setitem(each.app.view_functions, "courses.editions", planted)
    found = growing(counts(grounds, ("coordinator",)), counts(large_grounds, ("coordinator",)))
    assert found
    assert all("'courses.editions'" in line for line in found), found
