# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signing in and out, choosing the role, the language of the account."""

import secrets
from datetime import datetime

from flask import current_app
from sqlalchemy import ColumnElement, select, update
from werkzeug.exceptions import TooManyRequests

from app import account_tokens, audit, clock, mail, passwords, throttle
from app.actor import Actor
from app.assignments import actor_of
from app.audit import Action
from app.auth import tries
from app.auth.queries import account_by_login, role_choices, token_hash
from app.database import reading, writing
from app.domain.errors import RuleViolation, Sentence
from app.domain.vocabulary import AccountState
from app.extensions import db
from app.models import LoginSession, RoleAssignment, UserAccount


def sign_in(login: str, password: str, device: str) -> Actor | None:
    """Begin a login session; None when login and password do not match an active account.

    Unknown, inactive, wrong and out of tries cost the same: as many statements, one hashing,
    during which no transaction is open.
    """
    charges = tries.charge(login)
    with reading():
        account_id, stored = _password_of(login)
        db.session.rollback()
    if not passwords.matches(stored if charges else None, password):
        return None
    throttle.give_back(*(charges or ()))
    account = db.session.scalars(
        select(UserAccount).where(UserAccount.id == account_id).with_for_update()
    ).one()
    if account.state != AccountState.ACTIVE or account.password_hash != stored:
        return None  # closed or changed at this very moment
    return begin_session(account, device)


def _password_of(login: str) -> tuple[int | None, str | None]:
    """What to compare with; nothing for nobody and for an account that is not active."""
    account = account_by_login(login)
    if account is None or account.state != AccountState.ACTIVE:
        return None, None
    return account.id, account.password_hash


def begin_session(account: UserAccount, device: str) -> Actor:
    """Sign the account in: a new session, known to this browser alone."""
    choices = role_choices(account.id)
    token = secrets.token_urlsafe(32)
    now = clock.now()
    session = LoginSession(
        token_hash=token_hash(token),
        account_id=account.id,
        assignment_id=choices[0].id if len(choices) == 1 else None,
        created_at=now,
        last_seen_at=now,
        device=device[:200],
    )
    account.last_login_at = now
    db.session.add(session)
    db.session.flush()
    only = session.assignment_id
    assignment = db.session.get_one(RoleAssignment, only) if only else None
    actor = actor_of(account, assignment, None, len(choices) > 1, token)
    audit.record(actor, Action.SESSION_STARTED, account, account.display_name)
    return actor


def sign_out(actor: Actor) -> None:
    """End this login session on the server: its cookie is worth nothing from now on."""
    account = db.session.get_one(UserAccount, actor.account_id)
    end_sessions(LoginSession.token_hash == token_hash(actor.token))
    audit.record(actor, Action.SESSION_ENDED, account, account.display_name)


def end_other_sessions(actor: Actor) -> None:
    """End every other login session of the person."""
    account = db.session.get_one(UserAccount, actor.account_id)
    end_sessions(
        (LoginSession.account_id == actor.account_id)
        & (LoginSession.token_hash != token_hash(actor.token))
    )
    audit.record(actor, Action.SESSION_ENDED, account, account.display_name, others=True)


def end_sessions(which: ColumnElement[bool]) -> None:
    """End these login sessions on the server."""
    db.session.execute(
        update(LoginSession)
        .where(which, LoginSession.ended_at.is_(None))
        .values(ended_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def choose_role(actor: Actor, assignment_id: int) -> None:
    """Act in another of the person's roles from now on."""
    if assignment_id not in {choice.id for choice in role_choices(actor.account_id or 0)}:
        raise RuleViolation(Sentence("Questo ruolo non è tra quelli assegnati."))
    account = db.session.get_one(UserAccount, actor.account_id)
    db.session.execute(
        update(LoginSession)
        .where(LoginSession.token_hash == token_hash(actor.token))
        .values(assignment_id=assignment_id)
        .execution_options(synchronize_session=False)
    )
    audit.record(actor, Action.ROLE_CHOSEN, account, account.display_name, assignment=assignment_id)


def change_password(actor: Actor, old: str, new: str) -> None:
    """Set a new password; every other login session ends, and every link sent before.

    RuleViolation when the old is wrong, or was tried too often. No transaction is open while
    passwords are hashed: what was read before is read anew.
    """
    try:
        charge = throttle.charge(tries.OLD_PASSWORD, throttle.source(str(actor.account_id)))
    except TooManyRequests:
        raise RuleViolation(
            Sentence(
                "Troppi tentativi: uscire e scegliere una nuova password dalla pagina di accesso."
            )
        ) from None
    with reading():
        stored = db.session.get_one(UserAccount, actor.account_id).password_hash
        db.session.rollback()
    if not passwords.matches(stored, old):
        raise RuleViolation(Sentence("La password attuale non è corretta."))
    throttle.give_back(charge)
    put_password(actor.account_id or 0, passwords.hashed(new), but=actor.token, actor=actor)


def put_password(account_id: int, kept: str, *, actor: Actor, but: str = "") -> UserAccount:
    """Give the account its new password: sessions end (``but`` the one of this token), links die.

    A message says that it was changed, in case it was somebody else who did.
    """
    account = db.session.scalars(
        select(UserAccount).where(UserAccount.id == account_id).with_for_update()
    ).one()
    account.password_hash = kept
    account_tokens.void(account.id)
    end_sessions(
        (LoginSession.account_id == account.id) & (LoginSession.token_hash != token_hash(but))
    )
    audit.record(actor, Action.ACCOUNT_CHANGED, account, account.display_name, fields=["password"])
    mail.queue(
        "password_changed",
        mail.Recipient(account.login, account.display_name),
        "La password è stata cambiata",
        mail.draw(
            "password_changed.txt",
            name=account.display_name,
            at=clock.now(),
            address=f"{current_app.config['BASE_URL']}/forgotten-password",
        ),
        about=account,
        programme_id=actor.programme_id,
    )
    return account


def choose_language(actor: Actor, language: str) -> None:
    """Keep the language on the account."""
    account = db.session.get_one(UserAccount, actor.account_id)
    if account.language != language:
        audit.record(
            actor,
            Action.ACCOUNT_CHANGED,
            account,
            account.display_name,
            fields=["language"],
            old=account.language,
            new=language,
        )
        account.language = language


def touch(token: str, now: datetime) -> None:
    """Note that the session is in use, in a transaction of its own.

    What the request still reads ends first: on SQLite it may hold the lock that
    this waits for, on PostgreSQL it holds a second connection.
    """
    db.session.rollback()
    with writing(), db.engine.begin() as connection:
        connection.execute(
            update(LoginSession)
            .where(LoginSession.token_hash == token_hash(token))
            .values(last_seen_at=now)
        )
