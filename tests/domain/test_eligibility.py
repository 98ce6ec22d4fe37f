# SPDX-License-Identifier: AGPL-3.0-or-later
"""May this enrolment have a certificate, and why (not)."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.edition import EditionState
from app.domain.eligibility import Case, conditions, is_eligible, why
from app.domain.enrolment import EnrolmentState

GOOD = Case(
    edition_state=EditionState.CLOSED,
    enrolment_state=EnrolmentState.COMPLETED,
    counted=675,
    planned=720,
    threshold=80,
    open_sheets=0,
    missing_personal_data=(),
    issuing_body_configured=True,
    certificate_exists=False,
)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, "Soglia raggiunta: 11 h 15 min su 12 h (93 %), richiesto l'80 %."),
        (
            {"counted": 768, "planned": 960},
            "Soglia raggiunta: 12 h 48 min su 16 h (80 %), richiesto l'80 %.",
        ),
        ({"threshold": 89}, "Soglia raggiunta: 11 h 15 min su 12 h (93 %), richiesto l'89 %."),
        ({"threshold": 90}, "Soglia raggiunta: 11 h 15 min su 12 h (93 %), richiesto il 90 %."),
        ({"threshold": 79}, "Soglia raggiunta: 11 h 15 min su 12 h (93 %), richiesto il 79 %."),
        ({"threshold": 11}, "Soglia raggiunta: 11 h 15 min su 12 h (93 %), richiesto l'11 %."),
        (
            {"edition_state": EditionState.ARCHIVED},
            "Soglia raggiunta: 11 h 15 min su 12 h (93 %), richiesto l'80 %.",
        ),
    ],
)
def test_eligible(change: dict[str, Any], sentence: str) -> None:
    case = replace(GOOD, **change)
    assert is_eligible(case)
    assert str(why(case)) == sentence


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"enrolment_state": EnrolmentState.WITHDRAWN},
            "Iscrizione ritirata: l'attestato non è previsto.",
        ),
        (
            {"enrolment_state": EnrolmentState.WAITLISTED},
            "Iscrizione non confermata: l'attestato non è previsto.",
        ),
        (
            {"edition_state": EditionState.RUNNING},
            "L'edizione non è ancora chiusa: l'attestato si rilascia dopo la chiusura.",
        ),
        (
            {"edition_state": EditionState.CANCELLED},
            "L'edizione è annullata: l'attestato non è previsto.",
        ),
        ({"open_sheets": 1}, "Un foglio presenze non è ancora chiuso."),
        ({"open_sheets": 2}, "2 fogli presenze non sono ancora chiusi."),
        ({"planned": 0}, "Nessuna lezione svolta: la soglia non si può calcolare."),
        (
            {"counted": 384, "planned": 720},
            "Mancano 3 h 12 min alla soglia: frequentate 6 h 24 min delle 9 h 36 min richieste "
            "(80 % di 12 h).",
        ),
        (
            {"counted": 767, "planned": 960},
            "Manca 1 min alla soglia: presenza di 12 h 47 min, ne servono 12 h 48 min "
            "(80 % di 16 h).",
        ),
        (
            {"counted": 708, "planned": 960},
            "Manca 1 h alla soglia: presenza di 11 h 48 min, ne servono 12 h 48 min "
            "(80 % di 16 h).",
        ),
        (
            {"counted": 45, "planned": 240},
            "Mancano 2 h 27 min alla soglia: presenza di 45 min, ne servono 3 h 12 min "
            "(80 % di 4 h).",
        ),
        (
            {"counted": 0},
            "Nessuna presenza registrata: la soglia è di 9 h 36 min (80 % di 12 h).",
        ),
        (
            {"counted": 0, "threshold": 0},
            "Nessuna presenza registrata: la soglia è di 0 h (0 % di 12 h).",
        ),
        (
            {"enrolment_state": EnrolmentState.CONFIRMED},
            "L'iscrizione non risulta completata: l'esito va calcolato di nuovo.",
        ),
        (
            {"enrolment_state": EnrolmentState.NOT_COMPLETED},
            "L'iscrizione non risulta completata: l'esito va calcolato di nuovo.",
        ),
        (
            {"missing_personal_data": ("codice fiscale", "luogo di nascita")},
            "Dati personali mancanti per l'attestato: codice fiscale, luogo di nascita.",
        ),
        (
            {"issuing_body_configured": False},
            "Manca l'ente che rilascia l'attestato: indicarlo nelle impostazioni.",
        ),
        ({"certificate_exists": True}, "L'attestato è già stato rilasciato."),
    ],
)
def test_not_eligible(change: dict[str, Any], sentence: str) -> None:
    case = replace(GOOD, **change)
    assert not is_eligible(case)
    assert str(why(case)) == sentence


def test_the_first_reason_is_the_most_decisive() -> None:
    case = replace(GOOD, counted=100, missing_personal_data=("codice fiscale",), open_sheets=1)
    assert [c.satisfied for c in conditions(case)] == [
        *(True, True, False, False),
        *(True, False, True, True),
    ]
    assert str(why(case)) == "Un foglio presenze non è ancora chiuso."


@pytest.mark.parametrize(
    ("counted", "planned", "eligible"),
    [
        (768, 960, True),
        (767, 960, False),
        (576, 720, True),
        (575, 720, False),
        (384, 480, True),
        (383, 480, False),
        (192, 240, True),
        (191, 240, False),
    ],
)
def test_the_boundary_of_the_threshold(counted: int, planned: int, eligible: bool) -> None:
    assert is_eligible(replace(GOOD, counted=counted, planned=planned)) is eligible
