# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page somebody asks to open again: whether it may be, until when, and who is told."""

from dataclasses import dataclass
from datetime import datetime

from flask import abort
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app import clock, mail
from app.actor import Actor
from app.domain.edition import has_ended
from app.domain.endorsement import check_page
from app.domain.errors import RuleViolation, Sentence
from app.domain.register import REOPEN_WINDOW, mark_deadline
from app.domain.reopening import check_reopenable
from app.domain.roles import Role
from app.domain.vocabulary import AccountState, LessonState
from app.extensions import db
from app.models import (
    AttendanceRegister,
    Course,
    Edition,
    Lesson,
    LessonStaff,
    Person,
    Programme,
    RegisterSheet,
    RoleAssignment,
    UserAccount,
)
from app.open_sheets import TEACHES
from app.scope import get_visible


@dataclass(frozen=True)
class ReopeningCase:
    """A page, its book, and what the rules ask about them."""

    lesson: Lesson
    sheet: RegisterSheet
    register: AttendanceRegister | None
    programme: Programme
    coordinator: bool
    told: list[mail.Recipient]

    @property
    def edition(self) -> Edition:
        return self.lesson.edition

    @property
    def edition_ended(self) -> bool:
        return has_ended(self.edition.state)

    @property
    def until(self) -> datetime:
        """Until when marks would be taken."""
        return clock.now() + REOPEN_WINDOW

    @property
    def why_not(self) -> Sentence | None:
        """The rule that forbids reopening now, if there is one."""
        try:
            self.check()
        except RuleViolation as violation:
            return violation.sentence
        return None

    def check(self) -> None:
        """Raises RuleViolation where the page may not be opened again."""
        check_reopenable(
            state=self.sheet.state,
            coordinator=self.coordinator,
            edition_closed=self.edition_ended,
            lesson_end=self.lesson.ends_at,
            reported_at=self.programme.reported_at,
            now=clock.now(),
            deadline=mark_deadline(self.lesson.ends_at, self.sheet.reopened_until),
            lesson_cancelled=self.lesson.state in (LessonState.CANCELLED, LessonState.MOVED),
            endorsed=self.register is not None and self.register.endorsed_at is not None,
        )
        if self.register is not None:
            check_page(self.lesson.seq, self.register.all_pages)


def reopening_case(actor: Actor, lesson_id: int, lock: bool = False) -> ReopeningCase:
    """What reopening the lesson's page means; 404 outside the actor's scope.

    ``lock``: page and edition are held until the commit, so that of two hands one waits.
    """
    lesson = get_visible(Lesson, lesson_id, actor, joinedload(Lesson.edition))
    if lock:
        db.session.refresh(lesson.edition, ["state"], with_for_update=True)
    query = (
        select(RegisterSheet, AttendanceRegister, Programme)
        .select_from(RegisterSheet)
        .join(Course, Course.id == lesson.edition.course_id)
        .join(Programme, Programme.id == Course.programme_id)
        .outerjoin(AttendanceRegister, AttendanceRegister.edition_id == lesson.edition_id)
        .where(RegisterSheet.lesson_id == lesson.id)
    )
    found = db.session.execute(query.with_for_update(of=RegisterSheet) if lock else query).first()
    if found is None:
        abort(404)
    coordinator = actor.role is Role.PROGRAMME_COORDINATOR
    return ReopeningCase(lesson, *found, coordinator, told=_told(actor, lesson, found[2]))


def _told(actor: Actor, lesson: Lesson, programme: Programme) -> list[mail.Recipient]:
    """The programme's coordinators and the lesson's trainers, but for who does it, once each."""
    by_address = {
        to.address.casefold(): to
        for to in [*_trainers(actor, lesson), *_coordinators(actor, programme)]
    }
    return sorted(by_address.values(), key=lambda to: to.name)


def _coordinators(actor: Actor, programme: Programme) -> list[mail.Recipient]:
    today = clock.today()
    rows = db.session.execute(
        select(UserAccount.login, UserAccount.display_name)
        .join(RoleAssignment, RoleAssignment.account_id == UserAccount.id)
        .where(
            RoleAssignment.role == Role.PROGRAMME_COORDINATOR,
            RoleAssignment.programme_id == programme.id,
            RoleAssignment.revoked_by_id.is_(None),
            RoleAssignment.starts_on <= today,
            func.coalesce(RoleAssignment.ends_on, today) >= today,
            UserAccount.state == AccountState.ACTIVE,
            UserAccount.id != actor.account_id,
        )
    )
    return [mail.Recipient(login, name) for login, name in rows]


def _trainers(actor: Actor, lesson: Lesson) -> list[mail.Recipient]:
    address = func.coalesce(Person.work_email, UserAccount.login)
    rows = db.session.execute(
        select(address, Person.given_name, Person.family_name)
        .join(LessonStaff, (LessonStaff.person_id == Person.id) & TEACHES)
        .outerjoin(UserAccount, UserAccount.person_id == Person.id)
        .where(
            LessonStaff.lesson_id == lesson.id,
            Person.active,
            address.is_not(None),
            Person.id != (actor.person_id or 0),
        )
    )
    return [mail.Recipient(to, f"{given} {family}") for to, given, family in rows]
