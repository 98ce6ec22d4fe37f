# SPDX-License-Identifier: AGPL-3.0-or-later
"""Making and withdrawing the links by which a person lets others read her record."""

from datetime import timedelta

from flask import current_app
from sqlalchemy import func, select

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain.errors import RuleViolation, Sentence
from app.domain.sharing import LinkState, check_room, link_state, link_token, token_hash
from app.extensions import db
from app.models import Person, RecordLink
from app.scope import clause


def share(actor: Actor, label: str, days: int, nonce: str) -> str:
    """Make the link; its token, which is kept nowhere. The same form sent again gives it again."""
    if actor.person_id is None:
        raise RuleViolation(Sentence("L'utenza non è di una persona: non c'è nulla da mostrare."))
    db.session.execute(select(Person.id).where(Person.id == actor.person_id).with_for_update())
    key = str(current_app.config["SECRET_KEY"]).encode()
    token, now = link_token(key, actor.account_id or 0, nonce), clock.now()
    if _made_already(token):
        return token
    check_room(_active(actor.person_id))
    link = RecordLink(
        person_id=actor.person_id,
        label=label,
        token_hash=token_hash(token),
        created_at=now,
        created_by_id=actor.account_id,
        expires_at=now + timedelta(days=days),
    )
    db.session.add(link)
    db.session.flush()
    audit.record(actor, Action.RECORD_SHARED, link, label, expires=link.expires_at)
    return token


def _made_already(token: str) -> bool:
    """Whether this very form has made its link before; RuleViolation once that is closed."""
    found = db.session.scalars(
        select(RecordLink).where(RecordLink.token_hash == token_hash(token))
    ).one_or_none()
    if found is None:
        return False
    if link_state(found.expires_at, found.withdrawn_at, clock.now()) is not LinkState.ACTIVE:
        raise RuleViolation(Sentence("Questo link non vale più: crearne uno nuovo."))
    return True


def _active(person_id: int) -> int:
    counted = select(func.count()).where(
        RecordLink.person_id == person_id,
        RecordLink.withdrawn_at.is_(None),
        RecordLink.expires_at > clock.now(),
    )
    return db.session.scalar(counted) or 0


def withdraw(actor: Actor, link: RecordLink) -> None:
    """From now on the link opens nothing. Withdrawn twice, it stays withdrawn."""
    held = db.session.scalars(
        select(RecordLink)
        .where(RecordLink.id == link.id, clause(RecordLink, actor))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if held.withdrawn_at is None:
        held.withdrawn_at = clock.now()
        audit.record(actor, Action.RECORD_UNSHARED, held, held.label)
