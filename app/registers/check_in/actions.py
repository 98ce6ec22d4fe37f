# SPDX-License-Identifier: AGPL-3.0-or-later
"""Saying that one came or left; taking into the sheet what people said."""

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain.attendance import Interval, Presence
from app.domain.check_in import check_check_in, stay_of
from app.domain.vocabulary import CheckInKind
from app.extensions import db
from app.models import SelfCheckIn
from app.registers.actions import mark_many
from app.registers.check_in.queries import Attendee
from app.registers.marks import Mark
from app.registers.queries import SheetPage, SheetRow


def confirm(actor: Actor, attendee: Attendee, kind: CheckInKind) -> bool:
    """Note the person's entry or exit, once; False where it was noted already.

    Raises RuleViolation outside the times of the lesson, or for who is not enrolled.
    """
    already = attendee.came if kind is CheckInKind.ENTRY else attendee.went
    if already is not None:
        return False
    now = clock.now()
    check_check_in(
        kind,
        now=now,
        window=attendee.window,
        sheet_state=attendee.sheet.state,
        entered_already=attendee.came is not None,
        left_already=attendee.went is not None,
        expected=attendee.enrolment_id is not None,
    )
    db.session.add(
        SelfCheckIn(
            sheet_id=attendee.sheet.id, enrolment_id=attendee.enrolment_id, kind=kind, at=now
        )
    )
    audit.record(
        actor,
        Action.CHECK_IN_CONFIRMED,
        attendee.sheet,
        f"{attendee.lesson.edition.code}, {attendee.lesson.seq}",
        body_id=attendee.lesson.edition.delivering_body_id,
        enrolment=attendee.enrolment_id,
        kind=kind.value,
    )
    return True


def accept(actor: Actor, page: SheetPage) -> int:
    """Mark present those who said they came and are not marked; how many marks that makes.

    An exit said also ends a stay still open. What the hand wrote otherwise prevails:
    both are kept, side by side.
    """
    marks = {}
    for row in page.rows:
        if row.expected and row.standing.person_id != actor.person_id:
            stay = _said(row, page)
            if stay is not None:
                marks[row.enrolment_id] = Mark(Presence.PRESENT, (stay,))
    mark_many(actor, page, marks)
    return len(marks)


def _said(row: SheetRow, page: SheetPage) -> Interval | None:
    """The stay to write, where the sheet has not said anything else."""
    if row.came is None:
        return None
    if row.status is None:
        return stay_of(row.came, row.went, page.window)
    still_in = len(row.stays) == 1 and row.stays[0].left is None
    if row.status is Presence.PRESENT and still_in and row.went is not None:
        said = stay_of(row.stays[0].entered, row.went, page.window)
        return said if said and said.left and said.left < page.window.end else None
    return None
