# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two records of one person both enrolled in one edition: one enrolment stands, the other is closed.

Nothing of it is deleted: it stays with the record that becomes a pointer, with its moves
and apologies. Its seat goes to the waiting list as after a withdrawal.
"""

from datetime import date
from typing import Any

from sqlalchemy import select

from app import waitlist
from app.actor import Actor
from app.domain.enrolment import MoveReason
from app.extensions import db
from app.models import Edition, Enrolment, Person
from app.people.duplicates.facts import Double, Facts


def whole(row: Any) -> dict[str, Any]:
    """Every column as JSON has it."""
    return {
        column.name: value.isoformat() if isinstance(value, date) else value
        for column in row.__table__.columns
        for value in [getattr(row, column.name)]
    }


def set_aside(actor: Actor, found: Facts, kept: Person, merged: Person) -> list[dict[str, Any]]:
    """Close the enrolments that others stand for; of each, both numbers and how it was.

    The editions are held, and the rules have agreed.
    """
    said = [_close(actor, double, kept, merged) for double in found.doubles]
    db.session.flush()
    for number in sorted({double.goes.edition_id for double in found.doubles}):
        edition = db.session.get_one(Edition, number)
        waitlist.close_gap(edition)
        db.session.flush()
        if not waitlist.begun(number):
            waitlist.refill(actor, edition, MoveReason.SEAT_FREED)
    return said


def _close(actor: Actor, double: Double, kept: Person, merged: Person) -> dict[str, Any]:
    wanted = select(Enrolment).where(Enrolment.id.in_([double.goes.id, double.stays.id]))
    rows = {row.id: row for row in db.session.scalars(wanted)}
    goes, stays = rows[double.goes.id], rows[double.stays.id]
    said = {
        "edition": double.goes.code,
        "kept": stays.id,
        "dropped": goes.id,
        "was": goes.state.value,
        "row": whole(goes),
    }
    waitlist.set_aside(actor, goes, f"Scheda doppia: vale l'iscrizione n. {stays.id}.")
    if goes.person_id == kept.id:
        _exchange(goes, stays, kept, merged)
    return said


def _exchange(goes: Enrolment, stays: Enrolment, kept: Person, merged: Person) -> None:
    """Each gets the other's record. One enrolment of a person per edition, at every moment:
    in between, one of them is somebody's who is not there before or after.
    """
    nobody = Person(given_name="-", family_name="-", search_key="-")
    db.session.add(nobody)
    db.session.flush()
    for enrolment, person in ((goes, nobody), (stays, kept), (goes, merged)):
        enrolment.person_id = person.id
        db.session.flush()
    db.session.delete(nobody)
    db.session.flush()
