# SPDX-License-Identifier: AGPL-3.0-or-later
"""The certificate: one A4 landscape page, worth a frame.

From top to bottom: the publicity of the fund, the title, the holder and the
course (these share out the free height, so that a short name and a long one
both look placed on purpose), the hours, the verification code beside the
signature, the notices the law asks for, the sentence of co-financing.
"""

from dataclasses import dataclass

from app.documents.archive import Properties, content_urn
from app.documents.certificate_content import CertificateContent
from app.documents.certificate_parts import (
    draw_facts,
    draw_notices,
    draw_signature,
    draw_verification,
)
from app.documents.fonts import BOLD, REGULAR, SEMIBOLD
from app.documents.page import BLUE, INK, MUTED, Paper, Style, frame, line
from app.documents.publicity import draw_header, draw_statement
from app.documents.typesetting import Step, fit
from app.documents.wording import italian_date

__all__ = ["CertificateContent", "render_certificate"]

WIDTH, HEIGHT = 841.89, 595.28  # A4 landscape, points
LEFT, RIGHT = 62.0, WIDTH - 62.0
CENTRE = WIDTH / 2
HEADER_TOP = HEIGHT - 50.0
STATEMENT_BASE = 40.0
NOTICES_BASE = 72.0


@dataclass(frozen=True)
class _Row:
    """A line of the upper half: the paper it takes and the air it would like above it."""

    text: str
    style: Style
    air: float
    tag: str = "P"

    @property
    def height(self) -> float:
        return self.style.size * 1.08


def render_certificate(content: CertificateContent) -> bytes:
    """The certificate as PDF/A-2b, tagged; equal contents give equal bytes.

    Raises MissingGlyph, TextTooLong (both RuleViolation) and FontsMissing.
    """
    paper = Paper((WIDTH, HEIGHT), _properties(content), folio=(RIGHT, STATEMENT_BASE))
    _draw_frame(paper)
    used = draw_header(paper, content.publicity, content.issuing_body, LEFT, RIGHT, HEADER_TOP)
    with paper.group("Sect"):
        notices = NOTICES_BASE
        _draw_rows(paper, _rows(content), HEADER_TOP - used - 8, 258.0)
        draw_facts(paper, content, LEFT, RIGHT, 246.0)
        draw_signature(paper, content, RIGHT - 240, RIGHT, 172.0)
        draw_verification(paper, content, LEFT, 172.0)
        draw_notices(paper, content, LEFT, RIGHT, notices)
    draw_statement(paper, content.publicity, LEFT, RIGHT, STATEMENT_BASE)
    return paper.finish()


def _properties(content: CertificateContent) -> Properties:
    holder = f"{content.given_name} {content.family_name}"
    return Properties(
        title=f"{content.kind_title.capitalize()} n. {content.number_text} – {holder}",
        author=content.issuing_body,
        subject=content.course_title,
        day=content.issue_date,
        identifier=content.verification_url,
        content=content_urn(content.canonical()),
        version=f"attestato {content.template_version}",
    )


def _draw_frame(paper: Paper) -> None:
    with paper.artifact():
        paper.paint(frame(22, 22, WIDTH - 44, HEIGHT - 44, BLUE, 1.1))
        paper.paint(frame(26, 26, WIDTH - 52, HEIGHT - 52, BLUE, 0.35))


def _rows(content: CertificateContent) -> list[_Row]:
    return [
        _Row(content.kind_title, Style(SEMIBOLD, 25, BLUE, tracking=1.4), 2.0, "H1"),
        _Row(f"n. {content.number_text}", Style(REGULAR, 10.5, MUTED), 0.6),
        _Row("Si attesta che", Style(REGULAR, 11, INK), 2.2),
        *_large(f"{content.given_name} {content.family_name}", BOLD, 32, 17, 1.0),
        *_plain(_birth(content), 10.5, 0.9),
        *_plain(f"in servizio presso {content.home_body}", 10.5, 0.4),
        _Row(content.deed_text, Style(REGULAR, 11, INK), 1.8),
        *_large(content.course_title, SEMIBOLD, 20, 15, 0.9),
        *_plain(_origin(content), 9.5, 0.8, MUTED),
        *(_plain(content.credits_line, 9.5, 0.5) if content.credits_line else []),
    ]


def _large(text: str, face: str, largest: float, second: float, air: float) -> list[_Row]:
    """What the eye looks for: one line if it can be large, else two, then three."""
    steps = (Step(1, largest, second), Step(2, second + 4, 12), Step(3, 14, 7))
    fitted = fit(text, face, RIGHT - LEFT, *steps, balanced=True)
    style = Style(face, fitted.size, INK)
    first, *rest = fitted.lines
    return [_Row(first, style, air), *(_Row(words, style, 0.1) for words in rest)]


def _plain(text: str, size: float, air: float, colour: object = INK) -> list[_Row]:
    fitted = fit(text, REGULAR, RIGHT - LEFT, Step(1, size, 9), Step(2, 9.5, 5), balanced=True)
    style = Style(REGULAR, fitted.size, colour)
    first, *rest = fitted.lines
    return [_Row(first, style, air), *(_Row(words, style, 0.1) for words in rest)]


def _birth(content: CertificateContent) -> str:
    born = f"nato/a a {content.birth_place} il {italian_date(content.birth_date)}"
    return f"{born} – codice fiscale {content.tax_code}" if content.tax_code else born


def _origin(content: CertificateContent) -> str:
    return (
        f"corso {content.course_code}, edizione {content.edition_code} – progetto "
        f"{content.programme_acronym} «{content.programme_title}» – {content.programme_code}"
    )


def _draw_rows(paper: Paper, rows: list[_Row], top: float, bottom: float) -> None:
    """Share the free height out in proportion to the air each row would like."""
    spare = top - bottom - sum(row.height for row in rows)
    unit = spare / (sum(row.air for row in rows) + 1.0)
    y = top
    for row in rows:
        y -= row.air * unit + row.height
        with paper.tagged(row.tag):
            baseline = y + row.height * 0.22
            paper.write(CENTRE, baseline, row.text, row.style, "centre")
        if row.tag == "H1":
            with paper.artifact():
                paper.paint(line(CENTRE - 24, y - 2, CENTRE + 24, y - 2, BLUE, 1.4))
