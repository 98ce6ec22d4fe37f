# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two hands that want one room, or one timetable, at the same moment: one wins."""

import pytest

from app.courses.timetable import actions
from app.models import Edition
from tests.faults.together import at_once, slowly, statuses, without_locks
from tests.ledger import arranging, ask, trail_is_whole
from tests.timetables import Desk, draft

OVERLAPS = """
SELECT count(*) FROM lesson a JOIN lesson b ON a.id < b.id
JOIN edition ea ON ea.id = a.edition_id JOIN edition eb ON eb.id = b.edition_id
WHERE coalesce(a.venue_id, ea.venue_id) = coalesce(b.venue_id, eb.venue_id)
AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at AND a.starts_at > '2016-01-01'
"""


@pytest.fixture
def one_room(app, world, visit) -> list[Desk]:
    """Two bodies' editions in preparation, in the same room."""
    editions = [draft(app, side) for side in (world.a, world.b)]
    with arranging(app) as session:
        first, second = (session.get_one(Edition, one) for one in editions)
        second.venue_id = first.venue_id
    hands = ("organiser_alfa", "organiser_beta")
    return [Desk(visit(who), edition) for who, edition in zip(hands, editions, strict=True)]


def save_all(app, desks: list[Desk], rounds: int = 6) -> tuple[list[list], int]:
    """Both save a lesson at the same hour, day after day; answers, and lessons in one room."""
    given = []
    for day in range(1, rounds + 1):
        for desk in desks:
            desk.look()
            desk.add(day=f"{day}/2/2016")
        given.append(statuses(at_once(*[desk.save for desk in desks])))
    return given, ask(app, OVERLAPS)[0][0]


def test_of_two_bodies_that_want_a_room_one_gets_it(app, one_room, monkeypatch):
    monkeypatch.setattr(actions, "look_around", slowly(actions.look_around))
    given, overlapping = save_all(app, one_room)
    assert overlapping == 0
    assert all(answers == [302, 422] for answers in given), given
    assert trail_is_whole(app)


def test_without_the_lock_both_would_get_it(app, one_room, monkeypatch):
    without_locks(app, monkeypatch)
    monkeypatch.setattr(actions, "look_around", slowly(actions.look_around))
    given, overlapping = save_all(app, one_room)
    assert overlapping or [answers for answers in given if answers != [302, 422]]


def test_one_timetable_saved_by_two_hands_is_saved_once(app, world, visit):
    edition = draft(app, world.a)
    desks = [Desk(visit(who), edition) for who in ("organiser_alfa", "coordinator")]
    for day, desk in enumerate(desks, 1):
        desk.add(day=f"{day}/2/2016")
    assert statuses(at_once(*[desk.save for desk in desks])) == [302, 409]
    assert ask(app, "SELECT count(*) FROM lesson WHERE edition_id = :id", id=edition) == [(1,)]
