# SPDX-License-Identifier: AGPL-3.0-or-later
"""The life of an enrolment, from the request to the outcome."""

from datetime import date
from enum import StrEnum

from app.domain.attendance import meets
from app.domain.edition import EditionState
from app.domain.errors import RuleViolation, Sentence


class EnrolmentState(StrEnum):
    REQUESTED = "requested"
    BODY_APPROVED = "body_approved"
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"


class WithdrawalReason(StrEnum):
    """Why somebody leaves. None of them says anything of her health."""

    SERVICE = "service"
    PERSONAL = "personal"
    OTHER_BODY = "other_body"
    OTHER_EDITION = "other_edition"
    MISTAKE = "mistake"
    OTHER = "other"


class MoveReason(StrEnum):
    """Why an enrolment passed to another state, or to another place of the waiting list."""

    ASKED = "asked"
    NOMINATED = "nominated"
    APPROVED = "approved"
    ENROLLED = "enrolled"
    CONFIRMED = "confirmed"
    FULL = "full"
    WAITLISTED = "waitlisted"
    EARLIER_REQUEST = "earlier_request"
    AHEAD_LEFT = "ahead_left"
    SEAT_FREED = "seat_freed"
    SEATS_CHANGED = "seats_changed"
    GIVEN_BACK = "given_back"
    REORDERED = "reordered"
    OVERTAKEN = "overtaken"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Decision(StrEnum):
    """What an organiser, or the home body for its own, may decide of several at once."""

    CONFIRM = "confirm"
    WAITLIST = "waitlist"
    REJECT = "reject"
    APPROVE = "approve"


_S = EnrolmentState

TRANSITIONS: dict[EnrolmentState, frozenset[EnrolmentState]] = {
    _S.REQUESTED: frozenset(
        {_S.BODY_APPROVED, _S.CONFIRMED, _S.WAITLISTED, _S.REJECTED, _S.WITHDRAWN}
    ),
    _S.BODY_APPROVED: frozenset({_S.CONFIRMED, _S.WAITLISTED, _S.REJECTED, _S.WITHDRAWN}),
    _S.WAITLISTED: frozenset({_S.CONFIRMED, _S.REJECTED, _S.WITHDRAWN}),
    _S.CONFIRMED: frozenset({_S.WITHDRAWN, _S.COMPLETED, _S.NOT_COMPLETED}),
    # Back to confirmed when a sheet is reopened: the outcome is computed again.
    _S.COMPLETED: frozenset({_S.CONFIRMED}),
    _S.NOT_COMPLETED: frozenset({_S.CONFIRMED}),
    _S.REJECTED: frozenset(),
    _S.WITHDRAWN: frozenset(),
}


def expected(state: EnrolmentState) -> bool:
    """Whether the person is expected in the room and must have a mark on every sheet.

    Source: FP register practice, no row of the day stays empty.
    """
    return state in {_S.CONFIRMED, _S.COMPLETED, _S.NOT_COMPLETED}


def takes_seat(state: EnrolmentState) -> bool:
    """Whether a seat is hers: those expected, and those whom their body has approved.

    Whoever has the word of her body keeps the seat until the organiser decides.
    """
    return expected(state) or state is _S.BODY_APPROVED


def pending(state: EnrolmentState) -> bool:
    """Whether somebody has still to decide of it."""
    return state in {_S.REQUESTED, _S.BODY_APPROVED, _S.WAITLISTED}


def open_to_enrolment(state: EditionState) -> bool:
    """Whether an edition in this state is offered to officials and their bodies."""
    return state in {EditionState.OPEN, EditionState.CONFIRMED}


def check_window(state: EditionState, opens: date | None, closes: date | None, day: date) -> None:
    """Whether officials and bodies may ask for a seat on this day. Raises RuleViolation.

    Both days are included; one not set is no limit.
    """
    if not open_to_enrolment(state):
        raise RuleViolation(Sentence("Le iscrizioni a questa edizione non sono aperte."))
    if opens is not None and day < opens:
        raise RuleViolation(Sentence("Le iscrizioni a questa edizione non sono ancora aperte."))
    if closes is not None and day > closes:
        raise RuleViolation(
            Sentence("Le iscrizioni a questa edizione sono chiuse: rivolgersi all'organizzatore.")
        )


def check_running(state: EditionState) -> None:
    """Whether an organiser may still enrol and decide. Raises RuleViolation."""
    if not open_to_enrolment(state) and state is not EditionState.RUNNING:
        raise RuleViolation(
            Sentence("In questa edizione non si iscrive: non è aperta né in corso.")
        )


def promotes(*, started: bool, asked: bool) -> bool:
    """Whether a seat that becomes free goes to the waiting list.

    After the beginning of the first lesson only if the organiser says so: whoever comes
    in then has already missed hours.
    """
    return asked or not started


def next_step(state: EnrolmentState, position: int | None, body_approval: bool) -> Sentence:
    """Where the enrolment stands and what happens next, in one sentence to the person."""
    if state is _S.REQUESTED and body_approval:
        return Sentence("Richiesta inviata: ora la approva il referente del tuo ente.")
    if state is _S.WAITLISTED:
        return Sentence(
            "Sei in lista d'attesa al posto %(position)d: se si libera un posto per te, "
            "l'iscrizione è confermata.",
            {"position": position or 0},
        )
    return {
        _S.REQUESTED: Sentence("Richiesta inviata: ora la conferma l'organizzatore."),
        _S.BODY_APPROVED: Sentence("Il tuo ente è d'accordo: ora conferma l'organizzatore."),
        _S.CONFIRMED: Sentence("Iscrizione confermata: hai il posto."),
        _S.REJECTED: Sentence("Richiesta respinta: il motivo è nella storia dell'iscrizione."),
        _S.WITHDRAWN: Sentence("Iscrizione ritirata: non c'è altro da fare."),
        _S.COMPLETED: Sentence("Corso concluso: le ore raggiungono la soglia."),
        _S.NOT_COMPLETED: Sentence("Corso concluso: le ore non raggiungono la soglia."),
    }[state]


def check_transition(current: EnrolmentState, target: EnrolmentState) -> None:
    """Whether an enrolment may pass from one state to the other. Raises RuleViolation."""
    if target not in TRANSITIONS[current]:
        raise RuleViolation(
            Sentence(
                "L'iscrizione ha cambiato stato e questo passaggio non è più possibile: "
                "ricaricare la pagina."
            )
        )


def outcome(counted: int, planned: int, threshold: int) -> EnrolmentState:
    """Completed when the counted minutes reach the threshold (percent) of the planned ones.

    Whoever was never present has not completed, whatever the threshold.
    """
    if counted > 0 and meets(counted, planned, threshold):
        return _S.COMPLETED
    return _S.NOT_COMPLETED
