# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the records of a book tell of each page: reopenings, and what versions said before."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Row, case, or_, select

from app.domain.attendance import hours_text
from app.domain.timetable import clock_text
from app.domain.versions import Difference, Line, differences
from app.domain.vocabulary import RecordKind
from app.extensions import db
from app.labels import label
from app.models import BookRecord, RegisterSheet, UserAccount


@dataclass(frozen=True)
class Reopening:
    """Who opened the page again, when, why, and until when it took marks."""

    by: str
    at: datetime
    until: datetime
    reason: str


@dataclass(frozen=True)
class Change:
    """A person about whom the next version says something else; "" where it says nothing."""

    enrolment_id: int
    name: str
    old: str
    new: str


@dataclass(frozen=True)
class Version:
    """An earlier closing of the page, and what the next one changed."""

    version: int
    by: str
    at: datetime
    hash: str
    changes: list[Change]


@dataclass
class History:
    """What happened to a page since it was first closed, the oldest first."""

    reopenings: list[Reopening] = field(default_factory=list)
    earlier: list[Version] = field(default_factory=list)


def histories(register_id: int, names: Mapping[int, str]) -> dict[int, History]:
    """By sheet, in one statement; contents are read only of pages closed more than once."""
    rows = db.session.execute(
        select(
            BookRecord.sheet_id,
            BookRecord.kind,
            BookRecord.version,
            BookRecord.at,
            BookRecord.hash,
            case((_told(), BookRecord.content), else_=None).label("content"),
            UserAccount.display_name.label("by"),
        )
        .join(RegisterSheet, RegisterSheet.id == BookRecord.sheet_id)
        .join(UserAccount, UserAccount.id == BookRecord.account_id)
        .where(BookRecord.register_id == register_id)
        .order_by(BookRecord.position)
    )
    by_sheet: dict[int, list[Row[Any]]] = {}
    for row in rows:
        by_sheet.setdefault(row.sheet_id, []).append(row)
    return {sheet_id: _history(found, names) for sheet_id, found in by_sheet.items()}


def _told() -> Any:
    again = (BookRecord.kind == RecordKind.CLOSED) & (RegisterSheet.page_version > 1)
    return or_(BookRecord.kind == RecordKind.REOPENED, again)


def _history(rows: list[Row[Any]], names: Mapping[int, str]) -> History:
    closings = [row for row in rows if row.kind is RecordKind.CLOSED]
    return History(
        [_reopening(row) for row in rows if row.kind is RecordKind.REOPENED],
        [_version(old, new, names) for old, new in pairwise(closings)],
    )


def _reopening(row: Row[Any]) -> Reopening:
    said = json.loads(row.content)
    return Reopening(row.by, row.at, datetime.fromisoformat(said["until"]), said["reason"])


def _version(old: Row[Any], new: Row[Any], names: Mapping[int, str]) -> Version:
    found = differences(json.loads(old.content), json.loads(new.content))
    changes = [_change(difference, names) for difference in found]
    changes.sort(key=lambda change: change.name)
    return Version(old.version, old.by, old.at, old.hash, changes)


def _change(difference: Difference, names: Mapping[int, str]) -> Change:
    enrolment = difference.enrolment
    name = names.get(enrolment, f"n. {enrolment}")
    return Change(enrolment, name, _in_words(difference.old), _in_words(difference.new))


def _in_words(line: Line | None) -> str:
    """Presente 09:00–13:00, 4 h."""
    if line is None:
        return ""
    stays = [f"{clock_text(s.entered)}–{clock_text(s.left) if s.left else '…'}" for s in line.stays]
    words = f"{label(line.status)} {', '.join(stays)}".strip()
    return f"{words}, {hours_text(line.counted_minutes)}" if stays else words
