# SPDX-License-Identifier: AGPL-3.0-or-later
"""Variazioni di calendario: what changed in the timetable of an edition, for its dossier.

Source: FP practice, calendar variations with their reason are kept with the approved
calendar; grant agreements of the fund, timetable and provisions for its amendment.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.documents.archive import Properties, content_urn
from app.documents.fonts import REGULAR, SEMIBOLD
from app.documents.leaves import HEIGHT, LEFT, Leaves, Words
from app.documents.page import BLUE, INK, MUTED, Style
from app.documents.publicity import PublicityBlock
from app.documents.register_words import moment_text
from app.documents.ruled import Column, Row, draw_table
from app.domain.timetable import ROME

__all__ = ["VariationEntry", "VariationsContent", "render_variations"]

_TITLE = Style(SEMIBOLD, 20, BLUE)
_AGAIN = Style(SEMIBOLD, 9, BLUE)
_BODY = Style(SEMIBOLD, 11, INK)
_CELL = Style(REGULAR, 8, INK)
_STRONG = Style(SEMIBOLD, 8, INK)
_SMALL = Style(REGULAR, 7, MUTED)
_WIDTH = HEIGHT - 2 * LEFT
_COLUMNS = (
    Column("N.", 26, "right"),
    Column("Lezione", 84),
    Column("Prima", 168),
    Column("Dopo", 168),
    Column("Motivo", _WIDTH - 26 - 84 - 2 * 168 - 150),
    Column("Decisa da, il; avvisati", 150),
)


@dataclass(frozen=True)
class VariationEntry:
    """One variation. ``kind`` is its Italian word, ``told`` how many people were told."""

    number: int
    lesson: int
    kind: str
    old: str
    new: str
    reason: str
    decided_by: str
    decided_at: datetime
    told: int


@dataclass(frozen=True)
class VariationsContent:
    """All variations of an edition, in their order."""

    edition_code: str
    course_title: str
    delivering_body: str
    entries: tuple[VariationEntry, ...]
    printed_at: datetime
    publicity: PublicityBlock
    zone: ZoneInfo = ROME


def render_variations(content: VariationsContent) -> bytes:
    """The variations as PDF/A-2b, tagged; equal contents give equal bytes.

    Raises MissingGlyph, TextTooLong (both RuleViolation) and FontsMissingError.
    """
    leaves = Leaves(_properties(content), content.publicity, landscape=True)

    def repeat(leaves: Leaves) -> None:
        with leaves.paper.artifact("Pagination"):
            text = f"Variazioni di calendario, {content.edition_code} (segue)"
            leaves.paper.write(LEFT, leaves.y - 14, text, _AGAIN)
        leaves.y -= 20

    leaves.begin(f"Variazioni di calendario – {content.edition_code}", repeat)
    with leaves.paper.group("Sect"):
        _draw_head(leaves, content)
        if content.entries:
            draw_table(leaves, _COLUMNS, (_row(content, entry) for entry in content.entries))
    return leaves.paper.finish()


def _properties(content: VariationsContent) -> Properties:
    return Properties(
        title=f"Variazioni di calendario – {content.edition_code}",
        author=content.delivering_body,
        subject="Lezioni spostate, cambiate, aggiunte o annullate, con il motivo",
        day=content.printed_at.astimezone(content.zone).date(),
        identifier=f"variazioni {content.edition_code}",
        content=content_urn(repr(content).encode()),
        version="variazioni 1",
    )


def _draw_head(leaves: Leaves, content: VariationsContent) -> None:
    leaves.heading("H1", "Variazioni di calendario", _TITLE, above=8)
    course = f"{content.edition_code} – {content.course_title}"
    leaves.paragraph(Words(course, _BODY), above=3)
    leaves.paragraph(Words(content.delivering_body, _CELL), above=3)
    count = len(content.entries)
    said = "Una variazione." if count == 1 else f"{count} variazioni."
    leaves.paragraph(Words(said if count else "Nessuna variazione.", _CELL), above=3)
    printed = moment_text(content.printed_at, content.zone)
    leaves.paragraph(Words(f"Come risultava il {printed}.", _SMALL), above=3)
    leaves.y -= 8


def _row(content: VariationsContent, entry: VariationEntry) -> Row:
    decided = moment_text(entry.decided_at, content.zone)
    told = "una persona avvisata" if entry.told == 1 else f"{entry.told} persone avvisate"
    return Row(
        (
            (Words(str(entry.number), _STRONG),),
            (Words(f"Lezione {entry.lesson}", _STRONG), Words(entry.kind, _SMALL)),
            (Words(entry.old or "–", _CELL),),
            (Words(entry.new or "non si tiene", _CELL),),
            (Words(entry.reason, _CELL),),
            (Words(entry.decided_by, _CELL), Words(f"{decided}; {told}", _SMALL)),
        )
    )
