# SPDX-License-Identifier: AGPL-3.0-or-later
"""The audit trail: every change has an entry, in the same transaction, in one chain.

``record`` notes a deed. Just before the commit the entries are chained and
written, and a commit that changes rows without an entry is refused.
"""

from copy import copy
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import current_app, g, has_request_context
from sqlalchemy import event, select, text
from sqlalchemy.orm import ORMExecuteState, Session

from app import clock
from app.actor import Actor
from app.domain.chain import GENESIS, canonical, link, seal
from app.extensions import db
from app.models import (
    AuditEvent,
    IdempotencyKey,
    LoginSession,
    OutboxAttachment,
    OutboxMessage,
    PersonImport,
    PersonImportRow,
    ResetRequest,
)

# Rows about requests, devices and deliveries, not about the programme. A list of people waits
# in rows of its own; when it was sent, imported and undone has its entries.
UNAUDITED = (
    AuditEvent,
    IdempotencyKey,
    LoginSession,
    OutboxAttachment,
    OutboxMessage,
    PersonImport,
    PersonImportRow,
    ResetRequest,
)

# Any fixed number: appends take turns on it, or the chain would fork.
_PG_LOCK = 105_920


class Action(StrEnum):
    """``<resource>.<past participle>``, in alphabetical order."""

    ACCOUNT_BEGUN = "account.begun"
    ACCOUNT_CHANGED = "account.changed"
    ACCOUNT_CREATED = "account.created"
    ACCOUNT_DISABLED = "account.disabled"
    ACCOUNT_INVITED = "account.invited"
    ACCOUNT_REACTIVATED = "account.reactivated"
    ACCOUNT_RESET_ASKED = "account.reset_asked"
    ACCOUNT_UNINVITED = "account.uninvited"
    APOLOGY_MADE = "apology.made"
    APOLOGY_WITHDRAWN = "apology.withdrawn"
    ASSESSMENT_RECORDED = "assessment.recorded"
    BATCH_ASKED = "batch.asked"
    BODY_CHANGED = "body.changed"
    BODY_CREATED = "body.created"
    BODY_DEACTIVATED = "body.deactivated"
    BODY_JOINED = "body.joined"
    BODY_REACTIVATED = "body.reactivated"
    CALENDAR_FEED_MADE = "calendar_feed.made"
    CALENDAR_FEED_WITHDRAWN = "calendar_feed.withdrawn"
    CERTIFICATE_CONFIRMED = "certificate.confirmed"
    CERTIFICATE_ISSUED = "certificate.issued"
    CERTIFICATE_PUT_UNDER_REVIEW = "certificate.put_under_review"
    CERTIFICATE_REFUSED = "certificate.refused"
    CERTIFICATE_REPLACED = "certificate.replaced"
    CERTIFICATE_REVOKED = "certificate.revoked"
    CERTIFICATE_SIGNED = "certificate.signed"
    CHECKLIST_SET = "checklist.set"
    CHECKLIST_TICKED = "checklist.ticked"
    CHECK_IN_CONFIRMED = "check_in.confirmed"
    CORRECTION_APPROVED = "correction.approved"
    CORRECTION_ASKED = "correction.asked"
    CORRECTION_REJECTED = "correction.rejected"
    COURSE_CHANGED = "course.changed"
    COURSE_CREATED = "course.created"
    COURSE_PUBLISHED = "course.published"
    COURSE_RETIRED = "course.retired"
    CREDITS_SET = "credits.set"
    DEROGATION_GRANTED = "derogation.granted"
    DEROGATION_WITHDRAWN = "derogation.withdrawn"
    EDITION_ARCHIVED = "edition.archived"
    EDITION_CANCELLED = "edition.cancelled"
    EDITION_CHANGED = "edition.changed"
    EDITION_CLONED = "edition.cloned"
    EDITION_CLOSED = "edition.closed"
    EDITION_CONFIRMED = "edition.confirmed"
    EDITION_CREATED = "edition.created"
    EDITION_DELETED = "edition.deleted"
    EDITION_OPENED = "edition.opened"
    EDITION_REOPENED = "edition.reopened"
    ENROLMENT_APPROVED = "enrolment.approved"
    ENROLMENT_CONFIRMED = "enrolment.confirmed"
    ENROLMENT_NOMINATED = "enrolment.nominated"
    ENROLMENT_REJECTED = "enrolment.rejected"
    ENROLMENT_REORDERED = "enrolment.reordered"
    ENROLMENT_REQUESTED = "enrolment.requested"
    ENROLMENT_WAITLISTED = "enrolment.waitlisted"
    ENROLMENT_WITHDRAWN = "enrolment.withdrawn"
    EVIDENCE_ATTACHED = "evidence.attached"
    EVIDENCE_RECONCILED = "evidence.reconciled"
    EVIDENCE_WITHDRAWN = "evidence.withdrawn"
    IMPORT_APPLIED = "import.applied"
    IMPORT_UPLOADED = "import.uploaded"
    INTAKE_APPLIED = "intake.applied"
    INTAKE_DROPPED = "intake.dropped"
    INTAKE_UNDONE = "intake.undone"
    INTAKE_UPLOADED = "intake.uploaded"
    LESSON_CANCELLED = "lesson.cancelled"
    LESSON_CHANGED = "lesson.changed"
    LESSON_MOVED = "lesson.moved"
    LESSON_PLANNED = "lesson.planned"
    LESSON_REMOVED = "lesson.removed"
    LESSON_STAFFED = "lesson.staffed"
    LESSON_SUBSTITUTED = "lesson.substituted"
    MESSAGE_REQUEUED = "message.requeued"
    NOTICE_SENT = "notice.sent"
    NOTICE_SET = "notice.set"
    OFFICES_SET = "offices.set"
    OFFICE_SHARE_SET = "office_share.set"
    PARTS_SET = "parts.set"
    PERSON_AFFILIATED = "person.affiliated"
    PERSON_AFFILIATION_CORRECTED = "person.affiliation_corrected"
    PERSON_CORRECTED = "person.corrected"
    PERSON_CREATED = "person.created"
    PERSON_DISTINGUISHED = "person.distinguished"
    PERSON_LEFT = "person.left"
    PERSON_MERGED = "person.merged"
    PERSON_MOVED = "person.moved"
    PROGRAMME_CHANGED = "programme.changed"
    PROGRAMME_CREATED = "programme.created"
    PROPOSAL_ACCEPTED = "proposal.accepted"
    PROPOSAL_DECLINED = "proposal.declined"
    PROPOSAL_MADE = "proposal.made"
    QUESTIONNAIRE_ANSWERED = "questionnaire.answered"
    QUESTIONNAIRE_ASKED = "questionnaire.asked"
    RECORD_SHARED = "record.shared"
    RECORD_UNSHARED = "record.unshared"
    RECOVERY_ARRANGED = "recovery.arranged"
    RECOVERY_CANCELLED = "recovery.cancelled"
    REGISTER_ENDORSED = "register.endorsed"
    REGISTER_EXTENDED = "register.extended"
    ROLE_CHANGED = "role.changed"
    ROLE_CHOSEN = "role.chosen"
    ROLE_ENDED = "role.ended"
    ROLE_GRANTED = "role.granted"
    SEATS_GIVEN_BACK = "seats.given_back"
    SEATS_SET = "seats.set"
    SESSION_ENDED = "session.ended"
    SESSION_STARTED = "session.started"
    SHEET_CLOSED = "sheet.closed"
    SHEET_MARKED = "sheet.marked"
    SHEET_OPENED = "sheet.opened"
    SHEET_REOPENED = "sheet.reopened"
    TARGETS_SET = "targets.set"
    TEMPLATE_SET = "template.set"
    VARIATION_DECIDED = "variation.decided"
    VENUE_ADDED = "venue.added"
    WALK_IN_ADDED = "walk_in.added"
    VENUE_CHANGED = "venue.changed"


