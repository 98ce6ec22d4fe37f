# SPDX-License-Identifier: AGPL-3.0-or-later
"""May this enrolment have a certificate, and the sentence that says why (not)."""

from dataclasses import dataclass

from app.domain.attendance import hours_text, needed, share
from app.domain.certificates import CertificateKind
from app.domain.edition import EditionState, has_ended
from app.domain.enrolment import EnrolmentState, expected, outcome
from app.domain.errors import Sentence

__all__ = [
    "Case",
    "Condition",
    "EditionState",
    "conditions",
    "has_enough_hours",
    "is_eligible",
    "why",
]


@dataclass(frozen=True)
class Case:
    """One enrolment as the rule sees it.

    Minutes: ``counted`` by the person, ``planned`` of the lessons held; ``threshold``
    in percent; ``open_sheets`` of held lessons; ``missing_personal_data`` by their
    Italian names; ``certificate_exists``: one that was neither revoked nor replaced.
    ``assessment_passed`` is None until the result of the test is recorded.
    """

    edition_state: EditionState
    enrolment_state: EnrolmentState
    counted: int
    planned: int
    threshold: int
    open_sheets: int
    missing_personal_data: tuple[str, ...]
    issuing_body_configured: bool
    certificate_exists: bool
    kind: CertificateKind = CertificateKind.FREQUENCY
    questionnaire_asked: bool = False
    questionnaire_answered: bool = False
    assessment_passed: bool | None = None
    derogated: bool = False


@dataclass(frozen=True)
class Condition:
    """One thing the certificate wants, and the sentence that says how it stands."""

    satisfied: bool
    sentence: Sentence


def conditions(case: Case) -> tuple[Condition, ...]:
    """Everything a certificate wants, the most decisive first.

    Source: FP practice (certificates after the closing of the register, threshold
    of attendance on the hours held) and what the certificate must state about its
    holder and issuer.
    """
    if case.kind is CertificateKind.TEACHING:
        return (
            _edition_ended(case),
            _sheets_closed(case),
            _taught(case),
            _personal_data(case),
            _issuing_body(case),
            _not_issued_yet(case),
        )
    return (
        _enrolled(case),
        _edition_ended(case),
        _sheets_closed(case),
        _hours(case),
        _outcome_computed(case),
        *_assessment(case),
        *_questionnaire(case),
        _personal_data(case),
        _issuing_body(case),
        _not_issued_yet(case),
    )


def is_eligible(case: Case) -> bool:
    """Whether every condition is satisfied."""
    return all(condition.satisfied for condition in conditions(case))


def has_enough_hours(case: Case) -> bool:
    """Whether the hours alone are enough, whatever else a certificate wants."""
    return (_taught if case.kind is CertificateKind.TEACHING else _hours)(case).satisfied


def why(case: Case) -> Sentence:
    """One sentence: the first condition not satisfied, or how the threshold was reached."""
    for condition in conditions(case):
        if not condition.satisfied:
            return condition.sentence
    return (_taught if case.kind is CertificateKind.TEACHING else _hours)(case).sentence


def _enrolled(case: Case) -> Condition:
    if expected(case.enrolment_state):
        return Condition(True, Sentence("Iscrizione confermata."))
    if case.enrolment_state is EnrolmentState.WITHDRAWN:
        return Condition(False, Sentence("Iscrizione ritirata: l'attestato non è previsto."))
    return Condition(False, Sentence("Iscrizione non confermata: l'attestato non è previsto."))


def _edition_ended(case: Case) -> Condition:
    if has_ended(case.edition_state):
        return Condition(True, Sentence("L'edizione è chiusa."))
    if case.edition_state is EditionState.CANCELLED:
        return Condition(False, Sentence("L'edizione è annullata: l'attestato non è previsto."))
    return Condition(
        False,
        Sentence("L'edizione non è ancora chiusa: l'attestato si rilascia dopo la chiusura."),
    )


def _sheets_closed(case: Case) -> Condition:
    if case.open_sheets == 0:
        return Condition(True, Sentence("Tutti i fogli presenze sono chiusi."))
    if case.open_sheets == 1:
        return Condition(False, Sentence("Un foglio presenze non è ancora chiuso."))
    return Condition(
        False,
        Sentence("%(sheets)d fogli presenze non sono ancora chiusi.", {"sheets": case.open_sheets}),
    )


def _hours(case: Case) -> Condition:
    """Enough hours: some for a participation, the threshold or a derogation for the rest."""
    if case.kind is CertificateKind.PARTICIPATION:
        return _presence(case)
    reached = _threshold(case)
    if case.derogated and not reached.satisfied and case.counted > 0:
        return Condition(
            True,
            Sentence(
                "Sotto la soglia, con deroga: presenza di %(counted)s su %(planned)s.",
                {"counted": hours_text(case.counted), "planned": hours_text(case.planned)},
            ),
        )
    return reached


