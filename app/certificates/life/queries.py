# SPDX-License-Identifier: AGPL-3.0-or-later
"""One certificate: what it says, what it would say today, what became of it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import abort
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from app.actor import Actor
from app.certificates.queries import EDITION_PAGE
from app.certificates.teaching import Teaching, teachings
from app.clock import ROME
from app.documents.certificate import CertificateContent
from app.domain import eligibility
from app.domain.attendance import hours_text
from app.domain.certificates import CertificateKind
from app.domain.errors import Sentence
from app.extensions import db
from app.models import Certificate, CertificateFile, Enrolment, SignedCopy, UserAccount
from app.scope import clause
from app.standings import Standing, all_standings


@dataclass(frozen=True)
class Change:
    """A thing the certificate says otherwise than it would today."""

    label: Any
    printed: str
    today: str
    of_hours: bool


@dataclass(frozen=True)
class Life:
    """A certificate beside the present. ``kind`` is what would be issued now in its place."""

    certificate: Certificate
    content: CertificateContent
    kind: CertificateKind
    entitled: bool
    why: Sentence | None
    changes: list[Change]
    hours_changed: bool
    issued_by: str
    revoked_by: str
    replaced_by: Certificate | None
    replaces: Certificate | None
    sha256: str
    signed: SignedCopy | None


def life_of(certificate_id: int, actor: Actor | None = None) -> Life:
    """The certificate and its present, in a constant number of statements; 404 outside the scope."""
    later, earlier = aliased(Certificate), aliased(Certificate)
    issuer, revoker = aliased(UserAccount), aliased(UserAccount)
    row = db.session.execute(
        select(
            Certificate, CertificateFile.sha256, SignedCopy, later, earlier,
            issuer.display_name, revoker.display_name,
        )
        .join(CertificateFile, CertificateFile.certificate_id == Certificate.id)
        .join(issuer, issuer.id == Certificate.issued_by_id)
        .outerjoin(revoker, revoker.id == Certificate.revoked_by_id)
        .outerjoin(SignedCopy, SignedCopy.certificate_id == Certificate.id)
        .outerjoin(later, later.replaces_id == Certificate.id)
        .outerjoin(earlier, earlier.id == Certificate.replaces_id)
        .where(Certificate.id == certificate_id, *([clause(Certificate, actor)] if actor else []))
        .options(
            joinedload(Certificate.person),
            joinedload(Certificate.edition).options(*EDITION_PAGE),
        )
    ).first()  # fmt: skip
    if row is None:
        abort(404)
    certificate, sha256, signed, replaced_by, replaces, issued_by, revoked_by = row
    content = CertificateContent.from_json(certificate.content)
    claim = _claim(certificate)
    case = replace(claim.case, certificate_exists=False) if claim else None
    changes = _changes(content, certificate, claim) if claim else []
    return Life(
        certificate=certificate,
        content=content,
        kind=case.kind if case else certificate.kind,
        entitled=case is not None and eligibility.is_eligible(case),
        why=eligibility.why(case) if case else None,
        changes=changes,
        hours_changed=any(change.of_hours for change in changes),
        issued_by=issued_by,
        revoked_by=revoked_by or "",
        replaced_by=replaced_by,
        replaces=replaces,
        sha256=sha256,
        signed=signed,
    )


def _claim(certificate: Certificate) -> Standing | Teaching | None:
    if certificate.kind is CertificateKind.TEACHING:
        taught = teachings(certificate.edition)
        return next((one for one in taught if one.person.id == certificate.person_id), None)
    if certificate.lesson_id is not None:
        return None  # one day's presence: the hours of the edition are no measure of it
    return next(iter(all_standings(Enrolment.id == certificate.enrolment_id)), None)


def _changes(
    content: CertificateContent, certificate: Certificate, claim: Standing | Teaching
) -> list[Change]:
    person, edition = certificate.person, certificate.edition
    if isinstance(claim, Teaching):
        counted = planned = claim.minutes
    else:
        counted, planned = claim.counted, claim.held
    first, last = (moment.astimezone(ROME).date() for moment in (claim.first_at, claim.last_at))
    details = (
        (_l("Nome"), content.given_name, person.given_name),
        (_l("Cognome"), content.family_name, person.family_name),
        (_l("Luogo di nascita"), content.birth_place, person.birth_place or ""),
        (_l("Data di nascita"), content.birth_date, person.birth_date),
        (_l("Codice fiscale"), content.tax_code or "", person.tax_code or ""),
        (_l("Titolo del corso"), content.course_title, edition.course_title),
    )
    hours = (
        (_l("Ore"), hours_text(content.counted_minutes), hours_text(counted)),
        (_l("Ore svolte dall'edizione"), hours_text(content.planned_minutes), hours_text(planned)),
        (_l("Primo giorno"), content.first_day, first),
        (_l("Ultimo giorno"), content.last_day, last),
    )
    return [
        Change(label, _text(old), _text(new), of_hours)
        for group, of_hours in ((details, False), (hours, True))
        for label, old, new in group
        if old != new
    ]


def _text(value: str | date | None) -> str:
    return value.strftime("%d/%m/%Y") if isinstance(value, date) else value or "–"
