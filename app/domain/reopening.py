# SPDX-License-Identifier: AGPL-3.0-or-later
"""When a page of the register may be written again, by whom, and why."""

from datetime import UTC, datetime, timedelta

from app.domain.errors import RuleViolation, Sentence
from app.domain.register import SheetState, is_late

ORGANISER_REOPENS_WITHIN = timedelta(days=10)
SHORTEST_REASON = 10  # characters


def check_reopenable(
    *,
    state: SheetState,
    coordinator: bool,
    edition_closed: bool,
    lesson_end: datetime,
    reported_at: datetime | None,
    now: datetime,
    deadline: datetime,
    lesson_cancelled: bool = False,
    endorsed: bool = True,
) -> None:
    """Whether a sheet may be opened again, by the coordinator or else by the organiser.

    Closed sheets reopen, and so does any sheet whose ``deadline`` is over. The
    organiser has ten days from the lesson, while the edition is not closed; the
    coordinator until the programme is reported. Raises RuleViolation. Source: FP
    register practice (a correction is countersigned and keeps the original
    readable), practice of electronic registers (unlock on request).
    """
    if lesson_cancelled:
        raise RuleViolation(Sentence("La lezione è annullata: il foglio non si apre."))
    if state is not SheetState.CLOSED and not is_late(now, deadline):
        raise RuleViolation(Sentence("Il foglio non è chiuso: si può ancora compilare."))
    if not endorsed:
        raise RuleViolation(
            Sentence("Il registro non è vidimato: va vidimato prima di aprire il foglio.")
        )
    if reported_at is not None and now.astimezone(UTC) >= reported_at.astimezone(UTC):
        raise RuleViolation(
            Sentence("Il progetto è già stato rendicontato: i fogli non si riaprono più.")
        )
    if coordinator:
        return
    if edition_closed:
        raise RuleViolation(
            Sentence("L'edizione è chiusa: solo il coordinatore può riaprire il foglio.")
        )
    if now.astimezone(UTC) > lesson_end.astimezone(UTC) + ORGANISER_REOPENS_WITHIN:
        raise RuleViolation(
            Sentence(
                "Sono passati più di %(days)d giorni dalla lezione: solo il coordinatore può "
                "riaprire il foglio.",
                {"days": ORGANISER_REOPENS_WITHIN.days},
            )
        )


def check_reason(reason: str) -> None:
    """A reason says something: ten characters at least. Raises RuleViolation.

    Source: FP register practice, a change is justified on the page.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise RuleViolation(
            Sentence(
                "Scrivere il motivo della riapertura, con almeno %(characters)d caratteri.",
                {"characters": SHORTEST_REASON},
            )
        )
