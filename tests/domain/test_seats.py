# SPDX-License-Identifier: AGPL-3.0-or-later
"""Seats by body, the common ones, and who takes those that are free."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.errors import RuleViolation
from app.domain.seats import (
    Seats,
    check_allotments,
    check_lowered,
    due_to_give_back,
    has_seat,
    place_of,
    promoted,
    published_order,
)

A, B, C = 1, 2, 3
AT = datetime(2015, 4, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("total", "allotted", "taken", "given_back", "free"),
    [
        (10, {}, {}, False, {A: 10, B: 10}),
        (10, {A: 4}, {}, False, {A: 10, B: 6}),
        (10, {A: 4}, {A: 4}, False, {A: 6, B: 6}),
        (10, {A: 4}, {A: 6}, False, {A: 4, B: 4}),
        (10, {A: 4, B: 6}, {A: 4}, False, {A: 0, B: 6, C: 0}),
        (10, {A: 4, B: 6}, {A: 4}, True, {A: 6, B: 6, C: 6}),
        (10, {A: 4}, {B: 6}, False, {A: 4, B: 0}),
        (2, {A: 2}, {B: 2}, False, {A: 0, B: 0}),  # fewer seats than before
        (1, {}, {A: 3}, False, {A: 0}),
    ],
)
def test_how_many_of_a_body_may_still_have_a_seat(total, allotted, taken, given_back, free):
    seats = Seats(total, allotted, taken, given_back)
    assert {body: seats.free_for(body) for body in free} == free


def test_free_seats_go_in_the_order_of_the_queue_own_ones_to_their_body_only():
    seats = Seats(4, {A: 2}, {B: 1})
    assert promoted([B, C, A, A, B], seats) == [0, 2, 3]
    assert promoted([B, C, A, A, B], Seats(4, {A: 2}, {B: 1}, given_back=True)) == [0, 1, 2]


def test_nobody_overtakes_whoever_waits_already():
    assert not has_seat([B], Seats(1, {}, {}), A)
    assert has_seat([B], Seats(2, {A: 1}, {}), A)
    assert has_seat([], Seats(1, {}, {}), A)


@pytest.mark.parametrize(("asked", "place"), [(-1, 0), (0, 1), (15, 2), (30, 3), (99, 3)])
def test_the_place_is_that_of_the_request(asked, place):
    queue = [AT, AT + timedelta(minutes=10), AT + timedelta(minutes=20)]
    assert place_of(queue, AT + timedelta(minutes=asked)) == place


def test_an_order_changed_by_hand_stays():
    late, early = AT + timedelta(hours=1), AT
    assert place_of([late, early], AT + timedelta(minutes=5)) == 2


def test_seats_of_a_body_are_not_lowered_below_its_people():
    check_lowered(5, 3, 3)
    check_lowered(2, 2, 5)
    check_lowered(0, 0, 5)
    check_lowered(1, 4, 5)
    for before, after in ((5, 2), (2, 1)):
        with pytest.raises(RuleViolation, match="già il posto sono 3"):
            check_lowered(before, after, 3)


def test_allotments_fit_into_the_edition():
    check_allotments(10, {A: 4, B: 6})
    with pytest.raises(RuleViolation, match="11, più dei 10"):
        check_allotments(10, {A: 5, B: 6})


@pytest.mark.parametrize(
    ("day", "given_back", "due"),
    [
        (None, False, False),
        (date(2015, 5, 14), False, True),
        (date(2015, 5, 13), False, True),
        (date(2015, 5, 15), False, False),
        (date(2015, 5, 14), True, False),
    ],
)
def test_seats_are_given_back_from_the_midnight_of_the_day_once(day, given_back, due):
    assert due_to_give_back(day, given_back, date(2015, 5, 14)) is due


def test_the_order_is_said_in_every_case():
    said = {
        str(published_order(allotted=a, given_back=g, day=d))
        for a in (False, True)
        for g in (False, True)
        for d in ("", "20 maggio 2015")
    }
    assert len(said) == 4
    assert sum("20 maggio 2015" in one for one in said) == 1
    assert all("in ordine di richiesta, qualunque sia l'ente" in one for one in said)


def test_no_queue_leaves_a_seat_empty_that_somebody_in_it_may_have():
    """A thousand random queues: what is left over is for nobody who waits."""
    dice = random.Random(20150514)  # noqa: S311
    for _ in range(1000):
        total = dice.randint(0, 8)
        allotted = {A: dice.randint(0, 3), B: dice.randint(0, 3)}
        taken = {body: dice.randint(0, 3) for body in (A, B, C)}
        seats = Seats(total, allotted, taken, dice.random() < 0.5)
        queue = [dice.choice((A, B, C)) for _ in range(6)]
        chosen = promoted(queue, seats)
        for place in chosen:
            seats = seats.with_one_of(queue[place])
        assert all(not seats.free_for(body) for i, body in enumerate(queue) if i not in chosen)
        assert sum(taken.values()) + len(chosen) <= max(total, sum(taken.values()))
