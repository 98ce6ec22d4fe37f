# SPDX-License-Identifier: AGPL-3.0-or-later
"""The catalogue, the editions, and the page of one edition."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import labels
from app.actor import Actor
from app.domain.certificates import CertificateKind
from app.domain.edition import EditionState
from app.domain.vocabulary import CourseState, EditionKind
from app.hours import EXPECTED, HELD, HELD_BY_EDITION
from app.listing import Filter, Listing, Plan, folded, paginate
from app.models import (
    Course,
    Edition,
    Enrolment,
    Organisation,
    Venue,
)
from app.scope import clause


@dataclass(frozen=True)
class CourseRow:
    id: int
    code: str
    title: str
    area: str
    planned_minutes: int
    state: CourseState
    certificate_kind: CertificateKind
    editions: int


def course_list(actor: Actor) -> Listing:
    """The catalogue with the number of editions the actor may see."""
    editions = (
        select(func.count())
        .where(Edition.course_id == Course.id, clause(Edition, actor))
        .correlate(Course)
        .scalar_subquery()
    )
    return paginate(
        select(
            Course.id,
            Course.code,
            Course.title,
            Course.area,
            Course.planned_minutes,
            Course.state,
            Course.certificate_kind,
            editions.label("editions"),
        ).where(clause(Course, actor)),
        Plan(
            sorts={
                "code": [Course.code],
                "title": [Course.title, Course.id],
                "hours": [Course.planned_minutes, Course.code],
                "editions": [editions, Course.code],
            },
            search=Course.search_key,
            filters=[Filter("state", _("Stato"), labels.choices(*CourseState), Course.state)],
        ),
        lambda row: CourseRow(*row),
    )


@dataclass(frozen=True)
class EditionRow:
    id: int
    code: str
    course_title: str
    town: str
    delivering_body: str
    state: EditionState
    first_at: datetime | None
    last_at: datetime | None
    lessons: int
    lessons_held: int
    held: int
    planned: int
    enrolled: int


def edition_list(actor: Actor, course_id: int | None = None) -> Listing:
    """Editions with their dates, hours held and people enrolled (as far as the actor may see)."""
    enrolled = (
        select(func.count())
        .where(
            Enrolment.edition_id == Edition.id,
            EXPECTED,
            clause(Enrolment, actor),
        )
        .correlate(Edition)
        .scalar_subquery()
    )
    statement = (
        select(
            Edition.id,
            Edition.code,
            Edition.course_title,
            Venue.town,
            Organisation.short_name,
            Edition.state,
            HELD_BY_EDITION.c.first_at,
            HELD_BY_EDITION.c.last_at,
            func.coalesce(HELD_BY_EDITION.c.lessons, 0),
            func.coalesce(HELD_BY_EDITION.c.lessons_held, 0),
            HELD,
            Edition.planned_minutes,
            enrolled.label("enrolled"),
        )
        .join(Venue, Venue.id == Edition.venue_id)
        .join(Organisation, Organisation.id == Edition.delivering_body_id)
        .join(Course, Course.id == Edition.course_id)
        .outerjoin(HELD_BY_EDITION, HELD_BY_EDITION.c.edition_id == Edition.id)
        .where(clause(Edition, actor))
    )
    if course_id is not None:
        statement = statement.where(Edition.course_id == course_id)
    return paginate(
        statement,
        Plan(
            sorts={
                "start": [HELD_BY_EDITION.c.first_at, Edition.code],
                "code": [Edition.code],
                "title": [Edition.course_title, Edition.code],
                "body": [Organisation.short_name, Edition.code],
                "enrolled": [enrolled, Edition.code],
            },
            search=Course.search_key + " " + folded(Edition.code + " " + Venue.town),
            filters=[
                Filter("state", _("Stato"), labels.choices(*EditionState), Edition.state),
                Filter("kind", _("Tipo"), labels.choices(*EditionKind), Edition.kind),
            ],
        ),
        lambda row: EditionRow(*row),
    )
