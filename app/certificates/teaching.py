# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who taught or assisted in an edition, for how long, and whether a certificate is due."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select

from app.domain import eligibility
from app.domain.certificates import CertificateKind, CertificateState
from app.domain.eligibility import Case, Condition
from app.domain.enrolment import EnrolmentState
from app.domain.errors import Sentence
from app.domain.vocabulary import StaffRole
from app.extensions import db
from app.hours import HELD_BY_EDITION, TAKES_PLACE, VALID
from app.models import (
    Affiliation,
    Certificate,
    CertificateTemplate,
    Course,
    Edition,
    Lesson,
    Organisation,
    Person,
    RegisterSheet,
)
from app.standings import missing_data
from app.teaching import CLOSED, HELD_MINUTES, parts


@dataclass(frozen=True)
class Teaching:
    """Minutes somebody taught (or assisted as a tutor) in an edition, from closed pages."""

    person: Person
    edition_id: int
    role: StaffRole
    home_body_name: str
    minutes: int
    first_at: datetime
    last_at: datetime
    case: Case
    certificate_id: int | None
    certificate_number: str | None
    certificate_state: CertificateState | None

    @property
    def name(self) -> str:
        return f"{self.person.family_name} {self.person.given_name}"

    @property
    def eligible(self) -> bool:
        return eligibility.is_eligible(self.case)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return eligibility.conditions(self.case)

    @property
    def why(self) -> Sentence:
        return eligibility.why(self.case)


def teachings(edition: Edition) -> list[Teaching]:
    """Everybody who taught or assisted, by surname: three statements."""
    lessons: dict[int, list[Row[Any]]] = {}
    for row in db.session.execute(_lessons(edition.id)):
        lessons.setdefault(row.Person.id, []).append(row)
    certificates = {c.person_id: c for c in db.session.scalars(_certificates(edition.id))}
    frame = db.session.execute(_around(edition)).one()
    return [
        _teaching(edition, rows, frame, certificates.get(person_id))
        for person_id, rows in lessons.items()
    ]


def _lessons(edition_id: int) -> Select[Any]:
    """A row for each lesson of each person; the home body is the one open now, if any."""
    part = parts()
    home = (
        select(Affiliation.person_id, func.max(Affiliation.organisation_id).label("body_id"))
        .where(Affiliation.ends_on.is_(None))
        .group_by(Affiliation.person_id)
        .subquery("home")
    )
    return (
        select(
            Person,
            part.c.teaches,
            Lesson.starts_at,
            Lesson.ends_at,
            CLOSED.label("closed"),
            HELD_MINUTES.label("minutes"),
            Organisation.name.label("home_body"),
        )
        .join(part, part.c.person_id == Person.id)
        .join(Lesson, Lesson.id == part.c.lesson_id)
        .join(RegisterSheet, RegisterSheet.lesson_id == Lesson.id)
        .outerjoin(home, home.c.person_id == Person.id)
        .outerjoin(Organisation, Organisation.id == home.c.body_id)
        .where(Lesson.edition_id == edition_id, TAKES_PLACE)
        .order_by(Person.search_key, Person.id, Lesson.starts_at)
    )


def _certificates(edition_id: int) -> Select[Any]:
    return select(Certificate).where(
        Certificate.edition_id == edition_id, Certificate.kind == CertificateKind.TEACHING, VALID
    )


def _around(edition: Edition) -> Select[Any]:
    """Pages not yet closed, and whether anybody is set to issue."""
    template = (
        select(CertificateTemplate.id)
        .join(Course, Course.programme_id == CertificateTemplate.programme_id)
        .where(Course.id == edition.course_id)
        .limit(1)
    )
    return (
        select(
            func.coalesce(HELD_BY_EDITION.c.open_sheets, 0).label("open_sheets"),
            template.scalar_subquery().label("template_id"),
            Organisation.name.label("delivering_body"),
        )
        .select_from(Edition)
        .join(Organisation, Organisation.id == Edition.delivering_body_id)
        .outerjoin(HELD_BY_EDITION, HELD_BY_EDITION.c.edition_id == Edition.id)
        .where(Edition.id == edition.id)
    )


def _teaching(
    edition: Edition, rows: list[Row[Any]], around: Row[Any], certificate: Certificate | None
) -> Teaching:
    person = rows[0].Person
    taught = [row for row in rows if row.teaches]
    held = [row for row in taught or rows if row.closed]
    minutes = sum(row.minutes for row in held)
    days = held or rows
    return Teaching(
        person=person,
        edition_id=edition.id,
        role=StaffRole.TRAINER if taught else StaffRole.TUTOR,
        home_body_name=rows[0].home_body or around.delivering_body,
        minutes=minutes,
        first_at=min(row.starts_at for row in days),
        last_at=max(row.ends_at for row in days),
        case=Case(
            edition_state=edition.state,
            enrolment_state=EnrolmentState.CONFIRMED,
            counted=minutes,
            planned=minutes,
            threshold=0,
            open_sheets=around.open_sheets,
            missing_personal_data=missing_data(person),
            issuing_body_configured=around.template_id is not None,
            certificate_exists=certificate is not None,
            kind=CertificateKind.TEACHING,
        ),
        certificate_id=certificate.id if certificate else None,
        certificate_number=f"{certificate.number}/{certificate.year}" if certificate else None,
        certificate_state=certificate.state if certificate else None,
    )
