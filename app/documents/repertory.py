# SPDX-License-Identifier: AGPL-3.0-or-later
"""Repertorio degli attestati: the numbered certificates of an issuing body, or an extract of them.

Source: DPR 445/2000 art. 53 c. 5, documents with a registration of their own
in place of the protocol: number, date, person and object of each, in order.
"""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, islice
from zoneinfo import ZoneInfo

from app.documents.archive import Properties, content_urn
from app.documents.fonts import REGULAR, SEMIBOLD
from app.documents.leaves import HEIGHT, LEFT, Leaves, Words
from app.documents.page import BLUE, INK, MUTED, Style
from app.documents.publicity import PublicityBlock
from app.documents.register_words import moment_text
from app.documents.ruled import Column, Row, draw_table
from app.domain.timetable import ROME

__all__ = ["RepertoryContent", "RepertoryEntry", "render_repertory"]

_NAMED = 20  # missing numbers that are named
_TITLE = Style(SEMIBOLD, 20, BLUE)
_AGAIN = Style(SEMIBOLD, 9, BLUE)
_BODY = Style(SEMIBOLD, 11, INK)
_CELL = Style(REGULAR, 8, INK)
_STRONG = Style(SEMIBOLD, 8, INK)
_SMALL = Style(REGULAR, 7, MUTED)
_COLUMNS = (
    Column("Numero", 52, "right"),
    Column("Data", 50),
    Column("Titolare", 148),
    Column("Ente di appartenenza", 128),
    Column("Tipo", 112),
    Column("Corso – Edizione", HEIGHT - 2 * LEFT - 52 - 50 - 148 - 128 - 112 - 104),
    Column("Stato", 104),
)


@dataclass(frozen=True)
class RepertoryEntry:
    """One certificate. ``state`` is its Italian word; ``holds`` whether it is still worth something.

    ``state_day`` is that of the revocation or replacement, ``replaced_by`` the
    number (``13/2015``) of the certificate that took its place.
    """

    number: int
    year: int
    day: date
    holder: str
    body: str
    kind: str
    course_title: str
    edition_code: str
    state: str = "Valido"
    holds: bool = True
    state_day: date | None = None
    replaced_by: str = ""


@dataclass(frozen=True)
class RepertoryContent:
    """The certificates one body issued in the years from the first to the last, in any order.

    ``whole`` only when none was left out by a search, a page or the reader's scope:
    an extract is called so, and says nothing of the numbers it lacks.
    """

    issuing_body: str
    first_year: int
    last_year: int
    entries: tuple[RepertoryEntry, ...]
    printed_at: datetime
    publicity: PublicityBlock
    whole: bool = False
    zone: ZoneInfo = ROME


def render_repertory(content: RepertoryContent) -> bytes:
    """The repertory in order of number, as PDF/A-2b, tagged; equal contents give equal bytes.

    Raises MissingGlyph, TextTooLong (both RuleViolation) and FontsMissingError.
    """
    leaves = Leaves(_properties(content), content.publicity, landscape=True)
    entries = sorted(content.entries, key=lambda entry: (entry.year, entry.number))
    name = f"{_name(content)} – {content.issuing_body} – {_years(content)}"

    def repeat(leaves: Leaves) -> None:
        with leaves.paper.artifact("Pagination"):
            text = f"{_name(content)}, {_years(content)} (segue)"
            leaves.paper.write(LEFT, leaves.y - 14, text, _AGAIN)
        leaves.y -= 20

    leaves.begin(name, repeat)
    with leaves.paper.group("Sect"):
        _draw_head(leaves, content, entries)
        if entries:
            draw_table(leaves, _COLUMNS, (_row(entry) for entry in entries))
    return leaves.paper.finish()


def _properties(content: RepertoryContent) -> Properties:
    return Properties(
        title=f"{_name(content)}, {_years(content)} – {content.issuing_body}",
        author=content.issuing_body,
        subject="Attestati rilasciati, in ordine di numero",
        day=content.printed_at.astimezone(content.zone).date(),
        identifier=f"repertorio {_years(content)}",
        content=content_urn(repr(content).encode()),
        version="repertorio 1",
    )


def _name(content: RepertoryContent) -> str:
    return f"{'Repertorio' if content.whole else 'Estratto del repertorio'} degli attestati"


def _years(content: RepertoryContent) -> str:
    if content.first_year == content.last_year:
        return f"anno {content.first_year}"
    return f"anni {content.first_year}–{content.last_year}"


def _draw_head(leaves: Leaves, content: RepertoryContent, entries: list[RepertoryEntry]) -> None:
    leaves.heading("H1", _name(content), _TITLE, above=8)
    leaves.paragraph(Words(f"{content.issuing_body}, {_years(content)}", _BODY), above=3)
    printed = moment_text(content.printed_at, content.zone)
    said = [
        year_text(year, [entry.number for entry in group], whole=content.whole)
        for year, group in groupby(entries, key=lambda entry: entry.year)
    ]
    for words in said or ["Nessun attestato rilasciato."]:
        leaves.paragraph(Words(words, _CELL), above=3)
    leaves.paragraph(Words(f"Come risultava il {printed}.", _SMALL), above=3)
    leaves.y -= 8


def year_text(year: int, numbers: list[int], *, whole: bool) -> str:
    """How many numbers of a year there are, and which are missing; ``numbers`` in order.

    A number lacks only when somebody took its certificate away: they are given in turn.
    """
    last, there = numbers[-1], set(numbers)
    counted = "1 attestato" if len(numbers) == 1 else f"{len(numbers)} attestati"
    if not whole:
        return f"{year}: {counted}."
    missing = last - len(there)
    if not missing:
        return f"{year}: {counted}, fino al n. {last}; nessun numero manca."
    absent = (str(number) for number in range(1, last) if number not in there)
    which = ", ".join(islice(absent, _NAMED)) + (" …" if missing > _NAMED else "")
    return f"{year}: {counted}, fino al n. {last}; numeri mancanti ({missing}): {which}."


def _row(entry: RepertoryEntry) -> Row:
    return Row(
        (
            (Words(f"{entry.number}/{entry.year}", _STRONG),),
            (Words(f"{entry.day:%d/%m/%Y}", _CELL),),
            (Words(entry.holder, _STRONG),),
            (Words(entry.body, _CELL),),
            (Words(entry.kind, _CELL),),
            (Words(entry.course_title, _CELL), Words(entry.edition_code, _SMALL)),
            (Words(_state(entry), _CELL if entry.holds else _STRONG),),
        )
    )


def _state(entry: RepertoryEntry) -> str:
    """ "Sostituito il 12/05/2015 dal n. 13/2015"."""
    when = f" il {entry.state_day:%d/%m/%Y}" if entry.state_day else ""
    heir = f" dal n. {entry.replaced_by}" if entry.replaced_by else ""
    return f"{entry.state}{when}{heir}"
