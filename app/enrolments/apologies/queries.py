# SPDX-License-Identifier: AGPL-3.0-or-later
"""The lessons of an enrolment, and the apologies that stand for them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import clock
from app.extensions import db
from app.hours import TAKES_PLACE
from app.models import Apology, Enrolment, Lesson


@dataclass(frozen=True)
class LessonAhead:
    """A lesson not begun yet; ``note`` of the apology that stands, None without one."""

    id: int
    seq: int
    starts_at: datetime
    ends_at: datetime
    topic: str
    note: str | None


def rows(enrolment: Enrolment) -> list[Lesson]:
    """Every lesson of the edition that takes place."""
    return list(
        db.session.scalars(
            select(Lesson)
            .where(Lesson.edition_id == enrolment.edition_id, TAKES_PLACE)
            .order_by(Lesson.starts_at)
        )
    )


def lessons(enrolment: Enrolment) -> list[LessonAhead]:
    """Those not begun yet, in order."""
    found = db.session.execute(
        select(Lesson, Apology.id, Apology.note)
        .outerjoin(
            Apology,
            (Apology.lesson_id == Lesson.id)
            & (Apology.enrolment_id == enrolment.id)
            & Apology.withdrawn_at.is_(None),
        )
        .where(
            Lesson.edition_id == enrolment.edition_id, Lesson.starts_at > clock.now(), TAKES_PLACE
        )
        .order_by(Lesson.starts_at)
    )
    return [
        LessonAhead(
            lesson.id,
            lesson.seq,
            lesson.starts_at,
            lesson.ends_at,
            lesson.topic,
            note if apology else None,
        )
        for lesson, apology, note in found
    ]
