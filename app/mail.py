# SPDX-License-Identifier: AGPL-3.0-or-later
"""The outbox: a message is written with the deed it tells of, and sent after the commit.

Sent at least once: a worker that dies between sending and noting it sends again,
with the Message-ID kept in the row, so that mail programs show the message once.
"""

import logging
import re
import uuid
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from flask import Flask, current_app
from flask_babel import force_locale
from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app import audit, clock, jobs, postman, transaction
from app.actor import Actor
from app.audit import Action
from app.domain.delivery import ATTEMPTS, check_requeue, next_try
from app.domain.text import clean
from app.domain.vocabulary import MessageState
from app.extensions import db
from app.funding import NO_PROGRAMME, publicity_words
from app.models import OutboxAttachment, OutboxMessage, Programme

# Longer than any sending takes: until then no other worker takes the message.
LEASE = timedelta(minutes=15)
MOST_SHOWN = 20  # failures of one address or row
AT_ONCE = 200  # messages sent in one go, before other jobs have their turn
# Links that open an account to whoever has them (app/account_tokens.py).
SECRETS = re.compile(r"(/(?:password|welcome)/)[A-Za-z0-9_-]{43}")
LONGEST = {"name": 200, "subject": 200, "error": 300, "body": 100_000}

log = logging.getLogger(__name__)


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
    address = _line(to.address, 254)
    now = clock.now()
    wrong = _fault_of(address)
    dialect = db.session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    put = db.session.execute(
        insert(OutboxMessage)
        .values(
            programme_id=programme_id,
            kind=kind,
            to_address=address,
            to_name=_line(to.name, LONGEST["name"]),
            subject=_line(subject, LONGEST["subject"]),
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
    jobs.ask_for(deliver.__name__)


def _line(text: str, longest: int) -> str:
    """One line without control characters: nothing in it can begin another header."""
    return " ".join(clean(text).split())[:longest]


def _fault_of(address: str) -> str:
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


# --- sending -----------------------------------------------------------------


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
    if wrong := _fault_of(letter.to_address):
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
    values: dict[str, Any] = {"last_error": _line(reason, LONGEST["error"])}
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
