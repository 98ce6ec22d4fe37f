# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tables that people send (CSV, XLSX) and templates they fill in.

What a spreadsheet holds is read as text, as an Italian reader would write it.
Bounds are checked before anything is unpacked or parsed.
"""

import csv
import io
import itertools
import re
import struct
import unicodedata
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from app.domain.errors import RuleViolation, Sentence
from app.domain.text import clean

MAX_BYTES = 5_000_000  # of a file
MAX_ROWS = 5_000
MAX_COLUMNS = 30
MAX_CELL = 2_000  # characters
MAX_VISITED = 200_000  # cells looked at, empty ones included
MAX_MEMBERS = 200
MAX_UNPACKED = 50_000_000  # bytes
MAX_XML = 15_000_000  # bytes, of the parts that are parsed
MAX_BESIDE = 1_000_000  # bytes of them that hold neither cells nor their texts
MAX_RATIO = 100
MAX_HIDDEN = 100  # columns of which it is asked whether they are shown
SEPARATORS = ";\t,"  # of two that part as often, the first
SAMPLE = 20  # rows by which a CSV shows its separator


@dataclass(frozen=True)
class Bounds:
    """How large a table may be; ``stored``: of a formula the value kept with it is taken."""

    rows: int = MAX_ROWS
    columns: int = MAX_COLUMNS
    visited: int = MAX_VISITED
    xml: int = MAX_XML
    stored: bool = False

    @property
    def rows_text(self) -> str:
        return f"{self.rows:,}".replace(",", " ")


USUAL = Bounds()
# A list of people: longer than a sheet of marks, read in a process of its own.
PEOPLE = Bounds(rows=20_000, columns=40, visited=400_000, xml=40_000_000, stored=True)

# In the XML of a sheet: a formula that nobody has reckoned; a column; an attribute.
_UNRECKONED = re.compile(
    rb'<c r="([A-Z]{1,3}[0-9]{1,7})"(?![^>]*t="str")[^>]*><f[^>]*(?:/>|>[^<]*</f>)(?:<v ?/>|<v></v>)?</c>'
)
_COLUMN = re.compile(rb"<col\s[^>]{0,400}>")
_ATTRIBUTE = re.compile(rb'(min|max|hidden)="([0-9a-z]{1,5})"')

# What a workbook that is none makes the libraries raise.
DAMAGE = (
    ArithmeticError, AttributeError, EOFError, LookupError, NotImplementedError, OSError, RuntimeError,
    SyntaxError, TypeError, ValueError, struct.error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip

DAMAGED = Sentence("Il file XLSX è danneggiato: aprirlo, salvarlo di nuovo e riprovare.")


@dataclass(frozen=True)
class Table:
    """Rows of text; ``hidden``: the columns (from 0) that the spreadsheet does not show."""

    rows: list[list[str]]
    hidden: tuple[int, ...] = ()


def read_table(raw: bytes) -> list[list[str]]:
    """The rows of a CSV, or of the first sheet of an XLSX, as text; empty rows stay in their place.

    Raises RuleViolation with what is wrong with the file.
    """
    return read(raw, USUAL).rows


def read(raw: bytes, bounds: Bounds) -> Table:
    """The same within other bounds. Raises RuleViolation."""
    if not raw.strip():
        raise RuleViolation(Sentence("Il file è vuoto."))
    if len(raw) > MAX_BYTES:
        raise RuleViolation(Sentence("Il file supera i 5 MB."))
    if raw.startswith(b"PK\x03\x04"):
        rows, hidden = _workbook_rows(raw, bounds)
    elif raw.startswith((b"\xd0\xcf\x11\xe0", b"%PDF-", b"PK")):
        raise RuleViolation(Sentence("Il file non si legge come tabella: salvarlo come XLSX senza password, o come CSV."))  # fmt: skip
    else:
        rows, hidden = _csv_rows(_decoded(raw)), ()
    return Table(_bounded(rows, bounds), hidden)


def write_template(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook with these cells, every one of them text: a name that begins with = stays a name."""
    workbook = Workbook()
    sheet = workbook.active
    for number, row in enumerate([header, *rows], 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column, clean(value))
            cell.data_type, cell.number_format = "s", "@"
            if number == 1:
                cell.font = Font(bold=True)
    for column in range(1, len(header) + 1):
        widest = max(len(row[column - 1]) for row in [header, *rows])
        sheet.column_dimensions[get_column_letter(column)].width = min(max(widest + 2, 10), 60)
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def write_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook of many rows, written as it goes; every cell is text, none is reckoned."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet()
    sheet.freeze_panes = "A2"
    for row in itertools.chain([header], rows):
        cells = [WriteOnlyCell(sheet, clean(value)) for value in row]
        for cell in cells:
            cell.data_type = "s"
        sheet.append(cells)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _bounded(rows: Iterator[list[str]], bounds: Bounds) -> list[list[str]]:
    """The rows without empty ends, or a refusal as soon as there are too many."""
    kept: list[list[str]] = []
    last = 0
    for row in rows:
        while row and not row[-1]:
            row.pop()
        if len(row) > bounds.columns:
            raise RuleViolation(
                Sentence("La tabella ha più di %(columns)d colonne.", {"columns": bounds.columns})
            )
        if any(len(cell) > MAX_CELL for cell in row):
            raise RuleViolation(
                Sentence("La riga %(row)d contiene un testo troppo lungo.", {"row": len(kept) + 1})
            )
        kept.append(row)
        last = len(kept) if row else last
        if last > bounds.rows:
            raise RuleViolation(
                Sentence(
                    "La tabella ha più di %(rows)s righe: dividerla.", {"rows": bounds.rows_text}
                )
            )
    if not last:
        raise RuleViolation(Sentence("La tabella non ha righe."))
    return kept[:last]


