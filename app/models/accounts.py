# SPDX-License-Identifier: AGPL-3.0-or-later
"""Logins, the roles they may act in, and the login sessions the server can end."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.roles import Role
from app.domain.vocabulary import AccountState
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
