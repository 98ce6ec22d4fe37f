# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whose rows? Every read starts at ``visible``; ids in addresses resolve by ``get_visible``.

One clause per model and kind of scope: the whole programme, the editions a
body delivers, the lessons assigned, the body's own staff, oneself.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import abort
from sqlalchemy import ColumnElement, Select, exists, false, or_, select, true, union
from sqlalchemy.orm.interfaces import ORMOption

from app.actor import Actor
from app.domain.edition import EditionState
from app.domain.enrolment import open_to_enrolment
from app.domain.roles import Role
from app.domain.vocabulary import CourseState, MessageState, StaffRole
from app.extensions import db
from app.models import (
    Affiliation,
    AttendanceEntry,
    AttendanceImport,
    AuditEvent,
    CalendarFeed,
    Certificate,
    CertificateBatch,
    CertificateTemplate,
    Correction,
    Course,
    Derogation,
    Edition,
    Enrolment,
    Lesson,
    LessonStaff,
    Organisation,
    OutboxMessage,
    Partnership,
    Person,
    PersonImport,
    Programme,
    RecordLink,
    Recovery,
    RegisterSheet,
    RoleAssignment,
    ScannedEvidence,
    UserAccount,
    UserProposal,
    Variation,
    Venue,
)

WORKS_NOW = Affiliation.ends_on.is_(None)
Row = TypeVar("Row")
Clause = ColumnElement[bool]

PROGRAMME_WIDE = (Role.PROGRAMME_COORDINATOR, Role.AUDITOR)
ASSIGNED = (Role.TRAINER, Role.TUTOR)
OPEN = [state for state in EditionState if open_to_enrolment(state)]
STAFF_ROLES = {
    Role.TRAINER: (StaffRole.TRAINER, StaffRole.CO_TRAINER),
    Role.TUTOR: (StaffRole.TUTOR,),
}


def visible(model: type[Row], actor: Actor) -> Select[tuple[Row]]:
    """The rows of the model that the actor may see, in the role chosen."""
    return select(model).where(clause(model, actor))


def clause(model: type[Any], actor: Actor) -> Clause:
    """The same as a condition, to join with others."""
    return CLAUSES[model](actor)


def get_visible(model: type[Row], row_id: int, actor: Actor, *load: ORMOption) -> Row:
    """The row with this id, if the actor may see it; otherwise 404, as if it did not exist."""
    found = (
        db.session.scalars(
            visible(model, actor).where(model.id == row_id).options(*load)  # type: ignore[attr-defined]
        )
        .unique()
        .one_or_none()
    )
    if found is None:
        abort(404)
    return found


def _assigned_lessons(actor: Actor) -> Select[Any]:
    return select(LessonStaff.lesson_id).where(
        LessonStaff.person_id == actor.person_id,
        LessonStaff.role.in_(STAFF_ROLES[actor.role]),  # type: ignore[index]
    )


def _course(actor: Actor) -> Clause:
    if actor.programme_id is None:
        return false()
    ours = Course.programme_id == actor.programme_id
    if actor.role in (*PROGRAMME_WIDE, Role.ORGANISER):
        return ours
    return ours & (Course.state == CourseState.PUBLISHED)


def _programme(actor: Actor) -> Clause:
    """Editions of the programme the role was given for."""
    return Edition.course_id.in_(select(Course.id).where(Course.programme_id == actor.programme_id))


def _edition(actor: Actor) -> Clause:
    ours = _programme(actor)
    match actor.role:
        case Role.PROGRAMME_COORDINATOR | Role.AUDITOR:
            return ours
        case Role.ORGANISER:
            return ours & (Edition.delivering_body_id == actor.organisation_id)
        case Role.TRAINER | Role.TUTOR:
            lessons = select(Lesson.edition_id).where(Lesson.id.in_(_assigned_lessons(actor)))
            return ours & Edition.id.in_(lessons)
        case Role.PARTICIPANT | Role.BODY_REPRESENTATIVE:
            enrolled = select(Enrolment.edition_id).where(_enrolment(actor))
            return ours & or_(Edition.id.in_(enrolled), Edition.state.in_(OPEN))
        case _:
            return false()


def _lesson(actor: Actor) -> Clause:
    if actor.role in ASSIGNED:
        return Lesson.id.in_(_assigned_lessons(actor))
    return Lesson.edition_id.in_(select(Edition.id).where(_edition(actor)))


def _enrolment(actor: Actor) -> Clause:
    return _enrolments(
        actor, lambda where: Enrolment.edition_id.in_(select(Edition.id).where(where))
    )


def enrolments_of_people(actor: Actor) -> Clause:
    """The same clause asked of each enrolment: quicker where the people are chosen already."""
    return _enrolments(
        actor,
        lambda where: (
            exists().where(Edition.id == Enrolment.edition_id, where).correlate(Enrolment)
        ),
    )


