# SPDX-License-Identifier: AGPL-3.0-or-later
"""A closed sheet as a page of the book: what its hash covers, and the hash."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from app.domain import chain
from app.domain.attendance import Interval, Presence, Source


class Hand(StrEnum):
    """By whose hand the sheet is kept; a substitute is the organiser or the coordinator."""

    TRAINER = "trainer"
    TUTOR = "tutor"
    SUBSTITUTE = "substitute"


@dataclass(frozen=True)
class SheetEntry:
    """One row of a closed sheet. Names stay out: they may change, the hash may not."""

    enrolment: int
    status: Presence
    intervals: Sequence[Interval]
    counted_minutes: int
    source: Source


def sheet_content(
    *,
    lesson: int,
    version: int,
    topic: str,
    start_real: datetime,
    end_real: datetime,
    heads: int,
    note: str,
    hand: Hand,
    closed_by: int,
    closed_at: datetime,
    entries: Iterable[SheetEntry],
) -> dict[str, object]:
    """What the hash of a closed sheet covers; rows and stays in order, whatever they came in.

    ``lesson``, ``closed_by`` and each ``enrolment`` are ids. Source: FP register
    practice, pages numbered and not removable.
    Times are text in ISO 8601, UTC, so the content may be stored as JSON and hashed again.
    """
    return {
        "lesson": lesson,
        "version": version,
        "topic": topic,
        "start_real": chain.moment_text(start_real),
        "end_real": chain.moment_text(end_real),
        "heads": heads,
        "note": note,
        "hand": hand.value,
        "closed_by": closed_by,
        "closed_at": chain.moment_text(closed_at),
        "entries": [_row(entry) for entry in sorted(entries, key=lambda e: e.enrolment)],
    }


def _row(entry: SheetEntry) -> dict[str, object]:
    stays = sorted(entry.intervals, key=lambda stay: stay.entered.astimezone(UTC))
    return {
        "enrolment": entry.enrolment,
        "status": entry.status.value,
        "stays": [
            [chain.moment_text(m) for m in (stay.entered, stay.left) if m is not None]
            for stay in stays
        ],
        "counted_minutes": entry.counted_minutes,
        "source": entry.source.value,
    }


def page_hash(content: dict[str, object], previous_hash: str) -> str:
    """The hash (64 hexadecimal digits) of the sheet after the sheet before it."""
    return chain.link(previous_hash, content)
