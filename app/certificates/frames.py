# SPDX-License-Identifier: AGPL-3.0-or-later
"""What all certificates of an edition have in common: template, bodies, places, logos."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.domain.errors import RuleViolation, Sentence
from app.extensions import db
from app.models import (
    CertificateTemplate,
    Course,
    Edition,
    EvidenceFile,
    Lesson,
    Organisation,
    Programme,
    Venue,
)


@dataclass(frozen=True)
class Frame:
    """The common part. ``template`` is the version in force."""

    programme: Programme
    course: Course
    edition: Edition
    template: CertificateTemplate
    issuing_body: Organisation
    delivering_body: str
    venues: Sequence[str]


def frame(edition: Edition) -> Frame:
    """The common part, in two statements. RuleViolation while nobody is set to issue."""
    found = db.session.execute(
        select(Programme, Course, CertificateTemplate, Organisation)
        .join(Course, Course.programme_id == Programme.id)
        .join(CertificateTemplate, CertificateTemplate.programme_id == Programme.id)
        .join(Organisation, Organisation.id == CertificateTemplate.issuing_body_id)
        .where(Course.id == edition.course_id)
        .order_by(CertificateTemplate.version.desc())
        .limit(1)
    ).first()
    if found is None:
        raise RuleViolation(
            Sentence("Manca l'ente che rilascia l'attestato: indicarlo nelle impostazioni.")
        )
    programme, course, template, issuing_body = found
    return Frame(
        programme=programme,
        course=course,
        edition=edition,
        template=template,
        issuing_body=issuing_body,
        delivering_body=edition.delivering_body.name,
        venues=_venues(edition),
    )


def _venues(edition: Edition) -> list[str]:
    venues = db.session.execute(
        select(Venue.name, Venue.town)
        .join(Lesson, Venue.id == func.coalesce(Lesson.venue_id, edition.venue_id))
        .where(Lesson.edition_id == edition.id)
        .distinct()
        .order_by(Venue.town, Venue.name)
    )
    return [name if town in name else f"{name}, {town}" for name, town in venues]


def images(template: CertificateTemplate) -> Mapping[str, bytes]:
    """The logos of the template by SHA-256, as the paper takes them."""
    wanted = [logo["sha256"] for logo in template.logos]
    if not wanted:
        return {}
    rows = db.session.execute(
        select(EvidenceFile.sha256, EvidenceFile.content).where(EvidenceFile.sha256.in_(wanted))
    )
    return {sha256: content for sha256, content in rows}  # noqa: C416 - Row is no tuple
