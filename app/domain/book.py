# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is written in the bound register, and the hashes that bind it.

The endorsement begins the chain; each closing, reopening and approved correction
adds a record that covers the one before. Names stay out: they may change, a hash may not.
"""

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
    """One row of a closed sheet."""

    enrolment: int
    status: Presence
    intervals: Sequence[Interval]
    counted_minutes: int
    source: Source


def endorsement_hash(
    *, edition: str, number: str, pages: int, endorsed_at: datetime, endorsed_by: int | None
) -> str:
    """The hash the chain of a register begins with; ``edition`` is its code.

    Source: FP register practice, endorsed (vidimazione) before the start with date
    and number of pages.
    """
    return chain.link(
        chain.GENESIS,
        {
            "edition": edition,
            "number": number,
            "pages": pages,
            "endorsed_at": endorsed_at,
            "endorsed_by": endorsed_by,
        },
    )


def additional_pages_hash(
    previous: str,
    *,
    number: str,
    first_page: int,
    last_page: int,
    endorsed_at: datetime,
    endorsed_by: int | None,
) -> str:
    """The hash of an endorsement of additional pages; ``previous`` is that of the endorsement before.

    ``number`` is the register's. Source: FP register practice, additional pages are
    numbered on from the last and endorsed with date and number.
    """
    return chain.link(
        previous,
        {
            "number": number,
            "first_page": first_page,
            "last_page": last_page,
            "endorsed_at": endorsed_at,
            "endorsed_by": endorsed_by,
        },
    )


def sheet_content(
    *,
    lesson: int,
    version: int,
    topic: str,
    start_real: datetime,
    end_real: datetime,
    heads: int,
    checked_in: int,
    note: str,
    hand: Hand,
    closed_by: int,
    closed_at: datetime,
    late: bool,
    entries: Iterable[SheetEntry],
) -> dict[str, object]:
    """What the hash of a closed sheet covers; rows and stays in order, whatever they came in.

    ``lesson``, ``closed_by`` and each ``enrolment`` are ids; ``checked_in`` are those who
    said themselves that they came. Source: FP register practice, pages numbered and
    not removable.
    Times are text in ISO 8601, UTC, so the content may be stored as JSON and hashed again.
    """
    return {
        "lesson": lesson,
        "version": version,
        "topic": topic,
        "start_real": chain.moment_text(start_real),
        "end_real": chain.moment_text(end_real),
        "heads": heads,
        "checked_in": checked_in,
        "note": note,
        "hand": hand.value,
        "closed_by": closed_by,
        "closed_at": chain.moment_text(closed_at),
        "late": late,
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


def mark_words(status: Presence, stays: Iterable[Interval]) -> str:
    """A mark as trail and corrections word it: ``present 08:00Z-10:30Z 11:00Z-``, times in UTC."""
    times = [f"{_minute(s.entered)}-{_minute(s.left) if s.left else ''}" for s in stays]
    return " ".join([status.value, *times])


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%H:%M}Z"


def reopening_content(
    *, lesson: int, version: int, reason: str, reopened_by: int, at: datetime, until: datetime
) -> dict[str, object]:
    """What the record of a reopening says; ``version`` is the one reopened.

    Source: practice of electronic registers, an unlock on request and for 24 hours.
    """
    return {
        "lesson": lesson,
        "version": version,
        "reason": reason,
        "reopened_by": reopened_by,
        "at": chain.moment_text(at),
        "until": chain.moment_text(until),
    }


def correction_content(
    *,
    lesson: int,
    version: int,
    correction: int,
    subject: str,
    enrolment: int | None,
    old: str,
    new: str,
    counted_minutes: int | None,
    reason: str,
    asked_by: int,
    decided_by: int,
    at: datetime,
) -> dict[str, object]:
    """What the record of an approved correction says; ``counted_minutes`` after it.

    Source: FP register practice, the original stays readable with a countersignature
    beside it.
    """
    return {
        "lesson": lesson,
        "version": version,
        "correction": correction,
        "subject": subject,
        "enrolment": enrolment,
        "old": old,
        "new": new,
        "counted_minutes": counted_minutes,
        "reason": reason,
        "asked_by": asked_by,
        "decided_by": decided_by,
        "at": chain.moment_text(at),
    }


def page_hash(content: dict[str, object], previous_hash: str) -> str:
    """The hash (64 hexadecimal digits) of a record after the one before it."""
    return chain.link(previous_hash, content)