class UnauditedChange(RuntimeError):  # noqa: N818 - says what happened
    """Rows changed and no entry says who changed them: the commit is refused."""


def record(
    actor: Actor,
    action: Action,
    target: Any,
    label: str,
    *,
    body_id: int | None = None,
    **details: Any,
) -> None:
    """Note a deed of the actor on the target (a row already added to the session).

    ``details`` are plain values (text, whole numbers, moments, lists of them)
    and hold no personal data beyond what the deed needs.
    """
    # A copy: ``current_user`` is a proxy, and whoever signs out is nobody at the commit.
    who = copy(actor)
    session = db.session()
    if not session.in_transaction():
        session.begin()  # or a rollback would not forget the entry
    _pending(session).append((clock.now(), who, action, target, label[:200], body_id, details))


def payload(row: AuditEvent) -> dict[str, Any]:
    """What an entry's hash covers: everything but the hashes and the seal."""
    return {
        "sequence": row.sequence,
        "at": row.at,
        "account_id": row.account_id,
        "actor_label": row.actor_label,
        "role": row.role,
        "action": str(row.action),
        "target_type": row.target_type,
        "target_id": row.target_id,
        "target_label": row.target_label,
        "programme_id": row.programme_id,
        "organisation_id": row.organisation_id,
        "details": row.details,
        "request_id": row.request_id,
    }


