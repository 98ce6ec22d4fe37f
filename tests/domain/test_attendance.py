# SPDX-License-Identifier: AGPL-3.0-or-later
"""From entries and exits to counted minutes, from minutes to the threshold."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.attendance import (
    Interval,
    Presence,
    Tally,
    Window,
    check_presence,
    counted_minutes,
    ended,
    hours_text,
    meets,
    merged,
    needed,
    share,
    still_reachable,
    tally,
)
from app.domain.errors import RuleViolation
from app.domain.timetable import ROME

SIX_NOVEMBER = datetime(2014, 11, 6, tzinfo=ROME)


def rome(clock: str) -> datetime:
    hour, minute, *second = (int(part) for part in clock.split(":"))
    return SIX_NOVEMBER.replace(hour=hour, minute=minute, second=second[0] if second else 0)


def stay(text: str) -> Interval:
    entered, left = text.split("-")
    return Interval(rome(entered), rome(left) if left else None)


def stays(text: str) -> list[Interval]:
    return [stay(part) for part in text.split()]


LESSON = Window(rome("9:00"), rome("13:00"))
BREAK = Window(rome("11:00"), rome("11:15"))


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("", 0),
        ("9:00-13:00", 240),
        ("9:00-", 240),
        ("9:25-13:00", 215),
        ("9:00-12:10", 190),
        ("9:00-10:00 10:30-13:00", 210),
        ("8:30-13:40", 240),
        ("7:00-8:30", 0),
        ("13:10-14:00", 0),
        ("9:00-11:00 10:00-12:00", 180),
        ("9:00:00-9:00:59", 0),
        ("9:00:00-9:00:30 10:00:00-10:00:30", 1),
        ("12:00-9:00", 0),
    ],
)
def test_counted_minutes(text: str, minutes: int) -> None:
    assert counted_minutes(stays(text), LESSON) == minutes


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("9:00-13:00", 225), ("9:00-11:10", 120), ("11:05-11:10", 0), ("11:15-13:00", 105)],
)
def test_breaks_do_not_count(text: str, minutes: int) -> None:
    assert counted_minutes(stays(text), LESSON, [BREAK]) == minutes


@pytest.mark.parametrize(
    ("text", "grace", "minutes"),
    [
        ("9:10-13:00", 0, 230),
        ("9:10-13:00", 9, 230),
        ("9:10-13:00", 10, 240),
        ("9:10-10:00 10:05-13:00", 10, 235),
        ("8:30-8:40 9:04-13:00", 5, 240),
        ("", 10, 0),
    ],
)
def test_an_entry_within_the_grace_counts_from_the_start(
    text: str, grace: int, minutes: int
) -> None:
    assert counted_minutes(stays(text), LESSON, grace_minutes=grace) == minutes


@pytest.mark.parametrize(("month", "day", "minutes"), [(3, 29, 120), (10, 25, 240)])
def test_the_nights_the_clock_changes(month: int, day: int, minutes: int) -> None:
    start = datetime(2015, month, day, 1, tzinfo=ROME)
    window = Window(start, start.replace(hour=4))
    assert counted_minutes([Interval(start, None)], window) == minutes


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (Presence.PRESENT, "9:00-13:00"),
        (Presence.PRESENT, "9:25-"),
        (Presence.PRESENT, "10:30- 9:00-10:00"),
        (Presence.PRESENT, "9:00-10:00 10:00-13:00"),
        (Presence.ABSENT, ""),
        (Presence.JUSTIFIED, ""),
        (Presence.NOT_EXPECTED, ""),
    ],
)
def test_presences_that_hold(status: Presence, text: str) -> None:
    check_presence(status, stays(text), LESSON, ROME)


@pytest.mark.parametrize(
    ("status", "text", "words"),
    [
        (Presence.PRESENT, "", "almeno un'ora di entrata"),
        (Presence.ABSENT, "9:00-13:00", "non ha orari"),
        (Presence.JUSTIFIED, "9:00-", "non ha orari"),
        (Presence.NOT_EXPECTED, "9:00-", "non ha orari"),
        (Presence.PRESENT, "8:50-13:00", r"L'entrata \(08:50\) viene prima dell'inizio"),
        (Presence.PRESENT, "9:00-13:01", r"L'uscita \(13:01\) viene dopo la fine"),
        (Presence.PRESENT, "13:00-", r"L'entrata \(13:00\) non viene prima della fine"),
        (
            Presence.PRESENT,
            "12:30-12:10",
            r"^L'uscita \(12:10\) viene prima dell'entrata \(12:30\)\.$",
        ),
        (Presence.PRESENT, "12:30-12:30", r"stessa ora \(12:30\)"),
        (Presence.PRESENT, "9:00- 10:00-11:00", "Manca l'uscita prima del rientro delle 10:00"),
        (
            Presence.PRESENT,
            "9:00-10:30 10:00-11:00",
            r"Il rientro \(10:00\) viene prima dell'uscita \(10:30\)",
        ),
    ],
)
def test_presences_that_do_not_hold(status: Presence, text: str, words: str) -> None:
    with pytest.raises(RuleViolation, match=words):
        check_presence(status, stays(text), LESSON)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("9:00-10:00 10:00:59-11:00", "9:00-11:00"),
        ("9:00-10:00 10:01-11:00", "9:00-10:00 10:01-11:00"),
        ("9:30-12:00 9:00-10:00", "9:00-12:00"),
        ("9:00- 9:30-10:00", "9:00-"),
    ],
)
def test_merging_an_online_log(text: str, expected: str) -> None:
    assert merged(stays(text)) == stays(expected)


def test_ending_fills_only_what_is_open() -> None:
    assert ended(stays("9:00-10:00 10:30-"), rome("13:00")) == stays("9:00-10:00 10:30-13:00")


@pytest.mark.parametrize(
    ("counted", "planned", "threshold", "reached"),
    [
        (768, 960, 80, True),
        (767, 960, 80, False),
        (576, 720, 80, True),
        (575, 720, 80, False),
        (384, 480, 80, True),
        (383, 480, 80, False),
        (192, 240, 80, True),
        (191, 240, 80, False),
        (0, 0, 80, False),
        (0, 240, 0, True),
        (240, 240, 100, True),
        (239, 240, 100, False),
    ],
)
def test_the_threshold(counted: int, planned: int, threshold: int, reached: bool) -> None:
    assert meets(counted, planned, threshold) is reached


def test_what_can_still_be_reached() -> None:
    assert still_reachable(528, 240, 960, 80)
    assert not still_reachable(527, 240, 960, 80)


@pytest.mark.parametrize(
    ("counted", "planned", "percent"),
    [(675, 720, 93), (767, 960, 79), (768, 960, 80), (0, 960, 0), (5, 0, 0)],
)
def test_share_is_floored(counted: int, planned: int, percent: int) -> None:
    assert share(counted, planned) == percent


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "0 h"),
        (45, "45 min"),
        (60, "1 h"),
        (240, "4 h"),
        (750, "12 h 30 min"),
        (61, "1 h 1 min"),
    ],
)
def test_hours_as_people_write_them(minutes: int, text: str) -> None:
    assert hours_text(minutes) == text


def test_the_count_of_a_day() -> None:
    day = tally(
        [
            (Presence.PRESENT, stays("9:00-"), LESSON),
            (Presence.PRESENT, stays("9:00:59-12:59:30"), LESSON),
            (Presence.PRESENT, stays("9:25-13:00"), LESSON),
            (Presence.PRESENT, stays("9:01-10:00 11:00-12:59"), LESSON),
            (Presence.PRESENT, [], LESSON),
            (Presence.ABSENT, [], LESSON),
            (Presence.JUSTIFIED, [], LESSON),
            (Presence.JUSTIFIED, [], LESSON),
            (Presence.NOT_EXPECTED, [], LESSON),
            (None, [], LESSON),
        ]
    )
    assert day == Tally(present=5, late=2, left_early=1, absent=1, justified=2, unmarked=1)
    assert (day.marked, day.expected) == (8, 9)


MOMENTS = st.integers(0, 86_399).map(
    lambda s: (SIX_NOVEMBER + timedelta(seconds=s)).astimezone(UTC)
)
STAYS = st.lists(st.builds(Interval, MOMENTS, st.none() | MOMENTS), max_size=6)
WINDOWS = st.builds(Window, MOMENTS, MOMENTS)


@given(STAYS, WINDOWS, st.lists(WINDOWS, max_size=3), st.integers(0, 30))
def test_nobody_counts_more_than_the_lesson(
    intervals: list[Interval], window: Window, breaks: list[Window], grace: int
) -> None:
    length = max(window.end - window.start, timedelta(0)) // timedelta(minutes=1)
    assert 0 <= counted_minutes(intervals, window, breaks, grace) <= length


@given(STAYS, WINDOWS, st.lists(WINDOWS, max_size=3))
def test_breaks_never_add_and_grace_never_takes(
    intervals: list[Interval], window: Window, breaks: list[Window]
) -> None:
    counted = counted_minutes(intervals, window, breaks)
    assert counted <= counted_minutes(intervals, window)
    assert counted <= counted_minutes(intervals, window, breaks, grace_minutes=15)


@given(STAYS)
def test_merging_twice_changes_nothing_and_leaves_real_gaps(intervals: list[Interval]) -> None:
    once = merged(intervals)
    assert merged(once) == once
    for earlier, later in pairwise(once):
        assert earlier.left is not None
        assert later.entered - earlier.left >= timedelta(minutes=1)


@given(st.integers(1, 6000), st.integers(0, 100))
def test_needed_is_the_least_that_meets(planned: int, threshold: int) -> None:
    least = needed(planned, threshold)
    assert meets(least, planned, threshold)
    assert not meets(least - 1, planned, threshold)
