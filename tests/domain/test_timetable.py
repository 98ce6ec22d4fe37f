# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lessons in time: legal time, lengths, working days."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import RuleViolation
from app.domain.timetable import (
    ROME,
    Window,
    at,
    check_lesson,
    clock_text,
    close_deadline,
    day_text,
    is_holiday,
    is_working_day,
    length_minutes,
    net_minutes,
    overlap,
    parse_time,
    united,
)


def utc(hour: int, minute: int = 0, day: int = 6) -> datetime:
    return datetime(2014, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "clock", "moment"),
    [
        (date(2014, 11, 6), time(9), datetime(2014, 11, 6, 8, tzinfo=UTC)),
        (date(2015, 5, 21), time(10), datetime(2015, 5, 21, 8, tzinfo=UTC)),
        (date(2015, 3, 29), time(1, 59), datetime(2015, 3, 29, 0, 59, tzinfo=UTC)),
        (date(2015, 3, 29), time(3), datetime(2015, 3, 29, 1, tzinfo=UTC)),
        (date(2015, 10, 25), time(1, 59), datetime(2015, 10, 24, 23, 59, tzinfo=UTC)),
        (date(2015, 10, 25), time(3), datetime(2015, 10, 25, 2, tzinfo=UTC)),
    ],
)
def test_clock_on_the_wall_becomes_utc(day: date, clock: time, moment: datetime) -> None:
    found = at(day, clock, ROME)
    assert found == moment
    assert found.tzinfo is UTC
    assert clock_text(found) == f"{clock:%H:%M}"
    assert day_text(found) == f"{day:%d/%m/%Y}"


@pytest.mark.parametrize(
    ("day", "clock", "words"),
    [
        (date(2015, 3, 29), time(2), "Le 02:00 del 29/03/2015 non esistono"),
        (date(2015, 3, 29), time(2, 30), "Le 02:30 del 29/03/2015 non esistono"),
        (date(2015, 10, 25), time(2), "Le 02:00 del 25/10/2015 esistono due volte"),
        (date(2015, 10, 25), time(2, 30), "Le 02:30 del 25/10/2015 esistono due volte"),
    ],
)
def test_times_the_clock_skips_or_repeats_are_refused(day: date, clock: time, words: str) -> None:
    with pytest.raises(RuleViolation, match=words):
        at(day, clock, ROME)


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("9:20", time(9, 20)),
        ("09:20", time(9, 20)),
        ("9.20", time(9, 20)),
        ("0920", time(9, 20)),
        (" 23:59 ", time(23, 59)),
        ("0:00", time(0)),
    ],
)
def test_times_as_people_write_them(text: str, clock: time) -> None:
    assert parse_time(text) == clock


@pytest.mark.parametrize(
    "text",
    [
        "",
        "24:00",
        "9:75",
        "920",
        "9",
        "9:2",
        "09:20:00",
        "-9:20",
        "9:20 pm",
        "٠٩:٢٠",
        "９:20",
        "9,20",
    ],
)
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(RuleViolation, match="non è un'ora"):
        parse_time(text)


def test_a_lesson_of_twelve_hours_is_the_longest() -> None:
    check_lesson(utc(7), utc(19), ROME)
    with pytest.raises(RuleViolation, match="supera le 12 ore"):
        check_lesson(utc(7), utc(19, 1), ROME)


@pytest.mark.parametrize("end", [utc(9), utc(8, 59)])
def test_a_lesson_ends_after_it_starts(end: datetime) -> None:
    with pytest.raises(RuleViolation, match="deve venire dopo l'inizio"):
        check_lesson(utc(9), end, ROME)


def test_a_lesson_stays_within_one_local_day() -> None:
    check_lesson(utc(20), utc(22, 59), ROME)
    with pytest.raises(RuleViolation, match="nello stesso giorno"):
        check_lesson(utc(20), utc(23), ROME)


def test_the_night_of_summer_time_shortens_a_lesson_by_an_hour() -> None:
    start, end = (datetime(2015, 3, 29, h, tzinfo=ROME) for h in (1, 4))
    assert length_minutes(start, end) == 120


def test_the_night_of_winter_time_lengthens_a_lesson_by_an_hour() -> None:
    start, end = (datetime(2015, 10, 25, h, tzinfo=ROME) for h in (1, 4))
    assert length_minutes(start, end) == 240


