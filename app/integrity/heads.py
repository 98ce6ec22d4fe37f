# SPDX-License-Identifier: AGPL-3.0-or-later
"""How far the trail had come, noted in a file outside the database.

Whoever has the database and even the key can write the whole trail anew; a head noted
before gives it away. One line per head: ``moment sequence hash``; after a backup was
restored a line ends in ``restored``, and what had been noted beyond it no longer counts.
"""

import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import Connection, select

from app import clock
from app.domain.chain import moment_text
from app.extensions import db
from app.models import AuditEvent

_LINE = re.compile(r"(\S+) ([1-9][0-9]{0,9}) ([0-9a-f]{64})( restored)?")
_WRITTEN = re.compile(r"([1-9][0-9]{0,9}):([0-9a-fA-F]{64})")
_LONGEST_LINE = 200  # bytes


@dataclass(frozen=True)
class Head:
    """At this moment the deed with this sequence had this hash. Noted by hand: no moment."""

    sequence: int
    hash: str
    moment: datetime | None = None


def keep_head(*, restored: bool = False) -> None:
    """Note the present head if the trail has moved on; a job of the worker.

    ``restored``: the database was put back from a backup, what was noted beyond is past.
    """
    head = db.session.execute(
        select(AuditEvent.sequence, AuditEvent.hash).order_by(AuditEvent.sequence.desc()).limit(1)
    ).first()
    path = Path(current_app.config["HEADS_FILE"])
    last, whole = _last_line(path)
    if head is None or (
        not restored and last and last.group(2, 3) == (str(head.sequence), head.hash)
    ):
        return
    line = (
        f"{moment_text(clock.now())} {head.sequence} {head.hash}{' restored' if restored else ''}\n"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a", opener=_private) as file:
        file.write(line if whole else f"\n{line}")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _last_line(path: Path) -> tuple[re.Match[str] | None, bool]:
    """The last line, and whether it was written to its end (a power cut may have split it)."""
    if not path.exists():
        return None, True
    with path.open("rb") as file:
        file.seek(max(file.seek(0, os.SEEK_END) - _LONGEST_LINE, 0))
        tail = file.read().decode(errors="replace")
    lines = tail.splitlines() or [""]
    return _LINE.fullmatch(lines[-1]), tail.endswith("\n") or not tail


def noted(path: Path) -> list[Head]:
    """The heads noted so far; a line split by a power cut is passed over."""
    heads: list[Head] = []
    if not path.exists():
        return heads
    with path.open(errors="replace") as file:
        for line in file:
            found = _LINE.fullmatch(line.rstrip("\n"))
            if found is None:
                continue
            head = Head(int(found[2]), found[3], datetime.fromisoformat(found[1]))
            if found[4]:
                heads = [one for one in heads if one.sequence <= head.sequence]
            heads.append(head)
    return heads


def from_text(text: str) -> Head:
    """A head as ``verify`` prints it, ``SEQUENCE:HASH``. Raises ValueError."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    return Head(int(found[1]), found[2].lower())


def present_head(connection: Connection) -> tuple[int, str] | None:
    """The last deed of the trail and its hash."""
    trail = AuditEvent.__table__
    row = connection.execute(
        select(trail.c.sequence, trail.c.hash).order_by(trail.c.sequence.desc()).limit(1)
    ).first()
    return (row.sequence, row.hash) if row else None
