# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: days, weeks and months are those on the wall, whatever the clock does at night."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.calendar import (
    days_window,
    first_of_month,
    monday_of,
    month_window,
    parse_day,
    parse_month,
    weeks_of_month,
)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("2015-05", date(2015, 5, 1)),
        ("1990-01", date(1990, 1, 1)),
        ("2099-12", date(2099, 12, 1)),
        ("2015-13", None),
        ("1989-12", None),
        ("2100-01", None),
        ("2015-5", None),
        ("²015-05", None),
        ("", None),
    ],
)
def test_a_month_is_read(text, first):
    assert parse_month(text) == first


@pytest.mark.parametrize(
    ("text", "day"),
    [("2015-03-29", date(2015, 3, 29)), ("2015-02-29", None), ("2015-03", None), ("x", None)],
)
def test_a_day_is_read(text, day):
    assert parse_day(text) == day


@pytest.mark.parametrize(
    ("day", "months", "first"),
    [
        (date(2015, 5, 14), 0, date(2015, 5, 1)),
        (date(2015, 12, 31), 1, date(2016, 1, 1)),
        (date(2015, 1, 31), -1, date(2014, 12, 1)),
        (date(2015, 1, 31), -13, date(2013, 12, 1)),
    ],
)
def test_months_are_counted_on_and_back(day, months, first):
    assert first_of_month(day, months) == first


def test_weeks_begin_on_monday():
    assert monday_of(date(2015, 5, 17)) == monday_of(date(2015, 5, 11)) == date(2015, 5, 11)
    weeks = weeks_of_month(date(2015, 5, 1))
    assert weeks[0][0] == date(2015, 4, 27)
    assert weeks[-1][-1] == date(2015, 5, 31)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2015, 3, 29), 23), (date(2015, 10, 25), 25), (date(2015, 5, 14), 24)]
)
def test_a_day_is_as_long_as_it_is(day, hours):
    window = days_window(day, day)
    assert window.end - window.start == timedelta(hours=hours)


def test_march_begins_in_winter_time_and_ends_in_summer_time():
    window = month_window(date(2015, 3, 1))
    assert window.start == datetime(2015, 2, 28, 23, tzinfo=UTC)
    assert window.end == datetime(2015, 3, 31, 22, tzinfo=UTC)