def _enrolments(actor: Actor, in_editions: Callable[[Clause], Clause]) -> Clause:
    match actor.role:
        case Role.PARTICIPANT:
            return Enrolment.person_id == actor.person_id
        case Role.BODY_REPRESENTATIVE:
            staff = Enrolment.home_body_id == actor.organisation_id
            return staff & in_editions(_programme(actor))
        case None | Role.SYSTEM_ADMIN:
            return false()
        case _:
            return in_editions(_edition(actor))


def _person(actor: Actor) -> Clause:
    """By enrolment, work, or registration; one joined to another record shows nowhere."""
    return Person.merged_into_id.is_(None) & _known_person(actor)


def _known_person(actor: Actor) -> Clause:
    theirs = exists().where(Enrolment.person_id == Person.id, enrolments_of_people(actor))
    enrolled = theirs.correlate(Person)
    match actor.role:
        case Role.PROGRAMME_COORDINATOR | Role.AUDITOR:
            partners = select(Partnership.organisation_id).where(
                Partnership.programme_id == actor.programme_id
            )
            return or_(_works_for(partners), enrolled)
        case Role.ORGANISER:
            registered = Person.registered_by_body_id == actor.organisation_id
            return or_(_works_for([actor.organisation_id], WORKS_NOW), registered, enrolled)
        case Role.BODY_REPRESENTATIVE:  # chosen first: they are few beside all the people
            staff = select(Affiliation.person_id).where(
                Affiliation.organisation_id == actor.organisation_id, WORKS_NOW
            )
            return Person.id.in_(union(staff, select(Enrolment.person_id).where(_enrolment(actor))))
        case Role.TRAINER | Role.TUTOR:
            return enrolled
        case Role.PARTICIPANT:
            return Person.id == actor.person_id
        case _:
            return false()


def _works_for(bodies: Any, *when: Clause) -> Clause:
    worked = exists().where(
        Affiliation.person_id == Person.id, Affiliation.organisation_id.in_(bodies), *when
    )
    return worked.correlate(Person)


def _affiliation(actor: Actor) -> Clause:
    """Of the people within reach, as far as the bodies are."""
    people = select(Person.id).where(_person(actor))
    bodies = select(Organisation.id).where(_organisation(actor))
    return Affiliation.person_id.in_(people) & Affiliation.organisation_id.in_(bodies)


def _organisation(actor: Actor) -> Clause:
    if actor.role in (*PROGRAMME_WIDE, Role.ORGANISER, Role.SYSTEM_ADMIN):
        return true()
    if actor.role == Role.BODY_REPRESENTATIVE:
        return Organisation.id == actor.organisation_id
    return false()


def _certificate(actor: Actor) -> Clause:
    match actor.role:
        case Role.PARTICIPANT | Role.TRAINER | Role.TUTOR:
            return Certificate.person_id == actor.person_id
        case Role.BODY_REPRESENTATIVE:
            return Certificate.enrolment_id.in_(select(Enrolment.id).where(_enrolment(actor)))
        case _:
            return Certificate.edition_id.in_(select(Edition.id).where(_edition(actor)))


def _certificate_batch(actor: Actor) -> Clause:
    """Its rows name people of many bodies: a representative sees none."""
    if actor.role not in (*PROGRAMME_WIDE, Role.ORGANISER):
        return false()
    return CertificateBatch.edition_id.in_(select(Edition.id).where(_edition(actor)))


def _certificate_template(actor: Actor) -> Clause:
    if actor.role not in PROGRAMME_WIDE:
        return false()
    return CertificateTemplate.programme_id == actor.programme_id


def _derogation(actor: Actor) -> Clause:
    return Derogation.enrolment_id.in_(select(Enrolment.id).where(_enrolment(actor)))


def _record_link(actor: Actor) -> Clause:
    return RecordLink.person_id == actor.person_id


def _sheets(actor: Actor) -> Select[Any]:
    sheets = select(RegisterSheet.id).join(Lesson, Lesson.id == RegisterSheet.lesson_id)
    return sheets.where(_lesson(actor))


def _scanned_evidence(actor: Actor) -> Clause:
    return ScannedEvidence.sheet_id.in_(_sheets(actor))


def _attendance_import(actor: Actor) -> Clause:
    return AttendanceImport.sheet_id.in_(_sheets(actor))


def _person_import(actor: Actor) -> Clause:
    """Lists sent in the same role for the same body: nobody reads what others were sent."""
    ours = PersonImport.programme_id == actor.programme_id
    if actor.role in PROGRAMME_WIDE:
        return ours
    if actor.role not in (Role.ORGANISER, Role.BODY_REPRESENTATIVE):
        return false()
    same = select(RoleAssignment.id).where(
        RoleAssignment.role == actor.role,
        RoleAssignment.organisation_id == actor.organisation_id,
    )
    return ours & PersonImport.assignment_id.in_(same)


