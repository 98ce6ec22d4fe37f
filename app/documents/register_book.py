# SPDX-License-Identifier: AGPL-3.0-or-later
"""Registro didattico e delle presenze: the bound book of an edition, from cover to totals.

Cover with the endorsement, index of the pages, one page per lesson (on as many
leaves as its people need), totals. Nothing that was ever written is left out.
"""

from app.documents.archive import Properties, content_urn
from app.documents.fonts import REGULAR, SEMIBOLD
from app.documents.leaves import LEFT, MEASURE, Fact, Leaves, Words
from app.documents.page import BLUE, INK, MUTED, Style, frame
from app.documents.register_content import (
    AdditionalEndorsement,
    BookCorrection,
    BookLine,
    BookPage,
    BookReopening,
    BookVersion,
    Endorsement,
    MonthTotal,
    PersonTotal,
    RegisterBookContent,
)
from app.documents.register_index import draw_index, draw_totals
from app.documents.register_page import draw_page
from app.documents.register_words import grouped, moment_text
from app.documents.wording import dated
from app.domain.attendance import hours_text

__all__ = [
    "BookCorrection",
    "BookLine",
    "BookPage",
    "BookReopening",
    "BookVersion",
    "Endorsement",
    "MonthTotal",
    "PersonTotal",
    "RegisterBookContent",
    "render_register_book",
]

_TITLE = Style(SEMIBOLD, 26, BLUE)
_COURSE = Style(SEMIBOLD, 16, INK)
_SECTION = Style(SEMIBOLD, 12, INK)
_SMALL = Style(REGULAR, 8, MUTED)


def render_register_book(content: RegisterBookContent) -> bytes:
    """The book as PDF/A-2b, tagged; equal contents give equal bytes.

    Raises MissingGlyph, TextTooLong (both RuleViolation) and FontsMissingError.
    """
    leaves = Leaves(_properties(content), content.publicity)
    _draw_cover(leaves, content)
    draw_index(leaves, content)
    for page in content.pages:
        draw_page(leaves, content, page)
    draw_totals(leaves, content)
    return leaves.paper.finish()


def _properties(content: RegisterBookContent) -> Properties:
    return Properties(
        title=f"Registro didattico e delle presenze n. {content.number} – "
        f"edizione {content.edition_code}",
        author=content.delivering_body,
        subject=content.course_title,
        day=content.printed_at.astimezone(content.zone).date(),
        identifier=f"registro {content.number}",
        content=content_urn(repr(content).encode()),
        version="registro 1",
    )


def _draw_cover(leaves: Leaves, content: RegisterBookContent) -> None:
    leaves.begin(f"Registro n. {content.number} – edizione {content.edition_code}")
    with leaves.paper.group("Sect"):
        leaves.heading("H1", "Registro didattico e delle presenze", _TITLE, above=70)
        leaves.paragraph(Words(f"n. {content.number}", Style(REGULAR, 13, MUTED)), above=4)
        leaves.paragraph(Words(content.course_title, _COURSE), above=26)
        course = f"corso {content.course_code}, edizione {content.edition_code}"
        leaves.paragraph(Words(course, Style(REGULAR, 11, INK)), above=3)
        leaves.y -= 22
        _draw_facts(leaves, content)
        _draw_endorsement(leaves, content)
        leaves.heading("H2", "Docenti", _SECTION, above=22, keep=20)
        for name in content.trainers or ("Nessun docente incaricato.",):
            leaves.paragraph(Words(name, Style(REGULAR, 10.5, INK)))
        printed = moment_text(content.printed_at, content.zone)
        leaves.paragraph(Words(f"Registro come risultava il {printed}.", _SMALL), above=20)


def _draw_facts(leaves: Leaves, content: RegisterBookContent) -> None:
    block = content.publicity
    days = f"{dated('dal', content.first_day)} {dated('al', content.last_day)}"
    project = f"{block.programme_title} – {block.programme_code}"
    venues = "; ".join(content.venues)
    for facts in (
        (Fact("Progetto", project),),
        (Fact("Ente attuatore", content.delivering_body), Fact("Svolgimento", days)),
        (Fact("Sede" if len(content.venues) == 1 else "Sedi", venues),),
        (Fact("Ore previste", hours_text(content.planned_minutes)),
         Fact("Pagine del registro", f"{content.page_count}, una per incontro")),
    ):  # fmt: skip
        leaves.facts(*facts, size=11)
        leaves.y -= 7


def _draw_additional(
    leaves: Leaves, content: RegisterBookContent, more: AdditionalEndorsement
) -> None:
    """Pages endorsed later, for lessons added after the first endorsement."""
    leaves.y -= 5
    leaves.facts(
        Fact("Pagine aggiuntive vidimate il", moment_text(more.at, content.zone), 1.3),
        Fact("Da", more.by, 2),
        Fact("Pagine", f"{more.first_page}–{more.last_page}", 0.8),
        size=10.5,
    )
    leaves.paragraph(Words(f"SHA-256 {more.hash}", Style(REGULAR, 7, MUTED)))


def _draw_endorsement(leaves: Leaves, content: RegisterBookContent) -> None:
    """The box the register begins with; its hash is where the chain of the pages starts."""
    leaves.heading("H2", "Vidimazione", _SECTION, above=22, keep=150)
    leaves.y -= 4
    top = leaves.y
    endorsed = content.endorsement
    with leaves.inset(10):
        if endorsed is None:
            text = "Registro non vidimato: nessuna presenza vi può essere annotata."
            leaves.paragraph(Words(text, Style(SEMIBOLD, 10.5, INK)), above=8)
        else:
            leaves.y -= 3
            leaves.facts(
                Fact("Vidimato il", moment_text(endorsed.at, content.zone), 1.3),
                Fact("Da", endorsed.by, 2),
                Fact("Pagine vidimate", str(endorsed.pages), 0.8),
                size=10.5,
            )
            leaves.facts(Fact("Impronta", grouped(endorsed.hash)), size=10.5)
            leaves.paragraph(Words(f"SHA-256 {endorsed.hash}", Style(REGULAR, 7, MUTED)))
            for more in content.additional:
                _draw_additional(leaves, content, more)
    leaves.y -= 8
    with leaves.paper.artifact():
        leaves.paper.paint(frame(LEFT, leaves.y, MEASURE, top - leaves.y, BLUE, 0.8))
