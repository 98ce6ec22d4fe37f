# SPDX-License-Identifier: AGPL-3.0-or-later
"""The programme's indicators."""

from dataclasses import replace

import pytest

from app.domain.indicators import Figure, Sums, Unit, figures, may_show

SUMS = Sums(
    enrolled_people=115,
    trained_people=109,
    delivered_minutes=10_800,
    planned_minutes=10_800,
    person_minutes=90_000,
    possible_minutes=100_000,
    editions_held=16,
    editions_planned=16,
    lessons_held=45,
    lessons_planned=45,
    bodies_reached=14,
    municipalities_reached=13,
    policy_makers=10,
    eligible=150,
    confirmed=180,
)


def test_the_figures_of_the_programme() -> None:
    assert figures(SUMS, {"OUT2": 100, "OUT3": 10_800, "RES1": 80}) == (
        Figure("OUT1", 115, None, Unit.PERSONS),
        Figure("OUT2", 109, 100, Unit.PERSONS),
        Figure("OUT3", 10_800, 10_800, Unit.MINUTES),
        Figure("OUT4", 90_000, None, Unit.MINUTES),
        Figure("OUT5", 16, None, Unit.COUNT),
        Figure("OUT6", 14, None, Unit.COUNT),
        Figure("RES1", 83, 80, Unit.PERCENT),
        Figure("RES2", 90, None, Unit.PERCENT),
    )


def test_a_programme_that_has_not_begun_has_no_division_by_zero() -> None:
    idle = replace(SUMS, eligible=0, confirmed=0, person_minutes=0, possible_minutes=0)
    assert [figure.value for figure in figures(idle, {})[-2:]] == [0, 0]


@pytest.mark.parametrize(
    ("value", "target", "reached"),
    [(109, 100, 109), (99, 100, 99), (2, 3, 66), (0, 100, 0), (5, None, None), (5, 0, None)],
)
def test_the_part_of_the_target_reached(value: int, target: int | None, reached: int) -> None:
    assert Figure("OUT1", value, target, Unit.PERSONS).reached == reached


@pytest.mark.parametrize(("n", "shown"), [(0, True), (1, False), (2, False), (3, True), (40, True)])
def test_one_or_two_people_are_not_shown(n: int, shown: bool) -> None:
    assert may_show(n) is shown
