# SPDX-License-Identifier: AGPL-3.0-or-later
"""The certificate: one A4 landscape page, worth a frame.

From top to bottom: the publicity of the fund, the title, the holder and the
course (these share out the free height, so that a short name and a long one
both look placed on purpose), the hours, the verification code beside the
signature, the notices the law asks for, the sentence of co-financing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from reportlab.lib.colors import Color

from app.documents.archive import Properties, content_urn
from app.documents.certificate_content import CertificateContent
from app.documents.certificate_facts import draw_facts, set_facts
from app.documents.certificate_foot import (
    draw_notices,
    draw_signatures,
    draw_verification,
    notices_height,
    set_notices,
    signatures_width,
)
from app.documents.certificate_head import draw_head
from app.documents.fonts import REGULAR, SEMIBOLD
from app.documents.page import DEEP_BLUE, INK, MUTED, Paper, Style, frame, line, rgb
from app.documents.publicity import draw_statement
from app.documents.typesetting import Step, TextTooLong, fit
from app.documents.wording import born

__all__ = ["CertificateContent", "render_certificate"]

WIDTH, HEIGHT = 841.89, 595.28  # A4 landscape, points
LEFT, RIGHT = 62.0, WIDTH - 62.0
MEASURE = RIGHT - LEFT
CENTRE = WIDTH / 2
HEADER_TOP = HEIGHT - 44.0
STATEMENT_BASE = 38.0
NOTICES_BASE = 66.0
FOOT_HEIGHT = 78.0  # of verification and signature, which stand on the notices
CORNER = 11.0  # points of the corners' radius
ARC = 0.5523  # of it, to the control points of the Bézier curve nearest to a quarter of a circle
AIR_BELOW = 1.6  # above the band, in the rows' own unit
LEAST_AIR = 6.0  # points for a unit of air; with less, letters and air get smaller together
SCALES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6)


@dataclass(frozen=True)
class _Row:
    """A paragraph of the upper half: its lines and the air it would like above it."""

    lines: tuple[str, ...]
    style: Style
    air: float
    tag: str = "P"

    @property
    def leading(self) -> float:
        return self.style.size * 1.12

    @property
    def height(self) -> float:
        return self.leading * len(self.lines)


def render_certificate(
    content: CertificateContent, images: Mapping[str, bytes] | None = None
) -> bytes:
    """The certificate as PDF/A-2b, tagged; equal contents give equal bytes.

    ``images``: the bytes of its logos by SHA-256, opaque PNG or JPEG.

    Raises MissingGlyph, TextTooLong (both RuleViolation), FontsMissingError, and
    ValueError when the bytes of a logo are missing or are not those of its hash.
    """
    notices, facts = set_notices(content, MEASURE), set_facts(content, MEASURE)
    foot_top = NOTICES_BASE + max(notices_height(notices), 8.5) + 13 + FOOT_HEIGHT
    facts_top = foot_top + 18 + facts.height
    paper = Paper((WIDTH, HEIGHT), _properties(content), folio=(RIGHT, STATEMENT_BASE))
    _draw_frame(paper)
    used = draw_head(paper, content, images or {}, LEFT, RIGHT, HEADER_TOP)
    _draw_rows(paper, content, HEADER_TOP - used, facts_top)
    draw_facts(paper, facts, LEFT, RIGHT, facts_top)
    draw_verification(paper, content, LEFT, RIGHT - signatures_width(content) - 24, foot_top)
    draw_signatures(paper, content, RIGHT, foot_top)
    draw_notices(paper, notices, CENTRE, NOTICES_BASE)
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
        paper.paint(frame(20, 20, WIDTH - 40, HEIGHT - 40, DEEP_BLUE, 1.4))
        paper.paint(_hollow_frame(26, 26, WIDTH - 26, HEIGHT - 26))


@cache
def _hollow_frame(left: float, bottom: float, right: float, top: float) -> str:
    """A hairline whose corners give way in a quarter of a circle."""
    corners = (
        (left, bottom, (0, 1), (1, 0)),
        (right, bottom, (-1, 0), (0, 1)),
        (right, top, (0, -1), (-1, 0)),
        (left, top, (1, 0), (0, -1)),
    )
    path = ""
    for x, y, (ax, ay), (bx, by) in corners:  # directions from which and to which it bends
        start, *bend = [
            f"{x + CORNER * (ax * a + bx * b):.2f} {y + CORNER * (ay * a + by * b):.2f}"
            for a, b in ((1, 0), (1, ARC), (ARC, 1), (0, 1))
        ]
        path += f"{start} {'l' if path else 'm'} {' '.join(bend)} c "
    return f"{rgb(DEEP_BLUE)} RG 0.5 w {path}s"


def _draw_rows(paper: Paper, content: CertificateContent, top: float, bottom: float) -> None:
    """Share the free height out in proportion to the air each row would like."""
    for scale in SCALES:
        rows = _rows(content, scale)
        spare = top - bottom - sum(row.height for row in rows)
        unit = spare / (sum(row.air for row in rows) + AIR_BELOW)
        if unit >= LEAST_AIR * scale * scale:
            break
    else:
        raise TextTooLong(content.course_title)
    y = top
    for row in rows:
        y -= row.air * unit
        with paper.tagged(row.tag):
            for words in row.lines:
                y -= row.leading
                paper.write(CENTRE, y + row.leading * 0.22, words, row.style, "centre")
        if row.tag == "H1":
            bar = y - 0.55 * unit
            with paper.artifact():
                paper.paint(line(CENTRE - 22, bar, CENTRE + 22, bar, DEEP_BLUE, 1))


def _rows(content: CertificateContent, scale: float) -> list[_Row]:
    name = f"{content.given_name} {content.family_name}".strip()
    lead, plain, small = 11 * scale, 10.5 * scale, 9.5 * scale
    rows = [
        _kind(content.kind_title, scale),
        _plain(f"n. {content.number_text}", lead, 1.5, MUTED),
        _plain(content.intro_text, lead, 1.7),
        _large(name, 32 * scale, 17 * scale),
        _plain(_birth(content), plain, 0.8),
        _plain(_home(content), plain, 0.3),
        _plain(content.deed_text, lead, 1.7),
        _large(content.course_title, 20 * scale, 15 * scale),
        _plain(_origin(content), small, 0.8, MUTED),
        _plain(_results(content), plain, 0.4),
    ]
    return [row for row in rows if any(row.lines)]


def _kind(text: str, scale: float) -> _Row:
    fitted = fit(text, REGULAR, MEASURE * 0.85, Step(1, 27 * scale, 6))
    style = Style(REGULAR, fitted.size, DEEP_BLUE, tracking=0.12 * fitted.size)
    return _Row(fitted.lines, style, 2.0, "H1")


def _large(text: str, largest: float, second: float) -> _Row:
    """What the eye looks for: one line if it can be large, else two, then three."""
    steps = (Step(1, largest, second), Step(2, second + 3, second - 3), Step(3, second - 3, 6))
    fitted = fit(text, SEMIBOLD, MEASURE, *steps, balanced=True)
    return _Row(fitted.lines, Style(SEMIBOLD, fitted.size, INK), 0.7)


def _plain(text: str, size: float, air: float, colour: Color = INK) -> _Row:
    steps = (Step(1, size, size * 0.85), Step(2, size * 0.9, 5))
    fitted = fit(text, REGULAR, MEASURE, *steps, balanced=True)
    return _Row(fitted.lines, Style(REGULAR, fitted.size, colour), air)


def _birth(content: CertificateContent) -> str:
    code = f"codice fiscale {content.tax_code}" if content.tax_code else ""
    return " – ".join(filter(None, (born(content.birth_place, content.birth_date), code)))


def _home(content: CertificateContent) -> str:
    return f"ente di appartenenza: {content.home_body}" if content.home_body else ""


def _results(content: CertificateContent) -> str:
    return " – ".join(filter(None, (content.assessment_line, content.credits_line)))


def _origin(content: CertificateContent) -> str:
    return (
        f"codice {content.course_code}, edizione {content.edition_code} – progetto "
        f"{content.programme_acronym} «{content.programme_title}» – {content.programme_code}"
    )
