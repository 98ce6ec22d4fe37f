# SPDX-License-Identifier: AGPL-3.0-or-later
"""The band of a certificate: hours, days, mode, venues and delivering body, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.documents.certificate_content import CertificateContent
from app.documents.fonts import REGULAR
from app.documents.page import INK, MUTED, RULE, Paper, Style, line
from app.documents.typesetting import TextTooLong, wrap
from app.documents.wording import dated, italian_date
from app.domain.attendance import hours_text
from app.domain.certificates import CertificateKind

LABEL = Style(REGULAR, 8, MUTED, tracking=0.2)
_GUTTER = 16.0
_LEADING = 1.24  # of the size, from one baseline to the next
_ABOVE, _BELOW = 20.0, 10.0  # points for the label, and under the last line
_DEEPEST = 56.0  # points the values of the longest column may take
_SIZES = (10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0)


@dataclass(frozen=True)
class Column:
    """A label and its lines, ``measure`` points wide."""

    label: str
    lines: tuple[str, ...]
    size: float
    measure: float


@dataclass(frozen=True)
class Band:
    """The columns, ready to be drawn ``height`` points high."""

    columns: tuple[Column, ...]
    height: float


def _facts(content: CertificateContent) -> list[tuple[str, Sequence[str], float]]:
    """Label, values, and share of the width."""
    if content.first_day == content.last_day:
        days: tuple[str, ...] = (italian_date(content.first_day),)
    else:
        days = (dated("dal", content.first_day), dated("al", content.last_day))
    facts: list[tuple[str, Sequence[str], float]] = [
        (content.hours_label, _hours(content), 1.5),
        ("Svolgimento", days, 1.4),
        ("Modalità", (content.mode_label,), 1.0),
        ("Sede" if len(content.venues) == 1 else "Sedi", content.venues, 2.2),
        ("Ente attuatore", (content.delivering_body,), 1.45),
    ]
    return [fact for fact in facts if any(fact[1])]


def _hours(content: CertificateContent) -> tuple[str, ...]:
    """Who teaches does not attend a share of anything."""
    counted = hours_text(content.counted_minutes)
    if content.kind == CertificateKind.TEACHING:
        return (counted,)
    planned = hours_text(content.planned_minutes)
    return (f"{counted} su {planned}", f"pari al {content.share_percent} %")


def set_facts(content: CertificateContent, measure: float) -> Band:
    """Columns for a band ``measure`` points wide. Raises MissingGlyph, TextTooLong."""
    facts = _facts(content)
    unit = (measure - _GUTTER * (len(facts) - 1)) / sum(share for _, _, share in facts)
    columns = tuple(_column(label, values, share * unit) for label, values, share in facts)
    deepest = max(len(column.lines) * column.size * _LEADING for column in columns)
    return Band(columns, _ABOVE + deepest + _BELOW)


def _column(label: str, values: Sequence[str], measure: float) -> Column:
    """The largest size at which the values, each on lines of its own, are not too deep."""
    for size in _SIZES:
        if len(values) * size * _LEADING <= _DEEPEST:
            lines = [words for value in values for words in wrap(value, REGULAR, size, measure)]
            if len(lines) * size * _LEADING <= _DEEPEST:
                return Column(label, tuple(lines), size, measure)
    raise TextTooLong(" ".join(values))


def draw_facts(paper: Paper, band: Band, left: float, right: float, top: float) -> None:
    """The band between two rules, hanging from ``top``."""
    with paper.artifact():
        paper.paint(line(left, top, right, top, RULE, 0.5))
        paper.paint(line(left, top - band.height, right, top - band.height, RULE, 0.5))
    x = left
    for column in band.columns:
        with paper.tagged("P"):
            paper.write(x, top - 15, column.label, LABEL)
            y = top - _ABOVE + 2
            for words in column.lines:
                y -= column.size * _LEADING
                paper.write(x, y, words, Style(REGULAR, column.size, INK))
        x += column.measure + _GUTTER
