# SPDX-License-Identifier: AGPL-3.0-or-later
"""The foot of certificates and declarations: verification, signature, and the notices the law asks for."""

from app.documents.certificate_content import CertificateContent
from app.documents.certificate_facts import LABEL
from app.documents.fonts import REGULAR, SEMIBOLD
from app.documents.leaves import wrapped
from app.documents.page import INK, RULE, Paper, Style, line
from app.documents.qr import QUIET_ZONE, qr_code
from app.documents.typesetting import Fitted, Step, TextTooLong, fit
from app.documents.wording import italian_date

ART40 = (
    "Il presente certificato non può essere prodotto agli organi della pubblica "
    "amministrazione o ai privati gestori di pubblici servizi."
)
QR_ALT = "Codice QR che apre la pagina di verifica del documento"
QR_SIDE = 92.0  # points, quiet zone included
SIGNATURE_MEASURE = 230.0
PAIR_MEASURE, PAIR_GAP = 182.0, 22.0  # of two signatures side by side
NOTICE_LEADING = 1.35
_NOTICE_SIZES = ((8.5, 3), (8.0, 4), (7.5, 6), (7.0, 8))  # points, and lines in all


def draw_verification(
    paper: Paper, content: CertificateContent, left: float, right: float, top: float
) -> None:
    """The QR code, and beside it the same code and address for whoever types.

    CAD art. 23 c. 2-bis: a mark on the paper copy leads back to the document.
    """
    operators, modules = qr_code(content.verification_url, QR_SIDE)
    quiet = QR_SIDE * QUIET_ZONE / modules  # hangs out, so that dark modules align with the text
    x, bottom = left - quiet, top - QR_SIDE + quiet
    with paper.tagged("Figure", alt=QR_ALT):
        paper.paint(f"1 0 0 1 {x:.2f} {bottom:.2f} cm {operators}")
    text_left = left + QR_SIDE - 2 * quiet + 14
    measure = right - text_left
    code = fit(content.verification_code, SEMIBOLD, measure, Step(1, 10.5, 7), Step(2, 9, 5))
    address = fit(content.verification_url, REGULAR, measure, Step(1, 8.5, 7), Step(4, 7, 4))
    with paper.tagged("P"):
        paper.write(text_left, top - 18, "Codice di verifica", LABEL)
        y = top - 21
        for words in code.lines:
            y -= code.size * 1.1
            paper.write(text_left, y, words, Style(SEMIBOLD, code.size, INK))
    with paper.group("P"):
        y -= 19
        with paper.tagged("Span"):
            paper.write(text_left, y, "Verifica pubblica all'indirizzo", LABEL)
        with paper.tagged("Link") as element:
            upper, y = y - 4, y - 4.5
            for words in address.lines:
                y -= address.size * 1.2
                paper.write(text_left, y, words, Style(REGULAR, address.size, INK))
            box = (text_left, y - 2, text_left + measure, upper)
            paper.link(element, content.verification_url, box)


def signatures_width(content: CertificateContent) -> float:
    """Points taken by one signature, or by two side by side."""
    return 2 * PAIR_MEASURE + PAIR_GAP if content.second_signatory_name else SIGNATURE_MEASURE


def draw_signatures(paper: Paper, content: CertificateContent, right: float, top: float) -> None:
    """Place and date; then, side by side, quality, room to sign, and name. 76 points high."""
    width = signatures_width(content)
    place = f"{content.issue_place}, {italian_date(content.issue_date)}"
    _put(paper, place, REGULAR, 10.5, width, right - width / 2, top - 7)
    signers = [(content.signatory_quality, content.signatory_name)]
    if content.second_signatory_name:
        signers.append((content.second_signatory_quality, content.second_signatory_name))
    measure = (width - PAIR_GAP * (len(signers) - 1)) / len(signers)
    left = right - width
    for quality, name in signers:
        if quality:
            _put(paper, quality, REGULAR, 10.5, measure, left + measure / 2, top - 27)
        with paper.artifact():
            paper.paint(line(left, top - 60, left + measure, top - 60, RULE, 0.5))
        _put(paper, name, SEMIBOLD, 11.0, measure, left + measure / 2, top - 74)
        left += measure + PAIR_GAP


def _put(
    paper: Paper, text: str, face: str, size: float, measure: float, centre: float, y: float
) -> None:
    """A text of one line or two, smaller; ``y`` is the first baseline."""
    steps = (Step(1, size, size * 0.85), Step(2, size * 0.85, 5))
    fitted = fit(text, face, measure, *steps, balanced=True)
    with paper.tagged("P"):
        for number, words in enumerate(fitted.lines):
            below = number * fitted.size * 1.2
            paper.write(centre, y - below, words, Style(face, fitted.size, INK), "centre")


def set_notices(content: CertificateContent, measure: float) -> list[Fitted]:
    """The sentences to print, all at one size: the largest at which they take few lines.

    DPR 445/2000 art. 40 (L. 183/2011 art. 15) on pain of nullity; the note on
    stamp duty is whatever the issuing body decided. Raises TextTooLong.
    """
    texts = [ART40] if content.art40_notice else []
    texts += [text for text in (content.stamp_duty_note, content.note, content.seal_note) if text]
    for size, most in _NOTICE_SIZES:
        style = Style(REGULAR, size)
        if sum(len(wrapped(text, style, measure)) for text in texts) <= most:
            step = Step(most, size, size)
            return [fit(text, REGULAR, measure, step, balanced=True) for text in texts]
    raise TextTooLong(max(texts, key=len))


def notices_height(notices: list[Fitted]) -> float:
    """Points from the first line's top to the last baseline."""
    return sum(len(notice.lines) * notice.size * NOTICE_LEADING for notice in notices)


def draw_notices(paper: Paper, notices: list[Fitted], centre: float, base: float) -> None:
    """The notices, centred; the last line stands on ``base``."""
    y = base + notices_height(notices)
    for notice in notices:
        with paper.tagged("P"):
            for words in notice.lines:
                y -= notice.size * NOTICE_LEADING
                paper.write(centre, y, words, Style(REGULAR, notice.size, INK), "centre")
