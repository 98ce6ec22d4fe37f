# SPDX-License-Identifier: AGPL-3.0-or-later
"""Logins, the roles they may act in, and the login sessions the server can end."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.roles import Role
from app.domain.vocabulary import AccountState, ProposalState, TokenPurpose
from app.models.base import Table, related
from app.models.bodies import Organisation
from app.models.editions import Edition
from app.models.people import Person
from app.models.programme import Programme
from app.models.types import CleanText, Id, UtcDateTime, choice


class UserAccount(Table):
    """A login. Its person is who acts; its roles say in what quality."""

    __tablename__ = "user_account"

    id: Mapped[Id]
    login: Mapped[str] = mapped_column(CleanText(254), unique=True)
    display_name: Mapped[str] = mapped_column(CleanText(200))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    password_hash: Mapped[str | None] = mapped_column(CleanText(300))
    idp_subject: Mapped[str | None] = mapped_column(CleanText(200), unique=True)
    totp_secret: Mapped[str | None] = mapped_column(CleanText(64))
    state: Mapped[AccountState] = mapped_column(choice(AccountState))
    language: Mapped[str] = mapped_column(CleanText(2), default="it")
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person | None] = related()
    assignments: Mapped[list["RoleAssignment"]] = related(
        back_populates="account", foreign_keys="RoleAssignment.account_id"
    )

    __table_args__ = (CheckConstraint("language IN ('it', 'en')", name="language"),)


class RoleAssignment(Table):
    """A role, for what, from when to when. The scope columns a role needs are checked."""

    __tablename__ = "role_assignment"

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[Role] = mapped_column(choice(Role))
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    account: Mapped[UserAccount] = related(
        back_populates="assignments", foreign_keys="RoleAssignment.account_id"
    )
    programme: Mapped[Programme | None] = related()
    organisation: Mapped[Organisation | None] = related()
    edition: Mapped[Edition | None] = related()

    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint(
            "role NOT IN ('organiser', 'body_representative') OR organisation_id IS NOT NULL",
            name="body_scope",
        ),
        CheckConstraint(
            "role = 'system_admin' OR programme_id IS NOT NULL", name="programme_scope"
        ),
    )


class LoginSession(Table):
    """One sign-in on one device. Ending it here ends it everywhere; only a hash is kept."""

    __tablename__ = "login_session"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(CleanText(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("role_assignment.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    device: Mapped[str] = mapped_column(CleanText(200), default="")

    account: Mapped[UserAccount] = related()
    assignment: Mapped[RoleAssignment | None] = related()


LIVING = "used_at IS NULL AND void_at IS NULL"


class AccountToken(Table):
    """A link sent by mail, good once, for one purpose, to the address it was sent to.

    Only a hash of its secret is kept; an account has one living link of a purpose.
    """

    __tablename__ = "account_token"

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    purpose: Mapped[TokenPurpose] = mapped_column(choice(TokenPurpose))
    token_hash: Mapped[str] = mapped_column(CleanText(64), unique=True)
    sent_to: Mapped[str] = mapped_column(CleanText(254))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    void_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    account: Mapped[UserAccount] = related(foreign_keys="AccountToken.account_id")
    created_by: Mapped[UserAccount | None] = related(foreign_keys="AccountToken.created_by_id")

    __table_args__ = (
        CheckConstraint("expires_at > created_at", name="expires_later"),
        Index("ix_account_token_account_id", "account_id", "purpose"),
        Index(
            "uq_account_token_living",
            "account_id",
            "purpose",
            unique=True,
            sqlite_where=text(LIVING),
            postgresql_where=text(LIVING),
        ),
    )


class ResetRequest(Table):
    """Somebody wrote this address to choose a new password. The worker answers, then deletes it:

    whoever asks learns nothing of who has an account, not even from the time the answer takes.
    """

    __tablename__ = "reset_request"

    id: Mapped[Id]
    login: Mapped[str] = mapped_column(CleanText(254))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


OPEN_PROPOSAL = "state = 'proposed'"


class UserProposal(Table):
    """A body's representative proposes that somebody of her body may sign in."""

    __tablename__ = "user_proposal"

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    given_name: Mapped[str] = mapped_column(CleanText(80))
    family_name: Mapped[str] = mapped_column(CleanText(80))
    email: Mapped[str] = mapped_column(CleanText(254))
    role: Mapped[Role] = mapped_column(choice(Role))
    state: Mapped[ProposalState] = mapped_column(choice(ProposalState))
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_note: Mapped[str] = mapped_column(CleanText(500), default="")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    organisation: Mapped[Organisation] = related()
    proposed_by: Mapped[UserAccount] = related(foreign_keys="UserProposal.proposed_by_id")

    __table_args__ = (
        CheckConstraint("role IN ('participant', 'body_representative')", name="proposable"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided"),
        Index(
            "uq_user_proposal_open",
            "programme_id",
            "organisation_id",
            "email",
            unique=True,
            sqlite_where=text(OPEN_PROPOSAL),
            postgresql_where=text(OPEN_PROPOSAL),
        ),
    )

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}"
