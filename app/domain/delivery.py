# SPDX-License-Identifier: AGPL-3.0-or-later
"""When a message that could not be delivered is tried again, and when it is given up."""

from datetime import datetime, timedelta

from app.domain.errors import RuleViolation, Sentence
from app.domain.vocabulary import MessageState

# Minutes from each attempt to the next; after the last one the message has failed.
# Source: RFC 5321, 4.5.4.1 (the first retries soon, then ever more seldom, for a day or more).
WAITS = (1, 5, 15, 60, 240, 480, 960)
ATTEMPTS = len(WAITS) + 1


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When to try again after so many attempts (1 or more); None when there were enough."""
    if attempts >= ATTEMPTS:
        return None
    return now + timedelta(minutes=WAITS[attempts - 1])


def check_requeue(state: MessageState) -> None:
    """Whether the message may be put in the queue again. Raises RuleViolation."""
    if state is not MessageState.FAILED:
        raise RuleViolation(
            Sentence("Si può rimettere in coda soltanto un messaggio non recapitato.")
        )