def _correction(actor: Actor) -> Clause:
    """Through the lesson; an official's own requests and those about her own row."""
    if actor.role == Role.PARTICIPANT:
        own = (
            select(AttendanceEntry.id)
            .join(Enrolment, Enrolment.id == AttendanceEntry.enrolment_id)
            .where(Enrolment.person_id == actor.person_id)
        )
        return or_(Correction.asked_by_id == actor.account_id, Correction.entry_id.in_(own))
    if actor.role not in (*PROGRAMME_WIDE, Role.ORGANISER, *ASSIGNED):
        return false()
    lessons = select(Lesson.id).where(_lesson(actor))
    sheets = select(RegisterSheet.id).where(RegisterSheet.lesson_id.in_(lessons))
    return Correction.sheet_id.in_(sheets)


def _recovery(actor: Actor) -> Clause:
    return Recovery.enrolment_id.in_(select(Enrolment.id).where(_enrolment(actor)))


def _variation(actor: Actor) -> Clause:
    """Its words name trainers and people told: of those who plan and of the auditor."""
    if actor.role not in (*PROGRAMME_WIDE, Role.ORGANISER):
        return false()
    return Variation.edition_id.in_(select(Edition.id).where(_edition(actor)))


def _calendar_feed(actor: Actor) -> Clause:
    return CalendarFeed.account_id == actor.account_id


def _account(actor: Actor) -> Clause:
    own = UserAccount.id == actor.account_id
    match actor.role:
        case Role.SYSTEM_ADMIN:
            return true()
        case Role.PROGRAMME_COORDINATOR:
            ours = RoleAssignment.programme_id == actor.programme_id
            return UserAccount.id.in_(select(RoleAssignment.account_id).where(ours))
        case Role.ORGANISER:
            given = select(RoleAssignment.account_id).where(_role_assignment(actor))
            return or_(own, UserAccount.id.in_(given), UserAccount.person_id.in_(_staff(actor)))
        case _:
            return own


def _staff(actor: Actor) -> Select[Any]:
    """Who teaches or assists in the editions the organiser sees."""
    lessons = select(Lesson.id).where(_lesson(actor))
    return select(LessonStaff.person_id).where(LessonStaff.lesson_id.in_(lessons))


def _role_assignment(actor: Actor) -> Clause:
    """Which roles the actor may change: an organiser those of trainers and tutors of her body."""
    ours = RoleAssignment.programme_id == actor.programme_id
    match actor.role:
        case Role.SYSTEM_ADMIN:
            return true()
        case Role.PROGRAMME_COORDINATOR:
            return ours
        case Role.ORGANISER:
            teaching = RoleAssignment.role.in_(ASSIGNED)
            return ours & teaching & (RoleAssignment.organisation_id == actor.organisation_id)
        case _:
            return RoleAssignment.account_id == actor.account_id


def _programme_row(actor: Actor) -> Clause:
    """The one the role was given for; whoever looks after the logins chooses among all."""
    if actor.role == Role.SYSTEM_ADMIN:
        return true()
    return Programme.id == actor.programme_id


def _user_proposal(actor: Actor) -> Clause:
    ours = UserProposal.programme_id == actor.programme_id
    if actor.role == Role.PROGRAMME_COORDINATOR:
        return ours
    if actor.role == Role.BODY_REPRESENTATIVE:
        return ours & (UserProposal.organisation_id == actor.organisation_id)
    return false()


def _audit_event(actor: Actor) -> Clause:
    if actor.role in PROGRAMME_WIDE:
        return AuditEvent.programme_id == actor.programme_id
    return false()


def _venue(actor: Actor) -> Clause:
    """Rooms are shared: whoever plans sees them all."""
    return true() if actor.role in (*PROGRAMME_WIDE, Role.ORGANISER) else false()


def _outbox_message(actor: Actor) -> Clause:
    """A coordinator sees of her programme's messages those that did not arrive."""
    if actor.role == Role.PROGRAMME_COORDINATOR:
        failed = OutboxMessage.state == MessageState.FAILED
        return failed & (OutboxMessage.programme_id == actor.programme_id)
    return true() if actor.role == Role.SYSTEM_ADMIN else false()


CLAUSES: dict[type[Any], Callable[[Actor], Clause]] = {
    Affiliation: _affiliation,
    AttendanceImport: _attendance_import,
    AuditEvent: _audit_event,
    CalendarFeed: _calendar_feed,
    Certificate: _certificate,
    CertificateBatch: _certificate_batch,
    CertificateTemplate: _certificate_template,
    Correction: _correction,
    Course: _course,
    Derogation: _derogation,
    Edition: _edition,
    Enrolment: _enrolment,
    Lesson: _lesson,
    Organisation: _organisation,
    OutboxMessage: _outbox_message,
    Person: _person,
    PersonImport: _person_import,
    Programme: _programme_row,
    RecordLink: _record_link,
    Recovery: _recovery,
    RoleAssignment: _role_assignment,
    ScannedEvidence: _scanned_evidence,
    UserAccount: _account,
    Variation: _variation,
    UserProposal: _user_proposal,
    Venue: _venue,
}
