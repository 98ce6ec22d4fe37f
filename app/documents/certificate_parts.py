# SPDX-License-Identifier: AGPL-3.0-or-later
"""The lower half of a certificate: the facts, the verification, the signature, the notices."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.documents.certificate_content import CertificateContent
from app.documents.fonts import REGULAR, SEMIBOLD
from app.documents.page import INK, MUTED, RULE, Paper, Style, line
from app.documents.qr import qr_code
from app.documents.typesetting import Step, fit
from app.documents.wording import italian_date
from app.domain.attendance import hours_text

ART40 = (
    "Il presente certificato non può essere prodotto agli organi della pubblica "
    "amministrazione o ai privati gestori di pubblici servizi."
)
LABEL = Style(REGULAR, 8, MUTED, tracking=0.2)
QR_SIDE = 84.0
QR_ALT = "Codice QR che apre la pagina di verifica dell'attestato"
_GUTTER = 16.0


@dataclass(frozen=True)
class _Fact:
    """A column of the band: a label, lines of value, a share of the width."""

    label: str
    values: Sequence[str]
    share: float


def _facts(content: CertificateContent) -> list[_Fact]:
    counted, planned = hours_text(content.counted_minutes), hours_text(content.planned_minutes)
    one_day = content.first_day == content.last_day
    period = (
        [italian_date(content.first_day)]
        if one_day
        else [f"dal {italian_date(content.first_day)}", f"al {italian_date(content.last_day)}"]
    )
    return [
        _Fact(
            "Ore frequentate",
            [f"{counted} su {planned}", f"pari al {content.share_percent} %"],
            1.5,
        ),
        _Fact("Svolgimento", period, 1.35),
        _Fact("Modalità", [content.mode_label], 1.0),
        _Fact("Sede" if len(content.venues) == 1 else "Sedi", content.venues, 2.2),
        _Fact("Ente attuatore", [content.delivering_body], 1.5),
    ]


def draw_facts(
    paper: Paper, content: CertificateContent, left: float, right: float, top: float
) -> None:
    """Hours, days, mode, venues and delivering body, side by side between two rules."""
    facts = _facts(content)
    unit = (right - left - _GUTTER * (len(facts) - 1)) / sum(fact.share for fact in facts)
    with paper.artifact():
        paper.paint(line(left, top, right, top, RULE, 0.5))
        paper.paint(line(left, top - 64, right, top - 64, RULE, 0.5))
    x = left
    for fact in facts:
        measure = fact.share * unit
        with paper.tagged("P"):
            paper.write(x, top - 14, fact.label, LABEL)
            _draw_values(paper, fact.values, x, top - 17, measure)
        x += measure + _GUTTER


def _draw_values(paper: Paper, values: Sequence[str], x: float, top: float, measure: float) -> None:
    """Values under their label, smaller when they are many; 44 points high at most."""
    size, lines = _fit_values(values, measure)
    y = top
    for words in lines:
        y -= size * 1.22
        paper.write(x, y, words, Style(SEMIBOLD, size, INK))


def _fit_values(values: Sequence[str], measure: float) -> tuple[float, list[str]]:
    for size in (10.5, 10, 9.5, 9, 8.5, 8, 7.5, 7, 6.5, 6, 5.5, 5):
        room = int(44 / (size * 1.22))
        if len(values) > room:
            continue
        fitted = [fit(value, SEMIBOLD, measure, Step(room, size, size)) for value in values]
        lines = [words for each in fitted for words in each.lines]
        if len(lines) <= room:
            return size, lines
    raise AssertionError


def draw_signature(
    paper: Paper, content: CertificateContent, left: float, right: float, top: float
) -> None:
    """Place and date, then quality, room for the signature, and name."""
    centre, measure = (left + right) / 2, right - left
    place = f"{content.issue_place}, {italian_date(content.issue_date)}"
    y = top - 12
    for text, face, size, drop in (
        (place, REGULAR, 10.5, 20.0),
        (content.signatory_quality, REGULAR, 10.5, 42.0),
        (content.signatory_name, SEMIBOLD, 11.0, 0.0),
    ):
        fitted = fit(text, face, measure, Step(1, size, 6))
        with paper.tagged("P"):
            paper.write(centre, y, fitted.lines[0], Style(face, fitted.size, INK), "centre")
        y -= drop
    with paper.artifact():
        paper.paint(line(left + 20, y + 14, right - 20, y + 14, RULE, 0.5))


def draw_verification(paper: Paper, content: CertificateContent, left: float, top: float) -> None:
    """The QR code, and beside it the same address and code for whoever types."""
    with paper.tagged("Figure", alt=QR_ALT):
        paper.paint(
            f"1 0 0 1 {left - 9:.2f} {top - QR_SIDE:.2f} cm "
            f"{qr_code(content.verification_url, QR_SIDE)}"
        )
    x, measure = left + QR_SIDE - 4, 250.0
    address = fit(content.verification_url, REGULAR, measure, Step(2, 8.5, 5), Step(4, 6, 4))
    with paper.tagged("P"):
        paper.write(x, top - 20, "Codice di verifica", LABEL)
        paper.write(x, top - 34, content.verification_code, Style(SEMIBOLD, 10.5, INK))
    with paper.tagged("P"):
        paper.write(x, top - 52, "Verifica pubblica dell'attestato", LABEL)
    with paper.tagged("Link") as element:
        for number, words in enumerate(address.lines):
            y = top - 64 - number * address.size * 1.2
            paper.write(x, y, words, Style(REGULAR, address.size, INK))
        paper.link(element, content.verification_url, (x, y - 3, x + measure, top - 55))


def draw_notices(
    paper: Paper, content: CertificateContent, left: float, right: float, base: float
) -> None:
    """The sentences the law asks for; the last line stands on ``base``.

    DPR 445/2000 art. 40 (as amended by L. 183/2011 art. 15); the note on stamp
    duty is whatever the issuing body has decided to print.
    """
    notices = [ART40] if content.art40_notice else []
    notices += [content.stamp_duty_note] if content.stamp_duty_note else []
    y = base
    for notice in reversed(notices):
        fitted = fit(notice, REGULAR, right - left, Step(1, 8.5, 7), Step(2, 7, 5))
        y += fitted.size * 1.3 * (len(fitted.lines) - 1)
        with paper.tagged("P"):
            for number, words in enumerate(fitted.lines):
                row = y - number * fitted.size * 1.3
                paper.write(
                    (left + right) / 2, row, words, Style(REGULAR, fitted.size, INK), "centre"
                )
        y += fitted.size * 1.4
