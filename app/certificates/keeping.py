# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keeping a certificate that was drawn: its row, its bytes, its entry, in one transaction."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select, update

from app import audit, clock, mail
from app.actor import Actor
from app.assignments import actor_of, in_force
from app.audit import Action
from app.documents.certificate import CertificateContent
from app.domain.certificates import (
    BatchItemState,
    CertificateKind,
    CertificateState,
    check_transition,
    content_hash,
    number_text,
)
from app.domain.errors import RuleViolation, Sentence
from app.domain.roles import Permission, permits
from app.domain.vocabulary import AccountState
from app.extensions import db
from app.models import (
    Certificate,
    CertificateBatch,
    CertificateBatchItem,
    CertificateFile,
    Person,
    RoleAssignment,
    UserAccount,
)


@dataclass(frozen=True)
class Draft:
    """A certificate as it would be issued now; a declaration has no number."""

    content: CertificateContent
    code: str
    body_id: int
    year: int
    number: int | None
    edition_id: int
    person_id: int
    enrolment_id: int | None
    kind: CertificateKind
    logos: Mapping[str, bytes]
    lesson_id: int | None = None


def keep(batch: CertificateBatch, item: CertificateBatchItem, draft: Draft, pdf: bytes) -> None:
    """Write the certificate; its number has just been taken from the counter, which is held."""
    actor = actor_of_batch(batch)
    if item.replaces_id:
        supersede(actor, item.replaces_id, item.replaced_reason, draft)
    certificate = insert(actor, draft, pdf, item.replaces_id)
    item.state, item.certificate_id = BatchItemState.ISSUED, certificate.id
    if batch.notify:
        _notify(certificate, draft)
    finish(batch.id)


def insert(actor: Actor, draft: Draft, pdf: bytes, replaces_id: int | None) -> Certificate:
    """Write row, bytes and entry."""
    content, digest = draft.content, hashlib.sha256(pdf).hexdigest()
    certificate = Certificate(
        edition_id=draft.edition_id,
        person_id=draft.person_id,
        enrolment_id=draft.enrolment_id,
        lesson_id=draft.lesson_id,
        kind=draft.kind,
        issuing_body_id=draft.body_id,
        year=draft.year,
        number=draft.number,
        code=draft.code,
        holder_given_name=content.given_name,
        holder_family_name=content.family_name,
        content=content.to_json(),
        template_version=content.template_version,
        state=CertificateState.ISSUED,
        issued_at=clock.now(),
        issued_by_id=actor.account_id,
        review_reason="",
        replaces_id=replaces_id,
    )
    db.session.add(certificate)
    db.session.flush()
    db.session.add(CertificateFile(certificate_id=certificate.id, pdf=pdf, sha256=digest))
    audit.record(
        actor,
        Action.CERTIFICATE_ISSUED,
        certificate,
        known_by(certificate),
        body_id=draft.body_id,
        enrolment=draft.enrolment_id,
        person=draft.person_id,
        replaces=replaces_id,
        sha256=digest,
        content=content_hash(certificate.content),
    )
    return certificate


def supersede(actor: Actor, certificate_id: int, reason: str, draft: Draft) -> None:
    """The certificate whose place is taken stays, and says so."""
    old = db.session.scalars(
        select(Certificate).where(Certificate.id == certificate_id).with_for_update()
    ).one()
    check_transition(old.state, CertificateState.REPLACED)
    old.state = CertificateState.REPLACED
    old.revoked_at, old.revoked_by_id = clock.now(), actor.account_id
    old.revoked_reason = reason
    db.session.flush()
    audit.record(
        actor,
        Action.CERTIFICATE_REPLACED,
        old,
        known_by(old),
        body_id=old.issuing_body_id,
        reason=reason,
        by=draft.content.number_text or draft.code[:8],
    )


def known_by(certificate: Certificate) -> str:
    """Its number; a declaration, which has none, is known by the beginning of its code."""
    if certificate.number is None:
        return certificate.code[:8]
    return number_text(certificate.number, certificate.year)


def finish(batch_id: int) -> None:
    """Close the batch when nobody waits in it any more."""
    db.session.flush()
    waiting = select(CertificateBatchItem.id).where(
        CertificateBatchItem.batch_id == batch_id,
        CertificateBatchItem.state == BatchItemState.WAITING,
    )
    db.session.execute(
        update(CertificateBatch)
        .where(CertificateBatch.id == batch_id, ~waiting.exists())
        .values(finished_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def actor_of_batch(batch: CertificateBatch, *, checked: bool = True) -> Actor:
    """Who asked, in the role of then; RuleViolation once that role is taken away."""
    account, assignment = db.session.execute(
        select(UserAccount, RoleAssignment)
        .join(RoleAssignment, RoleAssignment.account_id == UserAccount.id)
        .where(RoleAssignment.id == batch.assignment_id)
    ).one()
    allowed = db.session.scalar(
        select(RoleAssignment.id)
        .join(UserAccount, UserAccount.id == RoleAssignment.account_id)
        .where(
            RoleAssignment.id == batch.assignment_id,
            in_force(clock.today()),
            UserAccount.state == AccountState.ACTIVE,
        )
    )
    if checked and not (allowed and permits(assignment.role, Permission.CERTIFICATE_ISSUE)):
        raise RuleViolation(Sentence("Chi ha chiesto il rilascio non ha più quel ruolo."))
    return actor_of(account, assignment)


def _notify(certificate: Certificate, draft: Draft) -> None:
    person = db.session.get_one(Person, draft.person_id)
    if not person.work_email:
        return
    mail.queue(
        "certificate_issued",
        mail.Recipient(person.work_email, person.full_name),
        f"{draft.content.kind_title.capitalize()} n. {draft.content.number_text}",
        mail.draw("certificate_issued.txt", content=draft.content),
        about=certificate,
        once_key=f"certificate_issued {certificate.id}",
    )
