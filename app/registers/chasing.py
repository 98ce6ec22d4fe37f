# SPDX-License-Identifier: AGPL-3.0-or-later
"""The morning's message to who has left a page open: once a day to each person.

A job of the worker, asked every minute: the clock of the application says whether
it is a working day's morning, and the message's key that nobody gets it twice.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from flask import current_app
from sqlalchemy import func, select

from app import clock, mail
from app.clock import ROME
from app.domain.register import REOPEN_WINDOW, SheetState
from app.domain.roles import Role
from app.domain.timetable import is_working_day
from app.domain.vocabulary import AccountState
from app.extensions import db
from app.models import OutboxMessage, Person, RoleAssignment, UserAccount
from app.open_sheets import OpenSheet, sheets, waiting

KIND = "open_sheets"
HOUR = 7  # of the morning, in the programme's zone


@dataclass
class Reminder:
    """What one person is reminded of."""

    to: mail.Recipient
    sheets: dict[int, OpenSheet] = field(default_factory=dict)

    @property
    def oldest_first(self) -> list[OpenSheet]:
        return sorted(self.sheets.values(), key=lambda sheet: (sheet.starts_at, sheet.lesson_id))


def chase_open_sheets() -> int:
    """Put the messages of this morning that are not there yet; how many."""
    here = clock.now().astimezone(ROME)
    if here.hour < HOUR or not is_working_day(here.date()):
        return 0
    today = here.date()
    found = left_open(datetime.combine(today, time(0), ROME))
    if not found:
        return 0
    told = set(
        db.session.scalars(
            select(OutboxMessage.once_key).where(
                OutboxMessage.once_key.startswith(_key(today), autoescape=True)
            )
        )
    )
    return sum(
        _remind(reminder, today)
        for reminder in reminders(found, today)
        if _key(today, reminder.to.address) not in told
    )


def left_open(midnight: datetime) -> list[OpenSheet]:
    """Lessons of the days before whose page nobody has closed, nor reopened since midnight."""
    return [
        sheet
        for sheet in sheets(waiting(midnight))
        if sheet.state is not SheetState.REOPENED
        or sheet.reopened_until is None
        or sheet.reopened_until - REOPEN_WINDOW < midnight
    ]


def reminders(found: Iterable[OpenSheet], today: date) -> list[Reminder]:
    """Who is to be reminded: the trainers of each lesson, the organisers of its body."""
    found = list(found)
    trainers = _trainers({trainer for sheet in found for trainer in sheet.trainer_ids})
    organisers = _organisers({sheet.body_id for sheet in found}, today)
    by_address: dict[str, Reminder] = {}
    for sheet in found:
        people = [trainers[person] for person in sheet.trainer_ids if person in trainers]
        for to in [*people, *organisers.get((sheet.programme_id, sheet.body_id), [])]:
            reminder = by_address.setdefault(to.address.casefold(), Reminder(to))
            reminder.sheets[sheet.lesson_id] = sheet
    return list(by_address.values())


def _trainers(ids: set[int]) -> dict[int, mail.Recipient]:
    address = func.coalesce(UserAccount.login, Person.work_email)
    rows = db.session.execute(
        select(Person.id, address, Person.given_name, Person.family_name)
        .outerjoin(UserAccount, UserAccount.person_id == Person.id)
        .where(Person.id.in_(ids), Person.active, address.is_not(None))
    )
    return {row_id: mail.Recipient(to, f"{given} {family}") for row_id, to, given, family in rows}


def _organisers(bodies: set[int], today: date) -> dict[tuple[int, int], list[mail.Recipient]]:
    rows = db.session.execute(
        select(
            RoleAssignment.programme_id,
            RoleAssignment.organisation_id,
            UserAccount.login,
            UserAccount.display_name,
        )
        .join(UserAccount, UserAccount.id == RoleAssignment.account_id)
        .where(
            RoleAssignment.role == Role.ORGANISER,
            RoleAssignment.organisation_id.in_(bodies),
            RoleAssignment.revoked_by_id.is_(None),
            RoleAssignment.starts_on <= today,
            func.coalesce(RoleAssignment.ends_on, today) >= today,
            UserAccount.state == AccountState.ACTIVE,
        )
        .order_by(RoleAssignment.id)
    )
    found: dict[tuple[int, int], list[mail.Recipient]] = {}
    for programme_id, body_id, login, name in rows:
        found.setdefault((programme_id, body_id), []).append(mail.Recipient(login, name))
    return found


def _remind(reminder: Reminder, today: date) -> bool:
    lessons = reminder.oldest_first
    count = len(lessons)
    return mail.queue(
        KIND,
        reminder.to,
        "Un foglio presenze da chiudere" if count == 1 else f"{count} fogli presenze da chiudere",
        mail.draw(
            "open_sheets.txt",
            name=reminder.to.name,
            sheets=lessons,
            today=today,
            base_url=current_app.config["BASE_URL"],
        ),
        once_key=_key(today, reminder.to.address),
        programme_id=lessons[0].programme_id,
    )


def _key(today: date, address: str | None = None) -> str:
    """Begins alike for all of a day; the address only as a trace of itself."""
    if address is None:
        return f"{KIND}:{today:%Y-%m-%d}:"
    return _key(today) + hashlib.sha256(address.casefold().encode()).hexdigest()[:40]
