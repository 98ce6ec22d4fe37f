# SPDX-License-Identifier: AGPL-3.0-or-later
"""The signed paper sheet beside its page of the register: when attached, how compared."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from app.domain.errors import RuleViolation, Sentence
from app.domain.register import SHORTEST_TEXT
from app.domain.timetable import ROME, day_text


def check_attach(
    lesson_start: datetime, *, lesson_cancelled: bool, now: datetime, zone: ZoneInfo = ROME
) -> None:
    """Whether a scan may be attached now: from the lesson's day on, the page open or closed.

    Raises RuleViolation. Source: FP register practice (the signed sheet is kept
    with its page of the register).
    """
    if lesson_cancelled:
        raise RuleViolation(
            Sentence("La lezione non si è tenuta in questa data: non c'è un foglio da allegare.")
        )
    day = lesson_start.astimezone(zone).date()
    if now.astimezone(UTC) < datetime.combine(day, time(0), zone).astimezone(UTC):
        raise RuleViolation(
            Sentence(
                "La scansione si allega dal giorno della lezione: %(day)s.",
                {"day": day_text(lesson_start, zone)},
            )
        )


def check_line(*, agrees: bool, remark: str, differed: bool) -> None:
    """Whether a line may say that ink and register agree, or how they differ.

    ``differed``: a difference is already written of this person; it stays on
    record, whatever the register says later. Raises RuleViolation.
    """
    if differed:
        raise RuleViolation(
            Sentence("La differenza è già scritta e resta agli atti: ricaricare la pagina.")
        )
    if not agrees and len(remark.strip()) < SHORTEST_TEXT:
        raise RuleViolation(Sentence("Scrivere in che cosa il foglio firmato differisce."))
