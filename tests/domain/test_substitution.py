# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: a place is taken before the page is closed, with a reason, by somebody who is free."""

import pytest

from app.domain.clashes import Clash, ClashKind
from app.domain.errors import RuleViolation
from app.domain.register import SheetState
from app.domain.substitution import check_open, check_reason, check_substitute


@pytest.mark.parametrize("state", [SheetState.NOT_OPEN, SheetState.OPEN, SheetState.REOPENED])
def test_while_the_page_is_not_closed(state):
    check_open(state, takes_place=True)
    with pytest.raises(RuleViolation, match="non si tiene"):
        check_open(state, takes_place=False)


def test_not_once_it_is():
    with pytest.raises(RuleViolation, match="chiuso"):
        check_open(SheetState.CLOSED, takes_place=True)


def test_a_reason_of_ten_characters():
    check_reason("0123456789")
    for reason in ("", "012345678", "   01234567   "):
        with pytest.raises(RuleViolation, match="almeno"):
            check_reason(reason)


def test_somebody_who_is_free_and_not_there_already():
    check_substitute(1, [2, 3], [], "")
    check_substitute(1, [2], [Clash(ClashKind.TRAINER, 9, 5), Clash(ClashKind.ROOM, 9, 1)], "")
    with pytest.raises(RuleViolation, match="già assegnata"):
        check_substitute(1, [1, 2], [], "")
    with pytest.raises(RuleViolation, match="già impegnata"):
        check_substitute(1, [2], [Clash(ClashKind.TRAINER, 9, 1)], "C01-01")
