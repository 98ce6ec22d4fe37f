# SPDX-License-Identifier: AGPL-3.0-or-later
"""Putting a message that was not delivered in the queue again."""

from copy import copy
from dataclasses import replace

from app import audit, clock, mail, transaction
from app.actor import Actor
from app.audit import Action
from app.domain.delivery import check_requeue
from app.domain.vocabulary import MessageState
from app.models import OutboxMessage


def requeue(actor: Actor, message: OutboxMessage) -> None:
    """Send the message from the beginning, with the Message-ID it has. Raises RuleViolation."""
    check_requeue(message.state)
    audit.record(
        # Whoever looks after the programme reads it in its trail.
        replace(copy(actor), programme_id=message.programme_id),
        Action.MESSAGE_REQUEUED,
        message,
        message.subject,
        kind=message.kind,
        attempts=message.attempts,
    )
    message.state = MessageState.QUEUED
    message.attempts = 0
    message.next_try_at = clock.now()
    message.last_error = ""
    transaction.after_commit(mail.ask_to_deliver)
