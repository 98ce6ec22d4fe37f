# SPDX-License-Identifier: AGPL-3.0-or-later
"""Attendance from the log of an online platform: who was connected, and when."""

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from zoneinfo import ZoneInfo

from app.domain.attendance import Interval, merged
from app.domain.errors import RuleViolation, Sentence
from app.domain.log_formats import Column, Row, Table, TableKind, decode, tables
from app.domain.log_times import read_moment
from app.domain.people import search_key
from app.domain.timetable import ROME

__all__ = [
    "Log",
    "LogLine",
    "LogProblem",
    "LoggedPerson",
    "decode",
    "name_key",
    "people_of",
    "read_log",
]

LONGEST_FIELD = 500  # characters
_JOINED = ("join", "entr", "ingress", "access", "partecip", "conness")
_LEFT = ("left", "leav", "exit", "usci", "abband", "lascia", "disconn")


@dataclass(frozen=True)
class LogLine:
    """One connection: line ``number`` of the file, moments in UTC; ``left`` None: not told."""

    number: int
    name: str
    email: str
    entered: datetime
    left: datetime | None


@dataclass(frozen=True)
class LogProblem:
    """What could not be used of line ``number``, and why."""

    number: int
    sentence: Sentence


@dataclass(frozen=True)
class Log:
    """A file read: every line with an entry is in ``lines`` or explained in ``problems``."""

    lines: tuple[LogLine, ...]
    problems: tuple[LogProblem, ...]


@dataclass(frozen=True)
class LoggedPerson:
    """Someone of the log: name as written, stays in UTC without overlaps, lines of the file."""

    name: str
    email: str
    stays: tuple[Interval, ...]
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class _Event:
    number: int
    name: str
    email: str
    joined: bool
    at: datetime


class _Reading:
    """The file while it is read."""

    def __init__(self, day: date, zone: ZoneInfo) -> None:
        self.day = day
        self.zone = zone
        self.lines: list[LogLine] = []
        self.problems: list[LogProblem] = []

    def refuse(self, number: int, sentence: Sentence) -> None:
        self.problems.append(LogProblem(number, sentence))

    def take(self, table: Table) -> None:
        for number in table.too_long:
            self.refuse(number, Sentence("La riga è troppo lunga."))
        if table.kind is TableKind.EVENTS:
            self.pair([event for row in table.rows if (event := self.event(row))])
            return
        if table.kind is TableKind.SUMMARY:
            self.refuse(
                table.number,
                Sentence(
                    "Il file dà solo la prima entrata e l'ultima uscita di ciascuno: le "
                    "interruzioni non si vedono."
                ),
            )
        for row in table.rows:
            try:
                self.lines.extend(self.stays(row, table.kind))
            except RuleViolation as violation:
                self.refuse(row.number, violation.sentence)

    def stays(self, row: Row, kind: TableKind) -> list[LogLine]:
        name, email = _who(row)
        entries = row.cells.get(Column.JOIN if kind is TableKind.STAYS else Column.FIRST, ())
        exits = row.cells.get(Column.LEAVE if kind is TableKind.STAYS else Column.LAST, ())
        pairs = [pair for pair in zip_longest(entries, exits, fillvalue="") if any(pair)]
        if not pairs:
            raise RuleViolation(Sentence("Manca l'ora di entrata."))
        return [self.line(row, name, email, *pair) for pair in pairs]

    def line(self, row: Row, name: str, email: str, entry: str, exit_: str) -> LogLine:
        if not entry:
            raise RuleViolation(Sentence("Manca l'ora di entrata."))
        on = row.last(Column.DATE)
        entered = self.moment(on, entry)
        left = self.moment(on, exit_, after=entered) if exit_ else None
        if left is not None and left < entered:
            raise RuleViolation(Sentence("L'uscita viene prima dell'entrata."))
        return LogLine(row.number, name, email, entered, left)

    def moment(self, on: str, text: str, after: datetime | None = None) -> datetime:
        if not on:
            return read_moment(text, self.day, self.zone, after=after)
        noon = read_moment(f"{on} 12:00", self.day, self.zone)
        return read_moment(text, noon.astimezone(self.zone).date(), self.zone, after=after)

    def event(self, row: Row) -> _Event | None:
        try:
            name, email = _who(row)
            joined = _joined(row.last(Column.ACTION))
            at = self.moment(row.last(Column.DATE), row.last(Column.MOMENT))
        except RuleViolation as violation:
            self.refuse(row.number, violation.sentence)
            return None
        return _Event(row.number, name, email, joined, at)

    def pair(self, events: Iterable[_Event]) -> None:
        """Each exit ends the oldest entry of the same person that has none yet."""
        waiting: dict[str, deque[_Event]] = {}
        for event in events:
            mine = waiting.setdefault(_key(event.name, event.email), deque())
            if event.joined:
                mine.append(event)
            elif mine and mine[0].at <= event.at:
                entry = mine.popleft()
                self.lines.append(
                    LogLine(entry.number, entry.name, entry.email, entry.at, event.at)
                )
            else:
                self.refuse(event.number, Sentence("Manca l'entrata prima di questa uscita."))
        self.lines.extend(
            LogLine(entry.number, entry.name, entry.email, entry.at, None)
            for mine in waiting.values()
            for entry in mine
        )


