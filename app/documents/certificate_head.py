# SPDX-License-Identifier: AGPL-3.0-or-later
"""The head of a certificate: the Union and its fund, the issuing body with its logos, the ministry."""

from collections.abc import Mapping

from app.documents.certificate_content import CertificateContent
from app.documents.fonts import REGULAR, SEMIBOLD
from app.documents.logos import draw_logos, set_logos
from app.documents.page import INK, MUTED, RULE, Align, Paper, Style, line
from app.documents.publicity import EMBLEM_ALT, PublicityBlock, emblem
from app.documents.typesetting import Fitted, Step, fit

EMBLEM_HEIGHT = 44.0  # points; one and a half times as wide
_GUTTER = 18.0  # between what stands side by side
_LEAST_MIDDLE = 225.0  # points for the issuing body
_BELOW = 13.0
_NAME = Style(SEMIBOLD, 10, INK, tracking=0.3)


def draw_head(
    paper: Paper,
    content: CertificateContent,
    images: Mapping[str, bytes],
    left: float,
    right: float,
    top: float,
) -> float:
    """Draw it from ``top`` down, a rule below it; returns the height used, in points.

    Raises MissingGlyph, TextTooLong; ValueError about the logos.
    """
    logos = set_logos(content.logos, images, EMBLEM_HEIGHT)
    middle = max(logos.width, _LEAST_MIDDLE)
    side = (right - left - middle) / 2 - _GUTTER
    _draw_union(paper, content.publicity, left, top, side)
    draw_logos(paper, content.names, logos, (left + right - logos.width) / 2, top)
    used = EMBLEM_HEIGHT
    if logos.logos:
        issuer = fit(content.issuing_body, SEMIBOLD, middle, Step(1, 14, 10), Step(2, 11, 6))
        below = logos.height + 6.0
        _draw_lines(paper, issuer, (left + right) / 2, top - below - _depth(issuer) / 2)
        used = max(used, below + _depth(issuer))
    else:
        issuer = fit(content.issuing_body, SEMIBOLD, middle, Step(1, 17, 12), Step(2, 13, 6))
        _draw_lines(paper, issuer, (left + right) / 2, top - EMBLEM_HEIGHT / 2)
    ministry = fit(content.publicity.ministry_line, SEMIBOLD, side, Step(1, 10, 8), Step(2, 9, 5))
    _draw_lines(paper, ministry, right, top - EMBLEM_HEIGHT / 2, "right", 0.3)
    with paper.artifact():
        paper.paint(line(left, top - used - _BELOW, right, top - used - _BELOW, RULE, 0.5))
    return used + _BELOW


def _draw_union(
    paper: Paper, block: PublicityBlock, left: float, top: float, measure: float
) -> None:
    with paper.tagged("Figure", alt=EMBLEM_ALT):
        base = top - EMBLEM_HEIGHT
        paper.paint(f"1 0 0 1 {left:.2f} {base:.2f} cm {emblem(EMBLEM_HEIGHT)}")
    indent = EMBLEM_HEIGHT * 1.5 + 11
    union = fit(block.union_line, SEMIBOLD, measure - indent, Step(1, _NAME.size, 6))
    steps = (Step(2, 8.5, 7.5), Step(3, 8, 6), Step(4, 6, 4))
    fund = fit(block.fund_line, REGULAR, measure - indent, *steps)
    style = Style(REGULAR, fund.size, MUTED)
    y = top - (EMBLEM_HEIGHT - 12 - len(fund.lines) * fund.size * 1.22) / 2 - 8.5
    with paper.tagged("P"):
        paper.write(left + indent, y, union.lines[0], Style(SEMIBOLD, union.size, INK, 0.3))
        y -= 2.5
        for words in fund.lines:
            y -= fund.size * 1.22
            paper.write(left + indent, y, words, style)


def _depth(fitted: Fitted) -> float:
    return len(fitted.lines) * fitted.size * 1.18


def _draw_lines(
    paper: Paper,
    fitted: Fitted,
    x: float,
    middle: float,
    align: Align = "centre",
    tracking: float = 0.0,
) -> None:
    """The lines, half of them above the height ``middle``."""
    y = middle + _depth(fitted) / 2
    with paper.tagged("P"):
        for words in fitted.lines:
            y -= fitted.size * 1.18
            style = Style(SEMIBOLD, fitted.size, INK, tracking)
            paper.write(x, y + fitted.size * 0.25, words, style, align)
