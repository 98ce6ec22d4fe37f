# SPDX-License-Identifier: AGPL-3.0-or-later
"""The life of an edition."""

from itertools import product

import pytest

from app.domain.edition import EditionState, check_transition, has_ended
from app.domain.errors import RuleViolation

S = EditionState

ALLOWED = {
    (S.DRAFT, S.OPEN),
    (S.DRAFT, S.CANCELLED),
    (S.OPEN, S.CONFIRMED),
    (S.OPEN, S.CANCELLED),
    (S.CONFIRMED, S.RUNNING),
    (S.CONFIRMED, S.CANCELLED),
    (S.RUNNING, S.CLOSED),
    (S.CLOSED, S.RUNNING),
    (S.CLOSED, S.ARCHIVED),
}


@pytest.mark.parametrize(("current", "target"), list(product(S, S)))
def test_every_passage_is_allowed_or_refused(current: EditionState, target: EditionState) -> None:
    if (current, target) in ALLOWED:
        check_transition(current, target)
    else:
        with pytest.raises(RuleViolation):
            check_transition(current, target)


def test_closing_twice_says_so() -> None:
    with pytest.raises(RuleViolation, match="già chiusa"):
        check_transition(S.CLOSED, S.CLOSED)


@pytest.mark.parametrize(
    ("open_sheets", "words"),
    [(1, "^Un foglio presenze non è chiuso"), (3, "^3 fogli presenze non sono chiusi")],
)
def test_an_edition_closes_after_its_sheets(open_sheets: int, words: str) -> None:
    with pytest.raises(RuleViolation, match=words):
        check_transition(S.RUNNING, S.CLOSED, open_sheets=open_sheets)


def test_open_sheets_hold_back_nothing_but_the_closing() -> None:
    check_transition(S.CONFIRMED, S.RUNNING, open_sheets=4)


def test_what_has_ended() -> None:
    assert {state for state in S if has_ended(state)} == {S.CLOSED, S.ARCHIVED}
