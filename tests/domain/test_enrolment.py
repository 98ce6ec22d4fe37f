# SPDX-License-Identifier: AGPL-3.0-or-later
"""The life of an enrolment."""

from itertools import product

import pytest

from app.domain.enrolment import EnrolmentState, check_transition, expected, outcome
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
