# SPDX-License-Identifier: AGPL-3.0-or-later
"""Issuing certificates: an explicit act on a list that was shown first."""

import hashlib
from collections.abc import Collection

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from app import audit, clock, labels
from app.actor import Actor
from app.audit import Action
from app.certificates.queries import Frame, birth_data, frame, preview, trainers_of
from app.clock import ROME
from app.documents.certificate import CertificateContent, render_certificate
from app.domain.certificates import (
    CertificateState,
    content_hash,
    format_code,
    new_code,
    number_text,
)
from app.domain.errors import RuleViolation, Sentence
from app.extensions import db
from app.hours import Standing
from app.models import (
    AttendanceRegister,
    Certificate,
    CertificateCounter,
    CertificateFile,
    Edition,
    Enrolment,
    Person,
)
from app.pages import publicity_of
from app.review import hold_people


def issue(actor: Actor, edition: Edition, chosen: Collection[int]) -> list[Certificate]:
    """Issue a certificate to each enrolment chosen, all or none; they must all be due.

    Numbers are taken from the counter of the issuing body and year, which stays
    locked until the commit: no gap, no duplicate, in the order of the list.
    """
    if not chosen:
        raise RuleViolation(Sentence("Scegliere almeno una persona."))
    if trainers_of(edition) == {actor.person_id}:
        raise RuleViolation(
            Sentence("Chi è l'unico docente dell'edizione non può rilasciarne gli attestati.")
        )
    common = frame(edition)
    year = clock.today().year
    _lock_counter(common.issuing_body.id, year)
    hold_people(Enrolment.edition_id == edition.id)
    due = {person.enrolment_id: person for person in preview(actor, edition).due}
    if not set(chosen) <= due.keys():
        raise RuleViolation(
            Sentence("L'elenco è cambiato: qualcuno tra i scelti non ha più diritto all'attestato.")
        )
    people = birth_data(list(chosen))
    number = _take_numbers(common.issuing_body.id, year, len(chosen)) - len(chosen)
    issued = []
    for person in (p for p in due.values() if p.enrolment_id in chosen):
        number += 1
        issued.append(_issue_one(actor, common, person, people[person.enrolment_id], year, number))
    return issued


def _hold_book(edition: Edition) -> None:
    """Until the commit no page is closed, reopened or corrected: the hours stay as they are read."""
    db.session.execute(
        select(AttendanceRegister.id)
        .where(AttendanceRegister.edition_id == edition.id)
        .with_for_update()
    )


def _issue_one(
    actor: Actor, common: Frame, standing: Standing, person: Person, year: int, number: int
) -> Certificate:
    code = new_code()
    content = certificate_content(common, standing, person, code, number_text(number, year))
    certificate = Certificate(
        edition_id=standing.edition_id,
        person_id=standing.person_id,
        enrolment_id=standing.enrolment_id,
        kind=common.course.certificate_kind,
        issuing_body_id=common.issuing_body.id,
        year=year,
        number=number,
        code=code,
        holder_given_name=person.given_name,
        holder_family_name=person.family_name,
        content=content.to_json(),
        template_version=common.template.version,
        state=CertificateState.ISSUED,
        issued_at=clock.now(),
        issued_by_id=actor.account_id,
    )
    pdf = render_certificate(content)
    digest = hashlib.sha256(pdf).hexdigest()
    db.session.add(certificate)
    db.session.flush()
    db.session.add(CertificateFile(certificate_id=certificate.id, pdf=pdf, sha256=digest))
    audit.record(
        actor,
        Action.CERTIFICATE_ISSUED,
        certificate,
        number_text(number, year),
        body_id=common.issuing_body.id,
        enrolment=standing.enrolment_id,
        sha256=digest,
        content=content_hash(certificate.content),
    )
    return certificate


def certificate_content(
    common: Frame, standing: Standing, person: Person, code: str, number: str
) -> CertificateContent:
    """What the certificate says, gathered for the paper."""
    programme, template = common.programme, common.template
    if person.birth_date is None:
        raise RuleViolation(Sentence("Manca la data di nascita."))
    return CertificateContent(
        kind_title=labels.italian(common.course.certificate_kind).upper(),
        number_text=number,
        given_name=person.given_name,
        family_name=person.family_name,
        birth_place=person.birth_place or "",
        birth_date=person.birth_date,
        tax_code=person.tax_code,
        home_body=standing.home_body_name,
        course_title=common.edition.course_title,
        course_code=common.course.code,
        edition_code=common.edition.code,
        programme_acronym=programme.acronym,
        programme_title=programme.title,
        programme_code=f"PROG {programme.code}",
        counted_minutes=standing.counted,
        planned_minutes=standing.held,
        share_percent=standing.share,
        first_day=standing.first_at.astimezone(ROME).date(),
        last_day=standing.last_at.astimezone(ROME).date(),
        venues=tuple(common.venues),
        mode_label=labels.italian(common.edition.mode).lower(),
        delivering_body=common.edition.delivering_body.name,
        issuing_body=common.issuing_body.name,
        issue_place=template.issue_place,
        issue_date=clock.today(),
        signatory_name=template.signatory_name,
        signatory_quality=template.signatory_quality,
        verification_url=f"{current_app.config['BASE_URL']}/v/{code}",
        verification_code=format_code(code),
        art40_notice=template.art40_notice,
        stamp_duty_note=template.stamp_duty_note,
        credits_line=None,
        publicity=publicity_of(programme),
        template_version=template.version,
    )


def _lock_counter(body_id: int, year: int) -> None:
    """Make sure the counter exists, and hold it until the commit."""
    postgres = db.session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if postgres else sqlite.insert
    db.session.execute(
        insert(CertificateCounter)
        .values(issuing_body_id=body_id, year=year, last_number=0)
        .on_conflict_do_nothing()
    )
    db.session.execute(
        select(CertificateCounter.last_number)
        .where(CertificateCounter.issuing_body_id == body_id, CertificateCounter.year == year)
        .with_for_update()
    )


def _take_numbers(body_id: int, year: int, many: int) -> int:
    """Advance the counter; its new value."""
    last = db.session.scalar(
        update(CertificateCounter)
        .where(CertificateCounter.issuing_body_id == body_id, CertificateCounter.year == year)
        .values(last_number=CertificateCounter.last_number + many)
        .returning(CertificateCounter.last_number)
        .execution_options(synchronize_session=False)
    )
    return int(last or 0)
