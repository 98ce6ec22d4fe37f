# SPDX-License-Identifier: AGPL-3.0-or-later
"""Courses, venues, lists of what to prepare, and two hands on the same page."""

from datetime import date
from itertools import product

import pytest

from app.domain.catalogue import (
    check_course_transition,
    check_editable,
    check_module_kept,
    check_plannable,
    planned_minutes,
)
from app.domain.checklist import ItemState, due_on, item_state
from app.domain.errors import RuleViolation
from app.domain.hands import check_seen
from app.domain.venues import check_capacity, check_may_edit
from app.domain.vocabulary import CourseState

S = CourseState
ALLOWED = {(S.DRAFT, S.PUBLISHED), (S.PUBLISHED, S.RETIRED), (S.RETIRED, S.PUBLISHED)}


@pytest.mark.parametrize(("current", "target"), list(product(S, S)))
def test_the_life_of_a_course(current, target) -> None:
    if (current, target) in ALLOWED:
        check_course_transition(current, target)
    else:
        with pytest.raises(RuleViolation):
            check_course_transition(current, target)


def test_only_a_published_course_is_planned() -> None:
    check_plannable(S.PUBLISHED)
    for state in (S.DRAFT, S.RETIRED):
        with pytest.raises(RuleViolation):
            check_plannable(state)


@pytest.mark.parametrize("state", list(S))
def test_who_changes_a_course(state) -> None:
    check_editable(coordinator=True, own_proposal=False, state=state)
    for own in (True, False):
        if own and state is S.DRAFT:
            check_editable(coordinator=False, own_proposal=own, state=state)
        else:
            with pytest.raises(RuleViolation):
                check_editable(coordinator=False, own_proposal=own, state=state)


def test_lengths() -> None:
    assert planned_minutes(0, 1) == 1
    assert planned_minutes(12, 30) == 750
    assert planned_minutes(1000, 0) == 60_000
    for hours, minutes in ((0, 0), (1000, 1)):
        with pytest.raises(RuleViolation):
            planned_minutes(hours, minutes)


def test_a_module_in_a_timetable_stays() -> None:
    check_module_kept("Primo", 0)
    with pytest.raises(RuleViolation, match="Primo"):
        check_module_kept("Primo", 1)


def test_venues() -> None:
    check_may_edit(coordinator=True, own=False)
    check_may_edit(coordinator=False, own=True)
    with pytest.raises(RuleViolation):
        check_may_edit(coordinator=False, own=False)
    check_capacity(20, 20)
    with pytest.raises(RuleViolation, match="20 posti"):
        check_capacity(19, 20)


def test_when_an_item_is_due() -> None:
    first = date(2015, 3, 1)
    assert due_on(first, -1) == date(2015, 2, 28)
    assert due_on(first, 3) == date(2015, 3, 4)
    assert due_on(None, 3) is None


@pytest.mark.parametrize(
    ("due", "done", "state"),
    [
        (date(2015, 5, 13), False, ItemState.OVERDUE),
        (date(2015, 5, 14), False, ItemState.SOON),
        (date(2015, 5, 21), False, ItemState.SOON),
        (date(2015, 5, 22), False, ItemState.AHEAD),
        (date(2015, 5, 13), True, ItemState.DONE),
        (None, True, ItemState.DONE),
        (None, False, ItemState.UNDATED),
    ],
)
def test_where_an_item_stands(due, done, state) -> None:
    assert item_state(due, done, date(2015, 5, 14)) is state


def test_the_second_hand_sees_the_first() -> None:
    check_seen(seen=3, current=3)
    for seen in (-1, 2, 4):
        with pytest.raises(RuleViolation, match="un'altra persona"):
            check_seen(seen=seen, current=3)
