# SPDX-License-Identifier: AGPL-3.0-or-later
"""The certificates issued: the repertory, their files, the number that comes next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload, undefer

from app import clock, labels
from app.actor import Actor
from app.certificates.frames import frame
from app.certificates.numbers import next_number
from app.domain.certificates import CertificateKind, CertificateState, number_text
from app.extensions import db
from app.listing import Filter, Listing, Plan, paginate
from app.models import (
    Certificate,
    CertificateFile,
    Edition,
    Enrolment,
    Lesson,
    LessonStaff,
    Organisation,
    Person,
    SignedCopy,
)
from app.scope import clause
from app.teaching import TAUGHT

NUMBERED = tuple(kind for kind in CertificateKind if kind is not CertificateKind.DECLARATION)
EDITION_PAGE = (joinedload(Edition.delivering_body), joinedload(Edition.course))


@dataclass(frozen=True)
class CertificateRow:
    id: int
    number: str
    year: int
    holder: str
    home_body: str
    issuing_body_id: int
    issuing_body: str
    kind: CertificateKind
    course_title: str
    edition_code: str
    issued_at: datetime
    state: CertificateState
    code: str
    revoked_at: datetime | None
    replaced_by: str


def certificate_list(actor: Actor, *, whole: bool = False) -> Listing:
    """The repertory the actor may see, newest first: declarations have no number and no place in it."""
    later, issuer = aliased(Certificate), aliased(Organisation)
    statement = (
        select(
            Certificate,
            Edition.code,
            Edition.course_title,
            func.coalesce(Organisation.short_name, ""),
            issuer.name,
            later.number,
            later.year,
        )
        .join(Person, Person.id == Certificate.person_id)
        .join(Edition, Edition.id == Certificate.edition_id)
        .join(issuer, issuer.id == Certificate.issuing_body_id)
        .outerjoin(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .outerjoin(Organisation, Organisation.id == Enrolment.home_body_id)
        .outerjoin(later, later.replaces_id == Certificate.id)
        .where(clause(Certificate, actor), Certificate.number.is_not(None))
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
                Filter("state", _("Stato"), labels.choices(*CertificateState), Certificate.state),
                Filter("kind", _("Tipo"), labels.choices(*NUMBERED), Certificate.kind),
                Filter(
                    "year", _("Anno"), _years(actor), lambda year: Certificate.year == int(year)
                ),
            ],
        ),
        lambda row: _certificate_row(*row),
        whole=whole,
    )


def _years(actor: Actor) -> list[tuple[str, str]]:
    years = select(Certificate.year).where(clause(Certificate, actor)).distinct()
    return [(str(year), str(year)) for year in sorted(db.session.scalars(years), reverse=True)]


def _certificate_row(
    certificate: Certificate,
    edition: str,
    course: str,
    body: str,
    issuer: str,
    later_number: int | None,
    later_year: int | None,
) -> CertificateRow:
    return CertificateRow(
        id=certificate.id,
        number=f"{certificate.number}/{certificate.year}",
        year=certificate.year,
        holder=f"{certificate.holder_family_name} {certificate.holder_given_name}",
        home_body=body,
        issuing_body_id=certificate.issuing_body_id,
        issuing_body=issuer,
        kind=certificate.kind,
        course_title=course,
        edition_code=edition,
        issued_at=certificate.issued_at,
        state=certificate.state,
        code=certificate.code,
        revoked_at=certificate.revoked_at,
        replaced_by=number_text(later_number, later_year) if later_number and later_year else "",
    )


def issued_by(body_id: int) -> int:
    """How many certificates of the repertory the body has issued, whoever may see them."""
    query = select(func.count()).where(
        Certificate.issuing_body_id == body_id, Certificate.number.is_not(None)
    )
    return db.session.scalar(query) or 0


def file_of(actor: Actor, certificate_id: int) -> tuple[Certificate, CertificateFile]:
    """The certificate and its bytes; 404 outside the actor's scope."""
    return _with_file(actor, certificate_id, CertificateFile)


def signed_copy_of(actor: Actor, certificate_id: int) -> tuple[Certificate, SignedCopy]:
    """The certificate and its copy signed outside; 404 where there is none."""
    return _with_file(actor, certificate_id, SignedCopy)


def _with_file(actor: Actor, certificate_id: int, model: type[Any]) -> tuple[Certificate, Any]:
    found = db.session.execute(
        select(Certificate, model)
        .join(model, model.certificate_id == Certificate.id)
        .where(clause(Certificate, actor), Certificate.id == certificate_id)
        .options(undefer(model.pdf))
    ).one_or_none()
    if found is None:
        abort(404)
    certificate, file = found
    return certificate, file


def file_name(certificate: Certificate) -> str:
    """What the file is called on the disk of whoever downloads it."""
    if certificate.number is None:
        return f"dichiarazione-{certificate.id}"
    return f"attestato-{certificate.number}-{certificate.year}"


def coming_number(edition: Edition) -> str:
    """The number the next certificate of the edition would take, were it issued now."""
    body_id, year = frame(edition).issuing_body.id, clock.today().year
    return number_text(next_number(body_id, year), year)


def trainers_of(edition: Edition) -> set[int]:
    """The people who teach in the edition; its tutors do not."""
    return set(
        db.session.scalars(
            select(LessonStaff.person_id)
            .join(Lesson, Lesson.id == LessonStaff.lesson_id)
            .where(
                Lesson.edition_id == edition.id,
                LessonStaff.role.in_(TAUGHT),
            )
        )
    )
