# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may open a page again, until when, and with what reason."""

from datetime import datetime
from typing import Any

import pytest

from app.domain.errors import RuleViolation
from app.domain.register import SheetState
from app.domain.reopening import check_reason, check_reopenable
from app.domain.timetable import ROME


def rome(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment of November 2014; the 6th is a Thursday."""
    return datetime(2014, 11, day, hour, minute, second, tzinfo=ROME)


END = rome(6, 13)
DEADLINE = rome(7, 23, 59, 59)
REPORTED = rome(30, 12)
REOPENING = {
    "state": SheetState.CLOSED,
    "coordinator": False,
    "edition_closed": False,
    "lesson_end": END,
    "reported_at": None,
    "now": rome(6, 14),
    "deadline": DEADLINE,
}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"now": rome(16, 13)},
        {"state": SheetState.NOT_OPEN, "now": rome(8, 0)},
        {"state": SheetState.OPEN, "now": rome(8, 0)},
        {"state": SheetState.REOPENED, "now": rome(8, 0)},
        {"coordinator": True, "now": rome(29, 9)},
        {"coordinator": True, "edition_closed": True, "now": rome(29, 9)},
        {"coordinator": True, "now": rome(30, 11, 59, 59), "reported_at": REPORTED},
    ],
)
def test_a_sheet_reopens(change: dict[str, Any]) -> None:
    check_reopenable(**(REOPENING | change))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"state": SheetState.OPEN}, "non è chiuso"),
        ({"state": SheetState.NOT_OPEN, "now": DEADLINE}, "non è chiuso"),
        ({"state": SheetState.REOPENED, "now": DEADLINE}, "non è chiuso"),
        ({"now": rome(16, 13, 0, 1)}, "più di 10 giorni"),
        ({"edition_closed": True}, "solo il coordinatore"),
        ({"coordinator": True, "reported_at": REPORTED, "now": REPORTED}, "rendicontato"),
        ({"reported_at": REPORTED, "now": REPORTED}, "rendicontato"),
        ({"coordinator": True, "lesson_cancelled": True, "now": rome(8, 0)}, "annullata"),
        (
            {"coordinator": True, "endorsed": False, "state": SheetState.NOT_OPEN,
             "now": rome(8, 0)},
            "non è vidimato",
        ),
    ],
)  # fmt: skip
def test_a_sheet_does_not_reopen(change: dict[str, Any], words: str) -> None:
    with pytest.raises(RuleViolation, match=words):
        check_reopenable(**(REOPENING | change))


@pytest.mark.parametrize("reason", ["0123456789", " 0123456789 ", "Manca una firma"])
def test_a_reason_of_ten_characters_is_one(reason: str) -> None:
    check_reason(reason)


@pytest.mark.parametrize("reason", ["", "012345678", " 012345678 ", " " * 20])
def test_nine_characters_are_no_reason(reason: str) -> None:
    with pytest.raises(RuleViolation, match="almeno 10 caratteri"):
        check_reason(reason)