def test_length_is_net_of_breaks_counted_once_and_clipped() -> None:
    breaks = [
        Window(utc(10), utc(10, 15)),
        Window(utc(10, 10), utc(10, 20)),
        Window(utc(11, 50), utc(12, 30)),
        Window(utc(6), utc(7)),
    ]
    assert length_minutes(utc(8), utc(12), breaks) == 240 - 20 - 10


def test_united_leaves_out_empty_windows_and_joins_the_rest() -> None:
    a, b, c = Window(utc(9), utc(10)), Window(utc(10), utc(11)), Window(utc(12), utc(13))
    empty = Window(utc(8), utc(8))
    assert united([c, b, empty, a]) == [Window(utc(9), utc(11)), c]
    assert united([a, Window(utc(9, 10), utc(9, 20))]) == [a]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (Window(utc(8), utc(9)), False),
        (Window(utc(8), utc(9, 1)), True),
        (Window(utc(9, 30), utc(9, 40)), True),
        (Window(utc(12, 59), utc(14)), True),
        (Window(utc(13), utc(14)), False),
    ],
)
def test_overlap_wants_time_in_common(other: Window, expected: bool) -> None:
    lesson = Window(utc(9), utc(13))
    assert overlap(lesson, other) is expected
    assert overlap(other, lesson) is expected


@pytest.mark.parametrize(
    "day",
    [
        date(2014, 11, 1),
        date(2014, 12, 8),
        date(2014, 12, 25),
        date(2014, 12, 26),
        date(2015, 1, 1),
        date(2015, 1, 6),
        date(2015, 4, 6),  # Easter Monday
        date(2016, 3, 28),
        date(2019, 4, 22),
        date(2024, 4, 1),
        date(2015, 5, 1),
        date(2015, 6, 2),
        date(2014, 4, 25),
        date(2014, 8, 15),
        date(2015, 5, 23),  # Saturday
        date(2015, 5, 24),  # Sunday
        date(2027, 10, 4),
    ],
)
def test_holidays(day: date) -> None:
    assert not is_working_day(day)


@pytest.mark.parametrize(
    "day", [date(2014, 11, 6), date(2015, 4, 7), date(2015, 1, 29), date(2023, 10, 4)]
)
def test_working_days(day: date) -> None:
    assert is_working_day(day)


@pytest.mark.parametrize(
    ("lesson_end", "deadline"),
    [
        # Thursday -> Friday, winter time
        (datetime(2014, 11, 6, 12, tzinfo=UTC), datetime(2014, 11, 7, 22, 59, 59, tzinfo=UTC)),
        # Friday -> Monday
        (datetime(2014, 11, 7, 12, tzinfo=UTC), datetime(2014, 11, 10, 22, 59, 59, tzinfo=UTC)),
        # Thursday before Easter -> Friday; Friday -> Tuesday, summer time
        (datetime(2015, 4, 3, 12, tzinfo=UTC), datetime(2015, 4, 7, 21, 59, 59, tzinfo=UTC)),
        # Friday before the clock changes on Sunday
        (datetime(2015, 3, 27, 12, tzinfo=UTC), datetime(2015, 3, 30, 21, 59, 59, tzinfo=UTC)),
        # 23:30 UTC is already tomorrow in Rome
        (datetime(2014, 11, 5, 23, 30, tzinfo=UTC), datetime(2014, 11, 7, 22, 59, 59, tzinfo=UTC)),
    ],
)
def test_the_deadline_is_the_end_of_the_next_working_day(
    lesson_end: datetime, deadline: datetime
) -> None:
    assert close_deadline(lesson_end, ROME) == deadline


MOMENTS = st.integers(0, 86_400).map(lambda s: utc(0) + timedelta(seconds=s))
WINDOWS = st.lists(st.builds(Window, MOMENTS, MOMENTS), max_size=6)


@given(WINDOWS, WINDOWS)
def test_net_minutes_agree_with_counting_seconds(
    windows: list[Window], breaks: list[Window]
) -> None:
    def seconds(spans: list[Window]) -> set[int]:
        return {
            second
            for span in spans
            for second in range(
                int((span.start - utc(0)).total_seconds()), int((span.end - utc(0)).total_seconds())
            )
        }

    assert net_minutes(windows, breaks) == len(seconds(windows) - seconds(breaks)) // 60


def test_easter_sunday_is_a_holiday_and_other_sundays_are_not() -> None:
    assert is_holiday(date(2015, 4, 5))
    assert is_holiday(date(2015, 4, 6))
    assert not is_holiday(date(2015, 4, 12))
