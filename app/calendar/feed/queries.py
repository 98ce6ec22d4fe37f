# SPDX-License-Identifier: AGPL-3.0-or-later
"""The addresses of an account, and the lessons behind the token of one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select

from app import clock
from app.actor import Actor
from app.assignments import actor_of, in_force
from app.calendar.entries import entries
from app.calendars import CalendarEntry
from app.domain.roles import Permission, Role, permits
from app.domain.sharing import token_hash
from app.domain.vocabulary import AccountState
from app.extensions import db
from app.hours import EXPECTED
from app.models import (
    CalendarFeed,
    Enrolment,
    Lesson,
    Organisation,
    Person,
    RoleAssignment,
    UserAccount,
)
from app.scope import clause

LOOKS_BACK = timedelta(days=400)  # older lessons are history, not appointments


@dataclass(frozen=True)
class Feed:
    """An address in use as its owner sees it: never the address."""

    id: int
    role: Role
    body: str
    created_at: datetime
    current: bool
    opens: bool


def feeds(actor: Actor) -> list[Feed]:
    """The addresses of the account in use, whatever the role: that of the role in use first."""
    rows = db.session.execute(
        select(
            CalendarFeed.id,
            RoleAssignment.role,
            Organisation.short_name,
            CalendarFeed.created_at,
            RoleAssignment.id,
            in_force(clock.today()),
        )
        .join(RoleAssignment, RoleAssignment.id == CalendarFeed.assignment_id)
        .outerjoin(Organisation, Organisation.id == RoleAssignment.organisation_id)
        .where(clause(CalendarFeed, actor), CalendarFeed.withdrawn_at.is_(None))
        .order_by(CalendarFeed.id.desc())
    )
    found = [
        Feed(number, role, body or "", made, assignment == actor.assignment_id, bool(opens))
        for number, role, body, made, assignment, opens in rows
    ]
    return sorted(found, key=lambda feed: not feed.current)


def opened(token: str) -> Actor | None:
    """Whom the token stands for, in which role; None for one that opens nothing.

    Whatever was sent the database is asked once and the same way.
    """
    row = db.session.execute(
        select(UserAccount, RoleAssignment, Organisation.short_name)
        .join(CalendarFeed, CalendarFeed.account_id == UserAccount.id)
        .join(
            RoleAssignment,
            (RoleAssignment.id == CalendarFeed.assignment_id)
            & (RoleAssignment.account_id == UserAccount.id)
            & in_force(clock.today()),
        )
        .outerjoin(Organisation, Organisation.id == RoleAssignment.organisation_id)
        .outerjoin(Person, Person.id == UserAccount.person_id)
        .where(
            CalendarFeed.token_hash == token_hash(token),
            CalendarFeed.withdrawn_at.is_(None),
            UserAccount.state == AccountState.ACTIVE,
            or_(Person.id.is_(None), Person.active),
        )
    ).one_or_none()
    if row is None or not permits(row[1].role, Permission.CALENDAR_SUBSCRIBE):
        return None
    account, assignment, body = row
    return actor_of(account, assignment, body)


def feed_entries(actor: Actor) -> list[CalendarEntry]:
    """The lessons that the person's calendar holds in that role."""
    return entries(
        clause(Lesson, actor), _attended(actor), Lesson.starts_at > clock.now() - LOOKS_BACK
    )


def _attended(actor: Actor) -> ColumnElement[bool]:
    """Of an official only the lessons she is expected at: a request is no appointment yet."""
    if actor.role is not Role.PARTICIPANT:
        return Lesson.id.is_not(None)
    return Lesson.edition_id.in_(
        select(Enrolment.edition_id).where(Enrolment.person_id == actor.person_id, EXPECTED)
    )
