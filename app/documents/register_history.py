# SPDX-License-Identifier: AGPL-3.0-or-later
"""What happened to a page after it was closed: corrections, reopenings, earlier versions.

Nothing is erased: what holds no longer is struck through and stays legible, with
who asked, who decided, when and why beside it.
"""

from app.documents.fonts import REGULAR, SEMIBOLD
from app.documents.leaves import MEASURE, Leaves, Words
from app.documents.page import INK, MUTED, Style
from app.documents.register_content import (
    BookChange,
    BookCorrection,
    BookPage,
    BookVersion,
    RegisterBookContent,
)
from app.documents.register_words import moment_text
from app.documents.ruled import Cell, Column, Row, draw_table

_SECTION = Style(SEMIBOLD, 10.5, INK)
_CELL = Style(REGULAR, 8, INK)
_STRONG = Style(SEMIBOLD, 8, INK)
_SMALL = Style(REGULAR, 7, MUTED)
_CORRECTIONS = (
    Column("N.", 22, "right"),
    Column("Che cosa", 84),
    Column("Valore precedente", 102),
    Column("Valore nuovo", 102),
    Column("Motivo", 102),
    Column("Chiesta e decisa", MEASURE - 22 - 84 - 3 * 102),
)
_REOPENINGS = (
    Column("Riaperta da", 130),
    Column("Il", 96),
    Column("Fino al", 96),
    Column("Motivo", MEASURE - 130 - 96 - 96),
)
_VERSIONS = (
    Column("Versione", 44, "right"),
    Column("Chiusa da", 112),
    Column("Il", 92),
    Column("Impronta (SHA-256)", MEASURE - 44 - 112 - 92),
)
_CHANGES = (
    Column("Dalla versione", 60, "right"),
    Column("Persona", 148),
    Column("Valore precedente", (MEASURE - 208) / 2),
    Column("Valore nuovo", (MEASURE - 208) / 2),
)


def draw_history(leaves: Leaves, book: RegisterBookContent, page: BookPage) -> None:
    """Only what there is of it. Raises MissingGlyph, TextTooLong."""
    if page.corrections:
        _head(leaves, "Rettifiche")
        rows = [_correction(book, n, item) for n, item in enumerate(page.corrections, start=1)]
        draw_table(leaves, _CORRECTIONS, rows)
    if page.reopenings:
        _head(leaves, "Riaperture")
        draw_table(
            leaves,
            _REOPENINGS,
            [
                _texts(item.by, moment_text(item.at, book.zone),
                       moment_text(item.until, book.zone), item.reason)
                for item in page.reopenings
            ],
        )  # fmt: skip
    if page.earlier:
        _head(leaves, "Versioni precedenti")
        draw_table(leaves, _VERSIONS, [_version(book, item) for item in page.earlier])
    changes = [_change(item.version, change) for item in page.earlier for change in item.changes]
    if changes:
        _head(leaves, "Che cosa è cambiato da una versione all'altra")
        draw_table(leaves, _CHANGES, changes)


def _head(leaves: Leaves, text: str) -> None:
    leaves.heading("H3", text, _SECTION, above=9)
    leaves.y -= 3


def _texts(*texts: str) -> Row:
    return Row(tuple((Words(text, _CELL),) for text in texts))


def _correction(book: RegisterBookContent, number: int, item: BookCorrection) -> Row:
    """Struck is what does not hold: the old value once approved, the new one once refused."""
    what = f"n. {item.line_number}: {item.subject}" if item.line_number else item.subject
    return Row(
        (
            (Words(str(number), _CELL),),
            (Words(what, _CELL),),
            (Words(item.old_value, _CELL, struck=item.approved is True),),
            (Words(item.new_value, _STRONG, struck=item.approved is False),),
            (Words(item.reason, _CELL),),
            _hands(book, item),
        )
    )


def _hands(book: RegisterBookContent, item: BookCorrection) -> Cell:
    asked = (
        Words(f"chiesta da {item.asked_by}", _CELL),
        Words(moment_text(item.asked_at, book.zone), _SMALL),
    )
    if item.decided_at is None:
        return (*asked, Words("in attesa di decisione", _STRONG))
    outcome = "approvata" if item.approved else "respinta"
    note = (Words(f"«{item.decision_note}»", _CELL),) if item.decision_note else ()
    return (
        *asked,
        Words(f"{outcome} da {item.decided_by}", _STRONG),
        Words(moment_text(item.decided_at, book.zone), _SMALL),
        *note,
    )


def _change(version: int, change: BookChange) -> Row:
    return Row(
        (
            (Words(f"{version} alla {version + 1}", _CELL),),
            (Words(change.name, _CELL),),
            (Words(change.old_value, _CELL, struck=True),) if change.old_value else (),
            (Words(change.new_value or "non più sulla pagina", _STRONG),),
        )
    )


def _version(book: RegisterBookContent, item: BookVersion) -> Row:
    """The hash on two lines, each of half its digits, for the eye to compare."""
    half = len(item.hash) // 2
    return Row(
        (
            (Words(str(item.version), _CELL),),
            (Words(item.closed_by, _CELL),),
            (Words(moment_text(item.closed_at, book.zone), _CELL),),
            (Words(item.hash[:half], _CELL), Words(item.hash[half:], _CELL)),
        )
    )
