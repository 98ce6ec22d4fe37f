# SPDX-License-Identifier: AGPL-3.0-or-later
"""The register's page of one lesson: who was there, from when to when, and who answers for it."""

from datetime import datetime

from app.documents.fonts import REGULAR, SEMIBOLD
from app.documents.leaves import LEFT, MEASURE, RIGHT, TEXT, Fact, Leaves, Words
from app.documents.page import BLUE, INK, MUTED, SHADE, Style, fill
from app.documents.register_content import BookLine, BookPage, RegisterBookContent
from app.documents.register_history import draw_history
from app.documents.register_words import grouped, moment_text, span_text
from app.documents.ruled import Cell, Column, Row, draw_table
from app.documents.typesetting import Step, fit
from app.documents.wording import weekday_date
from app.domain.attendance import hours_text

_TITLE = Style(SEMIBOLD, 15, BLUE)
_NAME = Style(SEMIBOLD, 8.5, INK)
_CELL = Style(REGULAR, 8.5, INK)
_SMALL = Style(REGULAR, 7, MUTED)
_MARK = Style(SEMIBOLD, 7, BLUE)
_COLUMNS = (
    Column("N.", 24, "right"),
    Column("Cognome e nome", 158),
    Column("Ente", 128),
    Column("Presenza", 84),
    Column("Entrata–uscita", 68),
    Column("Ore", MEASURE - 24 - 158 - 128 - 84 - 68, "right"),
)


def draw_page(leaves: Leaves, book: RegisterBookContent, page: BookPage) -> None:
    """On as many leaves as it needs. Raises MissingGlyph, TextTooLong."""
    identity = f"Registro n. {book.number} – edizione {book.edition_code} – {_place(book, page)}"
    leaves.begin(identity, lambda leaves: _repeat_head(leaves, book, page))
    with leaves.paper.group("Sect"):
        _draw_head(leaves, book, page)
        if page.lines:
            draw_table(leaves, _COLUMNS, [_row(book, page, line) for line in page.lines])
        else:
            leaves.paragraph(Words("Nessuna persona iscritta a questo incontro."))
        _draw_summary(leaves, book, page)
        draw_history(leaves, book, page)


def _place(book: RegisterBookContent, page: BookPage) -> str:
    return f"pagina {page.number} di {book.page_count} del registro"


def _title(book: RegisterBookContent, page: BookPage) -> str:
    day = weekday_date(page.planned[0].astimezone(book.zone).date())
    return f"Incontro {page.lesson_number} di {page.lesson_count} – {day}"


def _draw_head(leaves: Leaves, book: RegisterBookContent, page: BookPage) -> None:
    leaves.heading("H2", _title(book, page), _TITLE, above=6)
    leaves.paragraph(
        Words(f"{book.course_title} – edizione {book.edition_code} – {_place(book, page)}", TEXT)
    )
    if not page.closed:
        _draw_not_closed(leaves)
    real = span_text(*page.real, book.zone) if page.real else ""
    leaves.facts(
        Fact("Orario previsto", span_text(*page.planned, book.zone), 1),
        Fact("Orario effettivo", real, 1),
        Fact("Stato della pagina", page.state, 1.1),
        Fact("Sede", page.venue, 2.6),
    )
    label, topic = ("Argomento svolto", page.topic_done) if page.topic_done else (
        "Argomento previsto", page.topic_planned)  # fmt: skip
    leaves.facts(Fact(label, topic))
    trainers = "; ".join(page.trainers)
    leaves.facts(
        Fact("Docente" if len(page.trainers) < 2 else "Docenti", trainers, 1),
        Fact("Ente attuatore", book.delivering_body, 1),
    )
    leaves.y -= 8


