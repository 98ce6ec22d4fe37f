# SPDX-License-Identifier: AGPL-3.0-or-later
"""A course of the catalogue: its modules, and what depends on it."""

from dataclasses import dataclass

from sqlalchemy import func, select

from app.actor import Actor
from app.domain.catalogue import may_edit_course
from app.domain.edition import EditionState, has_ended
from app.domain.roles import Role
from app.extensions import db
from app.models import Course, Edition, Module, Programme


@dataclass(frozen=True)
class Dependents:
    """Editions of a course: in preparation, under way, over."""

    drafts: int
    under_way: int
    over: int


def programme_of(actor: Actor) -> Programme:
    """The programme of the role chosen."""
    return db.session.get_one(Programme, actor.programme_id)


def modules(course_id: int) -> list[Module]:
    """The parts of the course, in order."""
    return list(
        db.session.scalars(select(Module).where(Module.course_id == course_id).order_by(Module.seq))
    )


def may_edit(actor: Actor, course: Course) -> bool:
    """Whether the actor may change this course now."""
    return may_edit_course(
        coordinator=actor.role is Role.PROGRAMME_COORDINATOR,
        own_proposal=actor.role is Role.ORGANISER
        and course.proposed_by_id is not None
        and course.proposed_by_id == actor.organisation_id,
        state=course.state,
    )


def dependents(course_id: int) -> Dependents:
    """How many editions the course has, by what becomes of them."""
    rows = db.session.execute(
        select(Edition.state, func.count())
        .where(Edition.course_id == course_id)
        .group_by(Edition.state)
    )
    counts = {row[0]: row[1] for row in rows}
    over = sum(n for s, n in counts.items() if has_ended(s) or s is EditionState.CANCELLED)
    drafts = counts.get(EditionState.DRAFT, 0)
    return Dependents(drafts, sum(counts.values()) - drafts - over, over)
