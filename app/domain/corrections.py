# SPDX-License-Identifier: AGPL-3.0-or-later
"""Changing what a closed page says: asked by one, decided by another, both kept for ever."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from app.domain.attendance import Interval, Presence, check_presence
from app.domain.errors import RuleViolation, Sentence
from app.domain.register import SheetState
from app.domain.timetable import Window
from app.domain.vocabulary import CorrectionState

SHORTEST_REASON = 10  # characters
SHORTEST_TOPIC = 3  # characters
MOST_HEADS = 10_000


class Part(StrEnum):
    """What of a request a rule refuses: the page it is about, the new value, the reason."""

    PAGE = "page"
    VALUE = "value"
    REASON = "reason"


class RequestRefused(RuleViolation):
    """A rule forbids this request; ``part`` says what of it."""

    def __init__(self, part: Part, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.part = part


def check_ask(
    *, state: SheetState, reported: bool, pending: bool, old: str, new: str, reason: str
) -> None:
    """Whether a correction may be asked for.

    ``pending``: another one about the same thing waits for its decision. ``old`` and
    ``new`` are the values as they are kept. Raises RequestRefused. Source: FP register
    practice (an error is struck through, legible, with reason and countersignature).
    """
    check_page(state=state, reported=reported)
    if pending:
        raise RequestRefused(
            Part.PAGE,
            Sentence("C'è già una rettifica da decidere su questo: aspettare la decisione."),
        )
    if new == old:
        raise RequestRefused(
            Part.VALUE,
            Sentence("Il nuovo valore è uguale a quello attuale: scrivere quello giusto."),
        )
    if len(reason.strip()) < SHORTEST_REASON:
        raise RequestRefused(
            Part.REASON,
            Sentence(
                "Scrivere il motivo della rettifica, con almeno %(characters)d caratteri.",
                {"characters": SHORTEST_REASON},
            ),
        )


def check_page(*, state: SheetState, reported: bool) -> None:
    """Whether the page takes requests at all: closed, its programme not yet reported."""
    if state is not SheetState.CLOSED:
        raise RequestRefused(
            Part.PAGE,
            Sentence(
                "Il foglio non è chiuso: le presenze si cambiano sul foglio, senza rettifica."
            ),
        )
    if reported:
        raise RequestRefused(
            Part.PAGE,
            Sentence("Il progetto è già stato rendicontato: non si chiedono più rettifiche."),
        )


def check_mark(status: Presence, stays: Sequence[Interval], window: Window) -> None:
    """Whether status and stays agree with each other and with the lesson's ``window``."""
    try:
        check_presence(status, stays, window)
    except RuleViolation as violation:
        raise RequestRefused(Part.VALUE, violation.sentence) from None


def check_topic(topic: str) -> None:
    """Whether the text says what was taught."""
    if len(topic.strip()) < SHORTEST_TOPIC:
        raise RequestRefused(Part.VALUE, Sentence("Scrivere l'argomento svolto."))


def check_heads(heads: int | None) -> None:
    """Whether so many people can have been counted in the room."""
    if heads is None or not 0 <= heads <= MOST_HEADS:
        raise RequestRefused(
            Part.VALUE, Sentence("Scrivere quante persone c'erano in aula, da 0 a 10 000.")
        )


def check_decide(
    *,
    state: CorrectionState,
    page: SheetState,
    approves: bool,
    note: str,
    asker: bool,
    staff: bool,
    concerned: bool,
    coordinator: bool,
    reported: bool,
) -> None:
    """Whether this person may decide this request now.

    ``asker``, ``staff``, ``concerned``: who decides is who asked, teaches or assists at
    the lesson, is the person marked. Rejecting wants a ``note``; approving a page that
    is closed. Raises RuleViolation. Source: four-eyes rule of the programme (nobody
    decides on her own attendance, nor the trainer on the lesson she gave).
    """
    if state is not CorrectionState.ASKED:
        raise RuleViolation(Sentence("La rettifica è già stata decisa: ricaricare la pagina."))
    check_four_eyes(asker=asker, staff=staff, concerned=concerned)
    if reported and not coordinator:
        raise RuleViolation(
            Sentence("Il progetto è già stato rendicontato: decide solo il coordinatore.")
        )
    if approves and page is not SheetState.CLOSED:
        raise RuleViolation(
            Sentence("Il foglio è stato riaperto: si decide dopo la sua nuova chiusura.")
        )
    if not approves and len(note.strip()) < SHORTEST_REASON:
        raise RuleViolation(
            Sentence(
                "Per respingere scrivere il motivo, con almeno %(characters)d caratteri.",
                {"characters": SHORTEST_REASON},
            )
        )


def check_four_eyes(*, asker: bool, staff: bool, concerned: bool) -> None:
    """Whether who decides is another than who asked, who taught and who is marked."""
    if asker:
        raise RuleViolation(
            Sentence("Chi ha chiesto la rettifica non la decide: tocca a un altro.")
        )
    if staff:
        raise RuleViolation(
            Sentence("Chi è docente o tutor della lezione non decide le sue rettifiche.")
        )
    if concerned:
        raise RuleViolation(Sentence("Nessuno decide sulla propria presenza."))


def read_mark(text: str, start: datetime) -> tuple[Presence, list[Interval]]:
    """A mark as it is kept (``present 07:00Z-11:00Z``), for a lesson that begins at ``start``.

    Times and moments are in UTC; a lesson is shorter than a day, so each time is meant once.
    """
    status, *times = text.split(" ")
    pairs = (stay.split("-") for stay in times)
    stays = [
        Interval(_after(start, entered), _after(start, left) if left else None)
        for entered, left in pairs
    ]
    return Presence(status), stays


def _after(start: datetime, text: str) -> datetime:
    """The first moment, from the minute of ``start`` on, when the clock shows the time in UTC."""
    first = start.astimezone(UTC).replace(second=0, microsecond=0)
    found = datetime.combine(first.date(), time.fromisoformat(text.removesuffix("Z")), UTC)
    return found if found >= first else found + timedelta(days=1)
