# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writing variations: what was and what is, why, by whom; and telling those concerned."""

from collections.abc import Sequence

from sqlalchemy import func, select

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.courses.timetable.queries import TimetableCase
from app.courses.variations.changes import Change
from app.courses.variations.telling import Notice, concerned, send
from app.extensions import db
from app.models import Lesson, Variation


def write_variations(
    actor: Actor,
    case: TimetableCase,
    changes: Sequence[tuple[Change, Lesson]],
    *,
    reason: str,
    tell: bool,
) -> list[Variation]:
    """Add a variation for each change, and put the messages in the outbox if ``tell``.

    The edition is held: numbers follow each other.
    """
    if not changes:
        return []
    edition, now = case.edition, clock.now()
    told = [
        one
        for one in (concerned(case, [change for change, _lesson in changes]) if tell else [])
        if one.address
    ]
    last = db.session.scalar(
        select(func.coalesce(func.max(Variation.number), 0)).where(
            Variation.edition_id == edition.id
        )
    )
    written = []
    for number, (change, lesson) in enumerate(changes, (last or 0) + 1):
        lesson.revision += 1
        variation = Variation(
            edition_id=edition.id,
            number=number,
            lesson_id=lesson.id,
            kind=change.kind,
            old=change.old.as_kept() if change.old else None,
            new=change.new.as_kept() if change.new else None,
            reason=reason.strip(),
            decided_by_id=actor.account_id,
            decided_by_label=actor.name,
            decided_at=now,
            told=[one.person for one in told if change in one.changes],
        )
        db.session.add(variation)
        written.append(variation)
    db.session.flush()
    for variation in written:
        audit.record(
            actor,
            Action.VARIATION_DECIDED,
            variation,
            f"{edition.code}, {variation.number}",
            body_id=edition.delivering_body_id,
            lesson=variation.lesson_id,
            kind=variation.kind.value,
            reason=variation.reason,
            told=len(variation.told),
        )
    lessons = {id(change): lesson for change, lesson in changes}
    for notice in told:
        send(Notice(case, notice, lessons, reason.strip(), actor.name, now, written[0]))
    return written
