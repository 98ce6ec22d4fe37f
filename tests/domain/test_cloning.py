# SPDX-License-Identifier: AGPL-3.0-or-later
"""A timetable held again from another day: days apart and hours on the wall stay."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.domain.cloning import Sitting, check_first_day, shift
from app.domain.errors import RuleViolation
from app.domain.timetable import ROME, Window, at


def sitting(
    day: date, start: str = "09:00", end: str = "13:00", *pauses: tuple[str, str]
) -> Sitting:
    def moment(text: str) -> datetime:
        return at(day, time.fromisoformat(text))

    breaks = tuple(Window(moment(a), moment(b)) for a, b in pauses)
    return Sitting(Window(moment(start), moment(end)), breaks)


def local(moment: datetime) -> str:
    return f"{moment.astimezone(ROME):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("first_day", "expected", "utc_hours"),
    [
        # Summer time begins on 29 March 2015 ...
        (date(2015, 3, 24), ["2015-03-24", "2015-03-31"], [8, 7]),
        # ... and ends on 25 October 2015.
        (date(2015, 10, 20), ["2015-10-20", "2015-10-27"], [7, 8]),
        (date(2015, 3, 28), ["2015-03-28", "2015-04-04"], [8, 7]),
    ],
)
def test_hours_on_the_wall_stay_when_the_clocks_change(first_day, expected, utc_hours) -> None:
    lessons = [sitting(date(2015, 1, 13)), sitting(date(2015, 1, 20))]
    found = shift(lessons, first_day)
    assert [local(one.window.start) for one in found] == [f"{day} 09:00" for day in expected]
    assert [local(one.window.end)[-5:] for one in found] == ["13:00", "13:00"]
    assert [one.window.start.astimezone(UTC).hour for one in found] == utc_hours
    assert [one.minutes for one in found] == [240, 240]


def test_a_timetable_across_the_change_goes_to_one_that_is_not() -> None:
    lessons = [sitting(date(2015, 3, 26)), sitting(date(2015, 4, 2))]
    found = shift(lessons, date(2015, 5, 7))
    assert [local(one.window.start) for one in found] == ["2015-05-07 09:00", "2015-05-14 09:00"]
    assert {one.window.start.astimezone(UTC).hour for one in found} == {7}


def test_days_apart_stay_whatever_the_order_they_are_given_in() -> None:
    days = [date(2015, 1, 22), date(2015, 1, 15), date(2015, 2, 5)]
    found = shift([sitting(day) for day in days], date(2016, 2, 25))
    start = date(2016, 2, 25)
    expected = [start + timedelta(days=n) for n in (7, 0, 21)]
    assert [one.window.start.astimezone(ROME).date() for one in found] == expected


def test_breaks_move_with_their_lesson_or_stay_behind() -> None:
    lesson = sitting(date(2015, 1, 13), "09:00", "13:00", ("11:00", "11:15"))
    (found,) = shift([lesson], date(2015, 6, 9))
    assert [(local(b.start), local(b.end)) for b in found.breaks] == [
        ("2015-06-09 11:00", "2015-06-09 11:15")
    ]
    assert found.minutes == 225
    (bare,) = shift([lesson], date(2015, 6, 9), with_breaks=False)
    assert (bare.breaks, bare.minutes) == ((), 240)


@pytest.mark.parametrize(
    ("day", "off"),
    [
        (date(2015, 6, 1), False), (date(2015, 6, 2), True), (date(2015, 4, 6), True),
        (date(2015, 5, 16), True), (date(2015, 5, 17), True), (date(2015, 12, 8), True),
    ],
)  # fmt: skip
def test_holidays_of_italy_and_weekends_are_told(day, off) -> None:
    (found,) = shift([sitting(date(2015, 1, 13))], day)
    assert found.day_off is off


def test_an_hour_that_the_clocks_skip_or_repeat_is_refused() -> None:
    night = [sitting(date(2015, 1, 11), "02:30", "04:30")]
    with pytest.raises(RuleViolation, match="non esistono"):
        shift(night, date(2015, 3, 29))
    with pytest.raises(RuleViolation, match="due volte"):
        shift(night, date(2015, 10, 25))


def test_no_lessons_no_timetable() -> None:
    assert shift([], date(2015, 6, 1)) == []


def test_when_a_new_timetable_may_begin() -> None:
    today = date(2015, 5, 14)
    check_first_day(today, today)
    check_first_day(date(2035, 12, 31), today)
    with pytest.raises(RuleViolation, match="già passato"):
        check_first_day(date(2015, 5, 13), today)
    with pytest.raises(RuleViolation, match="troppo lontano"):
        check_first_day(date(2036, 1, 1), today)
