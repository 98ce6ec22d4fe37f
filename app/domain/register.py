# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sheet of a lesson: when it opens, takes marks, and closes."""

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.domain.book import Hand, SheetEntry, page_hash, sheet_content
from app.domain.enrolment import EnrolmentState, expected
from app.domain.errors import RuleViolation, Sentence
from app.domain.timetable import ROME, Window, clock_text, close_deadline, day_text

__all__ = [
    "REOPEN_WINDOW",
    "Hand",
    "SheetEntry",
    "SheetState",
    "check_close",
    "check_mark",
    "check_open",
    "is_late",
    "mark_deadline",
    "page_hash",
    "sheet_content",
]

REOPEN_WINDOW = timedelta(hours=24)
REAL_TIMES_TOLERANCE = timedelta(hours=1)
SHORTEST_TEXT = 3  # characters of a topic or a note


class SheetState(StrEnum):
    NOT_OPEN = "not_open"
    OPEN = "open"
    CLOSED = "closed"
    REOPENED = "reopened"


def is_late(now: datetime, deadline: datetime) -> bool:
    """Whether the last second of the deadline is over."""
    return now.replace(microsecond=0) > deadline


def mark_deadline(
    lesson_end: datetime, reopened_until: datetime | None = None, zone: ZoneInfo = ROME
) -> datetime:
    """Until when marks are taken, in UTC: the next working day, or the end of a reopening.

    The later of the two: a reopening never shortens the time. Source: practice of
    electronic registers (24 h after an unlock, ``REOPEN_WINDOW``).
    """
    deadline = close_deadline(lesson_end, zone)
    if reopened_until is None:
        return deadline
    return max(deadline, reopened_until.astimezone(UTC))


def check_open(
    state: SheetState,
    *,
    endorsed: bool,
    lesson_start: datetime,
    lesson_cancelled: bool,
    now: datetime,
    zone: ZoneInfo = ROME,
) -> None:
    """Whether the sheet may be opened now: from 00:00 of the lesson's day to the deadline.

    Raises RuleViolation. Source: FP register practice, the register is endorsed
    before the start and compiled day by day.
    """
    if state is not SheetState.NOT_OPEN:
        raise RuleViolation(Sentence("Il foglio è già stato aperto."))
    if lesson_cancelled:
        raise RuleViolation(Sentence("La lezione è annullata: il foglio non si apre."))
    if not endorsed:
        raise RuleViolation(
            Sentence("Il registro non è vidimato: va vidimato prima di aprire il foglio.")
        )
    day = lesson_start.astimezone(zone).date()
    if now.astimezone(UTC) < datetime.combine(day, time(0), zone).astimezone(UTC):
        raise RuleViolation(
            Sentence(
                "Il foglio si apre il giorno della lezione: %(day)s.",
                {"day": day_text(lesson_start, zone)},
            )
        )
    _check_in_time(now, close_deadline(lesson_start, zone), zone)


def check_mark(
    state: SheetState,
    *,
    enrolment_state: EnrolmentState,
    now: datetime,
    deadline: datetime,
    own: bool = False,
    zone: ZoneInfo = ROME,
) -> None:
    """Whether a presence may be written now. ``own``: the writer is the person marked.

    ``deadline`` is what ``mark_deadline`` gives. Raises RuleViolation. Source: FP
    register practice (written in real time, by the trainer, for those enrolled).
    """
    if state is SheetState.NOT_OPEN:
        raise RuleViolation(Sentence("Il foglio non è ancora aperto: aprirlo prima di segnare."))
    if state is SheetState.CLOSED:
        raise RuleViolation(
            Sentence("Il foglio è chiuso: per correggerlo chiedere la riapertura al coordinatore.")
        )
    _check_in_time(now, deadline, zone)
    if own:
        raise RuleViolation(
            Sentence("Nessuno segna la propria presenza: lo fa un'altra persona incaricata.")
        )
    if not expected(enrolment_state):
        raise RuleViolation(
            Sentence("La persona non è tra gli iscritti confermati: la sua riga non si compila.")
        )


