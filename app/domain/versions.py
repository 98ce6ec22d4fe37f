# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a page of the register says now and said before: the records of its book, compared.

Contents are those of ``app.domain.book``. Source: FP register practice, what was
written first stays readable.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.domain.attendance import Interval, Presence
from app.domain.vocabulary import RecordKind

Content = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """What a version of the page says of one person; minutes are those counted."""

    status: Presence
    stays: tuple[Interval, ...]
    counted_minutes: int


@dataclass(frozen=True)
class Difference:
    """A person about whom two versions differ; None where she does not stand on the page."""

    enrolment: int
    old: Line | None
    new: Line | None


def differences(before: Content, after: Content) -> list[Difference]:
    """The people about whom two closings of a page differ, by enrolment."""
    old, new = _lines(before), _lines(after)
    return [
        Difference(enrolment, old.get(enrolment), new.get(enrolment))
        for enrolment in sorted(old.keys() | new.keys())
        if old.get(enrolment) != new.get(enrolment)
    ]


def minutes(records: Iterable[tuple[RecordKind, Content]]) -> dict[int, int]:
    """Minutes by enrolment as the records of one page, in their order, leave them."""
    found: dict[int, int] = {}
    for kind, content in records:
        if kind is RecordKind.CLOSED:
            found = {row["enrolment"]: row["counted_minutes"] for row in content["entries"]}
        elif kind is RecordKind.CORRECTED and content["counted_minutes"] is not None:
            found[content["enrolment"]] = content["counted_minutes"]
    return found


def changed(before: Mapping[int, int], after: Mapping[int, int]) -> list[int]:
    """The enrolments with other minutes than before; who is not there has none."""
    return [e for e in sorted(before.keys() | after.keys()) if before.get(e, 0) != after.get(e, 0)]


def _lines(content: Content) -> dict[int, Line]:
    return {
        row["enrolment"]: Line(
            Presence(row["status"]),
            tuple(_stay(stay) for stay in row["stays"]),
            row["counted_minutes"],
        )
        for row in content["entries"]
    }


def _stay(moments: Sequence[str]) -> Interval:
    entered, *left = (datetime.fromisoformat(text).astimezone(UTC) for text in moments)
    return Interval(entered, left[0] if left else None)
