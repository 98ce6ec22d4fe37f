# SPDX-License-Identifier: AGPL-3.0-or-later
"""Seats kept for bodies, and the day on which the empty ones are given back."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from app import audit, waitlist
from app.actor import Actor
from app.audit import Action
from app.domain.enrolment import check_running
from app.domain.errors import RuleViolation, Sentence
from app.domain.seats import Seats, check_allotments, check_lowered
from app.extensions import db
from app.models import Edition, SeatAllotment


class TooFew(RuleViolation):
    """A body would keep fewer seats than its people have; ``body`` says which."""

    def __init__(self, body: int, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.body = body


def set_seats(
    actor: Actor, edition: Edition, allotted: Mapping[int, int], gives_back_on: date | None
) -> int:
    """Keep these seats for these bodies; who waits and has a seat now gets it. How many did.

    Raises TooFew, and RuleViolation when they do not fit, or once the empty seats were
    given back.
    """
    waitlist.hold(edition)
    check_running(edition.state)
    if edition.gave_back_at is not None:
        raise RuleViolation(
            Sentence("I posti vuoti sono già passati in comune: non si assegnano più agli enti.")
        )
    check_allotments(edition.seats_max, allotted)
    _check_lowered(waitlist.seats_of(edition), allotted)
    changes = _write(edition, allotted)
    before, edition.gives_back_on = edition.gives_back_on, gives_back_on
    audit.record(
        actor,
        Action.SEATS_SET,
        edition,
        edition.code,
        changes=changes,
        gives_back_on=[str(day) if day else "" for day in (before, gives_back_on)],
    )
    db.session.flush()
    return len(waitlist.seats_changed(actor, edition))


def _check_lowered(now: Seats, allotted: Mapping[int, int]) -> None:
    for body, number in allotted.items():
        try:
            check_lowered(now.own(body), number, now.taken.get(body, 0))
        except RuleViolation as violation:
            raise TooFew(body, violation.sentence) from None


def _write(edition: Edition, allotted: Mapping[int, int]) -> list[list[int]]:
    """Rows for what is more than nothing; body, before and after of each change."""
    rows = db.session.scalars(select(SeatAllotment).where(SeatAllotment.edition_id == edition.id))
    kept = {row.organisation_id: row for row in rows}
    changes = []
    for body in sorted({*kept, *allotted}):
        row, number = kept.get(body), allotted.get(body, 0)
        before = row.seats if row else 0
        if before == number:
            continue
        changes.append([body, before, number])
        if row and number:
            row.seats = number
        elif row:
            db.session.delete(row)
        else:
            db.session.add(SeatAllotment(edition_id=edition.id, organisation_id=body, seats=number))
    return changes
