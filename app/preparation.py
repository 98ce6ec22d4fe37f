# SPDX-License-Identifier: AGPL-3.0-or-later
"""What has to be ready for editions, and what of it is overdue."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from app import clock
from app.actor import Actor
from app.clock import ROME
from app.domain.checklist import ItemState, due_on, item_state
from app.domain.edition import EditionState
from app.extensions import db
from app.hours import TAKES_PLACE
from app.models import ChecklistItem, Edition, Lesson
from app.scope import clause

# Nothing of these is prepared any more.
OVER = (EditionState.ARCHIVED, EditionState.CANCELLED)


@dataclass(frozen=True)
class Prepared:
    """An item of an edition's list, with its day and where it stands."""

    id: int
    edition_id: int
    edition_code: str
    course_title: str
    title: str
    days: int
    due: date | None
    state: ItemState
    done_at: datetime | None
    done_by: str


def items(*where: ColumnElement[bool]) -> list[Prepared]:
    """The items that the conditions select, in one statement, the first due first."""
    today = clock.today()
    found = [_item(row, today) for row in db.session.execute(_items().where(*where))]
    return sorted(found, key=lambda one: (one.due or date.max, one.edition_code, one.days, one.id))


def overdue(actor: Actor) -> list[Prepared]:
    """What should have been ready already, in the actor's editions."""
    left = ChecklistItem.done_at.is_(None)
    found = items(clause(Edition, actor), Edition.state.notin_(OVER), left)
    return [one for one in found if one.state is ItemState.OVERDUE]


def _items() -> Select[Any]:
    first = (
        select(Lesson.edition_id, func.min(Lesson.starts_at).label("first_at"))
        .where(TAKES_PLACE)
        .group_by(Lesson.edition_id)
        .subquery("first_lessons")
    )
    return (
        select(ChecklistItem, Edition.code, Edition.course_title, first.c.first_at)
        .join(Edition, Edition.id == ChecklistItem.edition_id)
        .outerjoin(first, first.c.edition_id == Edition.id)
    )


def _item(row: Any, today: date) -> Prepared:
    item, code, title, first_at = row
    due = due_on(first_at.astimezone(ROME).date() if first_at else None, item.days)
    return Prepared(
        id=item.id,
        edition_id=item.edition_id,
        edition_code=code,
        course_title=title,
        title=item.title,
        days=item.days,
        due=due,
        state=item_state(due, item.done_at is not None, today),
        done_at=item.done_at,
        done_by=item.done_by_label,
    )