def _check_in_time(now: datetime, deadline: datetime, zone: ZoneInfo) -> None:
    if is_late(now, deadline):
        raise RuleViolation(
            Sentence(
                "Il termine per compilare il foglio è scaduto il %(day)s alle %(time)s: "
                "chiedere la riapertura al coordinatore.",
                {"day": day_text(deadline, zone), "time": clock_text(deadline, zone)},
            )
        )


def check_close(
    *,
    state: SheetState,
    unmarked: int,
    topic: str,
    start_real: datetime,
    end_real: datetime,
    window: Window,
    heads: int | None,
    present: int,
    checked_in: int,
    note: str,
    zone: ZoneInfo = ROME,
) -> None:
    """Whether the sheet may be closed with these contents.

    ``heads`` are the people counted in the room, ``present`` those marked present,
    ``checked_in`` those who said themselves that they came (0 where nobody was asked
    to); where they differ a note explains. Real times lie on the lesson's day, within an
    hour of the calendar. Raises RuleViolation. Source: FP register practice (topic,
    hours and signature at the end of the lesson, no empty boxes).
    """
    if state not in {SheetState.OPEN, SheetState.REOPENED}:
        raise RuleViolation(
            Sentence("Solo un foglio aperto si può chiudere: ricaricare la pagina.")
        )
    if unmarked == 1:
        raise RuleViolation(
            Sentence("Una persona è senza presenza né assenza: segnarla prima di chiudere.")
        )
    if unmarked > 1:
        raise RuleViolation(
            Sentence(
                "%(people)d persone sono senza presenza né assenza: segnarle prima di chiudere.",
                {"people": unmarked},
            )
        )
    if len(topic.strip()) < SHORTEST_TEXT:
        raise RuleViolation(Sentence("Manca l'argomento svolto: scriverlo prima di chiudere."))
    _check_real_times(start_real, end_real, window, zone)
    _check_heads(heads, present, checked_in, note)


def _check_real_times(start: datetime, end: datetime, window: Window, zone: ZoneInfo) -> None:
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    planned = (window.start.astimezone(UTC), window.end.astimezone(UTC))
    shown = {
        "start": clock_text(start, zone),
        "end": clock_text(end, zone),
        "planned_start": clock_text(planned[0], zone),
        "planned_end": clock_text(planned[1], zone),
    }
    if end <= start:
        raise RuleViolation(
            Sentence(
                "La fine effettiva (%(end)s) deve venire dopo l'inizio effettivo (%(start)s).",
                shown,
            )
        )
    day = planned[0].astimezone(zone).date()
    same_day = start.astimezone(zone).date() == day == end.astimezone(zone).date()
    early = start < planned[0] - REAL_TIMES_TOLERANCE
    if not same_day or early or end > planned[1] + REAL_TIMES_TOLERANCE:
        raise RuleViolation(
            Sentence(
                "Gli orari effettivi (%(start)s-%(end)s) si allontanano più di un'ora da quelli "
                "del calendario (%(planned_start)s-%(planned_end)s): correggerli, o spostare "
                "la lezione.",
                shown,
            )
        )


def _check_heads(heads: int | None, present: int, checked_in: int, note: str) -> None:
    if heads is None:
        raise RuleViolation(Sentence("Scrivere quante persone sono state contate in aula."))
    if heads < 0:
        raise RuleViolation(Sentence("Le persone contate in aula non possono essere meno di zero."))
    if len(note.strip()) >= SHORTEST_TEXT:
        return
    if checked_in and not heads == present == checked_in:
        raise RuleViolation(
            Sentence(
                "Contati in aula: %(heads)d; segnati presenti: %(present)d; entrati con il "
                "codice: %(checked_in)d. Spiegare la differenza in una nota.",
                {"heads": heads, "present": present, "checked_in": checked_in},
            )
        )
    if heads != present:
        raise RuleViolation(
            Sentence(
                "Contati in aula: %(heads)d; segnati presenti: %(present)d. "
                "Spiegare la differenza in una nota.",
                {"heads": heads, "present": present},
            )
        )
