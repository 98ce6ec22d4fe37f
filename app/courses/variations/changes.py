# SPDX-License-Identifier: AGPL-3.0-or-later
"""What saving a timetable changes of each lesson, before it is done."""

from dataclasses import dataclass

from app.courses.timetable.queries import LessonNow
from app.courses.timetable.table import Row, Table
from app.domain.lesson_rows import PlannedLesson
from app.domain.variations import (
    Change,
    LessonFacts,
    VariationKind,
    makes_variations,
    variation_kind,
)


@dataclass(frozen=True, eq=False)
class RowChange(Change):
    """The change of one lesson, and the row that makes it; a lesson taken away has none."""

    row: Row | None = None


def planned_facts(planned: PlannedLesson, usual_venue: int) -> LessonFacts:
    """What a variation would say of the lesson as planned."""
    return LessonFacts(
        planned.window,
        planned.breaks,
        planned.venue or usual_venue,
        planned.trainers,
        tuple(sorted(planned.tutors)),
    )


def changes_of(table: Table) -> list[RowChange]:
    """The variations that saving the table makes: none while the edition is in preparation."""
    edition = table.case.edition
    if not makes_variations(edition.state):
        return []
    found = [_cancelled(now, edition.venue_id) for now in table.removed]
    for row in table.rows:
        change = _changed(row, edition.venue_id)
        if change is not None:
            found.append(change)
    return found


def _cancelled(now: LessonNow, usual_venue: int) -> RowChange:
    old = now.facts(usual_venue)
    return RowChange(VariationKind.CANCELLED, now.lesson.seq, now.lesson.topic, old, None)


def _changed(row: Row, usual_venue: int) -> RowChange | None:
    if row.planned is None:
        return None
    old = row.now.facts(usual_venue) if row.now else None
    new = planned_facts(row.planned, usual_venue)
    kind = variation_kind(old, new)
    if kind is None:
        return None
    seq = row.now.lesson.seq if row.now else None
    return RowChange(kind, seq, row.planned.topic, old, new, row)
