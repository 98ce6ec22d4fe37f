# SPDX-License-Identifier: AGPL-3.0-or-later
"""The programmes a person coordinates or audits; the page of one; what a successor may take."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.actor import Actor
from app.assignments import in_force
from app.domain.publicity import PublicityPart
from app.domain.register import SheetState
from app.domain.roles import Role
from app.domain.vocabulary import CourseState, PartnershipRole
from app.extensions import db
from app.funding import publicity_lacks
from app.models import (
    CertificateTemplate,
    Course,
    Edition,
    Indicator,
    Lesson,
    Organisation,
    Partnership,
    Programme,
    RegisterSheet,
    RoleAssignment,
)
from app.scope import PROGRAMME_WIDE, clause


@dataclass(frozen=True)
class ProgrammeRow:
    """A programme and the part the person has in it; the one at hand may be opened."""

    id: int
    acronym: str
    title: str
    code: str
    starts_on: date
    ends_on: date
    role: Role
    at_hand: bool


def programme_list(actor: Actor) -> list[ProgrammeRow]:
    """Those the person coordinates or audits today, in whatever role she acts now."""
    rows = db.session.execute(
        select(
            Programme.id,
            Programme.acronym,
            Programme.title,
            Programme.code,
            Programme.starts_on,
            Programme.ends_on,
            RoleAssignment.role,
            RoleAssignment.id,
        )
        .join(RoleAssignment, RoleAssignment.programme_id == Programme.id)
        .where(
            RoleAssignment.account_id == actor.account_id,
            RoleAssignment.role.in_(PROGRAMME_WIDE),
            in_force(clock.today()),
        )
        .order_by(Programme.starts_on.desc(), Programme.id.desc(), RoleAssignment.id)
    )
    return [ProgrammeRow(*row[:7], at_hand=row[7] == actor.assignment_id) for row in rows]


@dataclass(frozen=True)
class Partner:
    body_id: int
    name: str
    role: PartnershipRole
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True)
class ProgrammePage:
    programme: Programme
    targets: dict[str, int | None]
    partners: list[Partner]
    lacks: tuple[PublicityPart, ...]


def programme_page(programme: Programme) -> ProgrammePage:
    """Its targets, who holds which part, and what its publicity lacks."""
    return ProgrammePage(
        programme, targets(programme), partners(programme), publicity_lacks(programme)
    )


def targets(programme: Programme) -> dict[str, int | None]:
    """The target of each indicator that has a row, as people write it."""
    rows = db.session.execute(
        select(Indicator.code, Indicator.target).where(Indicator.programme_id == programme.id)
    )
    return {row.code: row.target for row in rows}


def partners(programme: Programme, leading: bool = True) -> list[Partner]:
    """The bodies with a part; ``leading``: without the many that only send their staff."""
    statement = (
        select(
            Organisation.id,
            Organisation.name,
            Partnership.role,
            Partnership.starts_on,
            Partnership.ends_on,
        )
        .join(Partnership, Partnership.organisation_id == Organisation.id)
        .where(Partnership.programme_id == programme.id)
        .order_by(Organisation.search_key, Partnership.id)
    )
    if leading:
        statement = statement.where(Partnership.role != PartnershipRole.PARTICIPATING_BODY)
    return [Partner(*row) for row in db.session.execute(statement)]


def participating(programme: Programme) -> int:
    """How many bodies send their staff."""
    return (
        db.session.scalar(
            select(func.count()).where(
                Partnership.programme_id == programme.id,
                Partnership.role == PartnershipRole.PARTICIPATING_BODY,
            )
        )
        or 0
    )


def has_marks(programme: Programme) -> bool:
    """Whether a sheet of the programme has ever been opened."""
    opened = (
        select(RegisterSheet.id)
        .join(Lesson, Lesson.id == RegisterSheet.lesson_id)
        .join(Edition, Edition.id == Lesson.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .where(Course.programme_id == programme.id, RegisterSheet.state != SheetState.NOT_OPEN)
    )
    return bool(db.session.scalar(select(exists(opened))))


@dataclass(frozen=True)
class Heritage:
    """What of a programme the next one may take over."""

    partners: Sequence[Partner]
    courses: Sequence[Course]
    targets: dict[str, int | None]
    template: CertificateTemplate | None


def heritage(actor: Actor, programme: Programme) -> Heritage:
    """Parts of active bodies not ended, courses not retired, targets, the template in force."""
    today = clock.today()
    parts = db.session.execute(
        select(
            Organisation.id,
            Organisation.name,
            Partnership.role,
            Partnership.starts_on,
            Partnership.ends_on,
        )
        .join(Partnership, Partnership.organisation_id == Organisation.id)
        .where(
            Partnership.programme_id == programme.id,
            Organisation.active,
            or_(Partnership.ends_on.is_(None), Partnership.ends_on >= today),
        )
        .order_by(Organisation.search_key, Partnership.id)
    )
    courses = db.session.scalars(
        select(Course)
        .where(clause(Course, actor), Course.state != CourseState.RETIRED)
        .options(selectinload(Course.modules))
        .order_by(Course.code)
    )
    template = db.session.scalars(
        select(CertificateTemplate)
        .where(clause(CertificateTemplate, actor))
        .options(joinedload(CertificateTemplate.issuing_body))
        .order_by(CertificateTemplate.version.desc())
        .limit(1)
    ).one_or_none()
    return Heritage([Partner(*row) for row in parts], courses.all(), targets(programme), template)
