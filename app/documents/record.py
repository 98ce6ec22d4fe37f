# SPDX-License-Identifier: AGPL-3.0-or-later
"""Percorso formativo: what one official attended, and what was given for it.

A summary for the person and their office of personnel; what counts towards
others are the certificates, each of which is verified by its own code.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.documents.archive import Properties, content_urn
from app.documents.fonts import REGULAR, SEMIBOLD
from app.documents.leaves import LEFT, Fact, Leaves, Words
from app.documents.page import BLUE, INK, MUTED, Style
from app.documents.publicity import PublicityBlock
from app.documents.record_tables import (
    COURSES,
    DECLARATIONS,
    GIVEN,
    YEARS,
    RecordCertificate,
    RecordCourse,
    RecordYear,
    certificate_row,
    course_row,
    declaration_row,
    year_rows,
)
from app.documents.register_words import moment_text
from app.documents.ruled import Column, Row, draw_table
from app.domain.attendance import hours_text
from app.domain.timetable import ROME

__all__ = [
    "RecordCertificate",
    "RecordContent",
    "RecordCourse",
    "RecordYear",
    "render_record",
]

_TITLE = Style(SEMIBOLD, 22, BLUE)
_NAME = Style(SEMIBOLD, 14, INK)
_SECTION = Style(SEMIBOLD, 12, BLUE)
_CLOSING = Style(REGULAR, 8.5, MUTED)


@dataclass(frozen=True)
class RecordContent:
    """Everything printed on a training record; lists are printed in the order given.

    ``name`` is given name and family name; the period is that of what is listed,
    None where it is open. ``goal_minutes`` is the training a year asks for, None
    where nothing asks. ``verify_url`` is the page on which a code is typed.
    """

    name: str
    body: str
    first_day: date | None
    last_day: date | None
    years: tuple[RecordYear, ...]
    courses: tuple[RecordCourse, ...]
    certificates: tuple[RecordCertificate, ...]
    declarations: tuple[RecordCertificate, ...]
    verify_url: str
    printed_at: datetime
    publicity: PublicityBlock
    goal_minutes: int | None = None
    zone: ZoneInfo = ROME


def render_record(content: RecordContent) -> bytes:
    """The record as PDF/A-2b, tagged; equal contents give equal bytes.

    Raises MissingGlyph, TextTooLong (both RuleViolation) and FontsMissingError.
    """
    leaves = Leaves(_properties(content), content.publicity)
    section = _Section(leaves)
    leaves.begin(f"Percorso formativo – {content.name}", section.repeat)
    with leaves.paper.group("Sect"):
        _draw_head(leaves, content)
        years = year_rows(content.years, content.goal_minutes)
        columns = YEARS if content.goal_minutes is not None else YEARS[:-1]
        section.draw("Ore per anno", columns, years, "Nessuna ora di formazione.")
        courses = [course_row(course) for course in content.courses]
        section.draw("Corsi e incontri", COURSES, courses, "Nessun corso.")
        given = [certificate_row(one) for one in content.certificates]
        section.draw("Attestati", GIVEN, given, "Nessun attestato.")
        if content.declarations:
            declared = [declaration_row(one) for one in content.declarations]
            section.draw("Dichiarazioni di presenza", DECLARATIONS, declared)
        _draw_closing(leaves, content)
    return leaves.paper.finish()


class _Section:
    """A heading and its table; the heading comes back, for the eye only, where the table goes on."""

    def __init__(self, leaves: Leaves) -> None:
        self._leaves = leaves
        self._title = ""

    def draw(
        self, title: str, columns: tuple[Column, ...], rows: list[Row], nothing: str = ""
    ) -> None:
        self._title = ""  # on a page that begins with it the heading stands once
        self._leaves.heading("H2", title, _SECTION, above=14)
        self._title = title
        self._leaves.y -= 5
        if rows:
            draw_table(self._leaves, columns, rows)
        else:
            self._leaves.paragraph(Words(nothing))
        self._title = ""

    def repeat(self, leaves: Leaves) -> None:
        if self._title:
            with leaves.paper.artifact("Pagination"):
                leaves.paper.write(LEFT, leaves.y - 17, f"{self._title} (segue)", _SECTION)
            leaves.y -= 24


def _properties(content: RecordContent) -> Properties:
    return Properties(
        title=f"Percorso formativo – {content.name}",
        author=content.publicity.programme_title,
        subject="Riepilogo della formazione frequentata",
        day=content.printed_at.astimezone(content.zone).date(),
        identifier=f"percorso formativo {content_urn(content.name.encode())}",
        content=content_urn(repr(content).encode()),
        version="percorso formativo 1",
    )


def _draw_head(leaves: Leaves, content: RecordContent) -> None:
    leaves.heading("H1", "Percorso formativo", _TITLE, above=12)
    leaves.paragraph(Words(content.name, _NAME), above=6)
    leaves.y -= 4
    total = sum(year.attended_minutes for year in content.years)
    leaves.facts(
        Fact("Ente di appartenenza", content.body, 2.2),
        Fact("Periodo", _period(content), 1.5),
        Fact("Ore frequentate", hours_text(total), 0.9),
        size=10.5,
    )


def _period(content: RecordContent) -> str:
    """ "dal 11/11/2014 al 14/05/2015"; open at either end."""
    since = f"dal {content.first_day:%d/%m/%Y}" if content.first_day else ""
    until = f"al {content.last_day:%d/%m/%Y}" if content.last_day else ""
    return f"{since} {until}".strip()


def _draw_closing(leaves: Leaves, content: RecordContent) -> None:
    """What this paper is not, and where each certificate is checked."""
    printed = moment_text(content.printed_at, content.zone)
    leaves.paragraph(
        Words(
            f"Riepilogo di quanto risultava il {printed}. Non sostituisce gli attestati: ciascuno "
            f"si verifica con il suo codice all'indirizzo {content.verify_url}",
            _CLOSING,
        ),
        above=16,
    )
