# SPDX-License-Identifier: AGPL-3.0-or-later
"""The outbox as the system administrator reads it."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import labels, mail
from app.actor import Actor
from app.domain.vocabulary import MessageState
from app.extensions import db
from app.listing import Filter, Listing, Plan, folded, paginate
from app.models import OutboxAttachment, OutboxMessage
from app.scope import clause, get_visible


@dataclass(frozen=True)
class MessageRow:
    """One message of the list."""

    id: int
    kind: str
    to_address: str
    to_name: str
    subject: str
    state: MessageState
    attempts: int
    created_at: datetime
    sent_at: datetime | None
    last_error: str


def message_list(actor: Actor) -> Listing:
    """The messages, the latest first."""
    columns = [getattr(OutboxMessage, name) for name in MessageRow.__dataclass_fields__]
    return paginate(
        select(*columns).where(clause(OutboxMessage, actor)),
        Plan(
            sorts={
                "created": [OutboxMessage.id],
                "to": [OutboxMessage.to_address, OutboxMessage.id],
                "subject": [OutboxMessage.subject, OutboxMessage.id],
            },
            descending=True,
            search=folded(
                OutboxMessage.to_address + " " + OutboxMessage.to_name + " " + OutboxMessage.subject
            ),
            filters=[
                Filter("state", _("Stato"), labels.choices(*MessageState), OutboxMessage.state)
            ],
        ),
        lambda row: MessageRow(*row),
    )


@dataclass(frozen=True)
class AttachedFile:
    """A file that travels with a message; ``size`` in bytes. What it holds is not read here."""

    name: str
    media_type: str
    size: int


@dataclass(frozen=True)
class MessagePage:
    """One message; its text only where there is no other way to read it."""

    message: OutboxMessage
    text: str | None
    files: list[AttachedFile]


def message_page(actor: Actor, message_id: int) -> MessagePage:
    """The message, if the actor may see it."""
    message = get_visible(OutboxMessage, message_id, actor)
    size = func.length(OutboxAttachment.content)
    files = db.session.execute(
        select(OutboxAttachment.name, OutboxAttachment.media_type, size)
        .where(OutboxAttachment.message_id == message_id)
        .order_by(OutboxAttachment.id)
    )
    return MessagePage(
        message,
        message.body if mail.goes_to_files() else None,
        [AttachedFile(*file) for file in files],
    )
