# SPDX-License-Identifier: AGPL-3.0-or-later
"""Accounts made, invited, closed and opened again."""

from dataclasses import dataclass
from datetime import date

from flask import current_app
from sqlalchemy import func, or_, select

from app import account_tokens, audit, clock, mail, passwords
from app.accounts.granting import end_every_role, end_sessions_of, grant_role, hold
from app.actor import Actor
from app.assignments import in_force
from app.audit import Action
from app.domain import granting as rules
from app.domain.errors import RuleViolation, Sentence
from app.domain.people import search_key
from app.domain.roles import Role
from app.domain.vocabulary import AccountState, TargetGroup, TokenPurpose
from app.extensions import db
from app.labels import italian
from app.models import Affiliation, Organisation, Person, Programme, RoleAssignment, UserAccount
from app.scope import clause


def create_account(
    actor: Actor, *, login: str, display_name: str, person_id: int | None, password: str | None
) -> UserAccount:
    """An account, active at once when it has a password, else invited."""
    account = UserAccount(
        login=login.casefold(),
        display_name=display_name,
        person_id=person_id,
        password_hash=passwords.hashed(password) if password else None,
        state=AccountState.ACTIVE if password else AccountState.INVITED,
    )
    db.session.add(account)
    db.session.flush()
    audit.record(actor, Action.ACCOUNT_CREATED, account, display_name)
    return account


@dataclass(frozen=True)
class Invitee:
    """Who is to sign in, in which role, for what, until when (None: without end)."""

    given_name: str
    family_name: str
    email: str
    role: Role
    programme_id: int | None
    organisation_id: int | None = None
    ends_on: date | None = None

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True)
class Invited:
    """What came of it: whether the account is new, or had one already and got a further role."""

    account: UserAccount
    is_new: bool


def invite(actor: Actor, who: Invitee) -> Invited:
    """Invite somebody, or give a further role to whoever has an account. Raises RuleViolation."""
    programme_id = None if who.role is Role.SYSTEM_ADMIN else who.programme_id
    account, person = _known(who.email)
    if account is not None and account.state == AccountState.DISABLED:
        raise RuleViolation(Sentence("L'utenza di questo indirizzo è disattivata: va riattivata."))
    is_new = account is None
    if account is None:
        rules.check_giver(actor.role, who.role, to_self=False)
        person = person or _register(actor, who)
        account = create_account(
            actor,
            login=who.email,
            display_name=person.full_name if person else who.full_name,
            person_id=person.id if person else None,
            password=None,
        )
    assignment = grant_role(
        actor,
        account,
        who.role,
        starts_on=clock.today(),
        programme_id=programme_id,
        organisation_id=who.organisation_id,
        ends_on=who.ends_on,
    )
    if account.state == AccountState.INVITED:
        send_invitation(actor, account)
    else:
        _tell_of_role(actor, account, assignment)
    return Invited(account, is_new)


def add_role(
    actor: Actor,
    account: UserAccount,
    role: Role,
    programme_id: int | None,
    organisation_id: int | None,
    ends_on: date | None,
) -> RoleAssignment:
    """A further role for an account within reach, and a message that says so. Raises RuleViolation."""
    if account.state == AccountState.DISABLED:
        raise RuleViolation(Sentence("L'utenza è disattivata: va prima riattivata."))
    assignment = grant_role(
        actor,
        account,
        role,
        starts_on=clock.today(),
        programme_id=None if role is Role.SYSTEM_ADMIN else programme_id,
        organisation_id=organisation_id,
        ends_on=ends_on,
    )
    if account.state == AccountState.ACTIVE:
        _tell_of_role(actor, account, assignment)
    return assignment


def _known(email: str) -> tuple[UserAccount | None, Person | None]:
    """The account of this address, or of the person whose address it is; and that person."""
    address = email.casefold()
    person = db.session.scalars(select(Person).where(Person.work_email == address)).one_or_none()
    its = UserAccount.login == address
    if person is not None:
        its |= UserAccount.person_id == person.id
    account = db.session.scalars(
        select(UserAccount).where(its).order_by(UserAccount.login != address).limit(1)
    ).one_or_none()
    return account, person


def _register(actor: Actor, who: Invitee) -> Person | None:
    """A person for those who act as one: whoever teaches or takes part has rows of her own."""
    if who.role not in rules.AS_A_PERSON:
        return None
    person = Person(
        given_name=who.given_name,
        family_name=who.family_name,
        search_key=search_key(f"{who.family_name} {who.given_name} {who.email}"),
        work_email=who.email.casefold(),
    )
    db.session.add(person)
    db.session.flush()
    audit.record(actor, Action.PERSON_CREATED, person, f"persona {person.id}")
    if who.organisation_id is not None:
        official = who.role is Role.PARTICIPANT
        affiliation = Affiliation(
            person_id=person.id,
            organisation_id=who.organisation_id,
            target_group=TargetGroup.OFFICIAL if official else None,
            starts_on=clock.today(),
        )
        db.session.add(affiliation)
        db.session.flush()
        body = db.session.get_one(Organisation, who.organisation_id)
        audit.record(actor, Action.PERSON_AFFILIATED, affiliation, body.short_name, body_id=body.id)
    return person


