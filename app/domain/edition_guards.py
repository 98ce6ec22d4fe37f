# SPDX-License-Identifier: AGPL-3.0-or-later
"""What each passage of an edition wants, and what may still be changed in it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.domain.attendance import hours_text
from app.domain.edition import TRANSITIONS, EditionState, check_transition, has_ended
from app.domain.errors import RuleViolation, Sentence

SHORTEST_REASON = 10  # characters

_S = EditionState


class Need(StrEnum):
    """What a passage asks for; the page links each to where it is mended."""

    LESSONS = "lessons"
    ORGANISER = "organiser"
    VENUE = "venue"
    THRESHOLD = "threshold"
    MINUTES = "minutes"
    SEATS = "seats"
    ENDORSED = "endorsed"
    BEGUN = "begun"
    SHEETS = "sheets"
    PENDING = "pending"


@dataclass(frozen=True)
class Facts:
    """What the guards look at: counts, and lengths in minutes.

    ``pending``: corrections to decide and certificates under review.
    """

    state: EditionState
    wants_threshold: bool
    threshold: int
    has_organiser: bool
    lessons: int
    lesson_minutes: int
    planned_minutes: int
    seats_min: int
    seats_max: int
    capacity: int
    venue_active: bool
    confirmed: int = 0
    endorsed: bool = False
    begun: bool = False
    open_sheets: int = 0
    pending: int = 0


@dataclass(frozen=True)
class Guard:
    """One thing a passage wants, how it stands, and whether a written reason stands in for it."""

    need: Need
    satisfied: bool
    sentence: Sentence
    or_reason: bool = False


def guards(target: EditionState, facts: Facts) -> tuple[Guard, ...]:
    """Everything that the passage to ``target`` wants. Source: life cycle of the edition."""
    return _GUARDS[target](facts) if target in _GUARDS else ()


def next_states(current: EditionState) -> list[EditionState]:
    """The state that normally follows, and the others a person may choose."""
    order = [_S.OPEN, _S.CONFIRMED, _S.RUNNING, _S.CLOSED, _S.ARCHIVED, _S.CANCELLED]
    allowed = TRANSITIONS[current]
    return [s for s in order if s in allowed and (current, s) != (_S.CLOSED, _S.RUNNING)]


def check_step(target: EditionState, facts: Facts, reason: str = "") -> None:
    """Whether an edition may pass to ``target`` now. Raises RuleViolation with what is missing.

    ``reason`` stands in for the guards that admit one; at least ten characters.
    """
    check_transition(facts.state, target)
    for guard in guards(target, facts):
        if guard.satisfied:
            continue
        if not guard.or_reason:
            raise RuleViolation(guard.sentence)
        if len(reason.strip()) < SHORTEST_REASON:
            raise RuleViolation(
                Sentence(
                    "%(missing)s Altrimenti scrivere il motivo, con almeno %(least)d caratteri.",
                    {"missing": guard.sentence, "least": SHORTEST_REASON},
                )
            )


def check_cancelling(state: EditionState, reason: str) -> None:
    """An edition not yet begun is cancelled, with a reason. Raises RuleViolation."""
    check_transition(state, _S.CANCELLED)
    if len(reason.strip()) < SHORTEST_REASON:
        raise RuleViolation(
            Sentence(
                "Scrivere il motivo, con almeno %(least)d caratteri.", {"least": SHORTEST_REASON}
            )
        )


def check_deletable(state: EditionState, enrolments: int) -> None:
    """Only a draft nobody ever asked to join is deleted. Raises RuleViolation."""
    if state is not _S.DRAFT:
        raise RuleViolation(
            Sentence("Si elimina solo un'edizione in preparazione: questa si può annullare.")
        )
    if enrolments:
        raise RuleViolation(
            Sentence("L'edizione ha delle iscrizioni: si può annullare, non eliminare.")
        )


def check_editable(state: EditionState) -> None:
    """What has ended, or was cancelled, stays as it is. Raises RuleViolation."""
    if has_ended(state) or state is _S.CANCELLED:
        raise RuleViolation(
            Sentence("L'edizione è conclusa o annullata: i suoi dati non si modificano più.")
        )


def is_frozen(state: EditionState) -> bool:
    """Whether threshold, planned minutes, code, kind and body are fixed: from the opening on."""
    return state is not _S.DRAFT


def check_seats(*, least: int, most: int, capacity: int, taken: int = 0, allotted: int = 0) -> None:
    """Seats: at least one, no more than the venue holds, nor fewer than are taken or promised.

    ``taken``: people confirmed, or approved by their body; ``allotted``: kept for bodies.

    Raises RuleViolation.
    """
    if least > most:
        raise RuleViolation(Sentence("I posti minimi non possono superare i posti massimi."))
    if most > capacity:
        raise RuleViolation(
            Sentence("La sede ha %(capacity)d posti: non bastano.", {"capacity": capacity})
        )
    if most < taken:
        raise RuleViolation(
            Sentence("Le persone che hanno già il posto sono %(taken)d.", {"taken": taken})
        )
    if most < allotted:
        raise RuleViolation(
            Sentence("I posti assegnati agli enti sono già %(allotted)d.", {"allotted": allotted})
        )


def _opening(facts: Facts) -> tuple[Guard, ...]:
    return (_lessons(facts), _organiser(facts), _venue(facts), _threshold(facts), _minutes(facts))


def _lessons(facts: Facts) -> Guard:
    if not facts.lessons:
        return Guard(
            Need.LESSONS, False, Sentence("Manca il calendario: serve almeno una lezione.")
        )
    return Guard(Need.LESSONS, True, Sentence("Il calendario ha almeno una lezione."))


def _organiser(facts: Facts) -> Guard:
    if not facts.has_organiser:
        return Guard(Need.ORGANISER, False, Sentence("Manca il referente dell'edizione."))
    return Guard(Need.ORGANISER, True, Sentence("C'è un referente."))


def _venue(facts: Facts) -> Guard:
    if not facts.venue_active:
        return Guard(Need.VENUE, False, Sentence("La sede non è più in uso: sceglierne un'altra."))
    if facts.seats_max > facts.capacity:
        return Guard(
            Need.VENUE,
            False,
            Sentence(
                "I posti sono %(seats)d, la sede ne ha %(capacity)d.",
                {"seats": facts.seats_max, "capacity": facts.capacity},
            ),
        )
    return Guard(Need.VENUE, True, Sentence("La sede è in uso e i posti bastano."))


def _threshold(facts: Facts) -> Guard:
    if facts.wants_threshold and not facts.threshold:
        return Guard(Need.THRESHOLD, False, Sentence("Manca la soglia di frequenza."))
    return Guard(Need.THRESHOLD, True, Sentence("La soglia di frequenza è fissata."))


def _minutes(facts: Facts) -> Guard:
    values = {
        "lessons": hours_text(facts.lesson_minutes),
        "planned": hours_text(facts.planned_minutes),
    }
    if facts.lesson_minutes == facts.planned_minutes:
        return Guard(
            Need.MINUTES,
            True,
            Sentence("Le lezioni durano in tutto %(planned)s, come previsto.", values),
        )
    return Guard(
        Need.MINUTES,
        False,
        Sentence("Le lezioni durano in tutto %(lessons)s, ne sono previste %(planned)s.", values),
        or_reason=True,
    )


def _confirming(facts: Facts) -> tuple[Guard, ...]:
    values = {"confirmed": facts.confirmed, "least": facts.seats_min}
    if facts.confirmed >= facts.seats_min:
        words = Sentence("Gli iscritti sono %(confirmed)d, il minimo è %(least)d.", values)
        return (Guard(Need.SEATS, True, words),)
    words = Sentence("Gli iscritti sono %(confirmed)d, ne servono almeno %(least)d.", values)
    return (Guard(Need.SEATS, False, words, or_reason=True),)


def _running(facts: Facts) -> tuple[Guard, ...]:
    endorsed = Sentence("Il registro è vidimato.")
    not_endorsed = Sentence("Il registro non è vidimato.")
    begun = Sentence("Il foglio della prima lezione è stato aperto.")
    not_begun = Sentence(
        "La prima lezione non è cominciata: l'edizione passa in corso quando se ne apre il foglio."
    )
    return (
        Guard(Need.ENDORSED, facts.endorsed, endorsed if facts.endorsed else not_endorsed),
        Guard(Need.BEGUN, facts.begun, begun if facts.begun else not_begun),
    )


def _closing(facts: Facts) -> tuple[Guard, ...]:
    if not facts.open_sheets:
        return (Guard(Need.SHEETS, True, Sentence("Tutti i fogli presenze sono chiusi.")),)
    words = Sentence(
        "Fogli presenze ancora da chiudere: %(sheets)d.", {"sheets": facts.open_sheets}
    )
    return (Guard(Need.SHEETS, False, words),)


def _archiving(facts: Facts) -> tuple[Guard, ...]:
    if not facts.pending:
        words = Sentence("Nessuna rettifica da decidere e nessun attestato in verifica.")
        return (Guard(Need.PENDING, True, words),)
    words = Sentence(
        "Rettifiche da decidere e attestati in verifica: %(pending)d.", {"pending": facts.pending}
    )
    return (Guard(Need.PENDING, False, words),)


_GUARDS: dict[EditionState, Callable[[Facts], tuple[Guard, ...]]] = {
    _S.OPEN: _opening,
    _S.CONFIRMED: _confirming,
    _S.RUNNING: _running,
    _S.CLOSED: _closing,
    _S.ARCHIVED: _archiving,
}
