# SPDX-License-Identifier: AGPL-3.0-or-later
"""Arranging where a lesson missed is recovered, and calling it off."""

from sqlalchemy import select

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain.errors import RuleViolation, Sentence
from app.extensions import db
from app.models import AttendanceEntry, Recovery, RegisterSheet
from app.prospects.queries import ProspectPage


def arrange(actor: Actor, page: ProspectPage, missed: int, other: int) -> Recovery:
    """Let the person attend the other lesson as a guest. Raises RuleViolation."""
    if missed not in page.room.counted or other not in page.room.places:
        raise RuleViolation(Sentence("Scegliere una delle lezioni proposte."))
    page.room.check(missed, page.room.places[other])
    recovery = Recovery(
        enrolment_id=page.standing.enrolment_id,
        missed_lesson_id=missed,
        lesson_id=other,
        arranged_by_id=actor.account_id,
        arranged_at=clock.now(),
    )
    db.session.add(recovery)
    db.session.flush()
    _record(actor, Action.RECOVERY_ARRANGED, page, recovery)
    return recovery


def call_off(actor: Actor, page: ProspectPage, recovery: Recovery) -> None:
    """Take the recovery away, as long as the other sheet has no mark of the guest."""
    sheet = select(RegisterSheet.id).where(RegisterSheet.lesson_id == recovery.lesson_id)
    marked = db.session.scalar(
        select(AttendanceEntry.id).where(
            AttendanceEntry.enrolment_id == recovery.enrolment_id,
            AttendanceEntry.sheet_id.in_(sheet),
        )
    )
    if marked is not None:
        raise RuleViolation(
            Sentence("Il recupero è già segnato sul foglio dell'altra lezione: non si annulla più.")
        )
    _record(actor, Action.RECOVERY_CANCELLED, page, recovery)
    db.session.delete(recovery)


def _record(actor: Actor, action: Action, page: ProspectPage, recovery: Recovery) -> None:
    missed = page.room.places[recovery.missed_lesson_id]
    audit.record(
        actor,
        action,
        recovery,
        f"{missed.edition_code}, {missed.sitting.number}",
        enrolment=recovery.enrolment_id,
        missed=recovery.missed_lesson_id,
        lesson=recovery.lesson_id,
    )
