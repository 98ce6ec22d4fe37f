# SPDX-License-Identifier: AGPL-3.0-or-later
"""The signed sheet: from when it is attached, and what a line of the comparison may say."""

from datetime import UTC, datetime

import pytest

from app.domain.errors import RuleViolation
from app.domain.paper import check_attach, check_line

LESSON = datetime(2015, 5, 14, 7, 0, tzinfo=UTC)  # 09:00 in Rome


def refusal(check, *given, **more) -> str:
    try:
        check(*given, **more)
    except RuleViolation as refused:
        return str(refused)
    return ""


@pytest.mark.parametrize(
    ("now", "cancelled", "sentence"),
    [
        (datetime(2015, 5, 13, 21, 59, 59, tzinfo=UTC), False, "dal giorno della lezione: 14/05/2015"),
        (datetime(2015, 5, 13, 22, 0, tzinfo=UTC), False, ""),
        (LESSON, False, ""),
        (datetime(2016, 5, 14, tzinfo=UTC), False, ""),
        (LESSON, True, "non si è tenuta"),
    ],
)  # fmt: skip
def test_a_scan_is_attached_from_the_first_minute_of_the_day(now, cancelled, sentence):
    found = refusal(check_attach, LESSON, lesson_cancelled=cancelled, now=now)
    assert (sentence in found, bool(sentence)) == (True, bool(found))


@pytest.mark.parametrize(
    ("agrees", "remark", "differed", "sentence"),
    [
        (True, "", False, ""),
        (False, "Manca la firma", False, ""),
        (False, "abc", False, ""),
        (False, "ab", False, "in che cosa"),
        (False, " a  ", False, "in che cosa"),
        (False, "", False, "in che cosa"),
        (True, "", True, "resta agli atti"),
        (False, "Un'altra cosa", True, "resta agli atti"),
    ],
)
def test_a_difference_says_how_and_stays(agrees, remark, differed, sentence):
    found = refusal(check_line, agrees=agrees, remark=remark, differed=differed)
    assert (sentence in found, bool(sentence)) == (True, bool(found))
