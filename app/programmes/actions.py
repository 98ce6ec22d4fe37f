# SPDX-License-Identifier: AGPL-3.0-or-later
"""Founding a programme, its targets, what its certificates say."""

from datetime import date

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain.checklist import STANDARD_LIST
from app.domain.programme import usual_retention
from app.extensions import db
from app.models import CertificateTemplate, Indicator, Organisation, Programme, StandardItem


def found_programme(
    actor: Actor,
    *,
    code: str,
    acronym: str,
    title: str,
    fund_name: str,
    annual_programme: str,
    starts_on: date,
    ends_on: date,
    ministry_line: str,
    targets: dict[str, int],
) -> Programme:
    """A programme with its publicity block; kept ten years after its end."""
    programme = Programme(
        code=code,
        acronym=acronym,
        title=title,
        fund_name=fund_name,
        annual_programme=annual_programme,
        starts_on=starts_on,
        ends_on=ends_on,
        retention_until=usual_retention(ends_on),
        union_line="UNIONE EUROPEA",
        fund_line=fund_name,
        ministry_line=ministry_line,
        publicity_statement=(
            f"Progetto co-finanziato dall'Unione Europea – {fund_name} – {acronym} – PROG {code}"
        ),
    )
    db.session.add(programme)
    db.session.flush()
    db.session.add_all(
        Indicator(programme_id=programme.id, code=name, target=target)
        for name, target in targets.items()
    )
    db.session.add_all(
        StandardItem(programme_id=programme.id, title=title, days=days)
        for days, title in STANDARD_LIST
    )
    audit.record(actor, Action.PROGRAMME_CREATED, programme, acronym, targets=targets)
    return programme


def set_certificate_template(
    actor: Actor,
    programme: Programme,
    issuing_body: Organisation,
    *,
    issue_place: str,
    signatory_name: str,
    signatory_quality: str,
    art40_notice: bool,
) -> CertificateTemplate:
    """The first version of what the programme's certificates say."""
    template = CertificateTemplate(
        programme_id=programme.id,
        version=1,
        issuing_body_id=issuing_body.id,
        issue_place=issue_place,
        signatory_name=signatory_name,
        signatory_quality=signatory_quality,
        art40_notice=art40_notice,
        stamp_duty_note="",
        set_at=clock.now(),
        set_by_id=actor.account_id,
    )
    db.session.add(template)
    db.session.flush()
    audit.record(
        actor, Action.TEMPLATE_SET, template, programme.acronym, body_id=issuing_body.id, version=1
    )
    return template