def read_log(text: str, day: date, zone: ZoneInfo = ROME) -> Log:
    """The connections of a platform's log, for a lesson of that local ``day``.

    What is wrong in a line becomes a problem of that line, never an exception.
    Raises RuleViolation only when the file as a whole is no log. Source: distance
    learning practice, entry and exit times as in the reports of the platform.
    """
    reading = _Reading(day, zone)
    for table in tables(text):
        reading.take(table)
    return Log(
        tuple(sorted(reading.lines, key=lambda line: line.number)),
        tuple(sorted(reading.problems, key=lambda problem: problem.number)),
    )


def name_key(text: str) -> str:
    """A name without case, accents, punctuation and what is in brackets at its end."""
    return search_key(re.sub(r"[.,;_]", " ", _bare(text)))


def people_of(lines: Iterable[LogLine]) -> list[LoggedPerson]:
    """The lines by person, in order of appearance: same e-mail, or same name without one.

    Overlaps (two devices) count once, gaps under one minute (a dropped connection) close.
    """
    groups: dict[str, list[LogLine]] = {}
    for line in lines:
        groups.setdefault(_key(line.name, line.email), []).append(line)
    return [
        LoggedPerson(
            next((line.name for line in group if line.name), ""),
            group[0].email,
            tuple(merged([Interval(line.entered, line.left) for line in group])),
            tuple(line.number for line in group),
        )
        for group in groups.values()
    ]


def _key(name: str, email: str) -> str:
    return email.casefold() or name_key(name)


def _bare(name: str) -> str:
    """The name without what is in brackets at its end: (Host), (Ospite), (original name)."""
    name = name.strip()
    while name.endswith(")") and (shorter := name[: name.rfind("(")].strip()):
        name = shorter
    return name


def _who(row: Row) -> tuple[str, str]:
    """Name and e-mail of a row. Raises RuleViolation when it has neither, or a huge cell."""
    if any(len(cell) > LONGEST_FIELD for cells in row.cells.values() for cell in cells):
        raise RuleViolation(
            Sentence(
                "Una casella ha più di %(characters)d caratteri.", {"characters": LONGEST_FIELD}
            )
        )
    given, family = row.last(Column.GIVEN), row.last(Column.FAMILY)
    name = " ".join(_bare(row.last(Column.NAME) or f"{given} {family}").split())
    email = row.last(Column.EMAIL)
    email = email if re.fullmatch(r"[^@\s]+@[^@\s]+", email) else ""
    if not email and not name_key(name):
        raise RuleViolation(Sentence("Mancano il nome e l'e-mail."))
    return name, email


def _joined(action: str) -> bool:
    words = search_key(action).split()
    if any(word.startswith(_LEFT) for word in words):
        return False
    if any(word.startswith(_JOINED) for word in words):
        return True
    raise RuleViolation(
        Sentence("«%(text)s» non dice se è un'entrata o un'uscita.", {"text": action[:40]})
    )
