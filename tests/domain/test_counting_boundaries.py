# SPDX-License-Identifier: AGPL-3.0-or-later
"""Minutes where they are most easily miscounted: one second, one break, one night."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.attendance import Interval, Presence, Window, check_presence, counted_minutes
from app.domain.enrolment import EnrolmentState, outcome
from app.domain.errors import RuleViolation
from app.domain.timetable import ROME, check_lesson


def at(day: str, clock: str, zone: ZoneInfo = ROME, fold: int = 0) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone, fold=fold)


def windows(day: str, text: str) -> list[Window]:
    """``09:00-13:00 14:00-15:00`` on that day; a ``+`` after an hour shown twice: the second."""

    def moment(clock: str) -> datetime:
        return at(day, clock.removesuffix("+"), fold=clock.count("+"))

    return [Window(*map(moment, part.split("-"))) for part in text.split()]


def minutes(
    day: str, stays: str, lesson: str = "09:00-13:00", breaks: str = "", grace: int = 0
) -> int:
    (window,) = windows(day, lesson)
    intervals = [Interval(w.start, w.end) for w in windows(day, stays)]
    return counted_minutes(intervals, window, windows(day, breaks), grace)


@pytest.mark.parametrize(
    ("last_lesson", "counted", "passes"),
    [
        ("09:00-09:48", 768, True),
        ("09:00-09:47", 767, False),
        ("09:00-09:47:59", 767, False),
        ("09:00:01-09:48:00", 767, False),
        ("09:00-09:20 12:32-13:00", 768, True),
        ("09:00-09:20 12:32:01-13:00", 767, False),
        ("08:30-09:48", 768, True),
        ("12:12-13:30", 768, True),
    ],
)
def test_768_of_960_minutes_pass_and_767_do_not(
    last_lesson: str, counted: int, passes: bool
) -> None:
    days = ["2015-05-05", "2015-05-12", "2015-05-19"]
    total = sum(minutes(day, "09:00-13:00") for day in days) + minutes("2015-05-26", last_lesson)
    assert total == counted
    assert (outcome(total, 960, 80) is EnrolmentState.COMPLETED) is passes


NIGHTS = [
    # 26 October 2014: the clocks show 02:00-03:00 twice
    ("2014-10-26", "01:00-04:00", "01:00-04:00", 240),
    ("2014-10-26", "01:00-04:00", "02:00-02:00+", 60),
    ("2014-10-26", "01:00-04:00", "02:30-02:30+", 60),
    ("2014-10-26", "01:00-04:00", "02:59:59-02:00+", 0),
    ("2014-10-26", "01:00-04:00", "02:00+-03:00", 60),
    ("2014-10-26", "01:00-04:00", "01:30-02:10 02:50+-04:00", 110),
    ("2014-10-26", "02:00-03:00", "02:00-03:00", 120),
    ("2014-10-25", "09:00-13:00", "09:00-13:00", 240),
    ("2014-10-26", "09:00-13:00", "09:00-13:00", 240),
    # 29 March 2015: from 02:00 straight to 03:00
    ("2015-03-29", "01:00-04:00", "01:00-04:00", 120),
    ("2015-03-29", "01:00-04:00", "01:59-03:00", 1),
    ("2015-03-29", "01:00-04:00", "01:59:30-03:00:30", 1),
    ("2015-03-29", "01:00-04:00", "01:00-01:30 03:30-04:00", 60),
    ("2015-03-28", "09:00-13:00", "09:00-13:00", 240),
    ("2015-03-29", "09:00-13:00", "09:00-13:00", 240),
]


@pytest.mark.parametrize(("day", "lesson", "stays", "counted"), NIGHTS)
def test_the_nights_the_clocks_change(day: str, lesson: str, stays: str, counted: int) -> None:
    assert minutes(day, stays, lesson) == counted


@pytest.mark.parametrize(
    ("day", "breaks", "counted"),
    [
        ("2014-10-26", "02:30-02:30+", 180),
        ("2014-10-26", "02:45-02:00+", 225),
        ("2015-03-29", "01:50-03:10", 100),
        ("2015-03-29", "03:00-03:15", 105),
    ],
)
def test_breaks_in_those_nights(day: str, breaks: str, counted: int) -> None:
    assert minutes(day, "01:00-04:00", "01:00-04:00", breaks) == counted


@pytest.mark.parametrize(
    ("stays", "breaks", "counted"),
    [
        # a break at the very start, at the very end, beyond them, as long as the lesson
        ("09:00-13:00", "09:00-09:15", 225),
        ("09:00-13:00", "12:45-13:00", 225),
        ("09:00-13:00", "08:45-09:00", 240),
        ("09:00-13:00", "08:45-09:15", 225),
        ("09:00-13:00", "09:00-13:00", 0),
        # leaving and coming back during it
        ("09:00-11:05 11:10-13:00", "11:00-11:15", 225),
        ("09:00-11:00 11:15-13:00", "11:00-11:15", 225),
        ("09:00-10:59 11:16-13:00", "11:00-11:15", 223),
        ("09:00-11:00", "11:00-11:15", 120),
        ("11:15-13:00", "11:00-11:15", 105),
        # two breaks, and two that overlap
        ("09:00-13:00", "10:00-10:10 12:00-12:10", 220),
        ("09:00-13:00", "10:00-10:10 10:05-10:20", 220),
        # seconds are floored once, on the total
        ("09:00:30-11:00:30", "11:00-11:15", 119),
        ("09:00-11:14:59", "11:00-11:15", 120),
        ("09:00-11:15:59", "11:00-11:15", 120),
        ("09:00-11:16:00", "11:00-11:15", 121),
        ("09:00:00-09:30:20 10:00:00-10:30:40", "", 61),
        ("09:00:00-09:30:20 10:00:00-10:30:39", "", 60),
    ],
)
def test_breaks_and_two_stays(stays: str, breaks: str, counted: int) -> None:
    assert minutes("2014-11-06", stays, breaks=breaks) == counted


@pytest.mark.parametrize(
    ("stays", "grace", "counted"),
    [
        ("09:00:01-13:00", 0, 239),
        ("09:00:59-13:00", 1, 240),
        ("09:01:00-13:00", 1, 240),
        ("09:01:01-13:00", 1, 238),
        ("09:15:00-13:00", 15, 240),
        ("09:15:01-13:00", 15, 224),
        ("09:10-12:50", 15, 230),
        ("09:10-09:12 09:20-13:00", 15, 232),
        ("09:20-10:00 09:10-09:12", 15, 52),
    ],
)
def test_the_grace_to_the_second(stays: str, grace: int, counted: int) -> None:
    assert minutes("2014-11-06", stays, grace=grace) == counted


def test_the_grace_does_not_give_back_a_break_at_the_start() -> None:
    assert minutes("2014-11-06", "09:10-13:00", breaks="09:00-09:15", grace=15) == 225


def test_an_evening_lesson_ends_before_midnight() -> None:
    start, midnight = at("2014-11-06", "21:00"), at("2014-11-07", "00:00")
    check_lesson(start, midnight - timedelta(minutes=1))
    with pytest.raises(RuleViolation, match="nello stesso giorno"):
        check_lesson(start, midnight)
    with pytest.raises(RuleViolation, match="nello stesso giorno"):
        check_lesson(start, midnight + timedelta(minutes=30))


@pytest.mark.parametrize(
    ("entered", "left", "counted"),
    [
        (at("2014-11-06", "21:00"), at("2014-11-07", "00:30"), 179),
        (at("2014-11-06", "23:58"), at("2014-11-07", "00:00"), 1),
        (at("2014-11-06", "23:59"), None, 0),
        (at("2014-11-07", "00:00"), at("2014-11-07", "00:30"), 0),
        (at("2014-11-05", "21:00"), at("2014-11-05", "23:59"), 0),
    ],
)
def test_minutes_after_midnight_are_not_of_the_lesson(
    entered: datetime, left: datetime | None, counted: int
) -> None:
    evening = Window(at("2014-11-06", "21:00"), at("2014-11-06", "23:59"))
    assert counted_minutes([Interval(entered, left)], evening) == counted


def test_a_stay_written_on_the_day_after_is_refused() -> None:
    evening = Window(at("2014-11-06", "21:00"), at("2014-11-06", "23:59"))
    late = Interval(at("2014-11-06", "21:00"), at("2014-11-07", "00:00"))
    with pytest.raises(RuleViolation, match=r"L'uscita \(00:00\) viene dopo la fine"):
        check_presence(Presence.PRESENT, [late], evening)
