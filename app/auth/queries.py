# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is signed in, in which roles, on which devices."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, and_, func, select

from app import clock, labels
from app.actor import Actor
from app.assignments import actor_of, in_force
from app.auth.devices import device_name
from app.domain.vocabulary import AccountState
from app.extensions import db
from app.models import (
    Edition,
    LoginSession,
    Organisation,
    Programme,
    RoleAssignment,
    UserAccount,
)


def token_hash(token: str) -> str:
    """What is kept of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def living(now: datetime) -> ColumnElement[bool]:
    """Login sessions neither ended nor expired."""
    longest = timedelta(hours=current_app.config["SESSION_ABSOLUTE_HOURS"])
    idle = timedelta(minutes=current_app.config["SESSION_IDLE_MINUTES"])
    return and_(
        LoginSession.ended_at.is_(None),
        LoginSession.created_at > now - longest,
        LoginSession.last_seen_at > now - idle,
    )


def actor_by_token(token: str) -> tuple[Actor, datetime] | None:
    """The person of a living login session, and when it was last used: one statement."""
    today = clock.today()
    roles = (
        select(func.count())
        .select_from(RoleAssignment)
        .where(RoleAssignment.account_id == UserAccount.id, in_force(today))
        .correlate(UserAccount)
        .scalar_subquery()
    )
    row = db.session.execute(
        select(LoginSession, UserAccount, RoleAssignment, Organisation.short_name, roles)
        .join(UserAccount, UserAccount.id == LoginSession.account_id)
        .outerjoin(
            RoleAssignment,
            (RoleAssignment.id == LoginSession.assignment_id)
            & (RoleAssignment.account_id == UserAccount.id)
            & in_force(today),
        )
        .outerjoin(Organisation, Organisation.id == RoleAssignment.organisation_id)
        .where(
            LoginSession.token_hash == token_hash(token),
            living(clock.now()),
            UserAccount.state == AccountState.ACTIVE,
        )
    ).first()
    if row is None:
        return None
    login, account, assignment, body, several = row
    return actor_of(account, assignment, body, several > 1, token), login.last_seen_at


def account_by_login(login: str) -> UserAccount | None:
    """The account with this login, however its case is written."""
    return db.session.scalars(
        select(UserAccount).where(UserAccount.login == login.casefold())
    ).one_or_none()


@dataclass(frozen=True)
class RoleChoice:
    """A role the person may act in, as the choice shows it."""

    id: int
    label: str
    scope_label: str


def role_choices(account_id: int, *, also_later: bool = False) -> list[RoleChoice]:
    """The roles of the account in force today; ``also_later``: those still to begin, too."""
    today = clock.today()
    wanted = in_force(today)
    if also_later:
        wanted |= RoleAssignment.revoked_by_id.is_(None) & (RoleAssignment.starts_on > today)
    rows = db.session.execute(
        select(
            RoleAssignment.id,
            RoleAssignment.role,
            Organisation.name,
            Programme.acronym,
            Edition.code,
        )
        .outerjoin(Organisation, Organisation.id == RoleAssignment.organisation_id)
        .outerjoin(Programme, Programme.id == RoleAssignment.programme_id)
        .outerjoin(Edition, Edition.id == RoleAssignment.edition_id)
        .where(RoleAssignment.account_id == account_id, wanted)
        .order_by(RoleAssignment.id)
    )
    return [
        RoleChoice(row.id, labels.label(row.role), " · ".join(filter(None, row[2:])))
        for row in rows
    ]


def login_of(actor: Actor) -> str:
    """What the person signs in with."""
    return db.session.get_one(UserAccount, actor.account_id).login


@dataclass(frozen=True)
class SessionRow:
    id: int
    device: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


def own_sessions(actor: Actor) -> list[SessionRow]:
    """Where the person is signed in now."""
    rows = db.session.scalars(
        select(LoginSession)
        .where(LoginSession.account_id == actor.account_id, living(clock.now()))
        .order_by(LoginSession.last_seen_at.desc())
        .limit(20)
    )
    mine = token_hash(actor.token)
    return [
        SessionRow(r.id, device_name(r.device), r.created_at, r.last_seen_at, r.token_hash == mine)
        for r in rows
    ]