def _draw_not_closed(leaves: Leaves) -> None:
    """Where a bound book would be blank: what follows may still change."""
    height = 26.0
    leaves.need(height + 8)
    leaves.y -= height + 6
    with leaves.paper.artifact():
        leaves.paper.paint(fill(LEFT, leaves.y, MEASURE, height, SHADE))
    style = Style(SEMIBOLD, 14, MUTED, tracking=1)
    with leaves.paper.tagged("P"):
        x = (LEFT + RIGHT) / 2
        leaves.paper.write(x, leaves.y + 8, "PAGINA NON CHIUSA", style, "centre")


def _repeat_head(leaves: Leaves, book: RegisterBookContent, page: BookPage) -> None:
    suffix = "(segue)" if page.closed else "(segue) – pagina non chiusa"
    title = fit(f"{_title(book, page)} {suffix}", SEMIBOLD, MEASURE, Step(1, 11, 5))
    where = f"{book.course_title} – edizione {book.edition_code} – {_place(book, page)}"
    below = fit(where, REGULAR, MEASURE, Step(1, 8.5, 7), Step(2, 7.5, 4))
    with leaves.paper.artifact("Pagination"):
        leaves.paper.write(LEFT, leaves.y - 20, title.lines[0], Style(SEMIBOLD, title.size, BLUE))
        for number, words in enumerate(below.lines):
            y = leaves.y - 32 - number * below.size * 1.2
            leaves.paper.write(LEFT, y, words, Style(REGULAR, below.size, INK))
    leaves.y -= 50


def _row(book: RegisterBookContent, page: BookPage, line: BookLine) -> Row:
    stays = tuple(Words(span_text(*stay, book.zone), _CELL) for stay in line.stays)
    hours = "" if line.counted_minutes is None else hours_text(line.counted_minutes)
    marks = tuple(
        Words(f"rettifica {number}", _MARK)
        for number, correction in enumerate(page.corrections, start=1)
        if correction.line_number == line.number
    )
    remark = (Words(line.remark, _SMALL),) if line.remark else ()
    cells: tuple[Cell, ...] = (
        (Words(str(line.number), _CELL),),
        (Words(line.name, _NAME),),
        (Words(line.body, _CELL),) if line.body else (),
        (Words(line.status, _CELL),) if line.status else (),
        stays,
        (Words(hours, _CELL),) if hours else (),
    )
    if line.withdrawn:
        cells = tuple(tuple(Words(w.text, w.style, struck=True) for w in cell) for cell in cells)
    return Row((*cells[:3], (*cells[3], *remark, *marks), *cells[4:]))


def _draw_summary(leaves: Leaves, book: RegisterBookContent, page: BookPage) -> None:
    """The day's summary and the closing, at the foot of the list."""
    leaves.y -= 6
    heads = "" if page.heads_counted is None else str(page.heads_counted)
    leaves.facts(
        Fact("Presenti", f"{page.present} su {page.enrolled} iscritti"),
        Fact("Persone contate in aula", heads),
        Fact("Ore del giorno", hours_text(page.delivered_minutes) if page.closed else ""),
    )
    if page.note:
        leaves.facts(Fact("Note", page.note), size=8.5)
    if page.flags:
        leaves.facts(Fact("Annotazioni", "; ".join(page.flags)))
    if page.closed_at:
        leaves.facts(
            Fact("Chiusa da" if page.closed else "Ultima chiusura: da", _closer(page), 1.6),
            Fact("Il", moment_text(page.closed_at, book.zone), 1.2),
            Fact("Versione", str(page.version), 0.5),
        )
        _draw_hashes(leaves, page, page.closed_at)


def _closer(page: BookPage) -> str:
    return f"{page.closed_by} ({page.closed_hand})" if page.closed_hand else page.closed_by


def _draw_hashes(leaves: Leaves, page: BookPage, closed_at: datetime) -> None:
    leaves.facts(Fact("Impronta della pagina", grouped(page.hash)))
    leaves.paragraph(
        Words(f"SHA-256 {page.hash}", _SMALL),
        Words(f"pagina precedente: {page.previous_hash or 'nessuna'}", _SMALL),
    )