def _taught(case: Case) -> Condition:
    """Hours of lessons whose page is closed, as the register says they were delivered."""
    if case.counted > 0:
        return Condition(
            True,
            Sentence(
                "Ore svolte, dai fogli chiusi: %(counted)s.", {"counted": hours_text(case.counted)}
            ),
        )
    return Condition(False, Sentence("Nessuna lezione svolta risulta dai fogli chiusi."))


def _presence(case: Case) -> Condition:
    if case.counted > 0:
        return Condition(
            True,
            Sentence("Presenza registrata: %(counted)s.", {"counted": hours_text(case.counted)}),
        )
    return Condition(False, Sentence("Nessuna presenza registrata."))


def _threshold(case: Case) -> Condition:
    if case.planned <= 0:
        return Condition(False, Sentence("Nessuna lezione svolta: la soglia non si può calcolare."))
    if outcome(case.counted, case.planned, case.threshold) is EnrolmentState.COMPLETED:
        return Condition(True, _threshold_reached(case))
    return Condition(False, _threshold_missed(case))


def _threshold_reached(case: Case) -> Sentence:
    values = {
        "counted": hours_text(case.counted),
        "planned": hours_text(case.planned),
        "share": share(case.counted, case.planned),
        "threshold": case.threshold,
    }
    if case.threshold in {1, 8, 11} or 80 <= case.threshold <= 89:
        return Sentence(
            "Soglia raggiunta: %(counted)s su %(planned)s (%(share)d %%), "
            "richiesto l'%(threshold)d %%.",
            values,
        )
    return Sentence(
        "Soglia raggiunta: %(counted)s su %(planned)s (%(share)d %%), "
        "richiesto il %(threshold)d %%.",
        values,
    )


def _threshold_missed(case: Case) -> Sentence:
    wanted = needed(case.planned, case.threshold)
    missing = wanted - case.counted
    values = {
        "missing": hours_text(missing),
        "counted": hours_text(case.counted),
        "needed": hours_text(wanted),
        "planned": hours_text(case.planned),
        "threshold": case.threshold,
    }
    if case.counted == 0:
        return Sentence(
            "Nessuna presenza registrata: la soglia è di %(needed)s "
            "(%(threshold)d %% di %(planned)s).",
            values,
        )
    if missing in {1, 60}:
        return Sentence(
            "Manca %(missing)s alla soglia: presenza di %(counted)s, ne servono %(needed)s "
            "(%(threshold)d %% di %(planned)s).",
            values,
        )
    if case.counted < 120 or wanted < 120:
        return Sentence(
            "Mancano %(missing)s alla soglia: presenza di %(counted)s, ne servono %(needed)s "
            "(%(threshold)d %% di %(planned)s).",
            values,
        )
    return Sentence(
        "Mancano %(missing)s alla soglia: frequentate %(counted)s delle %(needed)s richieste "
        "(%(threshold)d %% di %(planned)s).",
        values,
    )


def _outcome_computed(case: Case) -> Condition:
    if case.enrolment_state is EnrolmentState.COMPLETED:
        return Condition(True, Sentence("L'iscrizione risulta completata."))
    below = case.derogated or case.kind is CertificateKind.PARTICIPATION
    if below and case.enrolment_state is EnrolmentState.NOT_COMPLETED:
        return Condition(True, Sentence("L'esito dell'iscrizione è stato calcolato."))
    return Condition(
        False,
        Sentence("L'iscrizione non risulta completata: l'esito va calcolato di nuovo."),
    )


def _assessment(case: Case) -> tuple[Condition, ...]:
    if case.kind is not CertificateKind.WITH_ASSESSMENT:
        return ()
    if case.assessment_passed:
        return (Condition(True, Sentence("Prova finale superata.")),)
    if case.assessment_passed is None:
        return (Condition(False, Sentence("L'esito della prova finale non è registrato.")),)
    return (Condition(False, Sentence("Prova finale non superata.")),)


def _questionnaire(case: Case) -> tuple[Condition, ...]:
    """Practice of the funded programmes: the questionnaire comes before the certificate."""
    if not case.questionnaire_asked:
        return ()
    if case.questionnaire_answered:
        return (Condition(True, Sentence("Questionario compilato.")),)
    return (Condition(False, Sentence("Manca il questionario di gradimento: è anonimo.")),)


def _personal_data(case: Case) -> Condition:
    if not case.missing_personal_data:
        return Condition(True, Sentence("I dati personali per l'attestato sono completi."))
    return Condition(
        False,
        Sentence(
            "Dati personali mancanti per l'attestato: %(data)s.",
            {"data": ", ".join(case.missing_personal_data)},
        ),
    )


def _issuing_body(case: Case) -> Condition:
    if case.issuing_body_configured:
        return Condition(True, Sentence("L'ente che rilascia l'attestato è indicato."))
    return Condition(
        False,
        Sentence("Manca l'ente che rilascia l'attestato: indicarlo nelle impostazioni."),
    )


def _not_issued_yet(case: Case) -> Condition:
    if case.certificate_exists:
        return Condition(False, Sentence("L'attestato è già stato rilasciato."))
    return Condition(True, Sentence("L'attestato non è ancora stato rilasciato."))
