# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: an office is short when more than its share, and two people at least, are away."""

from datetime import date

import pytest

from app.domain.offices import Move, OtherEdition, is_short, office_key, split, too_many

MON, TUE, WED = date(2015, 5, 18), date(2015, 5, 19), date(2015, 5, 20)


@pytest.mark.parametrize(
    ("away", "staff", "percent", "short"),
    [
        (1, 1, 50, False),  # the only one of her office: two people at least
        (2, 2, 50, True),
        (2, 4, 50, False),  # exactly half is not more than half
        (3, 6, 50, False),
        (3, 5, 50, True),
        (2, 3, 50, True),
        (2, 200, 1, False),
        (3, 200, 1, True),
        (5, 5, 100, False),  # all of it is not more than all of it
        (0, 0, 50, False),
        (2, 0, 50, True),
    ],
)
def test_at_the_boundaries(away, staff, percent, short):
    assert is_short(away, staff, percent) is short


@pytest.mark.parametrize(
    ("away", "staff", "percent", "needed"),
    [(3, 5, 50, 1), (5, 5, 50, 3), (2, 2, 50, 1), (2, 4, 50, 0), (4, 4, 1, 3), (0, 3, 50, 0)],
)
def test_how_many_are_too_many(away, staff, percent, needed):
    assert too_many(away, staff, percent) == needed


def test_offices_are_compared_as_people_write_them():
    assert office_key("  Servizi  Sociali ") == office_key("servizi sociali")
    assert office_key("Anagrafe – città") == office_key("ANAGRAFE  citta")
    assert office_key("URP") != office_key("SUAP")
    assert office_key("   ") == ""


def other(edition, seats, *days):
    return OtherEdition(edition, seats, frozenset(days))


def test_the_first_who_fit_move_to_the_first_edition_with_seats():
    moves = split(
        [1, 2, 3], 2, [other(7, 1, TUE), other(8, 9, WED)], {MON: {1, 2, 3}}, {TUE: 4, WED: 4}, 50
    )
    assert moves == [Move(1, 7), Move(2, 8)]


def test_nobody_is_sent_where_she_is_away_already():
    away = {MON: {1, 2}, TUE: {1}}
    assert split([1, 2], 1, [other(7, 9, TUE)], away, {TUE: 9}, 50) == [Move(2, 7)]


def test_no_office_is_emptied_on_another_day_instead():
    away = {MON: {1, 2, 3, 4}}
    moves = split([1, 2, 3, 4], 3, [other(7, 9, TUE)], away, {MON: 4, TUE: 4}, 50)
    assert moves == [Move(1, 7), Move(2, 7)]


@pytest.mark.parametrize("seats", [0, -3])
def test_no_seat_no_move(seats):
    assert split([1, 2], 1, [other(7, seats, TUE)], {MON: {1, 2}}, {TUE: 9}, 50) == []


def test_another_edition_on_the_same_day_helps_nobody():
    assert split([1, 2], 1, [other(7, 9, MON, TUE)], {MON: {1, 2}}, {MON: 9, TUE: 9}, 50) == []
