# SPDX-License-Identifier: AGPL-3.0-or-later
"""Links sent by mail that open an account once: to begin it, or to choose a new password.

The secret (256 bits) is in the message alone; kept is its hash, bound to the purpose.
A newer link, a new password or another address puts an end to it.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from flask import current_app
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm.interfaces import ORMOption

from app import clock
from app.domain.vocabulary import TokenPurpose
from app.extensions import db
from app.models import AccountToken, UserAccount

LASTS = {TokenPurpose.INVITATION: timedelta(hours=72), TokenPurpose.RESET: timedelta(minutes=60)}
PATHS = {TokenPurpose.INVITATION: "/welcome/", TokenPurpose.RESET: "/password/"}


class TokenState(StrEnum):
    """What has become of a link."""

    LIVING = "living"
    EXPIRED = "expired"
    USED = "used"
    VOID = "void"


def token_hash(purpose: TokenPurpose, token: str) -> str:
    """What is kept of a secret: worth nothing for another purpose."""
    return hashlib.sha256(f"{purpose.value}\0{token}".encode("utf-8", "replace")).hexdigest()


def address(purpose: TokenPurpose, token: str) -> str:
    """The link as it is written in the message: by BASE_URL, whatever a request says of the host."""
    return str(current_app.config["BASE_URL"]) + PATHS[purpose] + token


def issue(account: UserAccount, purpose: TokenPurpose, by: int | None = None) -> str:
    """A new secret for the account; the one before it is worth nothing from now on."""
    void(account.id, purpose)
    token, now = secrets.token_urlsafe(32), clock.now()
    db.session.add(
        AccountToken(
            account_id=account.id,
            purpose=purpose,
            token_hash=token_hash(purpose, token),
            sent_to=account.login,
            created_at=now,
            created_by_id=by,
            expires_at=now + LASTS[purpose],
        )
    )
    db.session.flush()
    return token


def void(account_id: int, *purposes: TokenPurpose) -> None:
    """Put an end to the account's links (of these purposes, or all)."""
    db.session.execute(
        update(AccountToken)
        .where(
            AccountToken.account_id == account_id,
            AccountToken.purpose.in_(purposes or tuple(TokenPurpose)),
            unspent(),
        )
        .values(void_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def unspent() -> ColumnElement[bool]:
    """Links neither used nor made void; they may have expired."""
    return AccountToken.used_at.is_(None) & AccountToken.void_at.is_(None)


def find(purpose: TokenPurpose, token: str, *load: ORMOption) -> AccountToken | None:
    """The row of the secret, whatever became of it."""
    return db.session.scalars(
        select(AccountToken)
        .where(AccountToken.token_hash == token_hash(purpose, token))
        .options(*load)
    ).one_or_none()


def state_of(row: AccountToken, login: str, now: datetime) -> TokenState:
    """What has become of the link, for an account that signs in by ``login`` today."""
    if row.used_at is not None:
        return TokenState.USED
    if row.void_at is not None or row.sent_to != login:
        return TokenState.VOID
    return TokenState.LIVING if now < row.expires_at else TokenState.EXPIRED


def spend(purpose: TokenPurpose, token: str) -> int | None:
    """Use the link: the account it opens; None for everybody but the first, and when it is over.

    One statement decides, in the transaction of the deed: of many at the same moment one wins.
    """
    now = clock.now()
    return db.session.scalar(
        update(AccountToken)
        .where(
            AccountToken.token_hash == token_hash(purpose, token),
            unspent(),
            AccountToken.expires_at > now,
            AccountToken.sent_to
            == select(UserAccount.login)
            .where(UserAccount.id == AccountToken.account_id)
            .scalar_subquery(),
        )
        .values(used_at=now)
        .returning(AccountToken.account_id)
        .execution_options(synchronize_session=False)
    )
