# SPDX-License-Identifier: AGPL-3.0-or-later
"""Marks written in a spreadsheet: its columns, and what each row says of one person."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.domain.attendance import Interval, Presence, check_presence
from app.domain.attendance_log import name_key
from app.domain.errors import RuleViolation, Sentence
from app.domain.people import search_key
from app.domain.timetable import ROME, Window, at, parse_time

HEADER_WITHIN = 10  # rows, above which a title may stand


class Heading(StrEnum):
    """The columns of the template, as they are headed."""

    NUMBER = "Numero d'iscrizione"
    FAMILY = "Cognome"
    GIVEN = "Nome"
    BODY = "Ente"
    MARK = "Presenza (P, A, AG)"
    ENTERED = "Entrata"
    LEFT = "Uscita"
    ENTERED_AGAIN = "Rientro"
    LEFT_AGAIN = "Uscita 2"


TIMES = (Heading.ENTERED, Heading.LEFT, Heading.ENTERED_AGAIN, Heading.LEFT_AGAIN)
_HEADING_OF = {search_key(heading): heading for heading in Heading} | {"presenza": Heading.MARK}
_STATUS = {
    "p": Presence.PRESENT,
    "presente": Presence.PRESENT,
    "a": Presence.ABSENT,
    "assente": Presence.ABSENT,
    "ag": Presence.JUSTIFIED,
    "giustificato": Presence.JUSTIFIED,
    "assente giustificato": Presence.JUSTIFIED,
}


@dataclass(frozen=True)
class OnSheet:
    """Somebody of the sheet: ``id`` of the enrolment; ``expected``: her row takes a mark."""

    id: int
    given_name: str
    family_name: str
    expected: bool = True


@dataclass(frozen=True)
class TableMark:
    """What row ``row`` (from 1) says of one person; moments in UTC."""

    row: int
    id: int
    status: Presence
    stays: tuple[Interval, ...]


@dataclass(frozen=True)
class TableProblem:
    """What is wrong in a row, and under which heading."""

    row: int
    column: str
    sentence: Sentence


@dataclass(frozen=True)
class MarkTable:
    """A table read; ``blank`` counts the people without a mark in it."""

    marks: tuple[TableMark, ...]
    problems: tuple[TableProblem, ...]
    blank: int


class _Wrong(Exception):  # noqa: N818 - says what the row is
    def __init__(self, heading: Heading, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.heading, self.sentence = heading, sentence


def check_columns(rows: Sequence[Sequence[str]]) -> int:
    """The index of the header. Raises RuleViolation when no row is one."""
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        if {Heading.NUMBER, Heading.MARK} <= _columns(row).keys():
            return index
    raise RuleViolation(
        Sentence(
            "Nel file non si riconoscono le colonne: servono «Numero d'iscrizione» e "
            "«Presenza (P, A, AG)», come nel modello."
        )
    )


def read_marks(
    rows: Sequence[Sequence[str]],
    people: Iterable[OnSheet],
    window: Window,
    zone: ZoneInfo = ROME,
) -> MarkTable:
    """The marks of a table for the lesson of that window, and what is wrong in its rows.

    Present without times is present from the start; an exit not written is not known yet.
    Of each row the first problem is told. Raises RuleViolation only when the table has no
    header. Source: FP register practice (P, A and AG in the boxes, times where they differ).
    """
    header = check_columns(rows)
    reading = _Reading(_columns(rows[header]), {one.id: one for one in people}, window, zone)
    for number, row in enumerate(rows[header + 1 :], header + 2):
        if any(row):
            reading.take(number, row)
    return MarkTable(tuple(reading.marks), tuple(reading.problems), reading.blank)


def _columns(row: Sequence[str]) -> dict[Heading, int]:
    """Where each heading stands; of two alike the first."""
    found: dict[Heading, int] = {}
    for index, cell in enumerate(row):
        heading = _HEADING_OF.get(search_key(cell[:60]))
        if heading:
            found.setdefault(heading, index)
    return found


class _Reading:
    """The table while it is read."""

    def __init__(
        self,
        columns: Mapping[Heading, int],
        people: Mapping[int, OnSheet],
        window: Window,
        zone: ZoneInfo,
    ) -> None:
        self.columns, self.people, self.window, self.zone = columns, people, window, zone
        self.row_of: dict[int, int] = {}
        self.marks: list[TableMark] = []
        self.problems: list[TableProblem] = []
        self.blank = 0

    def take(self, number: int, row: Sequence[str]) -> None:
        cells = {
            heading: row[index] if index < len(row) else ""
            for heading, index in self.columns.items()
        }
        try:
            person = self.person(number, cells)
            self.mark(number, person, cells)
        except _Wrong as wrong:
            self.problems.append(TableProblem(number, wrong.heading, wrong.sentence))

    def person(self, number: int, cells: Mapping[Heading, str]) -> OnSheet:
        text = cells[Heading.NUMBER]
        if not text:
            raise _Wrong(Heading.NUMBER, Sentence("Manca il numero d'iscrizione."))
        found = self.people.get(int(text)) if re.fullmatch("[0-9]{1,9}", text) else None
        if found is None:
            raise _Wrong(
                Heading.NUMBER,
                Sentence("Il numero «%(text)s» non è di questo foglio.", {"text": text[:40]}),
            )
        for heading, name in (
            (Heading.FAMILY, found.family_name),
            (Heading.GIVEN, found.given_name),
        ):
            written = cells.get(heading, "")
            if written and name_key(written) != name_key(name):
                shown = {"number": found.id, "name": f"{found.family_name} {found.given_name}"}
                raise _Wrong(
                    heading,
                    Sentence("Il numero %(number)d è di un'altra persona: %(name)s.", shown),
                )
        first = self.row_of.setdefault(found.id, number)
        if first != number:
            raise _Wrong(
                Heading.NUMBER,
                Sentence("La persona è già alla riga %(row)d: tenerne una.", {"row": first}),
            )
        return found

    def mark(self, number: int, person: OnSheet, cells: Mapping[Heading, str]) -> None:
        text = cells[Heading.MARK]
        if not text:
            if any(cells.get(heading) for heading in TIMES):
                raise _Wrong(
                    Heading.MARK,
                    Sentence("Ci sono gli orari ma non la presenza: scrivere P."),
                )
            self.blank += 1
            return
        status = _STATUS.get(search_key(text.rstrip(".")))
        if status is None:
            raise _Wrong(
                Heading.MARK,
                Sentence("«%(text)s» non si riconosce: scrivere P, A o AG.", {"text": text[:40]}),
            )
        if not person.expected:
            raise _Wrong(
                Heading.NUMBER,
                Sentence(
                    "La persona non è tra gli iscritti confermati: la sua riga non si compila."
                ),
            )
        stays = self.stays(status, cells)
        try:
            check_presence(status, stays, self.window, self.zone)
        except RuleViolation as violation:
            told = next((heading for heading in TIMES if cells.get(heading)), Heading.MARK)
            raise _Wrong(told, violation.sentence) from None
        self.marks.append(TableMark(number, person.id, status, stays))

    def stays(self, status: Presence, cells: Mapping[Heading, str]) -> tuple[Interval, ...]:
        entered, left, again, left_again = (self.moment(cells, heading) for heading in TIMES)
        stays = []
        if status is Presence.PRESENT or entered or left:
            stays.append(Interval(entered or self.window.start, left))
        if again:
            stays.append(Interval(again, left_again))
        elif left_again:
            raise _Wrong(
                Heading.ENTERED_AGAIN, Sentence("Scrivere a che ora è rientrata la persona.")
            )
        return tuple(stays)

    def moment(self, cells: Mapping[Heading, str], heading: Heading) -> datetime | None:
        text = cells.get(heading, "")
        if not text:
            return None
        bare = re.sub(r"(?<=[0-9][:.][0-9]{2})[:.]00\Z", "", text)  # a spreadsheet adds seconds
        try:
            day = self.window.start.astimezone(self.zone).date()
            return at(day, parse_time(bare[:40]), self.zone)
        except RuleViolation as violation:
            raise _Wrong(heading, violation.sentence) from None