# --- what is sent ----------------------------------------------------------------


def send_invitation(actor: Actor, account: UserAccount) -> str:
    """Send the link by which the account begins; the one sent before is worth nothing. The link."""
    account = hold(account)
    rules.check_invited(account.state)
    token = account_tokens.issue(account, TokenPurpose.INVITATION, actor.account_id)
    address = account_tokens.address(TokenPurpose.INVITATION, token)
    inviter = db.session.get(UserAccount, actor.account_id) if actor.account_id else None
    audit.record(actor, Action.ACCOUNT_INVITED, account, account.display_name)
    mail.queue(
        "account_invitation",
        mail.Recipient(account.login, account.display_name),
        "Invito",
        mail.draw(
            "account_invitation.txt",
            name=account.display_name,
            by=inviter.display_name if inviter else "Il coordinamento",
            by_login=inviter.login if inviter else "",
            roles=_roles_in_words(account),
            until=clock.now() + account_tokens.LASTS[TokenPurpose.INVITATION],
            address=address,
        ),
        about=account,
        programme_id=actor.programme_id,
    )
    return address


def _tell_of_role(actor: Actor, account: UserAccount, assignment: RoleAssignment) -> None:
    mail.queue(
        "role_granted",
        mail.Recipient(account.login, account.display_name),
        "Un altro incarico",
        mail.draw(
            "role_granted.txt",
            name=account.display_name,
            by=actor.name,
            role=_roles_in_words(account, assignment.id)[0],
            address=f"{current_app.config['BASE_URL']}/account",
        ),
        about=account,
        programme_id=actor.programme_id,
    )


def _roles_in_words(account: UserAccount, assignment_id: int | None = None) -> list[str]:
    one = RoleAssignment.id == assignment_id if assignment_id else in_force(clock.today())
    rows = db.session.execute(
        select(RoleAssignment.role, Organisation.name, Programme.acronym)
        .outerjoin(Organisation, Organisation.id == RoleAssignment.organisation_id)
        .outerjoin(Programme, Programme.id == RoleAssignment.programme_id)
        .where(RoleAssignment.account_id == account.id, one)
        .order_by(RoleAssignment.id)
    )
    return [" · ".join(filter(None, (italian(role), body, code))) for role, body, code in rows]


# --- what becomes of an account ----------------------------------------------------


def withdraw_invitation(actor: Actor, account: UserAccount) -> None:
    """The link is worth nothing, and what was given with it ends. Raises RuleViolation."""
    account = hold(account)
    rules.check_invited(account.state)
    _check_elsewhere(actor, account)
    account_tokens.void(account.id)
    end_every_role(actor, account)
    account.state = AccountState.DISABLED
    audit.record(actor, Action.ACCOUNT_UNINVITED, account, account.display_name)


def disable(actor: Actor, account: UserAccount) -> None:
    """Close the account at once: every session ends, every link dies. Raises RuleViolation."""
    account = hold(account)
    rules.check_open(account.state)
    _check_elsewhere(actor, account)
    account.state = AccountState.DISABLED
    account_tokens.void(account.id)
    end_sessions_of(account_id=account.id)
    audit.record(actor, Action.ACCOUNT_DISABLED, account, account.display_name)


def _check_elsewhere(actor: Actor, account: UserAccount) -> None:
    """Nobody closes an account for roles she has no say in."""
    outside = select(func.count()).where(
        RoleAssignment.account_id == account.id,
        RoleAssignment.revoked_by_id.is_(None),
        or_(RoleAssignment.ends_on.is_(None), RoleAssignment.ends_on >= clock.today()),
        RoleAssignment.id.not_in(select(RoleAssignment.id).where(clause(RoleAssignment, actor))),
    )
    rules.check_disable(
        own=account.id == actor.account_id, outside=bool(db.session.scalar(outside))
    )


def reactivate(actor: Actor, account: UserAccount) -> None:
    """Open the account again, with the password it had; without one it waits for an invitation."""
    account = hold(account)
    rules.check_reactivate(account.state)
    _check_elsewhere(actor, account)
    account.state = AccountState.ACTIVE if account.password_hash else AccountState.INVITED
    audit.record(actor, Action.ACCOUNT_REACTIVATED, account, account.display_name)
