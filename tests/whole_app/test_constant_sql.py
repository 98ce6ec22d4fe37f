# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: a page asks the database as often in a large world as in a small one.

And not often at all. What is counted are statements sent to the database,
without the words that begin a transaction.
"""

import re
from collections.abc import Iterable

import pytest
from flask_login import current_user

from app.extensions import db
from app.models import Lesson
from app.scope import visible
from tests.whole_app.crawl import Page, Visit, crawl

MOST = 8
NUMBER = re.compile(r"=\d+\b(?!-)")  # an object's, which is another in another world

# Pages that gather what several parts know ask for each of them: of an edition lessons, people,
# planning, variations, offices left short; of its list of names the seats; of a timetable who
# is wanted elsewhere and who recovers there; everything that is to be done.
GATHER = {
    "book.download": 1,
    "courses.edition": 5,
    "dashboard.show": 1,
    "enrolments.my": 1,
    "nominations.index": 2,
    "roll.index": 4,
    "timetable.show": 1,
}
# An archive asks once for each file, when its turn comes: the memory holds one at a time.
FILE_BY_FILE = {"bundle.download"}
# A document whose programme keeps logos asks once for their bytes, however many they are.
WITH_LOGOS = {
    "book.download",
    "bundle.download",
    "evidence.edition_sign_sheets",
    "sharing.paper",
}
# Counting a try ends the transaction at hand: who is signed in may be asked for once more.
COUNTS_TRIES = {"sharing.shared", "sharing.paper"}


def counts(visits: Iterable[Visit]) -> dict[tuple, int]:
    """How many statements each page of each person needs; the worst of its addresses."""
    found: dict[tuple, int] = {}
    for visit in visits:
        key = visit.page.who, visit.page.endpoint, _view(visit.page)
        found[key] = max(found.get(key, 0), visit.statements)
    return found


def _view(page: Page) -> str:
    """What distinguishes views of one endpoint: the figure asked for, search or not."""
    if page.endpoint == "dashboard.figure":
        return page.path
    return NUMBER.sub("=id", page.path.partition("?")[2])


def growing(small: dict[tuple, int], large: dict[tuple, int]) -> list[str]:
    """Pages that need another number of statements in the larger world."""
    assert small.keys() == large.keys()
    return [
        f"{key}: {small[key]}, then {large[key]}"
        for key in small
        if small[key] != large[key] and key[1] not in FILE_BY_FILE | COUNTS_TRIES
    ]


@pytest.fixture(scope="module")
def large_grounds(new_grounds):
    return new_grounds(7)


def test_the_number_of_statements_does_not_grow(visits, large_grounds):
    assert growing(counts(visits), counts(crawl(large_grounds))) == []


def test_no_page_asks_often(visits):
    found = counts(visits)
    assert any(found.values())
    most = {key: MOST + _more(key[1]) for key in found}
    assert {key: number for key, number in found.items() if number > most[key]} == {}


def _more(endpoint: str) -> int:
    """How many statements more than others a page may send."""
    return GATHER.get(endpoint, 0) + (endpoint in WITH_LOGOS) + (endpoint in COUNTS_TRIES)


# --- planted faults ----------------------------------------------------------


def test_a_statement_for_each_row_is_reported(grounds, large_grounds, monkeypatch):
    """The list of editions asks once more for each lesson of those it shows."""
    for each in (grounds, large_grounds):
        view = each.app.view_functions["courses.editions"]

        def planted(view=view):
            for lesson in db.session.scalars(visible(Lesson, current_user)).all():
                db.session.refresh(lesson)
            return view()

        planted.access = view.access
        monkeypatch.setitem(each.app.view_functions, "courses.editions", planted)
    people = ("coordinator",)
    found = growing(counts(crawl(grounds, people)), counts(crawl(large_grounds, people)))
    assert [line for line in found if "'courses.editions'" in line], found
