# SPDX-License-Identifier: AGPL-3.0-or-later
"""The box at the end of a sheet for signatures, which the trainer fills in by hand.

The day's summary that registers of vocational training ask for: topic, real
times, how many present of how many enrolled, and the signature.
"""

from app.documents.fonts import SEMIBOLD
from app.documents.leaves import LABEL, LEFT, MEASURE, RIGHT, Leaves
from app.documents.page import INK, RULE, Style, frame, line
from app.documents.typesetting import Step, fit

_TITLE = Style(SEMIBOLD, 10, INK)
_TITLE_HEIGHT = 24.0
_TALL, _LOW, _SIGNATURE = 46.0, 36.0, 44.0

Field = tuple[str, str, float]  # label, words already known, share of the width


def draw_trainer_box(leaves: Leaves, trainers: tuple[str, ...], tutors: tuple[str, ...]) -> None:
    """The box, never divided between two pages. Raises MissingGlyph, TextTooLong."""
    rows: list[tuple[float, tuple[Field, ...]]] = [
        (_TALL, (("Argomento svolto", "", 1),)),
        (_LOW, (("Inizio effettivo", "", 1), ("Fine effettiva", "", 1), ("Presenti", "", 1),
                ("Assenti", "", 1), ("Persone contate in aula", "", 1.4))),
        (_TALL, (("Note (ritardi, uscite anticipate, altro)", "", 1),)),
        (_SIGNATURE, (("Docente: cognome e nome", ", ".join(trainers), 1),
                      ("Firma del docente", "", 1))),
        (_SIGNATURE, (("Tutor d'aula: cognome e nome", ", ".join(tutors), 1),
                      ("Firma del tutor", "", 1))),
    ]  # fmt: skip
    leaves.need(_TITLE_HEIGHT + sum(height for height, _ in rows) + 2)
    leaves.y -= _TITLE_HEIGHT
    with leaves.paper.tagged("H3"):
        leaves.paper.write(LEFT, leaves.y + 7, "A cura del docente", _TITLE)
    for height, fields in rows:
        _draw_fields(leaves, height, fields)


def _draw_fields(leaves: Leaves, height: float, fields: tuple[Field, ...]) -> None:
    paper, top = leaves.paper, leaves.y
    unit = MEASURE / sum(share for _, _, share in fields)
    with paper.artifact():
        paper.paint(frame(LEFT, top - height, MEASURE, height, RULE, 0.5))
        if len(fields) == 1:
            paper.paint(line(LEFT + 6, top - 26, RIGHT - 6, top - 26, RULE, 0.35))
    x = LEFT
    for place, (label, known, share) in enumerate(fields):
        measure = share * unit - 8
        if place:
            with paper.artifact():
                paper.paint(line(x, top, x, top - height, RULE, 0.5))
        with paper.tagged("P"):
            paper.write(x + 4, top - 10, label, LABEL)
            fitted = fit(known, SEMIBOLD, measure, Step(1, 9, 8), Step(3, 8, 3))
            for number, words in enumerate(fitted.lines if known else ()):
                y = top - 21 - number * fitted.size * 1.15
                paper.write(x + 4, y, words, Style(SEMIBOLD, fitted.size, INK))
        x += share * unit
    leaves.y -= height
