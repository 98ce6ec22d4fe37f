# SPDX-License-Identifier: AGPL-3.0-or-later
"""The template in force, its earlier versions, the bodies that may issue, the logos."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.actor import Actor
from app.domain.vocabulary import PartnershipRole
from app.extensions import db
from app.models import (
    Certificate,
    CertificateTemplate,
    Course,
    Edition,
    Organisation,
    Partnership,
    Programme,
    UserAccount,
)
from app.scope import clause, visible

ISSUERS = (
    PartnershipRole.LEAD_BENEFICIARY,
    PartnershipRole.COORDINATOR_BODY,
    PartnershipRole.PARTNER_BODY,
)


@dataclass(frozen=True)
class Version:
    """A version, who set it, and how many certificates were drawn with it."""

    template: CertificateTemplate
    set_at: datetime | None
    set_by: str
    certificates: int


def versions(actor: Actor) -> list[Version]:
    """Every version of the programme's template, the one in force first."""
    drawn = (
        select(Certificate.template_version, func.count().label("number"))
        .join(Edition, Edition.id == Certificate.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .where(Course.programme_id == actor.programme_id)
        .group_by(Certificate.template_version)
        .subquery("drawn")
    )
    rows = db.session.execute(
        select(CertificateTemplate, UserAccount.display_name, func.coalesce(drawn.c.number, 0))
        .outerjoin(UserAccount, UserAccount.id == CertificateTemplate.set_by_id)
        .outerjoin(drawn, drawn.c.template_version == CertificateTemplate.version)
        .where(clause(CertificateTemplate, actor))
        .options(joinedload(CertificateTemplate.issuing_body))
        .order_by(CertificateTemplate.version.desc())
    )
    return [Version(template, template.set_at, name or "", n) for template, name, n in rows]


def in_force(actor: Actor) -> CertificateTemplate | None:
    """The version certificates are drawn with now; None before the first."""
    return db.session.scalars(
        visible(CertificateTemplate, actor)
        .options(joinedload(CertificateTemplate.issuing_body))
        .order_by(CertificateTemplate.version.desc())
        .limit(1)
    ).one_or_none()


def version_of(actor: Actor, number: int) -> CertificateTemplate | None:
    """The version with this number, if there is one."""
    return db.session.scalars(
        visible(CertificateTemplate, actor)
        .options(joinedload(CertificateTemplate.issuing_body))
        .where(CertificateTemplate.version == number)
    ).one_or_none()


def programme_of(actor: Actor) -> Programme:
    """The programme the actor's role was given for."""
    return db.session.get_one(Programme, actor.programme_id)


def issuers(actor: Actor) -> list[tuple[int, str]]:
    """The bodies with a part in the programme that may issue its certificates, or did."""
    partners = select(Partnership.organisation_id).where(
        Partnership.programme_id == actor.programme_id, Partnership.role.in_(ISSUERS)
    )
    before = select(CertificateTemplate.issuing_body_id).where(clause(CertificateTemplate, actor))
    rows = db.session.execute(
        select(Organisation.id, Organisation.name)
        .where(
            clause(Organisation, actor),
            or_(Organisation.id.in_(partners), Organisation.id.in_(before)),
        )
        .order_by(Organisation.search_key)
    )
    return [(number, name) for number, name in rows]
