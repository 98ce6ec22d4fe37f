# SPDX-License-Identifier: AGPL-3.0-or-later
"""The derogations of a programme, on one page; the enrolment one is asked for."""

from dataclasses import dataclass
from datetime import datetime

from flask import abort
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload, undefer

from app import labels
from app.actor import Actor
from app.domain.certificates import CertificateState, number_text
from app.domain.derogations import DerogationCategory
from app.extensions import db
from app.listing import Filter, Listing, Plan, paginate
from app.models import (
    Certificate,
    Derogation,
    Edition,
    Enrolment,
    EvidenceFile,
    Organisation,
    Person,
    UserAccount,
)
from app.scope import clause, visible
from app.standings import Standing, all_standings

STILL_VALID = (CertificateState.ISSUED, CertificateState.UNDER_REVIEW)


@dataclass(frozen=True)
class DerogationRow:
    """A derogation, whom it concerns, and its last certificate; ``rests``: one still valid."""

    id: int
    name: str
    home_body: str
    edition_id: int
    edition_code: str
    course_title: str
    category: DerogationCategory
    reason: str
    file_name: str
    decided_at: datetime
    decided_by: str
    withdrawn_at: datetime | None
    withdrawn_reason: str
    certificate: str
    rests: bool


def derogation_list(actor: Actor, *, whole: bool = False) -> Listing:
    """Every derogation the actor may see, newest first; those withdrawn are told as such."""
    decider = aliased(UserAccount)
    certificate = (
        select(func.max(Certificate.id).label("id"), Certificate.enrolment_id)
        .where(Certificate.number.is_not(None))
        .group_by(Certificate.enrolment_id)
        .subquery("last_certificate")
    )
    statement = (
        select(Derogation, Person, Organisation.short_name, Edition, decider.display_name, Certificate)
        .join(Enrolment, Enrolment.id == Derogation.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Organisation, Organisation.id == Enrolment.home_body_id)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(decider, decider.id == Derogation.decided_by_id)
        .outerjoin(certificate, certificate.c.enrolment_id == Enrolment.id)
        .outerjoin(Certificate, Certificate.id == certificate.c.id)
        .where(clause(Derogation, actor))
    )  # fmt: skip
    plan = Plan(
        sorts={
            "decided": [Derogation.decided_at, Derogation.id],
            "name": [Person.search_key, Derogation.id],
            "edition": [Edition.code, Person.search_key],
        },
        descending=True,
        search=Person.search_key + " " + func.lower(Edition.code),
        filters=[
            Filter(
                "category", _("Categoria"), labels.choices(*DerogationCategory), Derogation.category
            )
        ],
    )
    return paginate(statement, plan, lambda row: _row(*row), whole=whole)


def _row(
    derogation: Derogation,
    person: Person,
    body: str,
    edition: Edition,
    decider: str,
    certificate: Certificate | None,
) -> DerogationRow:
    return DerogationRow(
        id=derogation.id,
        name=f"{person.family_name} {person.given_name}",
        home_body=body,
        edition_id=edition.id,
        edition_code=edition.code,
        course_title=edition.course_title,
        category=derogation.category,
        reason=derogation.reason,
        file_name=derogation.file_name,
        decided_at=derogation.decided_at,
        decided_by=decider,
        withdrawn_at=derogation.withdrawn_at,
        withdrawn_reason=derogation.withdrawn_reason,
        certificate=number_text(certificate.number, certificate.year) if certificate else "",
        rests=certificate is not None and certificate.state in STILL_VALID,
    )


def standing_of(actor: Actor, enrolment_id: int) -> Standing:
    """Where the enrolment stands; 404 outside the actor's scope."""
    found = all_standings(clause(Enrolment, actor), Enrolment.id == enrolment_id)
    if not found:
        abort(404)
    return found[0]


def derogation_of(actor: Actor, derogation_id: int) -> Derogation:
    """The derogation with its file and whom it concerns; 404 outside the actor's scope."""
    found = db.session.scalars(
        visible(Derogation, actor)
        .where(Derogation.id == derogation_id)
        .options(
            joinedload(Derogation.file).options(undefer(EvidenceFile.content)),
            joinedload(Derogation.enrolment).joinedload(Enrolment.person),
            joinedload(Derogation.enrolment).joinedload(Enrolment.edition),
        )
    ).one_or_none()
    if found is None:
        abort(404)
    return found
