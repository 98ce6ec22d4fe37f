# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a person stands with the entry and exit of a lesson."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.actor import Actor
from app.domain.attendance import Window
from app.domain.vocabulary import CheckInKind
from app.extensions import db
from app.hours import EXPECTED
from app.models import Edition, Enrolment, Lesson, Recovery, RegisterSheet, SelfCheckIn
from app.scope import clause


@dataclass(frozen=True)
class Attendee:
    """The person before the lesson she came to; ``enrolment_id`` None: not enrolled."""

    lesson: Lesson
    sheet: RegisterSheet
    enrolment_id: int | None
    came: datetime | None
    went: datetime | None

    @property
    def window(self) -> Window:
        return Window(self.lesson.starts_at, self.lesson.ends_at)

    @property
    def next(self) -> CheckInKind | None:
        """What there is left to confirm."""
        if self.came is None:
            return CheckInKind.ENTRY
        return CheckInKind.EXIT if self.went is None else None


def attendee(actor: Actor, lesson_id: int, hold: bool = False) -> Attendee | None:
    """The actor at the lesson; None where there is no such lesson.

    ``hold`` keeps the sheet from being closed meanwhile, and the same person's second
    tap waiting; the others who come in do not wait.
    """
    query = (
        select(Lesson, RegisterSheet)
        .join(RegisterSheet, RegisterSheet.lesson_id == Lesson.id)
        .where(Lesson.id == lesson_id)
        .options(joinedload(Lesson.edition).joinedload(Edition.venue), joinedload(Lesson.venue))
    )
    if hold:
        query = query.with_for_update(of=RegisterSheet, read=True)
    found = db.session.execute(query).first()
    if found is None:
        return None
    lesson, sheet = found
    guests = select(Recovery.enrolment_id).where(Recovery.lesson_id == lesson.id)
    own = select(Enrolment.id).where(
        clause(Enrolment, actor),
        EXPECTED,
        or_(Enrolment.edition_id == lesson.edition_id, Enrolment.id.in_(guests)),
    )
    enrolment_id = db.session.scalar(own.with_for_update() if hold else own)
    said = dict(
        db.session.execute(
            select(SelfCheckIn.kind, SelfCheckIn.at).where(
                SelfCheckIn.sheet_id == sheet.id, SelfCheckIn.enrolment_id == enrolment_id
            )
        ).all()
    )
    return Attendee(
        lesson, sheet, enrolment_id, said.get(CheckInKind.ENTRY), said.get(CheckInKind.EXIT)
    )