def init_app() -> None:
    """Watch the session: note changes, refuse a commit without an entry, write the chain."""
    event.listen(db.session, "before_flush", _note_changes)
    event.listen(db.session, "do_orm_execute", _note_statement)
    event.listen(db.session, "before_commit", _before_commit)
    event.listen(db.session, "after_soft_rollback", _forget)


Pending = list[tuple[datetime, Actor, Action, Any, str, int | None, dict[str, Any]]]


def _pending(session: Session) -> Pending:
    return session.info.setdefault("audit_pending", [])


def _note_changes(session: Session, _context: object, _instances: object) -> None:
    touched = [
        *session.new,
        *session.deleted,
        *(o for o in session.dirty if session.is_modified(o)),
    ]
    if any(not isinstance(row, UNAUDITED) for row in touched):
        session.info["changed"] = True


def _note_statement(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        mapper = state.bind_mapper
        if mapper is None or mapper.class_ not in UNAUDITED:
            state.session.info["changed"] = True


def _before_commit(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    entries = _pending(session)
    if session.info.get("changed") and not entries:
        raise UnauditedChange("rows changed without an audit entry")
    if entries:
        _append(session, entries)
        entries.clear()
        session.flush()
    session.info.pop("changed", None)


def _append(session: Session, entries: Pending) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _PG_LOCK})
    head = session.execute(
        select(AuditEvent.sequence, AuditEvent.hash).order_by(AuditEvent.sequence.desc()).limit(1)
    ).first()
    sequence, previous = head or (0, GENESIS)
    request_id = g.get("request_id", "") if has_request_context() else ""
    key = current_app.config["CHAIN_KEY"].encode()
    for at, actor, action, target, label, body_id, details in entries:
        sequence += 1
        row = AuditEvent(
            sequence=sequence,
            at=at,
            account_id=actor.account_id,
            actor_label=actor.name,
            role=actor.role or "",
            action=action.value,
            target_type=target.__tablename__,
            target_id=target.id,
            target_label=label,
            programme_id=actor.programme_id,
            organisation_id=body_id if body_id is not None else actor.organisation_id,
            details=canonical(details).decode(),
            request_id=request_id,
            previous_hash=previous,
        )
        row.hash = previous = link(previous, payload(row))
        row.seal = seal(key, row.hash)
        session.add(row)


def _forget(session: Session, previous: Any) -> None:
    if previous.nested:
        return
    session.info.pop("changed", None)
    session.info.pop("audit_pending", None)
