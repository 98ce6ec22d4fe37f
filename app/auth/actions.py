# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signing in and out, choosing the role, the language of the account."""

import secrets
from datetime import date, datetime

from flask import current_app
from sqlalchemy import update
from werkzeug.security import check_password_hash, generate_password_hash

from app import audit, clock
from app.actor import Actor
from app.assignments import actor_of
from app.audit import Action
from app.auth.queries import account_by_login, role_choices, token_hash
from app.database import writing
from app.domain.errors import RuleViolation, Sentence
from app.domain.roles import Role
from app.domain.vocabulary import AccountState
from app.extensions import db
from app.models import LoginSession, RoleAssignment, UserAccount

LONGEST_PASSWORD = 1024


def sign_in(login: str, password: str, device: str) -> Actor | None:
    """Begin a login session; None when login and password do not match an active account.

    An unknown login costs the same time as a wrong password.
    """
    account = account_by_login(login)
    stored = account.password_hash if account and account.password_hash else _nobody()
    if not check_password_hash(stored, password[:LONGEST_PASSWORD]):
        return None
    if account is None or account.state != AccountState.ACTIVE or not account.password_hash:
        return None
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


def _nobody() -> str:
    """A hash nobody's password matches, as costly as a real one."""
    method = current_app.config["PASSWORD_METHOD"]
    if "nobody" not in _hashes or not _hashes["nobody"].startswith(method):
        _hashes["nobody"] = generate_password_hash(secrets.token_hex(16), method=method)
    return _hashes["nobody"]


_hashes: dict[str, str] = {}


def sign_out(actor: Actor) -> None:
    """End this login session on the server: its cookie is worth nothing from now on."""
    account = db.session.get_one(UserAccount, actor.account_id)
    _end(LoginSession.token_hash == token_hash(actor.token))
    audit.record(actor, Action.SESSION_ENDED, account, account.display_name)


def end_other_sessions(actor: Actor) -> None:
    """End every other login session of the person."""
    account = db.session.get_one(UserAccount, actor.account_id)
    _end(
        (LoginSession.account_id == actor.account_id)
        & (LoginSession.token_hash != token_hash(actor.token))
    )
    audit.record(actor, Action.SESSION_ENDED, account, account.display_name, others=True)


def _end(which: object) -> None:
    db.session.execute(
        update(LoginSession)
        .where(which, LoginSession.ended_at.is_(None))  # type: ignore[arg-type]
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
    """Set a new password; every other login session ends. RuleViolation when the old is wrong."""
    account = db.session.get_one(UserAccount, actor.account_id)
    if not check_password_hash(account.password_hash or _nobody(), old[:LONGEST_PASSWORD]):
        raise RuleViolation(Sentence("La password attuale non è corretta."))
    account.password_hash = generate_password_hash(
        new, method=current_app.config["PASSWORD_METHOD"]
    )
    _end(
        (LoginSession.account_id == actor.account_id)
        & (LoginSession.token_hash != token_hash(actor.token))
    )
    audit.record(actor, Action.ACCOUNT_CHANGED, account, account.display_name, fields=["password"])


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


def create_account(
    actor: Actor, *, login: str, display_name: str, person_id: int | None, password: str | None
) -> UserAccount:
    """An account, active at once when it has a password, else invited."""
    account = UserAccount(
        login=login.casefold(),
        display_name=display_name,
        person_id=person_id,
        password_hash=(
            generate_password_hash(password, method=current_app.config["PASSWORD_METHOD"])
            if password
            else None
        ),
        state=AccountState.ACTIVE if password else AccountState.INVITED,
    )
    db.session.add(account)
    db.session.flush()
    audit.record(actor, Action.ACCOUNT_CREATED, account, display_name)
    return account


def grant_role(
    actor: Actor,
    account: UserAccount,
    role: Role,
    *,
    starts_on: date,
    programme_id: int | None = None,
    organisation_id: int | None = None,
    ends_on: date | None = None,
) -> RoleAssignment:
    """Give the account a role. Nobody gives the system administrator's from a programme's role."""
    if role == Role.SYSTEM_ADMIN and actor.role == Role.PROGRAMME_COORDINATOR:
        raise RuleViolation(
            Sentence("Il ruolo di amministratore di sistema non si assegna dal progetto.")
        )
    assignment = RoleAssignment(
        account_id=account.id,
        role=role,
        programme_id=programme_id,
        organisation_id=organisation_id,
        starts_on=starts_on,
        ends_on=ends_on,
        granted_by_id=actor.account_id,
    )
    db.session.add(assignment)
    db.session.flush()
    audit.record(
        actor,
        Action.ROLE_GRANTED,
        assignment,
        account.display_name,
        body_id=organisation_id,
        to=role.value,
        until=ends_on.isoformat() if ends_on else "",
    )
    return assignment
