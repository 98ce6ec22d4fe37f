# SPDX-License-Identifier: AGPL-3.0-or-later
"""The tables inside a platform's log, recognised by the words of their headers.

Zoom, Microsoft Teams (the list of events and the report in sections), Google Meet,
Webex, and plain tables made by hand, in Italian and English, separated by tabs,
semicolons or commas.
"""

import csv
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.errors import RuleViolation, Sentence
from app.domain.people import search_key
from app.domain.text import clean

MOST_LINES = 20_000
LONGEST_LINE = 20_000  # characters
MOST_COLUMNS = 100
_SEPARATORS = "\t;,"
_SECTION = re.compile(r"[0-9]{1,2}\. ?\D.*")
_EXCEL_TEXT = re.compile(r'="(.*)"')  # how a spreadsheet keeps a time from being changed


class Column(StrEnum):
    NAME = "name"
    GIVEN = "given"
    FAMILY = "family"
    EMAIL = "email"
    DATE = "date"
    JOIN = "join"
    LEAVE = "leave"
    FIRST = "first"
    LAST = "last"
    ACTION = "action"
    MOMENT = "moment"


class TableKind(StrEnum):
    """Stays (in and out on a row), events (in or out on a row), or first and last only."""

    STAYS = "stays"
    EVENTS = "events"
    SUMMARY = "summary"


_WORDS = {
    Column.NAME: "name; name (original name); user name (original name); full name; user name; "
    "display name; attendee name; participant; participant name; nome; nome (nome originale); "
    "nome utente (nome originale); nome completo; nome e cognome; cognome e nome; nominativo; "
    "nome utente; nome visualizzato; partecipante; nome partecipante; nome del partecipante",
    Column.GIVEN: "first name; given name; nome proprio; nome di battesimo",
    Column.FAMILY: "last name; surname; family name; cognome",
    Column.EMAIL: "email; e mail; mail; user email; attendee email; participant email; "
    "email address; e mail address; indirizzo e mail; indirizzo email; posta elettronica; "
    "email utente; e mail utente; email dellutente; e mail dellutente; "
    "indirizzo e mail del partecipante; email del partecipante; e mail del partecipante",
    Column.DATE: "date; join date; data; giorno; data lezione; data della lezione",
    Column.JOIN: "join time; time joined; joined; joined at; entry; entry time; entered; in; "
    "entrata; ingresso; ora entrata; ora ingresso; ora di entrata; ora di ingresso; "
    "ora di accesso; ora di partecipazione; ora accesso; orario di entrata; orario di ingresso; "
    "orario entrata; orario ingresso; data e ora di ingresso; data e ora di entrata; "
    "ora di connessione; inizio connessione",
    Column.LEAVE: "leave time; time exited; time left; left; left at; exit; exit time; out; "
    "uscita; ora uscita; ora di uscita; orario di uscita; orario uscita; data e ora di uscita; "
    "ora di abbandono; ora di disconnessione; fine connessione",
    Column.FIRST: "first join; first join time; primo accesso; prima entrata; primo ingresso; "
    "prima partecipazione; ora del primo accesso",
    Column.LAST: "last leave; last leave time; ultima uscita; ultimo abbandono; "
    "ora dellultima uscita",
    Column.ACTION: "user action; action; azione; azione utente; azione dellutente; azioni utente",
    Column.MOMENT: "timestamp; time; ora; data e ora; data/ora; date and time; date/time; orario",
}
_COLUMN_OF = {word: column for column, words in _WORDS.items() for word in words.split("; ")}
_GIVEN_WORDS = frozenset({"nome", "name"})  # beside a surname these are the given name


@dataclass(frozen=True)
class Row:
    """A line of the file (``number`` from 1) as cells by column; repeated columns in order."""

    number: int
    cells: Mapping[Column, Sequence[str]]

    def last(self, column: Column) -> str:
        """The cell of the last column with this meaning, empty when there is none."""
        return self.cells.get(column, ("",))[-1]


