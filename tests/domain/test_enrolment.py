# SPDX-License-Identifier: AGPL-3.0-or-later
"""The life of an enrolment."""

from datetime import date
from itertools import product

import pytest

from app.domain.edition import EditionState
from app.domain.enrolment import (
    EnrolmentState,
    check_running,
    check_transition,
    check_window,
    expected,
    next_step,
    outcome,
    pending,
    promotes,
    takes_seat,
)
from app.domain.errors import RuleViolation

S = EnrolmentState

ALLOWED = {
    (S.REQUESTED, S.BODY_APPROVED),
    (S.REQUESTED, S.CONFIRMED),
    (S.REQUESTED, S.WAITLISTED),
    (S.REQUESTED, S.REJECTED),
    (S.REQUESTED, S.WITHDRAWN),
    (S.BODY_APPROVED, S.CONFIRMED),
    (S.BODY_APPROVED, S.WAITLISTED),
    (S.BODY_APPROVED, S.REJECTED),
    (S.BODY_APPROVED, S.WITHDRAWN),
    (S.WAITLISTED, S.CONFIRMED),
    (S.WAITLISTED, S.REJECTED),
    (S.WAITLISTED, S.WITHDRAWN),
    (S.CONFIRMED, S.WITHDRAWN),
    (S.CONFIRMED, S.COMPLETED),
    (S.CONFIRMED, S.NOT_COMPLETED),
    (S.COMPLETED, S.CONFIRMED),
    (S.NOT_COMPLETED, S.CONFIRMED),
}


@pytest.mark.parametrize(("current", "target"), list(product(S, S)))
def test_every_passage_is_allowed_or_refused(
    current: EnrolmentState, target: EnrolmentState
) -> None:
    if (current, target) in ALLOWED:
        check_transition(current, target)
    else:
        with pytest.raises(RuleViolation, match="ricaricare la pagina"):
            check_transition(current, target)


def test_who_is_expected_in_the_room() -> None:
    assert {state for state in S if expected(state)} == {S.CONFIRMED, S.COMPLETED, S.NOT_COMPLETED}


@pytest.mark.parametrize(
    ("counted", "planned", "threshold", "state"),
    [
        (768, 960, 80, S.COMPLETED),
        (767, 960, 80, S.NOT_COMPLETED),
        (1, 240, 0, S.COMPLETED),
        (0, 240, 0, S.NOT_COMPLETED),
        (0, 0, 80, S.NOT_COMPLETED),
    ],
)
def test_outcome(counted: int, planned: int, threshold: int, state: EnrolmentState) -> None:
    assert outcome(counted, planned, threshold) is state


def test_whose_seat_it_is_and_whom_somebody_decides_of() -> None:
    assert {state for state in S if takes_seat(state)} == {
        S.BODY_APPROVED,
        S.CONFIRMED,
        S.COMPLETED,
        S.NOT_COMPLETED,
    }
    assert {state for state in S if pending(state)} == {S.REQUESTED, S.BODY_APPROVED, S.WAITLISTED}


FIRST, LAST = date(2015, 4, 10), date(2015, 5, 2)


@pytest.mark.parametrize(
    ("state", "opens", "closes", "day", "why"),
    [
        (EditionState.OPEN, FIRST, LAST, FIRST, ""),
        (EditionState.CONFIRMED, FIRST, LAST, LAST, ""),
        (EditionState.OPEN, None, None, LAST, ""),
        (EditionState.OPEN, FIRST, LAST, date(2015, 4, 9), "non sono ancora aperte"),
        (EditionState.OPEN, FIRST, LAST, date(2015, 5, 3), "sono chiuse"),
        (EditionState.DRAFT, FIRST, LAST, FIRST, "non sono aperte"),
        (EditionState.RUNNING, FIRST, LAST, FIRST, "non sono aperte"),
    ],
)
def test_when_officials_and_bodies_may_ask(state, opens, closes, day, why) -> None:
    if not why:
        check_window(state, opens, closes, day)
        return
    with pytest.raises(RuleViolation, match=why):
        check_window(state, opens, closes, day)


@pytest.mark.parametrize("state", EditionState)
def test_when_an_organiser_may_enrol(state) -> None:
    if state in (EditionState.OPEN, EditionState.CONFIRMED, EditionState.RUNNING):
        check_running(state)
    else:
        with pytest.raises(RuleViolation, match="non si iscrive"):
            check_running(state)


def test_after_the_first_lesson_a_seat_waits_for_the_organiser() -> None:
    assert promotes(started=False, asked=False)
    assert not promotes(started=True, asked=False)
    assert promotes(started=True, asked=True)


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("body_approval", [True, False])
def test_every_state_says_what_happens_next(state, body_approval) -> None:
    said = str(next_step(state, 3, body_approval))
    assert said.endswith(".")
    assert ("posto 3" in said) == (state is S.WAITLISTED)
    assert ("referente del tuo ente" in said) == (state is S.REQUESTED and body_approval)
