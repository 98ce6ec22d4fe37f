# SPDX-License-Identifier: AGPL-3.0-or-later
"""Making, renewing and withdrawing the address by which a calendar program reads one's lessons."""

from flask import current_app
from sqlalchemy import select

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain.errors import RuleViolation, Sentence
from app.domain.sharing import link_token, token_hash
from app.extensions import db
from app.models import CalendarFeed, UserAccount
from app.scope import clause

PURPOSE = "calendar feed"


def subscribe(actor: Actor, nonce: str) -> str:
    """A new address for the role in use, in place of the former one; its token, kept nowhere.

    The same form sent again gives the same address again.
    """
    account = select(UserAccount.id).where(UserAccount.id == actor.account_id)
    db.session.execute(account.with_for_update())
    key = str(current_app.config["SECRET_KEY"]).encode()
    token = link_token(key, actor.account_id or 0, nonce, PURPOSE)
    if _made_already(token):
        return token
    in_use = select(CalendarFeed).where(
        CalendarFeed.assignment_id == actor.assignment_id, CalendarFeed.withdrawn_at.is_(None)
    )
    for former in db.session.scalars(in_use):
        withdraw(actor, former)
    db.session.flush()
    feed = CalendarFeed(
        account_id=actor.account_id,
        assignment_id=actor.assignment_id,
        token_hash=token_hash(token),
        created_at=clock.now(),
    )
    db.session.add(feed)
    db.session.flush()
    audit.record(actor, Action.CALENDAR_FEED_MADE, feed, actor.role_label)
    return token


def _made_already(token: str) -> bool:
    """Whether this very form has made its address before; RuleViolation once that is withdrawn."""
    found = db.session.scalars(
        select(CalendarFeed).where(CalendarFeed.token_hash == token_hash(token))
    ).one_or_none()
    if found is not None and found.withdrawn_at is not None:
        raise RuleViolation(Sentence("Questo indirizzo non vale più: crearne uno nuovo."))
    return found is not None


def withdraw(actor: Actor, feed: CalendarFeed) -> None:
    """From now on the address opens nothing. Withdrawn twice, it stays withdrawn."""
    held = db.session.scalars(
        select(CalendarFeed)
        .where(CalendarFeed.id == feed.id, clause(CalendarFeed, actor))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if held.withdrawn_at is None:
        held.withdrawn_at = clock.now()
        audit.record(actor, Action.CALENDAR_FEED_WITHDRAWN, held, actor.role_label)