@dataclass
class Table:
    """One header of the file and the rows under it; ``too_long``: numbers of lines not read."""

    kind: TableKind
    number: int
    columns: Mapping[Column, Sequence[int]]
    rows: list[Row] = field(default_factory=list)
    too_long: list[int] = field(default_factory=list)


def decode(raw: bytes) -> str:
    """The text of the file: UTF-8, UTF-16 with its mark (as Teams writes), else Windows-1252.

    Never fails: a byte that means nothing becomes a replacement character.
    """
    if raw.startswith(BOM_UTF8):
        return raw[len(BOM_UTF8) :].decode("utf-8", "replace")
    if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def tables(text: str) -> list[Table]:
    """The tables of stays or events in the file; a summary only when there is nothing else.

    Raises RuleViolation when the file is empty, has more than 20,000 lines, or none
    of them is a header with a name or an e-mail and a time of entry.
    """
    if text.count("\n") + text.count("\r") > 2 * MOST_LINES:
        raise _too_many()
    lines = clean(text.removeprefix("\ufeff")).split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        raise RuleViolation(Sentence("Il file è vuoto."))
    if len(lines) > MOST_LINES:
        raise _too_many()
    for separator in _SEPARATORS:
        found = _tables(lines, separator)
        if found:
            detailed = [table for table in found if table.kind is not TableKind.SUMMARY]
            return detailed or found
    raise RuleViolation(
        Sentence(
            "Nel file non si riconoscono le colonne: servono il nome o l'e-mail, l'ora di "
            "entrata e l'ora di uscita."
        )
    )


def _too_many() -> RuleViolation:
    return RuleViolation(
        Sentence("Il file ha più di %(lines)d righe: dividerlo.", {"lines": MOST_LINES})
    )


def _tables(lines: Sequence[str], separator: str) -> list[Table]:
    found: list[Table] = []
    inside = False
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_LINE:
            if inside:
                found[-1].too_long.append(number)
            continue
        cells = _cells(line, separator)
        columns = _columns(cells)
        kind = _kind(columns)
        if kind:
            found.append(Table(kind, number, columns))
            inside = True
        elif _is_section(cells):
            inside = False
        elif inside and any(cells):
            found[-1].rows.append(Row(number, _by_column(cells, found[-1].columns)))
    return found


def _cells(line: str, separator: str) -> list[str]:
    cells = next(csv.reader([line], delimiter=separator), [])
    return [_EXCEL_TEXT.sub(r"\1", cell.strip()) for cell in cells[:MOST_COLUMNS]]


def _columns(cells: Sequence[str]) -> dict[Column, list[int]]:
    words = [search_key(cell) if 0 < len(cell) <= 40 else "" for cell in cells]
    family = any(_COLUMN_OF.get(word) is Column.FAMILY for word in words)
    columns: dict[Column, list[int]] = {}
    for index, word in enumerate(words):
        column = _COLUMN_OF.get(word)
        if family and word in _GIVEN_WORDS:
            column = Column.GIVEN
        if column:
            columns.setdefault(column, []).append(index)
    return columns


def _kind(columns: Mapping[Column, object]) -> TableKind | None:
    if not columns.keys() & {Column.NAME, Column.FAMILY, Column.EMAIL}:
        return None
    if Column.JOIN in columns:
        return TableKind.STAYS
    if columns.keys() >= {Column.ACTION, Column.MOMENT}:
        return TableKind.EVENTS
    return TableKind.SUMMARY if columns.keys() >= {Column.FIRST, Column.LAST} else None


def _is_section(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return len(filled) == 1 and bool(_SECTION.fullmatch(filled[0]))


def _by_column(
    cells: Sequence[str], columns: Mapping[Column, Sequence[int]]
) -> dict[Column, list[str]]:
    return {
        column: [cells[index] if index < len(cells) else "" for index in indexes]
        for column, indexes in columns.items()
    }
