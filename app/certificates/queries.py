# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is due a certificate in an edition, and the certificates issued."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import abort
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app import labels
from app.actor import Actor
from app.documents.fonts import missing_glyphs
from app.domain.certificates import CertificateKind, CertificateState
from app.domain.errors import RuleViolation, Sentence
from app.domain.vocabulary import StaffRole
from app.extensions import db
from app.hours import EXPECTED, Standing, all_standings
from app.listing import Filter, Listing, Plan, paginate
from app.models import (
    Certificate,
    CertificateFile,
    CertificateTemplate,
    Course,
    Edition,
    Enrolment,
    Lesson,
    LessonStaff,
    Organisation,
    Person,
    Programme,
    Venue,
)
from app.scope import clause, visible

EDITION_PAGE = (joinedload(Edition.delivering_body), joinedload(Edition.course))


@dataclass(frozen=True)
class Preview:
    """Who gets a certificate, who has one, who does not get one and why."""

    due: list[Standing]
    issued: list[Standing]
    not_due: list[Standing]
    unprintable: dict[int, str]


def preview(actor: Actor, edition: Edition) -> Preview:
    """Everybody expected in the edition, sorted by what is due."""
    people = all_standings(clause(Enrolment, actor), Enrolment.edition_id == edition.id, EXPECTED)
    unprintable = {
        person.enrolment_id: " ".join(missing)
        for person in people
        if (missing := missing_glyphs(f"{person.given_name} {person.family_name}"))
    }
    return Preview(
        due=[p for p in people if p.eligible and p.enrolment_id not in unprintable],
        issued=[p for p in people if p.certificate_id],
        not_due=[
            p
            for p in people
            if not p.certificate_id and (not p.eligible or p.enrolment_id in unprintable)
        ],
        unprintable=unprintable,
    )


@dataclass(frozen=True)
class CertificateRow:
    id: int
    number: str
    holder: str
    home_body: str
    kind: CertificateKind
    course_title: str
    edition_code: str
    issued_at: datetime
    state: CertificateState
    code: str


def certificate_list(actor: Actor) -> Listing:
    """The repertory the actor may see, newest first."""
    statement = (
        select(Certificate, Edition.code, Edition.course_title, Organisation.short_name)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Organisation, Organisation.id == Enrolment.home_body_id)
        .where(clause(Certificate, actor))
    )
    return paginate(
        statement,
        Plan(
            sorts={
                "number": [Certificate.year * 1_000_000 + Certificate.number],
                "holder": [Person.search_key, Certificate.id],
                "edition": [Edition.code, Certificate.number],
                "body": [Organisation.short_name, Certificate.number],
            },
            descending=True,
            search=Person.search_key + " " + func.lower(Edition.code),
            filters=[
                Filter("state", _("Stato"), labels.choices(*CertificateState), Certificate.state)
            ],
        ),
        lambda row: _certificate_row(*row),
    )


def _certificate_row(
    certificate: Certificate, edition: str, course: str, body: str
) -> CertificateRow:
    return CertificateRow(
        id=certificate.id,
        number=f"{certificate.number}/{certificate.year}",
        holder=f"{certificate.holder_family_name} {certificate.holder_given_name}",
        home_body=body,
        kind=certificate.kind,
        course_title=course,
        edition_code=edition,
        issued_at=certificate.issued_at,
        state=certificate.state,
        code=certificate.code,
    )


def file_of(actor: Actor, certificate_id: int) -> tuple[Certificate, CertificateFile]:
    """The certificate and its bytes; 404 outside the actor's scope."""
    found = db.session.scalars(
        visible(Certificate, actor)
        .where(Certificate.id == certificate_id)
        .options(joinedload(Certificate.file))
    ).one_or_none()
    if found is None or found.file is None:
        abort(404)
    return found, found.file


@dataclass(frozen=True)
class Frame:
    """What all certificates of an edition have in common."""

    programme: Programme
    course: Course
    edition: Edition
    template: CertificateTemplate
    issuing_body: Organisation
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
    venues = db.session.execute(
        select(Venue.name, Venue.town)
        .join(Lesson, Venue.id == func.coalesce(Lesson.venue_id, edition.venue_id))
        .where(Lesson.edition_id == edition.id)
        .distinct()
        .order_by(Venue.town, Venue.name)
    )
    places = [name if town in name else f"{name}, {town}" for name, town in venues]
    return Frame(programme, course, edition, template, issuing_body, places)


def birth_data(ids: Sequence[int]) -> dict[int, Person]:
    """The people of the enrolments, by enrolment."""
    rows = db.session.execute(
        select(Enrolment.id, Person)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.id.in_(ids))
    )
    return {enrolment_id: person for enrolment_id, person in rows}  # noqa: C416 - Row is no tuple


def trainers_of(edition: Edition) -> set[int]:
    """The people who teach in the edition; its tutors do not."""
    return set(
        db.session.scalars(
            select(LessonStaff.person_id)
            .join(Lesson, Lesson.id == LessonStaff.lesson_id)
            .where(
                Lesson.edition_id == edition.id,
                LessonStaff.role.in_([StaffRole.TRAINER, StaffRole.CO_TRAINER]),
            )
        )
    )
