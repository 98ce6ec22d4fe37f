# SPDX-License-Identifier: AGPL-3.0-or-later
"""The outbox: a message is written with the deed it tells of, and sent after the commit.

Here it is written, and looked for where it did not arrive; ``app.mail_delivery`` sends it.
"""

import uuid
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from flask import Flask, current_app
from flask_babel import force_locale
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.dialects import postgresql, sqlite

from app import audit, clock, jobs, postman, transaction
from app.actor import Actor
from app.audit import Action
from app.domain.delivery import check_requeue
from app.domain.text import clean
from app.domain.vocabulary import MessageState
from app.extensions import db
from app.funding import NO_PROGRAMME, publicity_words
from app.models import OutboxAttachment, OutboxMessage, Programme

DELIVERY = "deliver"  # the job that sends
MOST_SHOWN = 20  # failures of one address or row
LONGEST = {"name": 200, "subject": 200, "error": 300, "body": 100_000}


@dataclass(frozen=True)
class Recipient:
    """Whom a message is for."""

    address: str
    name: str = ""


@dataclass(frozen=True)
class Attachment:
    """A file that travels with a message. ``media_type``: such as ``text/calendar``."""

    name: str
    media_type: str
    content: bytes


def init_app(app: Flask) -> None:
    """Refuse to start with an address of the mail server that is none."""
    postman.route(app.config["MAIL_URL"])


def goes_to_files() -> bool:
    """Whether there is no mail server, and messages are read in the mail page."""
    return postman.route(current_app.config["MAIL_URL"]).folder is not None


# --- writing -----------------------------------------------------------------


def draw(template: str, **values: Any) -> str:
    """The text of a message, from a template of ``templates/mail``; always in Italian."""
    with force_locale("it"):
        return current_app.jinja_env.get_template(f"mail/{template}").render(**values)


def queue(
    kind: str,
    to: Recipient,
    subject: str,
    body: str,
    *,
    about: Any = None,
    once_key: str | None = None,
    programme_id: int | None = None,
    attachments: Sequence[Attachment] = (),
) -> bool:
    """Put a message in the outbox, in the transaction at hand; whether it was put there.

    ``about``: the row it tells of. ``once_key``: a second message with it is not put.
    An address that is none is kept as failed, where people see it.
    """
    address = one_line(to.address, 254)
    now = clock.now()
    wrong = fault_of(address)
    dialect = db.session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    put = db.session.execute(
        insert(OutboxMessage)
        .values(
            programme_id=programme_id,
            kind=kind,
            to_address=address,
            to_name=one_line(to.name, LONGEST["name"]),
            subject=one_line(subject, LONGEST["subject"]),
            body=_with_foot(clean(body), programme_id)[: LONGEST["body"]],
            about_type=about.__tablename__ if about is not None else "",
            about_id=about.id if about is not None else None,
            once_key=once_key,
            message_id=f"<{uuid.uuid4()}@{_host()}>",
            created_at=now,
            state=MessageState.FAILED if wrong else MessageState.QUEUED,
            attempts=0,
            next_try_at=now,
            last_error=wrong,
        )
        .on_conflict_do_nothing(index_elements=[OutboxMessage.once_key])
        .returning(OutboxMessage.id)
    ).first()
    if put is None:
        return False
    for file in attachments:
        db.session.add(
            OutboxAttachment(
                message_id=put.id, name=file.name, media_type=file.media_type, content=file.content
            )
        )
    transaction.after_commit(ask_to_deliver)
    return True


def ask_to_deliver() -> None:
    """Have the worker look at the outbox now."""
    jobs.ask_for(DELIVERY)


def one_line(text: str, longest: int) -> str:
    """One line without control characters: nothing in it can begin another header."""
    return " ".join(clean(text).split())[:longest]


def fault_of(address: str) -> str:
    try:
        validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return "L'indirizzo non è un indirizzo di posta."
    return ""


def _host() -> str:
    return urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"


def _with_foot(body: str, programme_id: int | None) -> str:
    """The text with the acknowledgement of the funding (publicity rules of the grant agreement)."""
    last = select(func.max(Programme.id)).scalar_subquery()
    wanted = programme_id if programme_id is not None else last
    programme = db.session.scalars(select(Programme).where(Programme.id == wanted)).one_or_none()
    return draw(
        "_foot.txt",
        body=body.strip(),
        publicity=publicity_words(programme) if programme else NO_PROGRAMME,
        owner_name=current_app.config["OWNER_NAME"],
        address=current_app.config["BASE_URL"],
    )


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
    transaction.after_commit(ask_to_deliver)


# --- what did not arrive ---------------------------------------------------------


@dataclass(frozen=True)
class Failure:
    """A message that nobody received, as those see it who should know; never its text."""

    id: int
    to_address: str
    to_name: str
    subject: str
    created_at: datetime
    reason: str


def failed_about(row: Any) -> list[Failure]:
    """What could not be delivered of the messages about this row, the latest first."""
    return _failures(
        OutboxMessage.about_type == row.__tablename__, OutboxMessage.about_id == row.id
    )


def failures_to(address: str) -> list[Failure]:
    """What could not be delivered to this address since it was last reached, the latest first."""
    reached = (
        select(func.coalesce(func.max(OutboxMessage.id), 0))
        .where(OutboxMessage.to_address == address, OutboxMessage.state == MessageState.SENT)
        .scalar_subquery()
    )
    return _failures(OutboxMessage.to_address == address, OutboxMessage.id > reached)


def _failures(*which: ColumnElement[bool]) -> list[Failure]:
    rows = db.session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.state == MessageState.FAILED, *which)
        .order_by(OutboxMessage.id.desc())
        .limit(MOST_SHOWN)
    )
    return [
        Failure(r.id, r.to_address, r.to_name, r.subject, r.created_at, r.last_error) for r in rows
    ]


def latest_failures() -> ColumnElement[bool]:
    """Messages that failed and were the last to their address: nothing has reached it since."""
    last = (
        select(func.max(OutboxMessage.id))
        .where(OutboxMessage.state != MessageState.QUEUED)
        .group_by(OutboxMessage.to_address)
    )
    return OutboxMessage.id.in_(last) & (OutboxMessage.state == MessageState.FAILED)


def unreached_addresses() -> Select[tuple[str]]:
    """The addresses that the last message to them did not reach."""
    return select(OutboxMessage.to_address).where(latest_failures())


def unreached(addresses: list[str]) -> set[str]:
    """Those of these addresses that the last message to them did not reach."""
    found = unreached_addresses().where(OutboxMessage.to_address.in_(addresses))
    return set(db.session.scalars(found))
