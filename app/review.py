# SPDX-License-Identifier: AGPL-3.0-or-later
"""Certificates that rest on a page which says something else now."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, or_, select

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain.certificates import CertificateKind, CertificateState, number_text
from app.extensions import db
from app.models import AttendanceRegister, Certificate, Enrolment, Lesson, LessonStaff


def hold_people(*where: ColumnElement[bool]) -> None:
    """Hold the enrolments selected until the commit.

    Of who changes hours and who fixes what rests on them (an outcome, a certificate),
    one waits and sees what the other did.
    """
    query = select(Enrolment.id).where(*where).order_by(Enrolment.id)
    db.session.execute(query.with_for_update(key_share=True))


def hold_book(edition_id: int) -> None:
    """Hold the edition's register until the commit: no page of it is closed meanwhile.

    For what rests on the lessons held and on nobody's enrolment, a certificate of teaching.
    """
    query = select(AttendanceRegister.id).where(AttendanceRegister.edition_id == edition_id)
    db.session.execute(query.with_for_update())


def put_under_review(
    actor: Actor, enrolment_ids: Collection[int], lesson: Lesson, reason: str
) -> list[str]:
    """Put under review what was issued to these enrolments, whose minutes at the lesson changed.

    Nothing is reissued silently: the coordinator confirms, revokes or replaces them. A
    declaration of presence rests on its own lesson only. Gives the numbers.
    """
    if not enrolment_ids:
        return []
    hold_people(Enrolment.id.in_(enrolment_ids))
    return _put_under_review(
        actor,
        reason,
        Certificate.enrolment_id.in_(enrolment_ids),
        or_(Certificate.lesson_id.is_(None), Certificate.lesson_id == lesson.id),
    )


def put_teaching_under_review(actor: Actor, lesson: Lesson, reason: str) -> list[str]:
    """The same for who taught or assisted at a lesson that lasted otherwise; the book is held."""
    staff = select(LessonStaff.person_id).where(LessonStaff.lesson_id == lesson.id)
    return _put_under_review(
        actor,
        reason,
        Certificate.edition_id == lesson.edition_id,
        Certificate.kind == CertificateKind.TEACHING,
        Certificate.person_id.in_(staff),
    )


def _put_under_review(actor: Actor, reason: str, *which: ColumnElement[bool]) -> list[str]:
    found = db.session.scalars(
        select(Certificate)
        .where(*which, Certificate.state == CertificateState.ISSUED)
        .order_by(Certificate.id)
        .with_for_update()
    ).all()
    for certificate in found:
        certificate.state = CertificateState.UNDER_REVIEW
        certificate.review_since, certificate.review_reason = clock.now(), reason[:300]
        label = _label(certificate)
        audit.record(actor, Action.CERTIFICATE_PUT_UNDER_REVIEW, certificate, label, reason=reason)
    return [_label(certificate) for certificate in found]


def _label(certificate: Certificate) -> str:
    """Its number; a declaration, which has none, is known by its code."""
    if certificate.number is None:
        return certificate.code[:8]
    return number_text(certificate.number, certificate.year)
