# SPDX-License-Identifier: AGPL-3.0-or-later
"""The links of a person, and the record behind the token of one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from app import clock
from app.actor import Actor
from app.domain.sharing import LinkState, link_state, token_hash
from app.enrolments.record.queries import Holder, holder, holders
from app.extensions import db
from app.models import Person, RecordLink
from app.scope import visible

MOST_SHOWN = 50  # links, the newest first; older ones that are over are history


@dataclass(frozen=True)
class Link:
    """A link as its owner sees it: never the address."""

    id: int
    label: str
    created_at: datetime
    expires_at: datetime
    withdrawn_at: datetime | None
    state: LinkState


def links(actor: Actor) -> list[Link]:
    """The actor's links, those that still open the record before the others."""
    now = clock.now()
    over = or_(RecordLink.withdrawn_at.is_not(None), RecordLink.expires_at <= now)
    rows = db.session.scalars(
        visible(RecordLink, actor).order_by(over, RecordLink.id.desc()).limit(MOST_SHOWN)
    )
    return [
        Link(
            id=link.id,
            label=link.label,
            created_at=link.created_at,
            expires_at=link.expires_at,
            withdrawn_at=link.withdrawn_at,
            state=link_state(link.expires_at, link.withdrawn_at, now),
        )
        for link in rows
    ]


@dataclass(frozen=True)
class Opened:
    """Whose record a token opens, and until when."""

    whose: Holder
    expires_at: datetime


def opened(token: str) -> Opened | None:
    """Whom the token stands for; None for one that is expired, withdrawn, unknown or none at all.

    Whatever was sent the database is asked once and the same way.
    """
    wanted = select(RecordLink.person_id).where(RecordLink.token_hash == token_hash(token))
    row = db.session.execute(
        holders(Person.id.in_(wanted))
        .add_columns(RecordLink.expires_at, RecordLink.withdrawn_at)
        .join(RecordLink, RecordLink.person_id == Person.id)
        .where(RecordLink.token_hash == token_hash(token))
    ).one_or_none()
    if row is None:
        return None
    *person, expires_at, withdrawn_at = row
    if link_state(expires_at, withdrawn_at, clock.now()) is not LinkState.ACTIVE:
        return None
    return Opened(holder(person), expires_at)
