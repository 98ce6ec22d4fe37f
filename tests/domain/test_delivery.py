# SPDX-License-Identifier: AGPL-3.0-or-later
"""When a message is tried again, given up, and put in the queue anew."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.delivery import ATTEMPTS, check_requeue, next_try
from app.domain.errors import RuleViolation
from app.domain.vocabulary import MessageState

NOW = datetime(2015, 5, 14, 7, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempts", "minutes"),
    [(1, 1), (2, 5), (3, 15), (4, 60), (5, 240), (6, 480), (7, 960)],
)
def test_the_waits_grow(attempts: int, minutes: int) -> None:
    assert next_try(attempts, NOW) == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize("attempts", [8, 9, 100])
def test_after_eight_attempts_it_is_given_up(attempts: int) -> None:
    assert ATTEMPTS == 8
    assert next_try(attempts, NOW) is None


def test_only_a_failed_message_is_put_in_the_queue_again() -> None:
    check_requeue(MessageState.FAILED)
    for state in (MessageState.QUEUED, MessageState.SENT):
        with pytest.raises(RuleViolation, match="non recapitato"):
            check_requeue(state)
