# SPDX-License-Identifier: AGPL-3.0-or-later
"""When a sheet opens, takes marks and closes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.enrolment import EnrolmentState
from app.domain.errors import RuleViolation
from app.domain.register import (
    SheetState,
    check_close,
    check_mark,
    check_open,
    is_late,
    mark_deadline,
)
from app.domain.timetable import ROME, Window


def rome(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment of November 2014; the 6th is a Thursday."""
    return datetime(2014, 11, day, hour, minute, second, tzinfo=ROME)


START, END = rome(6, 9), rome(6, 13)
DEADLINE = rome(7, 23, 59, 59)

OPENING = {
    "state": SheetState.NOT_OPEN,
    "endorsed": True,
    "lesson_start": START,
    "lesson_cancelled": False,
    "now": START,
    "zone": ROME,
}


@pytest.mark.parametrize("now", [rome(6, 0), START, DEADLINE])
def test_a_sheet_opens_from_the_day_of_the_lesson_to_the_deadline(now: datetime) -> None:
    check_open(**(OPENING | {"now": now}))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"state": SheetState.OPEN}, "già stato aperto"),
        ({"state": SheetState.CLOSED}, "già stato aperto"),
        ({"state": SheetState.REOPENED}, "già stato aperto"),
        ({"lesson_cancelled": True}, "annullata"),
        ({"endorsed": False}, "non è vidimato"),
        ({"now": rome(5, 23, 59, 59)}, "il giorno della lezione: 06/11/2014"),
        ({"now": rome(8, 0)}, "scaduto il 07/11/2014 alle 23:59.*riapertura al coordinatore"),
    ],
)
def test_a_sheet_does_not_open(change: dict[str, Any], words: str) -> None:
    with pytest.raises(RuleViolation, match=words):
        check_open(**(OPENING | change))


MARKING = {
    "state": SheetState.OPEN,
    "enrolment_state": EnrolmentState.CONFIRMED,
    "now": START,
    "deadline": DEADLINE,
}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"state": SheetState.REOPENED},
        {"now": DEADLINE},
        {"enrolment_state": EnrolmentState.COMPLETED},
    ],
)
def test_a_mark_is_taken(change: dict[str, Any]) -> None:
    check_mark(**(MARKING | change))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"state": SheetState.NOT_OPEN}, "non è ancora aperto"),
        ({"state": SheetState.CLOSED}, "^Il foglio è chiuso: "),
        ({"now": rome(8, 0)}, "scaduto il 07/11/2014 alle 23:59"),
        ({"own": True}, "la propria presenza"),
        ({"enrolment_state": EnrolmentState.WITHDRAWN}, "non è tra gli iscritti"),
        ({"enrolment_state": EnrolmentState.WAITLISTED}, "non è tra gli iscritti"),
    ],
)
def test_a_mark_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(RuleViolation, match=words):
        check_mark(**(MARKING | change))


def test_late_is_after_the_last_second() -> None:
    assert not is_late(DEADLINE + timedelta(microseconds=999_999), DEADLINE)
    assert is_late(DEADLINE + timedelta(seconds=1), DEADLINE)


@pytest.mark.parametrize(
    ("reopened_until", "deadline"),
    [
        (None, DEADLINE),
        (rome(7, 15), DEADLINE),
        (rome(13, 15), rome(13, 15)),
    ],
)
def test_a_reopening_gives_a_day_and_never_takes_one(
    reopened_until: datetime | None, deadline: datetime
) -> None:
    found = mark_deadline(END, reopened_until)
    assert found == deadline
    assert found.tzinfo is UTC


CLOSING = {
    "state": SheetState.OPEN,
    "unmarked": 0,
    "topic": "Il permesso di soggiorno",
    "start_real": START,
    "end_real": END,
    "window": Window(START, END),
    "heads": 20,
    "present": 20,
    "checked_in": 0,
    "note": "",
}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"state": SheetState.REOPENED},
        {"topic": " CUP "},
        {"heads": 21, "note": "una persona in visita"},
        {"heads": 0, "present": 0},
        {"checked_in": 20},
        {"checked_in": 19, "note": "un telefono scarico"},
        {"start_real": rome(6, 8), "end_real": rome(6, 14)},
        {"start_real": rome(6, 12, 59)},
    ],
)
def test_a_sheet_closes(change: dict[str, Any]) -> None:
    check_close(**(CLOSING | change))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"state": SheetState.NOT_OPEN}, "Solo un foglio aperto"),
        ({"state": SheetState.CLOSED}, "Solo un foglio aperto"),
        ({"unmarked": 1}, "^Una persona è senza"),
        ({"unmarked": 2}, "^2 persone sono senza"),
        ({"topic": "  ab "}, "Manca l'argomento"),
        ({"end_real": START}, r"La fine effettiva \(09:00\) deve venire dopo"),
        ({"start_real": rome(6, 7, 59)}, r"\(07:59-13:00\) si allontanano"),
        ({"end_real": rome(6, 14, 1)}, "09:00-14:01"),
        ({"start_real": rome(5, 9), "end_real": rome(5, 13)}, "si allontanano"),
        ({"start_real": rome(7, 9), "end_real": rome(7, 13)}, "si allontanano"),
        ({"end_real": rome(7, 0, 30), "window": Window(START, rome(6, 23, 59))}, "si allontanano"),
        ({"heads": None}, "quante persone"),
        ({"heads": -1}, "meno di zero"),
        ({"heads": 21, "note": " ab "}, "aula: 21; segnati presenti: 20"),
        ({"checked_in": 19}, "aula: 20; segnati presenti: 20; entrati con il codice: 19"),
        ({"checked_in": 21}, "entrati con il codice: 21"),
    ],
)
def test_a_sheet_does_not_close(change: dict[str, Any], words: str) -> None:
    with pytest.raises(RuleViolation, match=words):
        check_close(**(CLOSING | change))
