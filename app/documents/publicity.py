# SPDX-License-Identifier: AGPL-3.0-or-later
"""The publicity of the fund, on every document.

"Ogni documento riguardante i progetti, compresi i certificati di frequenza,
comprende una dichiarazione indicante che il progetto è stato cofinanziato dal
Fondo" (publicity rules annexed to the Ministry's grant agreement). Only the
emblem of the Union is drawn here; other bodies appear by name, and by the logos
that the programme keeps.
"""

from dataclasses import dataclass, field
from functools import cache
from math import cos, pi, sin

from app.documents.fonts import REGULAR, SEMIBOLD
from app.documents.logos import GAP, set_logos
from app.documents.page import INK, MUTED, RULE, Paper, Style, line
from app.documents.pictures import Logo
from app.documents.typesetting import Step, fit

EMBLEM_ALT = "Emblema dell'Unione europea: dodici stelle d'oro in cerchio su fondo azzurro"
BAND_EMBLEM_HEIGHT = 29.0  # points: a centimetre, the least the graphical specifications allow

_FUND_SHARE = 0.66  # of the room beside the emblem, the rest is the ministry's
_BESIDE_LOGOS = 12.0  # points between the ministry and the first logo


@dataclass(frozen=True)
class PublicityBlock:
    """The words that acknowledge the funding, as the programme's settings give them."""

    union_line: str
    fund_line: str
    ministry_line: str
    statement: str
    programme_title: str
    programme_code: str
    logos: tuple[Logo, ...] = ()
    images: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)

    def words(self) -> dict[str, str]:
        """The words without the logos: what a certificate keeps, whose logos are its own."""
        return {name: text for name, text in vars(self).items() if name not in ("logos", "images")}


@cache
def emblem(height: float) -> str:
    """Operators of the emblem with its lower left corner at the origin, ``height`` points high.

    A 3:2 rectangle, twelve upright stars centred on a circle whose radius is a
    third of the height, each inscribed in a circle of an eighteenth of it
    (graphical specifications of the European emblem).
    """
    stars = "".join(
        _star(
            height * (0.75 + sin(pi * hour / 6) / 3),
            height * (0.5 + cos(pi * hour / 6) / 3),
            height / 18,
        )
        for hour in range(12)
    )
    return f"0 0.2 0.6 rg 0 0 {height * 1.5:.3f} {height:.3f} re f 1 0.8 0 rg {stars}f"


def _star(x: float, y: float, radius: float) -> str:
    """A five-pointed star with one point up; ``f`` (non-zero rule) fills its heart too."""
    corners = [
        f"{x + radius * sin(4 * pi * k / 5):.3f} {y + radius * cos(4 * pi * k / 5):.3f}"
        for k in range(5)
    ]
    return f"{corners[0]} m " + "".join(f"{corner} l " for corner in corners[1:]) + "h "


def draw_band(paper: Paper, block: PublicityBlock, left: float, right: float, top: float) -> float:
    """The header of working papers: emblem and fund at the left, ministry and logos at the right.

    Returns the height used, in points. Raises MissingGlyph, TextTooLong.
    """
    height = BAND_EMBLEM_HEIGHT
    base, text_left = top - height, left + height * 1.5 + 9
    edge, row = right, set_logos(block.logos, block.images, height)
    if row.logos:
        right -= row.width + _BESIDE_LOGOS
    free = right - text_left - 12
    fund_measure = free * _FUND_SHARE
    ministry_measure = free - fund_measure
    fund = fit(block.fund_line, REGULAR, fund_measure, Step(1, 8.5, 7), Step(2, 7.5, 4))
    ministry = fit(block.ministry_line, SEMIBOLD, ministry_measure, Step(1, 9, 7), Step(3, 7.5, 4))
    with paper.running("Figure", alt=EMBLEM_ALT):
        paper.paint(f"1 0 0 1 {left:.2f} {base:.2f} cm {emblem(height)}")
    with paper.running("P"):
        paper.write(text_left, top - 9, block.union_line, Style(SEMIBOLD, 9, INK, tracking=0.3))
        for number, words in enumerate(fund.lines):
            y = top - 20.5 - number * fund.size * 1.15
            paper.write(text_left, y, words, Style(REGULAR, fund.size, MUTED))
    with paper.running("P"):
        for number, words in enumerate(ministry.lines):
            y = top - 9 - number * ministry.size * 1.15
            paper.write(right, y, words, Style(SEMIBOLD, ministry.size, INK), "right")
    x = right + _BESIDE_LOGOS
    for logo, drawn, width, high in row.logos:
        with paper.running("Figure", alt=logo.name):
            paper.show(drawn, x, top - (height + high) / 2, width, high)
        x += width + GAP
    with paper.artifact():
        paper.paint(line(left, base - 6, edge, base - 6, RULE, 0.5))
    return height + 6


def draw_statement(
    paper: Paper, block: PublicityBlock, left: float, right: float, base: float
) -> None:
    """The sentence of co-financing and the programme, centred; ``base`` is the lower baseline.

    Raises MissingGlyph, TextTooLong.
    """
    centre, measure = (left + right) / 2, right - left
    programme = f"{block.programme_title} – {block.programme_code}"
    below = fit(programme, REGULAR, measure, Step(1, 8, 4))
    above = fit(block.statement, SEMIBOLD, measure, Step(1, 8.5, 4))
    with paper.running("P"):
        paper.write(
            centre, base + 11, above.lines[0], Style(SEMIBOLD, above.size, INK), "centre"
        )  # fmt: skip
    with paper.running("P"):
        paper.write(centre, base, below.lines[0], Style(REGULAR, below.size, MUTED), "centre")
