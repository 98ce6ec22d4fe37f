# SPDX-License-Identifier: AGPL-3.0-or-later
"""What becomes of a certificate: confirmed, replaced, revoked, signed outside as well."""

from hashlib import sha256

from sqlalchemy import select

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.certificates.actions import start_batch
from app.certificates.life.queries import Life, life_of
from app.documents.signatures import covers
from app.domain.certificates import (
    CertificateKind,
    CertificateState,
    check_transition,
    number_text,
)
from app.domain.errors import RuleViolation, Sentence
from app.extensions import db
from app.models import (
    Certificate,
    CertificateBatch,
    CertificateBatchItem,
    CertificateFile,
    Enrolment,
    SignedCopy,
)
from app.review import hold_book, hold_people

SHORTEST_REASON = 10  # characters, as for reopening a page


def confirm(actor: Actor, certificate_id: int) -> Certificate:
    """Say that a certificate under review still says the truth."""
    life = _held(certificate_id)
    certificate = life.certificate
    if certificate.state is not CertificateState.UNDER_REVIEW:
        raise RuleViolation(Sentence("L'attestato non è in verifica."))
    _check_other_than_holder(actor, certificate)
    if life.hours_changed or not life.entitled:
        raise RuleViolation(
            Sentence("Oggi il registro dice altro: l'attestato si può revocare o sostituire.")
        )
    certificate.state = CertificateState.ISSUED
    certificate.review_since, certificate.review_reason = None, ""
    _record(actor, Action.CERTIFICATE_CONFIRMED, certificate)
    return certificate


def revoke(actor: Actor, certificate_id: int, reason: str) -> Certificate:
    """Take the certificate's validity away for ever; its file and its number stay."""
    certificate = _held(certificate_id).certificate
    check_transition(certificate.state, CertificateState.REVOKED)
    _check_other_than_holder(actor, certificate)
    _check_reason(reason)
    certificate.state = CertificateState.REVOKED
    certificate.revoked_at, certificate.revoked_by_id = clock.now(), actor.account_id
    certificate.revoked_reason = reason
    _record(actor, Action.CERTIFICATE_REVOKED, certificate, reason=reason)
    return certificate


def ask_replacement(
    actor: Actor, certificate_id: int, reason: str, *, notify: bool = False
) -> CertificateBatch:
    """Ask for a new certificate that takes this one's place, with a number of its own."""
    life = _held(certificate_id)
    certificate = life.certificate
    check_transition(certificate.state, CertificateState.REPLACED)
    if certificate.kind is CertificateKind.DECLARATION:
        raise RuleViolation(Sentence("Una dichiarazione si sostituisce chiedendone un'altra."))
    _check_other_than_holder(actor, certificate)
    _check_reason(reason)
    if not life.entitled:
        raise RuleViolation(
            Sentence("Oggi l'attestato non sarebbe dovuto: si può revocare, non sostituire.")
        )
    item = CertificateBatchItem(
        person_id=certificate.person_id,
        enrolment_id=certificate.enrolment_id,
        kind=life.kind,
        replaces_id=certificate.id,
        replaced_reason=reason,
    )
    return start_batch(actor, certificate.edition, [item], notify=notify)


def add_signed_copy(actor: Actor, certificate_id: int, raw: bytes) -> SignedCopy:
    """Keep a copy signed outside, if it is the document with nothing but signatures added."""
    life = _held(certificate_id)
    check_signable(life)
    certificate = life.certificate
    stored = db.session.get_one(CertificateFile, certificate.id)
    signers = ", ".join(dict.fromkeys(report.signer for report in covers(stored.pdf, raw)))
    copy = SignedCopy(
        certificate_id=certificate.id,
        pdf=raw,
        sha256=sha256(raw).hexdigest(),
        signers=signers[:300],
        added_at=clock.now(),
        added_by_id=actor.account_id,
    )
    db.session.add(copy)
    _record(actor, Action.CERTIFICATE_SIGNED, certificate, sha256=copy.sha256, signers=copy.signers)
    return copy


def check_signable(life: Life) -> None:
    """Whether a signed copy may be added at all, whatever the file. Raises RuleViolation."""
    if life.certificate.state not in (CertificateState.ISSUED, CertificateState.UNDER_REVIEW):
        raise RuleViolation(Sentence("L'attestato non vale più: una copia firmata non serve."))
    if life.signed is not None:
        raise RuleViolation(Sentence("Una copia firmata c'è già: non si cambia."))


def _held(certificate_id: int) -> Life:
    """The certificate and what it would say today; neither it nor its hours change meanwhile."""
    certificate = db.session.get_one(Certificate, certificate_id)
    if certificate.kind is CertificateKind.TEACHING:
        hold_book(certificate.edition_id)
    else:
        hold_people(Enrolment.id == certificate.enrolment_id)
    db.session.execute(
        select(Certificate.id).where(Certificate.id == certificate_id).with_for_update()
    )
    db.session.expire_all()
    return life_of(certificate_id)


def _check_reason(reason: str) -> None:
    if len(reason) < SHORTEST_REASON:
        raise RuleViolation(Sentence("Scrivere un motivo di almeno dieci caratteri."))


def _check_other_than_holder(actor: Actor, certificate: Certificate) -> None:
    if actor.person_id == certificate.person_id:
        raise RuleViolation(Sentence("Nessuno decide sul proprio attestato."))


def _record(actor: Actor, action: Action, certificate: Certificate, **details: str) -> None:
    number = certificate.number
    label = number_text(number, certificate.year) if number else certificate.code
    audit.record(actor, action, certificate, label, body_id=certificate.issuing_body_id, **details)
