# SPDX-License-Identifier: AGPL-3.0-or-later
"""The tables of a training record: hours per year, courses, certificates, declarations."""

from dataclasses import dataclass
from datetime import date

from app.documents.fonts import REGULAR, SEMIBOLD
from app.documents.leaves import MEASURE, Words
from app.documents.page import INK, MUTED, Style
from app.documents.ruled import Cell, Column, Row
from app.domain.attendance import hours_text

_CELL = Style(REGULAR, 8.5, INK)
_STRONG = Style(SEMIBOLD, 8.5, INK)
_SMALL = Style(REGULAR, 7.5, MUTED)

YEARS = (
    Column("Anno", 60),
    Column("Corsi e incontri", 90, "right"),
    Column("Ore frequentate", 110, "right"),
    Column("Obiettivo dell'anno", MEASURE - 60 - 90 - 110),  # only where there is one
)
COURSES = (
    Column("Corso – Ente attuatore, edizione", MEASURE - 62 - 66 - 58 - 38 - 96),
    Column("Svolgimento", 62),
    Column("Ore frequentate", 66, "right"),
    Column("Ore svolte", 58, "right"),
    Column("Quota", 38, "right"),
    Column("Esito", 96),
)
GIVEN = (
    Column("Numero", 50, "right"),
    Column("Tipo – Corso", MEASURE - 50 - 54 - 70 - 106),
    Column("Data", 54),
    Column("Stato", 70),
    Column("Codice di verifica", 106),
)
DECLARATIONS = (
    Column("Data", 54),
    Column("Incontro", MEASURE - 54 - 70 - 106),
    Column("Stato", 70),
    Column("Codice di verifica", 106),
)


@dataclass(frozen=True)
class RecordYear:
    """A calendar year: how many courses were attended, and for how many minutes."""

    year: int
    courses: int
    attended_minutes: int


@dataclass(frozen=True)
class RecordCourse:
    """A course or a single meeting; days are None before the first lesson.

    ``share_percent`` is None while nothing was held; ``outcome`` is an Italian
    word ("idoneo", "in corso", "ritirato").
    """

    title: str
    edition_code: str
    delivering_body: str
    first_day: date | None
    last_day: date | None
    attended_minutes: int
    held_minutes: int
    share_percent: int | None
    outcome: str


@dataclass(frozen=True)
class RecordCertificate:
    """A certificate, or a declaration of presence (without ``number_text``).

    ``code`` is grouped by dashes as on the certificate; ``state`` an Italian word,
    with its day and heir where it has them; ``holds`` whether it is still valid.
    """

    number_text: str
    kind: str
    course_title: str
    day: date
    state: str
    code: str
    holds: bool = True


def year_rows(years: tuple[RecordYear, ...], goal: int | None) -> list[Row]:
    """One row a year, and their sum when there are several; ``goal`` in minutes."""
    rows = [
        _year(str(year.year), year.courses, year.attended_minutes, _goal(year, goal))
        for year in years
    ]
    if len(rows) > 1:
        courses = sum(year.courses for year in years)
        minutes = sum(year.attended_minutes for year in years)
        rows.append(_year("Totale", courses, minutes, _goal(None, goal), _STRONG))
    return rows


def _year(name: str, courses: int, minutes: int, goal: list[str], style: Style = _CELL) -> Row:
    texts = (name, str(courses), hours_text(minutes), *goal)
    return Row(tuple(_cell(text, style) for text in texts))


def _goal(year: RecordYear | None, goal: int | None) -> list[str]:
    """ "40 h: raggiunto", "40 h: mancano 27 h 30 min"; no column without a goal."""
    if goal is None:
        return []
    if year is None:
        return [""]
    missing = goal - year.attended_minutes
    said = f"mancano {hours_text(missing)}" if missing > 0 else "raggiunto"
    return [f"{hours_text(goal)}: {said}"]


def course_row(course: RecordCourse) -> Row:
    """Title above delivering body and edition; days one above the other."""
    share = "–" if course.share_percent is None else f"{course.share_percent} %"
    days = sorted({day for day in (course.first_day, course.last_day) if day})
    return Row(
        (
            (
                Words(course.title, _STRONG),
                Words(f"{course.delivering_body}, edizione {course.edition_code}", _SMALL),
            ),
            tuple(Words(f"{day:%d/%m/%Y}", _CELL) for day in days) or _cell("–"),
            _cell(hours_text(course.attended_minutes)),
            _cell(hours_text(course.held_minutes)),
            _cell(share),
            _cell(course.outcome),
        )
    )


def certificate_row(one: RecordCertificate) -> Row:
    return Row(
        (
            _cell(one.number_text, _STRONG),
            (Words(one.kind, _STRONG), Words(one.course_title, _SMALL)),
            *_given(one),
        )
    )


def declaration_row(one: RecordCertificate) -> Row:
    day, state, code = _given(one)
    return Row((day, _cell(one.course_title), state, code))


def _given(one: RecordCertificate) -> tuple[Cell, Cell, Cell]:
    """Day, state, and the code on two lines, divided at a dash."""
    groups = one.code.split("-")
    half = (len(groups) + 1) // 2
    lines = ("-".join(groups[:half]), "-".join(groups[half:]))
    return (
        _cell(f"{one.day:%d/%m/%Y}"),
        _cell(one.state, _CELL if one.holds else _STRONG),
        tuple(Words(text, _SMALL) for text in lines if text),
    )


def _cell(text: str, style: Style = _CELL) -> Cell:
    return (Words(text, style),) if text else ()
