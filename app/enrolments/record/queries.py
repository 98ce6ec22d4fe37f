# SPDX-License-Identifier: AGPL-3.0-or-later
"""A person's training record: hours by year, courses, certificates. One set of data for every form.

It is the person's own, in whatever role she looks at it: nothing of it depends on a scope.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from app.documents.badge import KINDS
from app.domain.certificates import CertificateKind, CertificateState, number_text
from app.domain.enrolment import EnrolmentState, expected
from app.extensions import db
from app.hours import attended_by_lesson
from app.models import (
    Affiliation,
    Certificate,
    Edition,
    Enrolment,
    Lesson,
    Organisation,
    Person,
)
from app.standings import Standing, standing, standings
from app.years import year_in_rome

IN_FORCE = (CertificateState.ISSUED, CertificateState.UNDER_REVIEW)


@dataclass(frozen=True)
class Year:
    """Minutes attended in a calendar year, on closed pages, and in how many courses."""

    year: int
    courses: int
    minutes: int


@dataclass(frozen=True)
class Course:
    """A course or meeting of the person, and the body that delivers it."""

    standing: Standing
    delivering_body: str

    @property
    def under_way(self) -> bool:
        """Whether the outcome is still open."""
        return self.standing.state is EnrolmentState.CONFIRMED


@dataclass(frozen=True)
class Paper:
    """A certificate or declaration in whatever state. ``number`` is empty for a declaration.

    ``successor``: id and number (empty for a declaration) of what took its place.
    """

    id: int
    kind: CertificateKind
    title: str
    number: str
    course_title: str
    edition_code: str
    presence: str
    issued_at: datetime
    state: CertificateState
    ended_at: datetime | None
    code: str
    successor: tuple[int, str] | None

    @property
    def is_declaration(self) -> bool:
        return self.kind is CertificateKind.DECLARATION

    @property
    def holds(self) -> bool:
        return self.state in IN_FORCE

    @property
    def has_badge(self) -> bool:
        return self.kind in KINDS and self.state is CertificateState.ISSUED


@dataclass(frozen=True)
class Record:
    """Everything a training record says; courses and papers with the newest first."""

    given_name: str
    family_name: str
    body: str
    years: list[Year]
    courses: list[Course]
    papers: list[Paper]

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def certificates(self) -> list[Paper]:
        return [paper for paper in self.papers if not paper.is_declaration]

    @property
    def declarations(self) -> list[Paper]:
        return [paper for paper in self.papers if paper.is_declaration]

    def shared(self) -> "Record":
        """What an employer reads: courses attended or under way, papers that hold."""
        return replace(
            self,
            courses=[
                course
                for course in self.courses
                if course.standing.counted or expected(course.standing.state)
            ],
            papers=[paper for paper in self.papers if paper.holds],
        )


@dataclass(frozen=True)
class Holder:
    """Whose record it is, and the body she works for today."""

    person_id: int
    given_name: str
    family_name: str
    body: str


def holders(*where: ColumnElement[bool]) -> Any:
    """People with the body of today (of several the one entered last): a statement to narrow."""
    last = (
        select(func.max(Affiliation.id))
        .where(Affiliation.person_id == Person.id, Affiliation.ends_on.is_(None))
        .correlate(Person)
        .scalar_subquery()
    )
    return (
        select(Person.id, Person.given_name, Person.family_name, Organisation.name)
        .outerjoin(Affiliation, Affiliation.id == last)
        .outerjoin(Organisation, Organisation.id == Affiliation.organisation_id)
        .where(*where)
    )


def own_record(person_id: int | None) -> Record | None:
    """The record of the person; None for an account that belongs to nobody."""
    row = db.session.execute(holders(Person.id == person_id)).one_or_none()
    return record_of(holder(row)) if row else None


def holder(row: Any) -> Holder:
    """A row of ``holders``."""
    person_id, given_name, family_name, body = row
    return Holder(person_id, given_name, family_name, body or "")


def record_of(whose: Holder) -> Record:
    """The record: three statements."""
    return Record(
        given_name=whose.given_name,
        family_name=whose.family_name,
        body=whose.body,
        years=years_of(whose.person_id),
        courses=courses_of(whose.person_id),
        papers=papers_of(whose.person_id),
    )


def years_of(person_id: int | None) -> list[Year]:
    """Hours by calendar year; the day of the lesson decides, of a recovered one the day she came."""
    minutes = attended_by_lesson()
    year = year_in_rome(Lesson.starts_at).label("year")
    rows = db.session.execute(
        select(
            year,
            func.count(func.distinct(minutes.c.enrolment_id)),
            func.sum(minutes.c.counted),
        )
        .join(Lesson, Lesson.id == minutes.c.lesson_id)
        .join(Enrolment, Enrolment.id == minutes.c.enrolment_id)
        .where(Enrolment.person_id == person_id, minutes.c.counted > 0)
        .group_by(year)
        .order_by(year.desc())
    )
    return [Year(*row) for row in rows]


def courses_of(person_id: int | None) -> list[Course]:
    """The person's enrolments with hours and conditions, the newest first."""
    delivering = aliased(Organisation)
    rows = db.session.execute(
        standings(Enrolment.person_id == person_id)
        .add_columns(delivering.name.label("delivering_body"))
        .join(delivering, delivering.id == Edition.delivering_body_id)
    )
    found = [Course(standing(row), row.delivering_body) for row in rows]
    return sorted(found, key=_begin, reverse=True)


def _begin(course: Course) -> tuple[bool, Any, int]:
    first_at = course.standing.first_at
    return first_at is not None, first_at, course.standing.enrolment_id


def papers_of(person_id: int | None) -> list[Paper]:
    """Certificates and declarations of every kind, in every state, the newest first."""
    later = aliased(Certificate)
    rows = db.session.execute(
        select(Certificate, later.id, later.number, later.year)
        .outerjoin(later, later.replaces_id == Certificate.id)
        .where(Certificate.person_id == person_id)
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    )
    return [_paper(*row) for row in rows]


def _paper(
    certificate: Certificate,
    later_id: int | None,
    later_number: int | None,
    later_year: int | None,
) -> Paper:
    said = certificate.content
    return Paper(
        id=certificate.id,
        kind=certificate.kind,
        title=said["kind_title"].capitalize(),
        number=_number(certificate.number, certificate.year),
        course_title=said["course_title"],
        edition_code=said["edition_code"],
        presence="; ".join(said.get("presence_lines", ())),
        issued_at=certificate.issued_at,
        state=certificate.state,
        ended_at=certificate.revoked_at,
        code=certificate.code,
        successor=(later_id, _number(later_number, later_year)) if later_id else None,
    )


def _number(number: int | None, year: int | None) -> str:
    return number_text(number, year) if number and year else ""
