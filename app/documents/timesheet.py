# SPDX-License-Identifier: AGPL-3.0-or-later
"""Foglio ore: the lessons somebody taught or assisted at in a month, from closed pages of the register.

Source: publicity rules of the grant agreement, which name timesheets among the documents that
acknowledge the fund; rules of eligible cost (hours per person, day by day, signed by who worked
and by whoever answers for the activity).
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.documents.archive import Properties, content_urn
from app.documents.fonts import REGULAR, SEMIBOLD
from app.documents.leaves import LEFT, MEASURE, RIGHT, Fact, Leaves, Words
from app.documents.page import BLUE, INK, MUTED, RULE, Style, frame, line
from app.documents.publicity import PublicityBlock
from app.documents.register_words import moment_text, span_text
from app.documents.ruled import Column, Row, draw_table
from app.documents.typesetting import Step, fit
from app.domain.attendance import hours_text
from app.domain.timetable import ROME, day_text

__all__ = ["TimesheetContent", "TimesheetLine", "render_timesheet"]

MONTHS = (
    "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
    "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre",
)  # fmt: skip

_TITLE = Style(SEMIBOLD, 20, BLUE)
_SECTION = Style(SEMIBOLD, 12, INK)
_AGAIN = Style(SEMIBOLD, 9, BLUE)
_CELL = Style(REGULAR, 8, INK)
_STRONG = Style(SEMIBOLD, 8, INK)
_SMALL = Style(REGULAR, 7, MUTED)
_TOTAL = Style(SEMIBOLD, 11, INK)
_BOX = 62.0  # points of a box to sign in
_COLUMNS = (
    Column("Data", 52),
    Column("Edizione – Corso", 138),
    Column("Lezione e argomento svolto", MEASURE - 52 - 138 - 62 - 66 - 62),
    Column("In qualità di", 62),
    Column("Orario reale", 66),
    Column("Durata", 62, "right"),
)


@dataclass(frozen=True)
class TimesheetLine:
    """A lesson of which the page is closed. ``minutes`` as the page counts them, ``version`` its last."""

    edition_code: str
    course_title: str
    body: str
    seq: int
    topic: str
    role: str
    start: datetime
    end: datetime
    minutes: int
    version: int = 1


@dataclass(frozen=True)
class TimesheetContent:
    """The month of a person; ``waiting`` lessons of it have a page that is not closed.

    Not ``whole`` when only the editions of the body that prints it are in it.
    """

    name: str
    month: date
    lines: tuple[TimesheetLine, ...]
    printed_at: datetime
    publicity: PublicityBlock
    whole: bool = True
    waiting: int = 0
    zone: ZoneInfo = ROME

    @property
    def minutes(self) -> int:
        return sum(line.minutes for line in self.lines)

    @property
    def bodies(self) -> str:
        return ", ".join(sorted({line.body for line in self.lines}))


def render_timesheet(content: TimesheetContent) -> bytes:
    """The timesheet as PDF/A-2b, tagged; equal contents give equal bytes.

    Raises MissingGlyph, TextTooLong (both RuleViolation) and FontsMissingError.
    """
    leaves = Leaves(_properties(content), content.publicity)

    def repeat(leaves: Leaves) -> None:
        with leaves.paper.artifact("Pagination"):
            leaves.paper.write(
                LEFT, leaves.y - 14, f"Foglio ore, {_month(content)} (segue)", _AGAIN
            )
        leaves.y -= 20

    leaves.begin(f"Foglio ore – {content.name} – {_month(content)}", repeat)
    with leaves.paper.group("Sect"):
        _draw_head(leaves, content)
        if content.lines:
            draw_table(leaves, _COLUMNS, (_row(one, content.zone) for one in content.lines))
        _draw_total(leaves, content)
        _draw_signatures(leaves, content)
    return leaves.paper.finish()


def _month(content: TimesheetContent) -> str:
    return f"{MONTHS[content.month.month - 1]} {content.month.year}"


def _properties(content: TimesheetContent) -> Properties:
    return Properties(
        title=f"Foglio ore di {content.name}, {_month(content)}",
        author=content.publicity.programme_title,
        subject="Ore di docenza e tutoraggio dalle pagine chiuse dei registri",
        day=content.printed_at.astimezone(content.zone).date(),
        identifier=f"foglio ore {content.name} {content.month:%Y-%m}",
        content=content_urn(repr(content).encode()),
        version="foglio ore 1",
    )


def _draw_head(leaves: Leaves, content: TimesheetContent) -> None:
    leaves.heading("H1", "Foglio ore", _TITLE, above=8)
    leaves.y -= 4
    leaves.facts(
        Fact("Cognome e nome", content.name, 2),
        Fact("Mese", _month(content)),
        Fact("Ore svolte", hours_text(content.minutes)),
    )
    leaves.facts(Fact("Enti attuatori delle edizioni", content.bodies))
    for words in _notes(content):
        leaves.paragraph(Words(words, _SMALL), above=3)
    leaves.y -= 8


def _notes(content: TimesheetContent) -> list[str]:
    printed = moment_text(content.printed_at, content.zone)
    notes = [
        "Le ore vengono dalle pagine chiuse dei registri, comprese le rettifiche e le riaperture; "
        f"si contano entro l'orario previsto, tolte le pause. Come risultava il {printed}."
    ]
    if not content.whole:
        notes.append("Sono comprese soltanto le edizioni dell'ente che stampa questo foglio.")
    if content.waiting == 1:
        notes.append("Una lezione del mese non è compresa: la sua pagina non è chiusa.")
    elif content.waiting:
        notes.append(
            f"{content.waiting} lezioni del mese non sono comprese: le loro pagine non sono chiuse."
        )
    return notes


def _row(one: TimesheetLine, zone: ZoneInfo) -> Row:
    reopened = (Words(f"pagina alla versione {one.version}", _SMALL),) if one.version > 1 else ()
    return Row(
        (
            (Words(day_text(one.start, zone), _CELL),),
            (Words(one.edition_code, _STRONG), Words(one.course_title, _SMALL)),
            (Words(f"{one.seq}. {one.topic}", _CELL), *reopened),
            (Words(one.role, _CELL),),
            (Words(span_text(one.start, one.end, zone), _CELL),),
            (Words(hours_text(one.minutes), _STRONG), Words(f"{one.minutes} minuti", _SMALL)),
        ),
        height=24.0,
    )


def _draw_total(leaves: Leaves, content: TimesheetContent) -> None:
    lessons = len(content.lines)
    counted = "Nessuna lezione svolta" if not lessons else (
        "1 lezione svolta" if lessons == 1 else f"{lessons} lezioni svolte"
    )  # fmt: skip
    total = f"Totale del mese: {hours_text(content.minutes)} ({content.minutes} minuti)"
    leaves.paragraph(Words(total, _TOTAL), Words(f"{counted}.", _CELL), above=10)


def _draw_signatures(leaves: Leaves, content: TimesheetContent) -> None:
    """Two boxes side by side, never divided from their heading."""
    leaves.heading("H2", "Firme", _SECTION, above=14, keep=_BOX + 12)
    leaves.y -= 6
    paper, top, half = leaves.paper, leaves.y, (RIGHT - LEFT) / 2
    boxes = (("Chi ha svolto le ore", content.name), ("Per l'ente attuatore", ""))
    with paper.artifact():
        paper.paint(frame(LEFT, top - _BOX, RIGHT - LEFT, _BOX, RULE, 0.5))
        paper.paint(line(LEFT + half, top, LEFT + half, top - _BOX, RULE, 0.5))
        for place in (0, 1):
            x = LEFT + place * half
            paper.paint(line(x + 8, top - _BOX + 14, x + half - 8, top - _BOX + 14, RULE, 0.35))
    for place, (name, known) in enumerate(boxes):
        x = LEFT + place * half + 8
        with paper.tagged("P"):
            paper.write(x, top - 12, name, _SMALL)
        if known:
            fitted = fit(known, SEMIBOLD, half - 16, Step(1, 8, 7), Step(2, 7, 4))
            with paper.tagged("P"):
                for number, words in enumerate(fitted.lines):
                    y = top - 24 - number * fitted.size * 1.15
                    paper.write(x, y, words, Style(SEMIBOLD, fitted.size, INK))
        with paper.tagged("P"):
            paper.write(x, top - _BOX + 5, "Data e firma", _SMALL)
    leaves.y -= _BOX
