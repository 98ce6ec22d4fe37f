# SPDX-License-Identifier: AGPL-3.0-or-later
"""What each kind of certificate says, gathered for the paper."""

from typing import Any

from flask import current_app

from app import clock, labels, seals
from app.certificates.frames import Frame
from app.certificates.teaching import Teaching
from app.clock import ROME
from app.documents.certificate_content import CertificateContent, Logo
from app.domain import credits
from app.domain.certificates import CertificateKind, format_code
from app.domain.vocabulary import EditionKind, StaffRole
from app.models import Person
from app.pages import publicity_of
from app.standings import Standing

DEEDS = {
    CertificateKind.FREQUENCY: "ha frequentato il corso",
    CertificateKind.WITH_ASSESSMENT: "ha frequentato con profitto il corso",
}
PARTICIPATIONS = {
    EditionKind.COURSE: "ha partecipato al corso",
    EditionKind.WORKSHOP: "ha partecipato al workshop",
    EditionKind.CONFERENCE: "ha partecipato alla conferenza",
}


def attended(
    common: Frame, standing: Standing, person: Person, code: str, number: str
) -> CertificateContent:
    """The certificate of an official: frequency, with assessment, or participation."""
    kind = standing.kind
    deed = DEEDS.get(kind) or PARTICIPATIONS[common.edition.kind]
    return CertificateContent(
        **common_part(common, person, code, number),
        kind=kind.value,
        kind_title=labels.italian(kind).upper(),
        deed_text=deed,
        home_body=standing.home_body_name,
        counted_minutes=standing.counted,
        planned_minutes=standing.held,
        share_percent=standing.share,
        first_day=standing.first_at.astimezone(ROME).date(),
        last_day=standing.last_at.astimezone(ROME).date(),
        assessment_line=(
            "Prova finale superata" if kind is CertificateKind.WITH_ASSESSMENT else ""
        ),
        credits_line=_credits(common, standing, person),
    )


def taught(
    common: Frame, teaching: Teaching, person: Person, code: str, number: str
) -> CertificateContent:
    """The certificate of who taught, or assisted as a tutor."""
    tutor = teaching.role is StaffRole.TUTOR
    return CertificateContent(
        **common_part(common, person, code, number),
        kind=CertificateKind.TEACHING.value,
        kind_title="ATTESTATO DI TUTORAGGIO" if tutor else "ATTESTATO DI DOCENZA",
        deed_text=(
            "ha svolto attività di tutoraggio d'aula nel corso"
            if tutor
            else "ha svolto attività di docenza nel corso"
        ),
        hours_label="Ore di tutoraggio" if tutor else "Ore di docenza",
        home_body=teaching.home_body_name,
        counted_minutes=teaching.minutes,
        planned_minutes=teaching.minutes,
        share_percent=100,
        first_day=teaching.first_at.astimezone(ROME).date(),
        last_day=teaching.last_at.astimezone(ROME).date(),
        credits_line=None,
    )


def common_part(common: Frame, person: Person, code: str, number: str) -> dict[str, Any]:
    """What every kind says; of the person what is known."""
    programme, template, edition = common.programme, common.template, common.edition
    return {
        "number_text": number,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "birth_place": person.birth_place or "",
        "birth_date": person.birth_date,
        "tax_code": person.tax_code,
        "course_title": edition.course_title,
        "course_code": common.course.code,
        "edition_code": edition.code,
        "programme_acronym": programme.acronym,
        "programme_title": programme.title,
        "programme_code": f"PROG {programme.code}",
        "venues": tuple(common.venues),
        "mode_label": labels.italian(edition.mode).lower(),
        "delivering_body": common.delivering_body,
        "issuing_body": common.issuing_body.name,
        "issue_place": template.issue_place,
        "issue_date": clock.today(),
        "intro_text": template.intro_text,
        "note": template.note,
        "signatory_name": template.signatory_name,
        "signatory_quality": template.signatory_quality,
        "second_signatory_name": template.second_signatory_name,
        "second_signatory_quality": template.second_signatory_quality,
        "logos": tuple(Logo(logo["sha256"], logo["name"]) for logo in template.logos),
        "verification_url": f"{current_app.config['BASE_URL']}/v/{code}",
        "verification_code": format_code(code),
        "art40_notice": template.art40_notice,
        "stamp_duty_note": template.stamp_duty_note,
        "seal_note": seals.note(),
        "publicity": publicity_of(programme),
        "template_version": template.version,
    }


def _credits(common: Frame, standing: Standing, person: Person) -> str | None:
    """The line of credits, for social workers who reached the share the Order asks."""
    edition = common.edition
    earned = credits.earns(
        social_worker=person.is_social_worker,
        event_id=edition.credits_event_id,
        training=edition.credits_training,
        counted=standing.counted,
        planned=standing.held,
    )
    if not earned:
        return None
    return credits.line(edition.credits_event_id, edition.credits_training, edition.credits_ethics)