# --- CSV -----------------------------------------------------------------------------


def _decoded(raw: bytes) -> str:
    for encoding in _encodings(raw):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise RuleViolation(
        Sentence("Il file non si legge come testo: salvarlo come CSV (UTF-8) o come XLSX.")
    )


def _encodings(raw: bytes) -> tuple[str, ...]:
    """What the text may be written in, the likeliest first."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    even, odd = raw[:200:2].count(0), raw[1:200:2].count(0)
    if max(even, odd) > 4 and min(even, odd) == 0:  # every other byte, and no mark
        return ("utf-16-be",) if even else ("utf-16-le",)
    return ("utf-8-sig", "cp1252")


def _csv_rows(text: str) -> Iterator[list[str]]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    hint, _newline, rest = lines.partition("\n")
    if hint.lower().startswith("sep=") and len(hint) == 5:
        return _parsed(rest, hint[4])
    return _parsed(lines, max(SEPARATORS, key=lambda sign: _splits(lines, sign)))


def _splits(lines: str, sign: str) -> int:
    """How often the sign parts the first rows."""
    head = "\n".join(lines.split("\n", SAMPLE)[:SAMPLE])
    return sum(len(row) - 1 for row in _parsed(head, sign) if row)


def _parsed(lines: str, separator: str) -> Iterator[list[str]]:
    try:
        for row in csv.reader(io.StringIO(lines, newline=""), delimiter=separator):
            yield [_unquoted(_text(cell)) for cell in row]
    except (csv.Error, TypeError):
        raise RuleViolation(
            Sentence("Il CSV non si legge: forse manca una virgoletta di chiusura.")
        ) from None


def _unquoted(cell: str) -> str:
    """Our own lists write '=… so that no spreadsheet reckons it; here it becomes =… again."""
    rest = unicodedata.normalize("NFKC", cell[1:].lstrip())
    return cell[1:] if cell.startswith("'") and rest.startswith(("=", "+", "-", "@", "|")) else cell


# --- XLSX ----------------------------------------------------------------------------


def _workbook_rows(raw: bytes, bounds: Bounds) -> tuple[Iterator[list[str]], tuple[int, ...]]:
    _check_archive(raw, bounds)
    rows: list[list[str]] = []
    visited = 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and menus, which nobody reads here
            workbook = load_workbook(
                io.BytesIO(raw), read_only=True, keep_links=False, data_only=bounds.stored
            )
            sheet = _first_sheet(workbook, bounds)
            hidden = _looked_through(raw, sheet) if bounds.stored else ()
            sheet.reset_dimensions()  # what a file says of its size may be a lie
            for row in sheet.iter_rows():
                visited += len(row) + 1
                if visited > bounds.visited:
                    raise RuleViolation(Sentence("La tabella è troppo grande: copiare le righe utili in un file nuovo."))  # fmt: skip
                rows.append([_cell_text(cell) for cell in row])
    except DAMAGE:
        raise RuleViolation(DAMAGED) from None
    return iter(rows), hidden


