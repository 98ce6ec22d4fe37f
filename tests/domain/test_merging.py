# SPDX-License-Identifier: AGPL-3.0-or-later
"""What forbids joining two records, and which of two enrolments goes."""

import pytest

from app.domain.errors import RuleViolation
from app.domain.merging import Case, SharedEdition, check, obstacles

CODE = "C01-01"


def shared(kept: bool, merged: bool, *expected: bool) -> Case:
    return Case(shared=(SharedEdition(CODE, kept, merged, *expected),))


@pytest.mark.parametrize(
    ("case", "says"),
    [
        (Case(kept_joined=True), "già stata unita"),
        (Case(merged_joined=True, both_sign_in=True), "già stata unita"),
        (Case(both_sign_in=True), "disattivare prima"),
        (shared(True, True), "il registro non si riscrive"),
        (shared(True, False, False, True), "ritirare prima"),
        (shared(False, True, True, False), "ritirare prima"),
        (Case(taught_and_attended=(CODE,)), "una insegna"),
        (Case(taught_together=(CODE,)), "stessa lezione"),
        (Case(both_certified=(CODE,)), "revocarne prima uno"),
        (Case(waiting_for_certificates=True), "attendere che finisca"),
    ],
)
def test_an_obstacle_says_what_to_do_first(case, says):
    found = obstacles(case)
    assert len(found) == 1
    assert says in str(found[0])
    with pytest.raises(RuleViolation, match=says):
        check(case)


@pytest.mark.parametrize(
    ("case", "drops_kept"),
    [
        (shared(True, False), False),
        (shared(False, True), True),
        (shared(False, False), False),
        (shared(False, False, False, True), True),
        (shared(False, False, True, False), False),
        (shared(False, True, False, True), True),
    ],
)
def test_of_two_enrolments_the_one_that_says_less_goes(case, drops_kept):
    check(case)
    assert case.shared[0].drops_kept is drops_kept


def test_nothing_in_the_way():
    assert obstacles(Case()) == []
    check(Case())
