# SPDX-License-Identifier: AGPL-3.0-or-later
"""A timetable pasted from a spreadsheet: columns known by their heading, a row per lesson."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.domain.errors import RuleViolation, Sentence
from app.domain.lesson_rows import RowText
from app.domain.people import search_key
from app.domain.text import clean
from app.domain.weekly import MOST_LESSONS
from app.domain.written_times import parse_day, parse_hour, parse_span

MOST_CHARACTERS = 100_000
LONGEST_CELL = 400
_SPAN, _IGNORED = "span", "ignored"
_HEADINGS = {
    "day": ("data", "giorno", "date", "data lezione"),
    "start": ("inizio", "ora inizio", "ora di inizio", "ora dinizio", "dalle", "dalle ore", "ora"),
    "end": ("fine", "ora fine", "ora di fine", "alle", "alle ore"),
    _SPAN: ("orario", "orari", "ore", "orario lezione"),
    "breaks": ("pausa", "pause", "intervallo", "intervalli"),
    "module": ("modulo", "moduli"),
    "topic": ("argomento", "argomenti", "contenuti", "contenuto", "tema", "titolo"),
    "trainers": ("docente", "docenti", "docente/i", "relatore", "relatori", "formatore"),
    "tutors": ("tutor", "tutor daula"),
    "venue": ("sede", "aula", "luogo", "sala"),
    _IGNORED: ("n", "n.", "nr", "num", "numero", "lezione", "durata", "minuti", "note", ""),
}
_COLUMN_OF = {heading: name for name, headings in _HEADINGS.items() for heading in headings}


@dataclass(frozen=True)
class LineProblem:
    """What could not be read in a line, counted from 1."""

    line: int
    sentence: Sentence


@dataclass(frozen=True)
class Pasted:
    """The rows read, as text for the table, and the lines that say something else."""

    rows: tuple[RowText, ...]
    problems: tuple[LineProblem, ...]


def read_pasted(text: str) -> Pasted:
    """The lessons of a text of lines with cells apart by tabs or semicolons.

    Dates and times of any form that can be read are written in the usual one; others stay
    as they are, for the table to tell beside the row. Raises RuleViolation when the text
    as a whole is no timetable: too long, no headings.
    """
    if len(text) > MOST_CHARACTERS:
        raise RuleViolation(
            Sentence(
                "Il testo incollato supera i %(most)d caratteri: incollarne una parte per volta.",
                {"most": MOST_CHARACTERS},
            )
        )
    lines = [(number, cells) for number, cells in _cells(clean(text)) if any(cells)]
    if not lines:
        raise RuleViolation(Sentence("Incollare le righe del foglio di calcolo."))
    if len(lines) > MOST_LESSONS + 1:
        raise RuleViolation(
            Sentence(
                "Le righe incollate sono %(lines)d: un'edizione ha al massimo %(most)d lezioni.",
                {"lines": len(lines), "most": MOST_LESSONS},
            )
        )
    columns, problems = _columns(*lines[0])
    rows = []
    for number, cells in lines[1:]:
        rows.append(_row(columns, cells))
        problems.extend(LineProblem(number, one) for one in _problems(columns, cells))
    return Pasted(tuple(rows), tuple(problems))


def _cells(text: str) -> list[tuple[int, list[str]]]:
    first = next((line for line in text.split("\n") if line.strip()), "")
    reader = csv.reader(io.StringIO(text), delimiter="\t" if "\t" in first else ";")
    try:
        return [(reader.line_num, [" ".join(cell.split()) for cell in row]) for row in reader]
    except csv.Error:
        raise RuleViolation(
            Sentence("Il testo incollato non è una tabella: copiarla dal foglio di calcolo.")
        ) from None


def _columns(number: int, cells: Sequence[str]) -> tuple[list[str], list[LineProblem]]:
    """What each column holds, by its heading."""
    columns, problems = [], []
    for cell in cells:
        column = _COLUMN_OF.get(search_key(cell[:LONGEST_CELL]).strip(" .:"), "")
        if column not in ("", _IGNORED) and column in columns:
            column = ""
        if not column:
            sentence = Sentence("La colonna «%(text)s» non è stata letta.", {"text": cell[:80]})
            problems.append(LineProblem(number, sentence))
        columns.append(column or _IGNORED)
    if "day" not in columns or not (
        {"start", "end"} <= {*columns} or {_SPAN, "start"} & {*columns}
    ):
        raise RuleViolation(
            Sentence(
                "La prima riga deve nominare le colonne, almeno «Data» e «Inizio» e «Fine» "
                "(o «Orario»); poi, se ci sono, «Pause», «Modulo», «Argomento», «Docente», "
                "«Tutor» e «Sede»."
            )
        )
    return columns, problems


def _row(columns: Sequence[str], cells: Sequence[str]) -> RowText:
    said: dict[str, Any] = {
        column: cell[:LONGEST_CELL] for column, cell in zip(columns, cells, strict=False)
    }  # what stands under no heading is told apart
    said.pop(_IGNORED, None)
    # One column for both hours, whatever it is called.
    span = said.pop(_SPAN, "") or ("" if "end" in columns else said.get("start", ""))
    row = replace(RowText(), **said)
    if span:
        try:
            first, last = parse_span(span)
            row = replace(row, start=f"{first:%H:%M}", end=f"{last:%H:%M}")
        except RuleViolation:
            row = replace(row, start=row.start or span)
    return replace(
        row, day=_plain_day(row.day), start=_plain_hour(row.start), end=_plain_hour(row.end)
    )


def _problems(columns: Sequence[str], cells: Sequence[str]) -> list[Sentence]:
    over = [cell for cell in cells[len(columns) :] if cell]
    found = []
    if over:
        found.append(
            Sentence("Ci sono celle in più delle colonne: «%(text)s».", {"text": over[0][:80]})
        )
    if any(len(cell) > LONGEST_CELL for cell in cells):
        found.append(
            Sentence("Una cella supera i %(most)d caratteri: è tagliata.", {"most": LONGEST_CELL})
        )
    return found


def _plain_day(text: str) -> str:
    try:
        return f"{parse_day(text):%d/%m/%Y}"
    except RuleViolation:
        return text


def _plain_hour(text: str) -> str:
    try:
        return f"{parse_hour(text):%H:%M}"
    except RuleViolation:
        return text
