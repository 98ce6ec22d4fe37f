# SPDX-License-Identifier: AGPL-3.0-or-later
"""Training credits of social workers: who earns them, and the line on the certificate."""

from app.domain.attendance import share
from app.domain.errors import RuleViolation, Sentence

SHARE = 80  # percent of the preset duration
MOST = 60  # credits: what a whole period of three years asks


def accredited(event_id: str | None, training: int | None) -> bool:
    """Whether the event's accreditation is complete: asked before it began, and answered."""
    return bool(event_id and training)


def earns(
    *,
    social_worker: bool,
    event_id: str | None,
    training: int | None,
    counted: int,
    planned: int,
) -> bool:
    """Whether the person earns the credits; ``counted`` and ``planned`` are whole minutes.

    Source: Ordine degli assistenti sociali, at least 80 % of the preset duration of an
    event accredited before it took place (CNOAS, no accreditation afterwards since 2023).
    """
    reached = planned > 0 and counted * 100 >= SHARE * planned
    return social_worker and accredited(event_id, training) and reached


def why_not(
    *, event_id: str | None, training: int | None, ended: bool, counted: int, planned: int
) -> Sentence | None:
    """Why a social worker has no credits to be counted yet; None when she has.

    ``counted`` and ``planned`` are whole minutes. Source: as for ``earns``; while the
    edition runs, minutes and duration may still change.
    """
    if not accredited(event_id, training):
        return Sentence("Mancano gli estremi dell'accreditamento.")
    if not ended:
        return Sentence("L'edizione non è ancora chiusa.")
    if earns(
        social_worker=True, event_id=event_id, training=training, counted=counted, planned=planned
    ):
        return None
    return Sentence(
        "Ha frequentato il %(share)d %%: per i crediti serve almeno l'%(least)d %%.",
        {"share": share(counted, planned), "least": SHARE},
    )


def check_accreditation(
    *, asked: bool, event_id: str | None, training: int | None, ethics: int | None
) -> None:
    """What is known of an accreditation must fit together. Raises RuleViolation.

    Source: CNOAS, an event has an identifier and a number of training credits, part of
    which may be of ethics (deontologici).
    """
    if not asked and (event_id or training or ethics):
        raise RuleViolation(
            Sentence("Gli estremi ci sono solo se l'accreditamento è stato chiesto.")
        )
    if bool(event_id) != bool(training):
        raise RuleViolation(
            Sentence("Il codice dell'evento e i crediti formativi vanno indicati insieme.")
        )
    if (ethics or 0) > (training or 0):
        raise RuleViolation(
            Sentence("I crediti deontologici sono una parte di quelli formativi, non di più.")
        )


def check_change(*, on_certificates: bool) -> None:
    """Valid certificates state the credits: changing them here would make those wrong."""
    if on_certificates:
        raise RuleViolation(
            Sentence("I crediti stanno già su attestati validi: prima vanno revocati o sostituiti.")
        )


def line(event_id: str | None, training: int | None, ethics: int | None) -> str:
    """What the certificate says of the credits. Source: CNOAS, event and kinds of credits."""
    words = "credito formativo" if training == 1 else "crediti formativi"
    kind = "deontologico" if ethics == 1 else "deontologici"
    of_ethics = f", di cui {ethics} {kind}" if ethics else ""
    return f"Evento accreditato CNOAS n. {event_id}: {training} {words}{of_ethics}"