def _first_sheet(workbook: Workbook, bounds: Bounds) -> Any:
    """The first sheet; of a list, the first that is shown."""
    sheets = workbook.worksheets
    shown = [one for one in sheets if one.sheet_state == "visible"] if bounds.stored else []
    return (shown or sheets)[0]


def _looked_through(raw: bytes, sheet: Any) -> tuple[int, ...]:
    """The hidden columns. Raises RuleViolation for a formula without the value it gave."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        xml = archive.read(sheet._worksheet_path)  # bounded by the check of the archive
    found = _UNRECKONED.search(xml)
    if found:
        raise RuleViolation(
            Sentence(
                "La cella %(cell)s contiene una formula senza il suo valore: aprire il file con il "
                "foglio di calcolo, salvarlo e riprovare.",
                {"cell": found[1].decode()},
            )
        )
    hidden: set[int] = set()
    for column in _COLUMN.findall(xml, 0, max(xml.find(b"<sheetData"), 0)):
        said = {name: value for name, value in _ATTRIBUTE.findall(column)}  # noqa: C416 - pairs
        if said.get(b"hidden") in (b"1", b"true") and said.get(b"min", b"").isdigit():
            last = min(int(said.get(b"max", b"0")), MAX_HIDDEN)
            hidden.update(range(int(said[b"min"]) - 1, last))
    return tuple(sorted(hidden))


def _check_archive(raw: bytes, bounds: Bounds) -> None:
    """An XLSX is a ZIP: refuse what would unpack to too much, before unpacking."""
    if raw.count(b"PK\x01\x02") > MAX_MEMBERS:
        raise RuleViolation(Sentence("Il file XLSX contiene troppe parti."))
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = archive.infolist()
    except DAMAGE:
        raise RuleViolation(DAMAGED) from None
    parsed = [m for m in members if m.filename.lower().endswith((".xml", ".rels", ".vml"))]
    beside = [
        m for m in parsed if not m.filename.startswith(("xl/worksheets/", "xl/sharedStrings"))
    ]
    if (
        sum(m.file_size for m in members) > MAX_UNPACKED
        or sum(m.file_size for m in parsed) > bounds.xml
        or sum(m.file_size for m in beside) > MAX_BESIDE
        or any(m.file_size > MAX_RATIO * max(m.compress_size, 1_000) for m in members)
    ):
        raise RuleViolation(Sentence("Il file XLSX è troppo grande una volta aperto."))
    strange = (".." in m.filename or m.filename.startswith(("/", "\\")) or m.flag_bits & 1 for m in members)  # fmt: skip
    if any(strange) or "[Content_Types].xml" not in {m.filename for m in members}:
        raise RuleViolation(Sentence("Il file non è una cartella di lavoro XLSX."))


def _cell_text(cell: Any) -> str:
    if cell.data_type == "f":
        raise RuleViolation(
            Sentence(
                "La cella %(cell)s contiene una formula: sostituirla con il suo valore.",
                {"cell": f"{get_column_letter(cell.column)}{cell.row}"},
            )
        )
    return _text(_in_words(cell.value))


def _in_words(value: Any) -> str:
    """12,5 · 14/05/2015 · 09:20 · VERO, as the spreadsheet shows them in Italian."""
    match value:
        case None:
            return ""
        case bool():
            return "VERO" if value else "FALSO"
        case float():
            return f"{value:.10g}".replace(".", ",")
        case datetime() if value.time() == time(0):
            return f"{value:%d/%m/%Y}"
        case datetime():
            return f"{value:%d/%m/%Y} {_time_text(value.time())}"
        case date():
            return f"{value:%d/%m/%Y}"
        case time():
            return _time_text(value)
        case timedelta():
            minutes, seconds = divmod(round(value.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")
    return str(value)


def _time_text(value: time) -> str:
    return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"


def _text(value: str) -> str:
    return clean(value).strip()
