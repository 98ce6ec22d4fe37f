# SPDX-License-Identifier: AGPL-3.0-or-later
"""Beginning an account by its invitation, and choosing a new password by a link."""

from sqlalchemy import select

from app import account_tokens, audit, clock, jobs, mail, passwords, transaction
from app.actor import SYSTEM, Actor
from app.audit import Action
from app.auth.actions import begin_session, put_password
from app.domain.errors import RuleViolation, Sentence
from app.domain.vocabulary import AccountState, TokenPurpose
from app.extensions import db
from app.models import ResetRequest, UserAccount

MOST_AT_ONCE = 200  # requests answered in one go
OVER = RuleViolation(Sentence("Questo link è già stato usato o non vale più."))


def ask_for_reset(login: str) -> None:
    """Note that a link was asked for: the same for an address known and for one that is not.

    Whose it is, and whether anybody's, the worker finds out after the answer.
    """
    db.session.add(ResetRequest(login=login.casefold(), asked_at=clock.now()))
    transaction.after_commit(_ask_to_answer)


def _ask_to_answer() -> None:
    jobs.ask_for(answer_reset_requests.__name__)


def answer_reset_requests() -> None:
    """A job: send a link to those who have an active account, forget everything else."""
    requests = db.session.scalars(
        select(ResetRequest).order_by(ResetRequest.id).limit(MOST_AT_ONCE).with_for_update()
    ).all()
    logins = {request.login for request in requests}
    for account in db.session.scalars(
        select(UserAccount).where(
            UserAccount.login.in_(logins), UserAccount.state == AccountState.ACTIVE
        )
    ).all():
        _send_link(account)
    for request in requests:
        db.session.delete(request)


def _send_link(account: UserAccount) -> None:
    token = account_tokens.issue(account, TokenPurpose.RESET)
    address = account_tokens.address(TokenPurpose.RESET, token)
    audit.record(SYSTEM, Action.ACCOUNT_RESET_ASKED, account, account.display_name)
    mail.queue(
        "password_reset",
        mail.Recipient(account.login, account.display_name),
        "Scegliere una nuova password",
        mail.draw("password_reset.txt", name=account.display_name, address=address),
        about=account,
    )


def reset_password(token: str, password: str, device: str) -> Actor:
    """A new password by a link, and the person signed in. Raises RuleViolation for one that is over.

    Hashed first: no transaction is open meanwhile.
    """
    kept = _hashed(password)
    account = _spend(TokenPurpose.RESET, token, AccountState.ACTIVE)
    put_password(account.id, kept, actor=_as(account))
    return begin_session(account, device)


def begin_account(token: str, password: str, device: str) -> Actor:
    """The account of an invitation begins, with this password, and its person is signed in."""
    kept = _hashed(password)
    account = _spend(TokenPurpose.INVITATION, token, AccountState.INVITED)
    account.password_hash, account.state = kept, AccountState.ACTIVE
    account_tokens.void(account.id)
    audit.record(_as(account), Action.ACCOUNT_BEGUN, account, account.display_name)
    return begin_session(account, device)


def _hashed(password: str) -> str:
    db.session.rollback()
    return passwords.hashed(password)


def _spend(purpose: TokenPurpose, token: str, wanted: AccountState) -> UserAccount:
    account_id = account_tokens.spend(purpose, token)
    if account_id is None:
        raise OVER
    account = db.session.scalars(
        select(UserAccount).where(UserAccount.id == account_id).with_for_update()
    ).one()
    if account.state != wanted:
        raise OVER
    return account


def _as(account: UserAccount) -> Actor:
    return Actor(account.display_name, account_id=account.id, person_id=account.person_id)
