# SPDX-License-Identifier: AGPL-3.0-or-later
"""Roles given, changed and ended; what was open in an ended role ends with it."""

from datetime import date

from sqlalchemy import func, or_, select, update

from app import audit, clock
from app.actor import Actor
from app.assignments import in_force
from app.audit import Action
from app.domain import granting as rules
from app.domain.errors import RuleViolation, Sentence
from app.domain.roles import Role
from app.extensions import db
from app.models import LoginSession, RoleAssignment, UserAccount


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
    """Give the account a role. Raises RuleViolation where the actor's role does not give it."""
    own = account.id == actor.account_id
    rules.check_giver(actor.role, role, to_self=own)
    rules.check_scope(
        role, body_id=organisation_id, of_giver=actor.organisation_id, giver=actor.role
    )
    rules.check_period(starts_on, ends_on)
    _refuse_twice(account, role, programme_id, organisation_id)
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


def _refuse_twice(
    account: UserAccount, role: Role, programme_id: int | None, organisation_id: int | None
) -> None:
    """One role of a kind and scope at a time; the account's row is held meanwhile."""
    hold(account)
    today = clock.today()
    found = db.session.scalar(
        select(RoleAssignment.id)
        .where(
            RoleAssignment.account_id == account.id,
            RoleAssignment.role == role,
            RoleAssignment.programme_id.is_not_distinct_from(programme_id),
            RoleAssignment.organisation_id.is_not_distinct_from(organisation_id),
            RoleAssignment.revoked_by_id.is_(None),
            or_(RoleAssignment.ends_on.is_(None), RoleAssignment.ends_on >= today),
        )
        .limit(1)
    )
    if found is not None:
        raise RuleViolation(Sentence("Questa utenza ha già questo ruolo."))


def hold(account: UserAccount) -> UserAccount:
    """The account as it is now, held until the commit: who changes its roles takes turns."""
    return db.session.scalars(
        select(UserAccount)
        .where(UserAccount.id == account.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def change_period(
    actor: Actor, assignment: RoleAssignment, starts_on: date, ends_on: date | None
) -> None:
    """Let the role begin and end on other days. Raises RuleViolation."""
    account = hold(db.session.get_one(UserAccount, assignment.account_id))
    _refuse_ended(assignment)
    rules.check_giver(actor.role, assignment.role, to_self=account.id == actor.account_id)
    rules.check_period(starts_on, ends_on)
    today = clock.today()
    if starts_on > today or (ends_on is not None and ends_on < today):
        _check_end(actor, assignment)
    old = (assignment.starts_on, assignment.ends_on)
    if old == (starts_on, ends_on):
        return
    assignment.starts_on, assignment.ends_on = starts_on, ends_on
    audit.record(
        actor,
        Action.ROLE_CHANGED,
        assignment,
        account.display_name,
        body_id=assignment.organisation_id,
        role_held=assignment.role.value,
        old=[day.isoformat() if day else "" for day in old],
        new=[day.isoformat() if day else "" for day in (starts_on, ends_on)],
    )


def end_role(actor: Actor, assignment: RoleAssignment) -> None:
    """The role ends now: from the next request nothing can be done in it."""
    account = hold(db.session.get_one(UserAccount, assignment.account_id))
    _refuse_ended(assignment)
    _check_end(actor, assignment)
    _end(actor, account, assignment)


def _refuse_ended(assignment: RoleAssignment) -> None:
    db.session.refresh(assignment)
    if assignment.revoked_by_id is not None:
        raise RuleViolation(Sentence("Questo incarico è già terminato."))


def _check_end(actor: Actor, assignment: RoleAssignment) -> None:
    others = select(func.count()).where(
        RoleAssignment.account_id == assignment.account_id,
        RoleAssignment.role == Role.PROGRAMME_COORDINATOR,
        RoleAssignment.id != assignment.id,
        in_force(clock.today()),
    )
    rules.check_end(
        actor.role,
        assignment.role,
        own=assignment.account_id == actor.account_id,
        others_left=db.session.scalar(others) or 0,
    )


def _end(actor: Actor, account: UserAccount, assignment: RoleAssignment) -> None:
    today = clock.today()
    assignment.revoked_by_id = actor.account_id
    if assignment.ends_on is None or assignment.ends_on > today:
        assignment.ends_on = max(today, assignment.starts_on)
    audit.record(
        actor,
        Action.ROLE_ENDED,
        assignment,
        account.display_name,
        body_id=assignment.organisation_id,
        role_held=assignment.role.value,
    )
    end_sessions_of(assignment_id=assignment.id)


def end_every_role(actor: Actor, account: UserAccount) -> None:
    """What was given with an invitation ends when that is withdrawn."""
    for assignment in db.session.scalars(
        select(RoleAssignment).where(
            RoleAssignment.account_id == account.id, RoleAssignment.revoked_by_id.is_(None)
        )
    ).all():
        _end(actor, account, assignment)


def end_sessions_of(**which: int) -> None:
    """End the login sessions of an account, or those in one of its roles."""
    db.session.execute(
        update(LoginSession)
        .filter_by(**which)
        .where(LoginSession.ended_at.is_(None))
        .values(ended_at=clock.now())
        .execution_options(synchronize_session=False)
    )
