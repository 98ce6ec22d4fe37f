# SPDX-License-Identifier: AGPL-3.0-or-later
"""A timetable by weekly pattern."""

from dataclasses import replace
from datetime import date

import pytest

from app.domain.errors import RuleViolation
from app.domain.weekly import Pattern, pattern_days

# Mondays and Thursdays from 2 April 2015: Easter Monday is the 6th.
PATTERN = Pattern(frozenset({0, 3}), date(2015, 4, 2), 240, lessons=3)


def test_holidays_are_skipped_and_told() -> None:
    days = pattern_days(PATTERN)
    assert [d.day for d in days.chosen] == [2, 9, 13]
    assert days.skipped == (date(2015, 4, 6),)


def test_days_typed_by_hand_are_skipped_too() -> None:
    days = pattern_days(replace(PATTERN, left_out=[date(2015, 4, 9)]))
    assert [d.day for d in days.chosen] == [2, 13, 16]


@pytest.mark.parametrize(("minutes", "lessons"), [(480, 2), (481, 3), (1, 1), (240, 1)])
def test_lessons_until_the_minutes_are_covered(minutes: int, lessons: int) -> None:
    assert len(pattern_days(replace(PATTERN, lessons=None, minutes=minutes)).chosen) == lessons


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"weekdays": frozenset()}, "almeno un giorno"),
        ({"lesson_minutes": 0}, "almeno un minuto"),
        ({"lessons": 0}, "da 1 a 200"),
        ({"lessons": 201}, "da 1 a 200"),
        ({"lessons": None, "minutes": 0}, "coprono già"),
        ({"lessons": None, "minutes": None}, "coprono già"),
        ({"lessons": None, "minutes": 100_000, "lesson_minutes": 1}, "da 1 a 200"),
        ({"weekdays": frozenset({0}), "lessons": 200}, "entro tre anni"),
    ],
)
def test_patterns_that_make_no_timetable(over: dict, words: str) -> None:
    with pytest.raises(RuleViolation, match=words):
        pattern_days(replace(PATTERN, **over))
