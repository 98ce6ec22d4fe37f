# SPDX-License-Identifier: AGPL-3.0-or-later
"""The courses of the catalogue."""

from app import audit
from app.actor import Actor
from app.audit import Action
from app.domain.certificates import CertificateKind
from app.domain.people import search_key
from app.domain.vocabulary import CourseState
from app.extensions import db
from app.models import Course, Programme


def propose_course(
    actor: Actor,
    programme: Programme,
    *,
    code: str,
    title: str,
    planned_minutes: int,
    certificate_kind: CertificateKind = CertificateKind.FREQUENCY,
    threshold: int = 80,
    area: str = "",
    audience: str = "",
    objectives: str = "",
    contents: str = "",
) -> Course:
    """A course of the catalogue, published at once."""
    course = Course(
        programme_id=programme.id,
        code=code,
        title=title,
        search_key=search_key(f"{code} {title} {area}"),
        planned_minutes=planned_minutes,
        certificate_kind=certificate_kind,
        default_threshold=threshold,
        area=area,
        audience=audience,
        objectives=objectives,
        contents=contents,
        state=CourseState.PUBLISHED,
    )
    db.session.add(course)
    db.session.flush()
    audit.record(actor, Action.COURSE_CREATED, course, code)
    return course
