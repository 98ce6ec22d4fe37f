# SPDX-License-Identifier: AGPL-3.0-or-later
"""The foot of a certificate: verification, signature, and the notices the law asks for."""

from app.documents.certificate_content import CertificateContent
from app.documents.certificate_facts import LABEL
from app.documents.fonts import REGULAR, SEMIBOLD
from app.documents.page import INK, RULE, Paper, Style, line
from app.documents.qr import QUIET_ZONE, qr_code
from app.documents.typesetting import Fitted, Step, fit
from app.documents.wording import italian_date

ART40 = (
    "Il presente certificato non può essere prodotto agli organi della pubblica "
    "amministrazione o ai privati gestori di pubblici servizi."
)
QR_ALT = "Codice QR che apre la pagina di verifica dell'attestato"
QR_SIDE = 92.0  # points, quiet zone included
SIGNATURE_MEASURE = 230.0
NOTICE_LEADING = 1.35


def draw_verification(paper: Paper, content: CertificateContent, left: float, top: float) -> None:
    """The QR code, and beside it the same code and address for whoever types.

    CAD art. 23 c. 2-bis: a mark on the paper copy leads back to the document.
    """
    operators, modules = qr_code(content.verification_url, QR_SIDE)
    quiet = QR_SIDE * QUIET_ZONE / modules  # hangs out, so that dark modules align with the text
    x, bottom = left - quiet, top - QR_SIDE + quiet
    with paper.tagged("Figure", alt=QR_ALT):
        paper.paint(f"1 0 0 1 {x:.2f} {bottom:.2f} cm {operators}")
    text_left, measure = left + QR_SIDE - 2 * quiet + 14, 290.0
    address = fit(content.verification_url, REGULAR, measure, Step(1, 8.5, 7), Step(4, 7, 4))
    with paper.tagged("P"):
        paper.write(text_left, top - 20, "Codice di verifica", LABEL)
        code = fit(content.verification_code, SEMIBOLD, measure, Step(1, 10.5, 5))
        paper.write(text_left, top - 34, code.lines[0], Style(SEMIBOLD, code.size, INK))
    with paper.group("P"):
        with paper.tagged("Span"):
            paper.write(text_left, top - 53, "Verifica pubblica all'indirizzo", LABEL)
        with paper.tagged("Link") as element:
            y = top - 66
            for words in address.lines:
                paper.write(text_left, y, words, Style(REGULAR, address.size, INK))
                y -= address.size * 1.2
            box = (text_left, y + address.size, text_left + measure, top - 57)
            paper.link(element, content.verification_url, box)


def draw_signature(paper: Paper, content: CertificateContent, right: float, top: float) -> None:
    """Place and date, quality, room to sign, and name; 76 points high."""
    centre = right - SIGNATURE_MEASURE / 2
    place = f"{content.issue_place}, {italian_date(content.issue_date)}"
    for text, face, size, drop in (
        (place, REGULAR, 10.5, 7.0),
        (content.signatory_quality, REGULAR, 10.5, 27.0),
        (content.signatory_name, SEMIBOLD, 11.0, 74.0),
    ):
        steps = (Step(1, size, size * 0.85), Step(2, size * 0.85, 5))
        fitted = fit(text, face, SIGNATURE_MEASURE, *steps, balanced=True)
        with paper.tagged("P"):
            style = Style(face, fitted.size, INK)
            for number, words in enumerate(fitted.lines):
                y = top - drop - number * fitted.size * 1.2
                paper.write(centre, y, words, style, "centre")
    with paper.artifact():
        paper.paint(line(right - SIGNATURE_MEASURE, top - 60, right, top - 60, RULE, 0.5))


def set_notices(content: CertificateContent, measure: float) -> list[Fitted]:
    """The sentences to print, at most two lines each.

    DPR 445/2000 art. 40 (L. 183/2011 art. 15) on pain of nullity; the note on
    stamp duty is whatever the issuing body decided. Raises TextTooLong.
    """
    texts = [ART40] if content.art40_notice else []
    texts += [content.stamp_duty_note] if content.stamp_duty_note else []
    return [fit(text, REGULAR, measure, Step(1, 8.5, 7), Step(3, 7, 4)) for text in texts]


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
