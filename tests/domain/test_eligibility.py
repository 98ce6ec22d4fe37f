# SPDX-License-Identifier: AGPL-3.0-or-later
"""May this enrolment have a certificate, and why (not)."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from app.domain.certificates import CertificateKind
from app.domain.edition import EditionState
from app.domain.eligibility import Case, conditions, has_enough_hours, is_eligible, why
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


# Every kind, each condition at its boundary

K, E = CertificateKind, EnrolmentState
LONG = replace(GOOD, counted=768, planned=960)
NOT = E.NOT_COMPLETED


@pytest.mark.parametrize(
    ("change", "eligible"),
    [
        # Frequency: the threshold, or a derogation below it.
        ({"counted": 767, "enrolment_state": NOT}, False),
        ({"counted": 767, "enrolment_state": NOT, "derogated": True}, True),
        ({"counted": 1, "enrolment_state": NOT, "derogated": True}, True),
        ({"counted": 0, "enrolment_state": NOT, "derogated": True}, False),
        ({"counted": 768, "enrolment_state": NOT, "derogated": True}, True),
        ({"counted": 767, "enrolment_state": E.CONFIRMED, "derogated": True}, False),
        ({"counted": 767, "enrolment_state": E.WITHDRAWN, "derogated": True}, False),
        ({"planned": 0, "counted": 0, "derogated": True}, False),
        ({"counted": 961, "planned": 960}, True),
        ({"threshold": 100, "counted": 959}, False),
        ({"threshold": 100, "counted": 960}, True),
        ({"threshold": 1, "counted": 10}, True),
        ({"threshold": 1, "counted": 9}, False),
        # Participation: a minute is enough, whatever the outcome.
        ({"kind": K.PARTICIPATION, "counted": 767, "enrolment_state": NOT}, True),
        ({"kind": K.PARTICIPATION, "counted": 1, "enrolment_state": NOT}, True),
        ({"kind": K.PARTICIPATION, "counted": 0, "enrolment_state": NOT}, False),
        ({"kind": K.PARTICIPATION, "counted": 768}, True),
        ({"kind": K.PARTICIPATION, "counted": 1, "enrolment_state": E.CONFIRMED}, False),
        ({"kind": K.PARTICIPATION, "assessment_passed": False}, True),
        # With assessment: threshold and test.
        ({"kind": K.WITH_ASSESSMENT}, False),
        ({"kind": K.WITH_ASSESSMENT, "assessment_passed": False}, False),
        ({"kind": K.WITH_ASSESSMENT, "assessment_passed": True}, True),
        ({"kind": K.WITH_ASSESSMENT, "assessment_passed": True, "counted": 767,
          "enrolment_state": NOT}, False),
        ({"kind": K.WITH_ASSESSMENT, "assessment_passed": True, "counted": 767,
          "enrolment_state": NOT, "derogated": True}, True),
        ({"kind": K.WITH_ASSESSMENT, "assessment_passed": False, "counted": 767,
          "enrolment_state": NOT, "derogated": True}, False),
        ({"kind": K.FREQUENCY, "assessment_passed": False}, True),
        # The questionnaire, where it is asked.
        ({"questionnaire_asked": True}, False),
        ({"questionnaire_asked": True, "questionnaire_answered": True}, True),
        ({"questionnaire_answered": True}, True),
        # Teaching: hours of closed pages; threshold, outcome, test, questionnaire are no matter.
        ({"kind": K.TEACHING, "counted": 1, "planned": 1, "threshold": 0}, True),
        ({"kind": K.TEACHING, "counted": 0, "planned": 0, "threshold": 0}, False),
        ({"kind": K.TEACHING, "counted": 0, "derogated": True}, False),
        ({"kind": K.TEACHING, "enrolment_state": E.CONFIRMED}, True),
        ({"kind": K.TEACHING, "questionnaire_asked": True}, True),
        ({"kind": K.TEACHING, "edition_state": EditionState.RUNNING}, False),
        ({"kind": K.TEACHING, "open_sheets": 1}, False),
        ({"kind": K.TEACHING, "missing_personal_data": ("codice fiscale",)}, False),
        ({"kind": K.TEACHING, "issuing_body_configured": False}, False),
        ({"kind": K.TEACHING, "certificate_exists": True}, False),
    ],
)  # fmt: skip
def test_every_kind_at_its_boundaries(change: dict[str, Any], eligible: bool) -> None:
    case = replace(LONG, **change)
    assert is_eligible(case) is eligible
    assert all(condition.satisfied for condition in conditions(case)) is eligible


NUMBERED = [K.FREQUENCY, K.PARTICIPATION, K.WITH_ASSESSMENT, K.TEACHING]
ALWAYS = [
    {"edition_state": EditionState.RUNNING},
    {"edition_state": EditionState.CANCELLED},
    {"open_sheets": 1},
    {"missing_personal_data": ("data di nascita",)},
    {"issuing_body_configured": False},
    {"certificate_exists": True},
]


@pytest.mark.parametrize(("kind", "change"), list(product(NUMBERED, ALWAYS)), ids=str)
def test_what_every_kind_wants_and_no_derogation_replaces(
    kind: CertificateKind, change: dict[str, Any]
) -> None:
    good = replace(LONG, kind=kind, assessment_passed=True, derogated=True)
    assert is_eligible(good)
    missing = replace(good, **change)
    assert not is_eligible(missing)
    assert [c.satisfied for c in conditions(missing)].count(False) == 1
    assert why(missing) == next(c.sentence for c in conditions(missing) if not c.satisfied)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"counted": 767, "enrolment_state": NOT, "derogated": True},
         "Sotto la soglia, con deroga: presenza di 12 h 47 min su 16 h."),
        ({"kind": K.PARTICIPATION, "counted": 90}, "Presenza registrata: 1 h 30 min."),
        ({"kind": K.PARTICIPATION, "counted": 0}, "Nessuna presenza registrata."),
        ({"kind": K.WITH_ASSESSMENT}, "L'esito della prova finale non è registrato."),
        ({"kind": K.WITH_ASSESSMENT, "assessment_passed": False}, "Prova finale non superata."),
        ({"questionnaire_asked": True}, "Manca il questionario di gradimento: è anonimo."),
        ({"kind": K.TEACHING, "counted": 240}, "Ore svolte, dai fogli chiusi: 4 h."),
        ({"kind": K.TEACHING, "counted": 0},
         "Nessuna lezione svolta risulta dai fogli chiusi."),
    ],
)  # fmt: skip
def test_why_in_words_of_each_kind(change: dict[str, Any], sentence: str) -> None:
    assert str(why(replace(LONG, **change))) == sentence


@pytest.mark.parametrize(
    ("kind", "counted", "enough"),
    [
        (K.FREQUENCY, 767, False), (K.FREQUENCY, 768, True), (K.PARTICIPATION, 0, False),
        (K.PARTICIPATION, 1, True), (K.TEACHING, 0, False), (K.TEACHING, 1, True),
    ],
)  # fmt: skip
def test_hours_alone(kind: CertificateKind, counted: int, enough: bool) -> None:
    assert has_enough_hours(replace(LONG, kind=kind, counted=counted)) is enough
