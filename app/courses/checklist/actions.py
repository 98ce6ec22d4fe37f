# SPDX-License-Identifier: AGPL-3.0-or-later
"""What has to be ready: the list of an edition, its ticks, the standard list of the programme."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.courses.checklist.queries import items_of, standard_of, trace
from app.domain.errors import RuleViolation, Sentence
from app.extensions import db
from app.models import ChecklistItem, Edition, Programme, StandardItem

Rows = Sequence[tuple[int | None, str, int]]  # id of the item it was, title, days


def tick(actor: Actor, edition: Edition, item_id: int, done: bool) -> None:
    """Note that an item is done, by whom and when, or that it is not. Raises RuleViolation."""
    item = db.session.scalars(
        select(ChecklistItem)
        .where(ChecklistItem.id == item_id, ChecklistItem.edition_id == edition.id)
        .with_for_update()
    ).one_or_none()
    if item is None:
        raise RuleViolation(Sentence("La voce non c'è più: ricaricare la pagina."))
    if (item.done_at is not None) == done:
        return
    item.done_at = clock.now() if done else None
    item.done_by_id = actor.account_id if done else None
    item.done_by_label = actor.name if done else ""
    audit.record(
        actor,
        Action.CHECKLIST_TICKED,
        edition,
        edition.code,
        body_id=edition.delivering_body_id,
        item=item.title,
        done=done,
    )


def set_items(actor: Actor, edition: Edition, seen: str, rows: Rows) -> bool:
    """Make the edition's list what the table says; ticks stay. Whether anything changed."""
    db.session.refresh(edition, ["state"], with_for_update=True)
    now = {item.id: item for item in items_of(edition.id)}
    if seen != trace(list(now.values())):
        raise RuleViolation(
            Sentence("Nel frattempo un'altra persona ha cambiato l'elenco: ricaricare la pagina.")
        )
    old = [[item.title, item.days] for item in now.values()]
    if old == [[title, days] for _id, title, days in rows] and [r[0] for r in rows] == list(now):
        return False
    kept = {number for number, _title, _days in rows if number in now}
    for gone in now.keys() - kept:
        db.session.delete(now[gone])
    for number, title, days in rows:
        item = now.get(number or 0) or ChecklistItem(edition_id=edition.id)
        item.title, item.days = title, days
        db.session.add(item)
    audit.record(
        actor,
        Action.CHECKLIST_SET,
        edition,
        edition.code,
        body_id=edition.delivering_body_id,
        old=old,
        new=[[title, days] for _id, title, days in rows],
    )
    return True


def set_standard(actor: Actor, programme: Programme, seen: str, rows: Rows) -> bool:
    """Make the standard list what the table says; editions already planned keep theirs."""
    db.session.refresh(programme, ["version"], with_for_update=True)
    now = standard_of(programme.id)
    if seen != trace(now):
        raise RuleViolation(
            Sentence("Nel frattempo un'altra persona ha cambiato l'elenco: ricaricare la pagina.")
        )
    old = [[item.title, item.days] for item in now]
    new = [[title, days] for _id, title, days in rows]
    if old == new:
        return False
    db.session.execute(delete(StandardItem).where(StandardItem.programme_id == programme.id))
    db.session.add_all(
        StandardItem(programme_id=programme.id, title=title, days=days) for _id, title, days in rows
    )
    audit.record(actor, Action.CHECKLIST_SET, programme, programme.acronym, old=old, new=new)
    return True
