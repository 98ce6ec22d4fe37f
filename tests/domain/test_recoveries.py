# SPDX-License-Identifier: AGPL-3.0-or-later
"""A missed lesson made up for in another edition: what counts, and what is refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import RuleViolation
from app.domain.recoveries import Guest, Sitting, check_recovery, recovered_minutes, same_matter
from app.domain.timetable import Window
from app.domain.vocabulary import LessonState


def window(day: int, start: int = 8, end: int = 12) -> Window:
    return Window(
        datetime(2015, 5, day, start, tzinfo=UTC), datetime(2015, 5, day, end, tzinfo=UTC)
    )


MISSED = Sitting(11, 1, 7, 3, 5, window(4), 240, closed=True)
OTHER = Sitting(21, 2, 7, 3, 5, window(20), 240)
GUEST = Guest(0, editions={1}, lessons=[MISSED])
NOW = datetime(2015, 5, 10, 10, tzinfo=UTC)


def check(
    missed: Sitting = MISSED,
    other: Sitting = OTHER,
    guest: Guest = GUEST,
    people: int = 19,
    now: datetime = NOW,
) -> None:
    check_recovery(missed, other, guest, people=people, seats=20, now=now)


@pytest.mark.parametrize(
    ("own", "recovered", "planned", "minutes"),
    [
        (0, 0, 240, 0),
        (0, 240, 240, 240),
        (0, 300, 240, 240),
        (100, 60, 240, 100),
        (60, 100, 240, 100),
        (240, 240, 240, 240),
        (250, 0, 240, 250),
    ],
)
def test_recovered_minutes(own: int, recovered: int, planned: int, minutes: int) -> None:
    assert recovered_minutes(own, recovered, planned) == minutes


@given(st.integers(0, 240), st.integers(0, 720), st.integers(1, 240))
def test_a_recovery_never_takes_and_never_counts_twice(
    own: int, recovered: int, planned: int
) -> None:
    assert own <= recovered_minutes(own, recovered, planned) <= max(own, planned)


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"number": 4}, True),
        ({"module": 6}, True),
        ({"module": None}, True),
        ({"number": 4, "module": 6}, False),
        ({"number": 4, "module": None}, False),
    ],
)
def test_the_same_matter(changes: dict[str, int | None], same: bool) -> None:
    assert same_matter(MISSED, replace(OTHER, **changes)) is same


def test_two_lessons_without_a_module_are_told_apart_by_number() -> None:
    missed, other = replace(MISSED, module=None), replace(OTHER, module=None)
    assert same_matter(missed, other)
    assert not same_matter(missed, replace(other, number=4))


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"missed": replace(MISSED, state=LessonState.HELD)},
        # arranged beforehand, at the very hour of the lesson that will be missed
        {
            "missed": replace(MISSED, closed=False, window=window(20)),
            "guest": replace(GUEST, lessons=[replace(MISSED, window=window(20))]),
        },
        {"guest": replace(GUEST, counted=239)},
        {"other": replace(OTHER, number=9)},
        {"other": replace(OTHER, module=None)},
        # the same day, even after its end
        {"now": datetime(2015, 5, 20, 21, 59, tzinfo=UTC)},
        # own lessons that touch it, that are cancelled, that it makes up for
        {"guest": replace(GUEST, lessons=[replace(MISSED, lesson=12, window=window(20, 12, 14))])},
        {"guest": replace(GUEST, lessons=[replace(MISSED, lesson=12, window=window(20, 6, 8))])},
        {
            "guest": replace(
                GUEST,
                lessons=[
                    replace(MISSED, lesson=12, window=window(20), state=LessonState.CANCELLED)
                ],
            )
        },
        {"guest": replace(GUEST, recovered={12}, used={22})},
    ],
)
def test_recoveries_that_hold(arguments: dict[str, object]) -> None:
    check(**arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"missed": replace(MISSED, state=LessonState.CANCELLED)}, "persa non si tiene"),
        ({"missed": replace(MISSED, state=LessonState.MOVED)}, "persa non si tiene"),
        ({"guest": replace(GUEST, counted=240)}, "frequentata per intero"),
        ({"guest": replace(GUEST, recovered={11})}, "c'è già un recupero"),
        ({"other": replace(OTHER, course=8)}, "dello stesso corso"),
        ({"other": replace(OTHER, edition=1)}, "non nella propria"),
        ({"other": replace(OTHER, number=4, module=6)}, "non corrispondono"),
        ({"guest": replace(GUEST, editions={1, 2})}, "già iscritta"),
        ({"guest": replace(GUEST, used={21})}, "conta una volta"),
        ({"other": replace(OTHER, state=LessonState.CANCELLED)}, "scelta non si tiene"),
        ({"other": replace(OTHER, state=LessonState.MOVED)}, "scelta non si tiene"),
        ({"other": replace(OTHER, closed=True)}, "già chiuso"),
        # 22:00 UTC is midnight in Rome: the day after
        ({"now": datetime(2015, 5, 20, 22, 0, tzinfo=UTC)}, "è del 20/05/2015, già passata"),
        (
            {"guest": replace(GUEST, lessons=[replace(MISSED, lesson=12, window=window(20, 11))])},
            r"ha già una lezione \(20/05/2015, 13:00-14:00\)",
        ),
        ({"people": 20}, r"posti liberi \(20\)"),
        ({"people": 21}, "posti liberi"),
    ],
)
def test_recoveries_that_do_not_hold(arguments: dict[str, object], words: str) -> None:
    with pytest.raises(RuleViolation, match=words):
        check(**arguments)  # type: ignore[arg-type]


def test_a_lesson_a_minute_into_another_is_refused() -> None:
    start = OTHER.window.end - timedelta(minutes=1)
    own = replace(MISSED, lesson=12, window=Window(start, start + timedelta(hours=1)))
    with pytest.raises(RuleViolation, match="ha già una lezione"):
        check(guest=replace(GUEST, lessons=[own]))
