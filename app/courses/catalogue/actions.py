# SPDX-License-Identifier: AGPL-3.0-or-later
"""The courses of the catalogue: proposed, changed, published, retired."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from app import audit
from app.actor import Actor
from app.audit import Action
from app.domain import catalogue as rules
from app.domain.certificates import CertificateKind
from app.domain.errors import RuleViolation, Sentence
from app.domain.hands import check_seen
from app.domain.people import search_key
from app.domain.roles import Role
from app.domain.vocabulary import CourseState
from app.extensions import db
from app.models import Course, Lesson, Module, Programme

PARTS = ("code", "title", "area")  # of what a search looks for


class CodeTaken(RuleViolation):
    """Another course of the programme has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(Sentence("Il codice %(code)s è già di un altro corso.", {"code": code}))


def propose_course(
    actor: Actor,
    programme: Programme,
    *,
    code: str,
    title: str,
    planned_minutes: int,
    certificate_kind: CertificateKind = CertificateKind.FREQUENCY,
    default_threshold: int = 80,
    area: str = "",
    audience: str = "",
    objectives: str = "",
    contents: str = "",
    state: CourseState = CourseState.DRAFT,
) -> Course:
    """A course of the catalogue, a draft unless said otherwise. Raises CodeTaken."""
    _check_code(programme.id, code, None)
    course = Course(
        programme_id=programme.id,
        code=code,
        title=title,
        search_key=search_key(f"{code} {title} {area}"),
        planned_minutes=planned_minutes,
        certificate_kind=certificate_kind,
        default_threshold=default_threshold,
        area=area,
        audience=audience,
        objectives=objectives,
        contents=contents,
        state=state,
        proposed_by_id=actor.organisation_id if actor.role is Role.ORGANISER else None,
    )
    db.session.add(course)
    db.session.flush()
    audit.record(actor, Action.COURSE_CREATED, course, code)
    return course


def check_may_edit(actor: Actor, course: Course) -> None:
    """The coordinator, or the body that proposed a draft. Raises RuleViolation."""
    rules.check_editable(
        coordinator=actor.role is Role.PROGRAMME_COORDINATOR,
        own_proposal=course.proposed_by_id is not None
        and course.proposed_by_id == actor.organisation_id,
        state=course.state,
    )


def change_course(actor: Actor, course: Course, seen: int, values: Mapping[str, Any]) -> bool:
    """Write the columns and their values; whether anything changed.

    Editions already planned keep the title, length and threshold they were given.
    """
    _hold(actor, course, seen)
    _check_code(course.programme_id, values["code"], course.id)
    changed = {name: value for name, value in values.items() if getattr(course, name) != value}
    if not changed:
        return False
    old = {name: getattr(course, name) for name in changed}
    for name, value in changed.items():
        setattr(course, name, value)
    course.search_key = search_key(f"{course.code} {course.title} {course.area}")
    course.version += 1
    audit.record(actor, Action.COURSE_CHANGED, course, course.code, old=old, new=changed)
    return True


def set_modules(
    actor: Actor, course: Course, seen: int, rows: Sequence[tuple[int | None, str, int]]
) -> bool:
    """The modules in order: id of the one it was (None: a new one), title, minutes."""
    _hold(actor, course, seen)
    now = {
        module.id: module
        for module in db.session.scalars(
            select(Module).where(Module.course_id == course.id).order_by(Module.seq)
        )
    }
    old = [[module.title, module.minutes] for module in now.values()]
    kept = {number for number, _title, _minutes in rows if number in now}
    if old == [[title, minutes] for _id, title, minutes in rows] and kept == set(now):
        return False
    for gone in now.keys() - kept:
        rules.check_module_kept(now[gone].title, _lessons_about(gone))
        db.session.delete(now[gone])
    for module in now.values():
        module.seq += 1000  # out of the way: numbers are unique at every moment
    db.session.flush()
    for seq, (number, title, minutes) in enumerate(rows, 1):
        module = now.get(number or 0) or Module(course_id=course.id)
        module.seq, module.title, module.minutes = seq, title, minutes
        db.session.add(module)
    course.version += 1
    new = [[title, minutes] for _id, title, minutes in rows]
    audit.record(actor, Action.COURSE_CHANGED, course, course.code, old=old, new=new)
    return True


def publish_course(actor: Actor, course: Course) -> None:
    """From now on editions of it can be planned."""
    rules.check_course_transition(course.state, CourseState.PUBLISHED)
    course.state = CourseState.PUBLISHED
    course.version += 1
    audit.record(actor, Action.COURSE_PUBLISHED, course, course.code)


def retire_course(actor: Actor, course: Course) -> None:
    """No new edition of it; those planned go on."""
    rules.check_course_transition(course.state, CourseState.RETIRED)
    course.state = CourseState.RETIRED
    course.version += 1
    audit.record(actor, Action.COURSE_RETIRED, course, course.code)


def _hold(actor: Actor, course: Course, seen: int) -> None:
    """Held until the commit, and as the hand saw it."""
    db.session.refresh(course, with_for_update=True)
    check_may_edit(actor, course)
    check_seen(seen=seen, current=course.version)


def _check_code(programme_id: int, code: str, course_id: int | None) -> None:
    found = db.session.scalar(
        select(Course.id).where(
            Course.programme_id == programme_id, func.lower(Course.code) == code.lower()
        )
    )
    if found is not None and found != course_id:
        raise CodeTaken(code)


def _lessons_about(module_id: int) -> int:
    return db.session.scalar(select(func.count()).where(Lesson.module_id == module_id)) or 0
