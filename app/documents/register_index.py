# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stands before and after the pages of the register: their index, and the totals."""

from app.documents.fonts import REGULAR, SEMIBOLD
from app.documents.leaves import LEFT, MEASURE, Leaves, Words
from app.documents.page import BLUE, INK, Style
from app.documents.register_content import BookPage, PersonTotal, RegisterBookContent
from app.documents.register_words import grouped, span_text
from app.documents.ruled import Column, Row, draw_table
from app.documents.wording import month_text
from app.domain.attendance import hours_text
from app.domain.timetable import day_text

_TITLE = Style(SEMIBOLD, 15, BLUE)
_CELL = Style(REGULAR, 8.5, INK)
_STRONG = Style(SEMIBOLD, 8.5, INK)
_INDEX = (
    Column("Pagina", 38, "right"),
    Column("Giorno", 56),
    Column("Orario", 62),
    Column("Argomento", MEASURE - 38 - 56 - 62 - 66 - 42 - 100),
    Column("Stato", 66),
    Column("Versione", 42, "right"),
    Column("Impronta", 100),
)
_PEOPLE = (
    Column("N.", 24, "right"),
    Column("Cognome e nome", 176),
    Column("Ente", 143),
    Column("Ore frequentate", 66, "right"),
    Column("Ore svolte", 62, "right"),
    Column("Quota", MEASURE - 24 - 176 - 143 - 66 - 62, "right"),
)
_MONTHS = (
    Column("Mese", MEASURE - 90 - 120 - 120),
    Column("Incontri svolti", 90, "right"),
    Column("Ore erogate", 120, "right"),
    Column("Ore-persona", 120, "right"),
)


def draw_index(leaves: Leaves, book: RegisterBookContent) -> None:
    """One row per page. Raises MissingGlyph, TextTooLong."""
    _begin(leaves, book, "Indice delle pagine")
    with leaves.paper.group("Sect"):
        leaves.heading("H2", "Indice delle pagine", _TITLE, above=6)
        leaves.y -= 6
        if book.pages:
            draw_table(leaves, _INDEX, [_page(book, page) for page in book.pages])
        else:
            leaves.paragraph(Words("Il registro non ha ancora pagine."))


def draw_totals(leaves: Leaves, book: RegisterBookContent) -> None:
    """Per person and per month. Raises MissingGlyph, TextTooLong."""
    _begin(leaves, book, "Riepilogo")
    with leaves.paper.group("Sect"):
        leaves.heading("H2", "Riepilogo per persona", _TITLE, above=6)
        leaves.y -= 6
        if book.people:
            draw_table(leaves, _PEOPLE, [_person(person) for person in book.people])
        else:
            leaves.paragraph(Words("Nessuna persona iscritta."))
        leaves.heading("H2", "Riepilogo per mese", _TITLE, above=16)
        leaves.y -= 6
        if book.months:
            draw_table(leaves, _MONTHS, _months(book))
        else:
            leaves.paragraph(Words("Nessun incontro svolto."))


def _begin(leaves: Leaves, book: RegisterBookContent, name: str) -> None:
    def repeat(leaves: Leaves) -> None:
        with leaves.paper.artifact("Pagination"):
            text, style = f"{name} (segue)", Style(SEMIBOLD, 11, BLUE)
            leaves.paper.write(LEFT, leaves.y - 20, text, style)
        leaves.y -= 30

    identity = f"Registro n. {book.number} – edizione {book.edition_code} – {name.lower()}"
    leaves.begin(identity, repeat)


def _row(*texts: str, style: Style = _CELL, struck: bool = False) -> Row:
    return Row(tuple((Words(text, style, struck),) if text else () for text in texts))


def _page(book: RegisterBookContent, page: BookPage) -> Row:
    return _row(
        str(page.number),
        day_text(page.planned[0], book.zone),
        span_text(*(page.real or page.planned), book.zone),
        page.topic_done or page.topic_planned,
        page.state,
        str(page.version) if page.version else "",
        grouped(page.hash),
    )


def _person(person: PersonTotal) -> Row:
    share = "–" if person.share_percent is None else f"{person.share_percent} %"
    hours = hours_text(person.attended_minutes), hours_text(person.held_minutes)
    texts = (str(person.number), person.name, person.body, *hours, share)
    return _row(*texts, struck=person.withdrawn)


def _months(book: RegisterBookContent) -> list[Row]:
    """The months, and their sum."""
    rows = [
        _row(
            month_text(month.year, month.month),
            str(month.lessons),
            hours_text(month.delivered_minutes),
            hours_text(month.person_minutes),
        )
        for month in book.months
    ]
    lessons = str(sum(month.lessons for month in book.months))
    delivered = hours_text(sum(month.delivered_minutes for month in book.months))
    persons = hours_text(sum(month.person_minutes for month in book.months))
    return [*rows, _row("Totale", lessons, delivered, persons, style=_STRONG)]
