# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which roles an account may act in today, and what somebody acting in one looks like."""

from datetime import date

from flask_babel import force_locale
from sqlalchemy import ColumnElement, or_

from app import labels
from app.actor import Actor
from app.models import RoleAssignment, UserAccount


def in_force(today: date) -> ColumnElement[bool]:
    """Assignments that may be used today."""
    return (
        RoleAssignment.revoked_by_id.is_(None)
        & (RoleAssignment.starts_on <= today)
        & or_(RoleAssignment.ends_on.is_(None), RoleAssignment.ends_on >= today)
    )


def actor_of(
    account: UserAccount,
    assignment: RoleAssignment | None,
    body: str | None = None,
    several: bool = False,
    token: str = "",
) -> Actor:
    """The account acting in the assignment."""
    role = assignment.role if assignment else None
    # In the account's own language: asking for the reader's would ask who is signed in, again.
    with force_locale(account.language):
        words = [labels.label(role)] if role else []
    return Actor(
        name=account.display_name,
        role=role,
        account_id=account.id,
        person_id=account.person_id,
        programme_id=assignment.programme_id if assignment else None,
        organisation_id=assignment.organisation_id if assignment else None,
        assignment_id=assignment.id if assignment else None,
        has_several_roles=several,
        language=account.language,
        token=token,
        role_label=" – ".join(words + ([body] if body and role else [])),
    )
