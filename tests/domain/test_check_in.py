# SPDX-License-Identifier: AGPL-3.0-or-later
"""Self check-in: the token, the times, the stay they prove."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.attendance import Interval, Presence, check_presence
from app.domain.check_in import (
    TOKEN_SECONDS,
    check_check_in,
    check_in_slot,
    stay_of,
    token,
    token_slot,
)
from app.domain.errors import RuleViolation
from app.domain.register import SheetState
from app.domain.timetable import ROME, Window
from app.domain.vocabulary import CheckInKind

ENTRY, EXIT = CheckInKind.ENTRY, CheckInKind.EXIT
KEY = bytes(range(32))


def rome(clock: str) -> datetime:
    hour, minute, *second = (int(part) for part in clock.split(":"))
    return datetime(2014, 11, 6, hour, minute, second[0] if second else 0, tzinfo=ROME)


LESSON = Window(rome("9:00"), rome("13:00"))


def check(
    kind: CheckInKind,
    clock: str,
    state: SheetState = SheetState.OPEN,
    entered: bool | None = None,
    left: bool = False,
    expected: bool = True,
) -> None:
    check_check_in(
        kind,
        now=rome(clock),
        window=LESSON,
        sheet_state=state,
        entered_already=kind is EXIT if entered is None else entered,
        left_already=left,
        expected=expected,
    )


@pytest.mark.parametrize(
    ("kind", "clock"),
    [
        (ENTRY, "8:45:00"),
        (ENTRY, "9:00:00"),
        (ENTRY, "12:59:59"),
        (EXIT, "9:00:00"),
        (EXIT, "13:00:00"),
        (EXIT, "13:15:00"),
    ],
)
def test_times_that_hold(kind: CheckInKind, clock: str) -> None:
    check(kind, clock)
    check(kind, clock, SheetState.REOPENED)


@pytest.mark.parametrize(
    ("kind", "clock", "words"),
    [
        (ENTRY, "8:44:59", r"si registra dalle 08:45"),
        (ENTRY, "13:00:00", r"finita alle 13:00"),
        (EXIT, "8:59:59", r"dall'inizio della lezione, alle 09:00"),
        (EXIT, "13:15:01", r"fino alle 13:15"),
    ],
)
def test_times_that_do_not_hold(kind: CheckInKind, clock: str, words: str) -> None:
    with pytest.raises(RuleViolation, match=words):
        check(kind, clock)


@pytest.mark.parametrize(
    ("kind", "arguments", "words"),
    [
        (ENTRY, {"expected": False}, "non è tra gli iscritti"),
        (EXIT, {"expected": False}, "non è tra gli iscritti"),
        (ENTRY, {"state": SheetState.NOT_OPEN}, "non è ancora aperto"),
        (ENTRY, {"state": SheetState.CLOSED}, "già chiuso"),
        (EXIT, {"state": SheetState.CLOSED}, "già chiuso"),
        (ENTRY, {"entered": True}, "L'entrata è già registrata"),
        (EXIT, {"entered": False}, "Manca l'entrata"),
        (EXIT, {"left": True}, "L'uscita è già registrata"),
    ],
)
def test_what_else_is_refused(kind: CheckInKind, arguments: dict[str, object], words: str) -> None:
    with pytest.raises(RuleViolation, match=words):
        check(kind, "10:00", **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("entry", "exit_", "stay"),
    [
        (None, None, None),
        (None, "13:00", None),
        ("8:45", None, ("9:00", None)),
        ("8:45", "13:10", ("9:00", "13:00")),
        ("9:00:59", "12:59:59", ("9:00", "12:59")),
        ("9:01:00", "13:00:00", ("9:01", "13:00")),
        ("8:50", "9:00:59", None),
        ("8:50", "9:01:00", ("9:00", "9:01")),
        ("10:00:01", "10:00:59", None),
        ("10:00:59", "10:01:00", ("10:00", "10:01")),
        ("12:59:59", None, ("12:59", None)),
        ("13:00", None, None),
        ("12:00", "11:00", None),
    ],
)
def test_the_stay_of_two_confirmations(
    entry: str | None, exit_: str | None, stay: tuple[str, str | None] | None
) -> None:
    found = stay_of(entry and rome(entry), exit_ and rome(exit_), LESSON)
    assert found == (stay and Interval(rome(stay[0]), stay[1] and rome(stay[1])))


SECONDS = st.integers(0, 86_399).map(lambda s: rome("0:00") + timedelta(seconds=s))


@given(SECONDS, st.none() | SECONDS)
def test_every_stay_can_be_written_in_the_register(entry: datetime, exit_: datetime | None) -> None:
    stay = stay_of(entry, exit_, LESSON)
    if stay is not None:
        check_presence(Presence.PRESENT, [stay], LESSON)


def test_a_slot_lasts_thirty_seconds() -> None:
    start = datetime(2014, 11, 6, 8, tzinfo=UTC)
    slot = check_in_slot(start)
    assert TOKEN_SECONDS == 30
    assert check_in_slot(start + timedelta(seconds=29, microseconds=999_999)) == slot
    assert check_in_slot(start + timedelta(seconds=30)) == slot + 1
    assert check_in_slot(start.astimezone(ROME)) == slot


def test_a_token_is_26_letters_and_digits_bound_to_lesson_slot_and_key() -> None:
    made = token(KEY, 5, 100)
    assert made == "nnosvyvuneheyrbjzrwj7qljci"
    assert len({made, token(KEY, 6, 100), token(KEY, 5, 101), token(KEY[::-1], 5, 100)}) == 4
    assert token(KEY, 51, 1) != token(KEY, 5, 11)


@pytest.mark.parametrize(
    ("seconds", "valid"), [(-1, False), (0, True), (29, True), (30, True), (59, True), (60, False)]
)
def test_a_token_is_good_for_its_slot_and_the_next(seconds: int, valid: bool) -> None:
    start = datetime(2014, 11, 6, 8, tzinfo=UTC)
    slot = check_in_slot(start)
    found = token_slot(KEY, 5, token(KEY, 5, slot), start + timedelta(seconds=seconds))
    assert found == (slot if valid else None)


NOW = datetime(2014, 11, 6, 8, tzinfo=UTC)
GOOD = token(KEY, 5, check_in_slot(NOW))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "à\udc80\x00",
        GOOD.upper(),
        GOOD + "=",
        GOOD + " ",
        GOOD[:-1],
        token(KEY, 6, check_in_slot(NOW)),
        token(b"another key", 5, check_in_slot(NOW)),
        "a" * 100_000,
    ],
)
def test_any_other_text_is_no_token(text: str) -> None:
    assert token_slot(KEY, 5, GOOD, NOW) is not None
    assert token_slot(KEY, 5, text, NOW) is None
