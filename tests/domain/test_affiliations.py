# SPDX-License-Identifier: AGPL-3.0-or-later
"""From which day, to which day, once at a time."""

from datetime import date

import pytest

from app.domain.affiliations import check_end, check_open, check_start, last_day_before
from app.domain.errors import RuleViolation

TODAY = date(2015, 5, 14)
START = date(2010, 1, 1)


@pytest.mark.parametrize("day", [date(1940, 1, 1), START, TODAY])
def test_work_begins_today_or_before(day):
    check_start(day, TODAY)


@pytest.mark.parametrize(
    "day", [date(2015, 5, 15), date(9999, 12, 31), date(1939, 12, 31), date(1, 1, 1)]
)
def test_work_begins_neither_in_the_future_nor_in_another_age(day):
    with pytest.raises(RuleViolation):
        check_start(day, TODAY)


def test_the_last_day_is_not_before_the_first():
    check_end(START, START, TODAY)
    check_end(START, TODAY, TODAY)
    with pytest.raises(RuleViolation, match="01/01/2010"):
        check_end(START, date(2009, 12, 31), TODAY)
    with pytest.raises(RuleViolation, match="futuro"):
        check_end(START, date(2015, 5, 15), TODAY)


def test_who_moves_leaves_the_day_before():
    assert last_day_before(START, date(2015, 3, 1), TODAY) == date(2015, 2, 28)
    assert last_day_before(START, date(2010, 1, 2), TODAY) == START
    for day in (START, date(2009, 1, 1), date(2015, 5, 15)):
        with pytest.raises(RuleViolation):
            last_day_before(START, day, TODAY)


def test_one_body_once_at_a_time():
    check_open(False)
    with pytest.raises(RuleViolation, match="già per questo ente"):
        check_open(True)
