# SPDX-License-Identifier: AGPL-3.0-or-later
"""The programme whose standard list it is, and the lists themselves."""

import zlib
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.actor import Actor
from app.extensions import db
from app.models import ChecklistItem, Edition, Programme, StandardItem

CHECKLIST_PAGE = (joinedload(Edition.course),)


def programme_of(actor: Actor) -> Programme:
    """The programme of the role chosen."""
    return db.session.get_one(Programme, actor.programme_id)


def items_of(edition_id: int) -> list[ChecklistItem]:
    """The items of an edition, the first due first."""
    return list(
        db.session.scalars(
            select(ChecklistItem)
            .where(ChecklistItem.edition_id == edition_id)
            .order_by(ChecklistItem.days, ChecklistItem.id)
        )
    )


def standard_of(programme_id: int) -> list[StandardItem]:
    """The standard list, the first due first."""
    return list(
        db.session.scalars(
            select(StandardItem)
            .where(StandardItem.programme_id == programme_id)
            .order_by(StandardItem.days, StandardItem.id)
        )
    )


def trace(items: Sequence[ChecklistItem] | Sequence[StandardItem]) -> str:
    """A short trace of a list's text: another one tells that another hand was faster."""
    text = repr([(item.id, item.title, item.days) for item in items])
    return f"{zlib.crc32(text.encode()):08x}"
