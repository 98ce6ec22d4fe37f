# SPDX-License-Identifier: AGPL-3.0-or-later
"""Foglio firme: the paper people sign in the room, to be attached to its page of the register.

Every printed page carries a code that leads back to its page of the register,
so that a scan finds its place even when the leaves are mixed up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.documents.archive import Properties, content_urn
from app.documents.fonts import REGULAR, SEMIBOLD
from app.documents.leaves import LABEL, LEFT, MEASURE, RIGHT, Fact, Leaves, Words
from app.documents.page import BLUE, INK, MUTED, Style
from app.documents.publicity import PublicityBlock
from app.documents.qr import QUIET_ZONE, qr_code
from app.documents.ruled import Column, Row, draw_table
from app.documents.sign_sheet_box import draw_trainer_box
from app.documents.typesetting import Step, fit
from app.documents.wording import weekday_date
from app.domain.timetable import ROME, clock_text

__all__ = ["ExpectedPerson", "SignSheetContent", "render_sign_sheets"]

QR_ALT = "Codice QR che apre la pagina del registro"
QR_SIDE = 78.0  # points, quiet zone included
ROW_HEIGHT = 28.4  # points: ten millimetres, room for a signature
_HEAD_RIGHT = RIGHT - QR_SIDE - 10
_NAME = Style(SEMIBOLD, 9, INK)
_BODY = Style(REGULAR, 7.5, MUTED)
_NUMBER = Style(REGULAR, 9, MUTED)
_COLUMNS = (
    Column("N.", 24, "right"),
    Column("Cognome e nome – Ente", MEASURE - 24 - 2 * 46 - 2 * 114),
    Column("Entrata: ora", 46),
    Column("Firma in entrata", 114),
    Column("Uscita: ora", 46),
    Column("Firma in uscita", 114),
)


@dataclass(frozen=True)
class ExpectedPerson:
    """Someone enrolled: family name and given name, and the body they come from."""

    name: str
    body: str


@dataclass(frozen=True)
class SignSheetContent:
    """One lesson's sheet. Moments are aware, printed in ``zone``.

    ``page_number`` of ``page_count`` is the page of the register; ``page_id`` the
    short name of that page, ``page_url`` its address. There is no tax code: what
    hangs in a room carries no more data than it needs (GDPR art. 5, 1 c).
    """

    delivering_body: str
    course_title: str
    course_code: str
    edition_code: str
    lesson_number: int
    lesson_count: int
    topic: str
    starts_at: datetime
    ends_at: datetime
    venue: str
    page_number: int
    page_count: int
    page_url: str
    page_id: str
    people: tuple[ExpectedPerson, ...]
    publicity: PublicityBlock
    breaks: tuple[tuple[datetime, datetime], ...] = ()
    trainers: tuple[str, ...] = ()
    tutors: tuple[str, ...] = ()
    door_rows: int = 4
    zone: ZoneInfo = ROME


def render_sign_sheets(sheets: Sequence[SignSheetContent]) -> bytes:
    """The sheets of one or more lessons as one PDF/A-2b, tagged; each is numbered on its own.

    Raises ValueError without any sheet, MissingGlyph, TextTooLong, FontsMissingError.
    """
    if not sheets:
        raise ValueError("no sheet to print")
    leaves = Leaves(_properties(sheets), sheets[0].publicity)
    for sheet in sheets:
        _draw_sheet(leaves, sheet)
    return leaves.paper.finish()


def _properties(sheets: Sequence[SignSheetContent]) -> Properties:
    sheet = sheets[0]
    if len(sheets) == 1:
        title = f"Foglio firme – edizione {sheet.edition_code}, incontro {sheet.lesson_number}"
    else:
        title = f"Fogli firme – edizione {sheet.edition_code}, {len(sheets)} incontri"
    return Properties(
        title=title,
        author=sheet.delivering_body,
        subject=sheet.course_title,
        day=sheet.starts_at.astimezone(sheet.zone).date(),
        identifier=sheet.page_url,
        content=content_urn(repr(tuple(sheets)).encode()),
        version="foglio firme 1",
    )


def _draw_sheet(leaves: Leaves, sheet: SignSheetContent) -> None:
    identity = (
        f"Foglio firme {sheet.page_id} – edizione {sheet.edition_code}, "
        f"incontro {sheet.lesson_number} di {sheet.lesson_count}, {_day(sheet)}"
    )
    leaves.begin(identity, lambda leaves: _repeat_head(leaves, sheet), new_part=True)
    with leaves.paper.group("Sect"):
        _draw_head(leaves, sheet)
        draw_table(leaves, _COLUMNS, _rows(sheet))
        draw_trainer_box(leaves, sheet.trainers, sheet.tutors)


def _draw_head(leaves: Leaves, sheet: SignSheetContent) -> None:
    top = leaves.y
    title = Style(SEMIBOLD, 17, BLUE)
    with leaves.paper.running("H1"):
        leaves.paper.write(LEFT, top - 23, "Foglio firme", title)
    with leaves.paper.tagged("H2"):
        leaves.paper.write(LEFT, top - 39, _lesson(sheet), Style(SEMIBOLD, 11, INK))
    leaves.y = top - 43
    with leaves.inset(right=RIGHT - _HEAD_RIGHT):
        leaves.facts(Fact("Corso", f"{sheet.course_title} ({sheet.course_code})"))
        leaves.facts(
            Fact("Edizione", sheet.edition_code, 1),
            Fact("Orario previsto", _times(sheet), 1.7),
            Fact("Pagina del registro", f"{sheet.page_number} di {sheet.page_count}", 1),
        )
    with leaves.paper.tagged("Figure", alt=QR_ALT):
        _paint_code(leaves, sheet, top)
    with leaves.paper.tagged("P"):
        _write_code(leaves, sheet, top)
    leaves.y = min(leaves.y, top - QR_SIDE - 8)
    leaves.facts(Fact("Argomento previsto", sheet.topic))
    block = sheet.publicity
    leaves.facts(Fact("Sede", sheet.venue), Fact("Ente attuatore", sheet.delivering_body))
    leaves.facts(Fact("Progetto", f"{block.programme_title} – {block.programme_code}"), size=8.5)
    leaves.y -= 8


def _repeat_head(leaves: Leaves, sheet: SignSheetContent) -> None:
    """The little that tells a continuation from that of another lesson."""
    top, paper = leaves.y, leaves.paper
    course = fit(sheet.course_title, REGULAR, _HEAD_RIGHT - LEFT, Step(2, 9, 5))
    with paper.artifact("Pagination"):
        paper.write(LEFT, top - 23, "Foglio firme (segue)", Style(SEMIBOLD, 13, BLUE))
        paper.write(LEFT, top - 40, _lesson(sheet), Style(SEMIBOLD, 10, INK))
        edition = f"edizione {sheet.edition_code} – pagina del registro {sheet.page_number} di "
        paper.write(LEFT, top - 54, f"{edition}{sheet.page_count}", Style(REGULAR, 9, INK))
        for number, words in enumerate(course.lines):
            y = top - 68 - number * course.size * 1.2
            paper.write(LEFT, y, words, Style(REGULAR, course.size, INK))
        _paint_code(leaves, sheet, top)
        _write_code(leaves, sheet, top)
    leaves.y = top - QR_SIDE - 12


def _paint_code(leaves: Leaves, sheet: SignSheetContent, top: float) -> None:
    operators, modules = qr_code(sheet.page_url, QR_SIDE)
    quiet = QR_SIDE * QUIET_ZONE / modules
    x, bottom = RIGHT - QR_SIDE + quiet, top - QR_SIDE - 1
    leaves.paper.paint(f"1 0 0 1 {x:.2f} {bottom:.2f} cm {operators}")


def _write_code(leaves: Leaves, sheet: SignSheetContent, top: float) -> None:
    leaves.paper.write(RIGHT, top - QR_SIDE - 4, sheet.page_id, Style(SEMIBOLD, 8, INK), "right")


def _day(sheet: SignSheetContent) -> str:
    return weekday_date(sheet.starts_at.astimezone(sheet.zone).date())


def _lesson(sheet: SignSheetContent) -> str:
    return f"Incontro {sheet.lesson_number} di {sheet.lesson_count} – {_day(sheet)}"


def _times(sheet: SignSheetContent) -> str:
    def span(start: datetime, end: datetime) -> str:
        return f"{clock_text(start, sheet.zone)}–{clock_text(end, sheet.zone)}"

    pauses = ", ".join(span(*pause) for pause in sheet.breaks)
    planned = span(sheet.starts_at, sheet.ends_at)
    return f"{planned} (pausa {pauses})" if pauses else planned


def _rows(sheet: SignSheetContent) -> list[Row]:
    """Those expected, then empty rows for whoever comes to the door."""
    blank = ((),) * 4
    rows = [
        Row(((Words(str(number), _NUMBER),), (Words(person.name, _NAME), Words(person.body, _BODY)),
             *blank), ROW_HEIGHT)
        for number, person in enumerate(sheet.people, start=1)
    ]  # fmt: skip
    if not rows:
        rows = [Row(((), (Words("Nessuna persona attesa"),), *blank), ROW_HEIGHT)]
    door = (Words("persona alla porta: cognome e nome, ente", LABEL),)
    start = len(sheet.people) + 1
    rows += [
        Row(((Words(str(number), _NUMBER),), door, *blank), ROW_HEIGHT + 4)
        for number in range(start, start + sheet.door_rows)
    ]
    return rows
