# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stands in the outbox leaves: each message outside any transaction, at least once.

A worker that dies between sending and noting it sends again, with the Message-ID kept
in the row, so that mail programs show the message once.
"""

import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from flask import current_app
from sqlalchemy import select, update

from app import clock, postman, transaction
from app.domain.delivery import ATTEMPTS, next_try
from app.domain.vocabulary import MessageState
from app.extensions import db
from app.mail import LONGEST, Attachment, fault_of, goes_to_files, one_line
from app.models import OutboxAttachment, OutboxMessage

# Longer than any sending takes: until then no other worker takes the message.
LEASE = timedelta(minutes=15)
AT_ONCE = 200  # messages sent in one go, before other jobs have their turn
# Links that open an account to whoever has them (app/account_tokens.py).
SECRETS = re.compile(r"(/(?:password|welcome)/)[A-Za-z0-9_-]{43}")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Letter:
    """A message taken from the outbox, free of its transaction."""

    id: int
    kind: str
    to_address: str
    to_name: str
    subject: str
    body: str
    message_id: str
    created_at: datetime
    attempts: int
    attachments: tuple[Attachment, ...] = ()


def deliver() -> int:
    """Send what is due, each message outside any transaction; how many were tried."""
    way = postman.route(current_app.config["MAIL_URL"])
    for tried in range(AT_ONCE):
        letter = _take()
        if letter is None:
            return tried
        try:
            _check_interrupted(letter)
            postman.send(way, composed(letter), f"{letter.message_id[1:37]}.eml")
        except postman.Refused as reason:
            _note_failure(letter, str(reason), None)
        except postman.Postponed as reason:
            _note_failure(letter, str(reason), next_try(letter.attempts, clock.now()))
        else:
            _note_sent(letter)
    return AT_ONCE


def _take() -> Letter | None:
    """The message due first; others leave it alone for the time of a lease."""
    now = clock.now()
    with transaction.unit():
        row = db.session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.state == MessageState.QUEUED, OutboxMessage.next_try_at <= now)
            .order_by(OutboxMessage.next_try_at, OutboxMessage.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if row is None:
            return None
        row.attempts += 1
        row.next_try_at = now + LEASE
        return Letter(
            row.id, row.kind, row.to_address, row.to_name, row.subject, row.body,
            row.message_id, row.created_at, row.attempts, _attachments_of(row.id),
        )  # fmt: skip


def _attachments_of(message_id: int) -> tuple[Attachment, ...]:
    files = (OutboxAttachment.name, OutboxAttachment.media_type, OutboxAttachment.content)
    found = db.session.execute(
        select(*files)
        .where(OutboxAttachment.message_id == message_id)
        .order_by(OutboxAttachment.id)
    )
    return tuple(Attachment(*file) for file in found)


def _check_interrupted(letter: Letter) -> None:
    """An attempt nobody noted the end of is one too: no message stops the others for ever."""
    if letter.attempts > ATTEMPTS:
        raise postman.Refused("L'invio si è interrotto più volte.")


def composed(letter: Letter) -> EmailMessage:
    """The message as it travels. Raises Refused for an address that is none."""
    if wrong := fault_of(letter.to_address):
        raise postman.Refused(wrong)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(
        current_app.config["OWNER_NAME"], addr_spec=current_app.config["MAIL_FROM"]
    )
    message["To"] = Address(letter.to_name, addr_spec=letter.to_address)
    message["Subject"] = letter.subject
    message["Date"] = letter.created_at
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answer from an absence notice
    message.set_content(letter.body, cte="quoted-printable")
    for file in letter.attachments:
        main_type, _slash, subtype = file.media_type.partition("/")
        message.add_attachment(
            file.content, maintype=main_type, subtype=subtype, filename=file.name
        )
    return message


def _note_sent(letter: Letter) -> None:
    """The secret of a link stays with whoever received it: the row keeps none once it has left.

    Where messages become files, the mail page is how they are read.
    """
    body = letter.body if goes_to_files() else SECRETS.sub(r"\1…", letter.body)
    with transaction.unit():
        db.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == letter.id)
            .values(state=MessageState.SENT, sent_at=clock.now(), last_error="", body=body)
        )


def _note_failure(letter: Letter, reason: str, again: datetime | None) -> None:
    log.warning(
        "message %s (%s) not delivered, attempt %s", letter.id, letter.kind, letter.attempts
    )
    values: dict[str, Any] = {"last_error": one_line(reason, LONGEST["error"])}
    values |= {"next_try_at": again} if again else {"state": MessageState.FAILED}
    with transaction.unit():
        db.session.execute(
            update(OutboxMessage)
            .where(
                OutboxMessage.id == letter.id,
                # Another worker may have taken it meanwhile: then the word is theirs.
                OutboxMessage.state == MessageState.QUEUED,
                OutboxMessage.attempts == letter.attempts,
            )
            .values(**values)
        )
