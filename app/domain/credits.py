# SPDX-License-Identifier: AGPL-3.0-or-later
"""Training credits of social workers: who earns them, and the line on the certificate."""

SHARE = 80  # percent of the preset duration


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


def line(event_id: str | None, training: int | None, ethics: int | None) -> str:
    """What the certificate says of the credits. Source: CNOAS, event and kinds of credits."""
    words = "credito formativo" if training == 1 else "crediti formativi"
    of_ethics = f", di cui {ethics} di deontologia" if ethics else ""
    return f"Evento accreditato CNOAS n. {event_id}: {training} {words}{of_ethics}"
