# SPDX-License-Identifier: AGPL-3.0-or-later
"""Checking in by oneself: the token on the wall, when it works, what it proves."""

import base64
import hmac
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.attendance import Interval
from app.domain.errors import RuleViolation, Sentence
from app.domain.register import SheetState
from app.domain.timetable import ROME, Window, clock_text
from app.domain.vocabulary import CheckInKind

TOKEN_SECONDS = 30
TOKEN_BYTES = 16
EARLY = timedelta(minutes=15)
LATE = timedelta(minutes=15)


def check_in_slot(now: datetime) -> int:
    """The number of the half minute: every token lives in one."""
    return int(now.timestamp()) // TOKEN_SECONDS


def token(key: bytes, lesson: int, slot: int) -> str:
    """What the code on the wall carries: 128 bits, 26 lower-case letters and digits.

    HMAC-SHA256 of lesson (id) and half minute, so that whoever is not in the room
    cannot make one. Source: RFC 2104; RFC 4648, base32.
    """
    digest = hmac.digest(key, f"check-in:{lesson}:{slot}".encode(), "sha256")
    return base64.b32encode(digest[:TOKEN_BYTES]).decode().rstrip("=").lower()


def token_slot(key: bytes, lesson: int, text: str, now: datetime) -> int | None:
    """The half minute the token was made for, if it is this one or the one before.

    None for anything else. Both are always compared, in constant time.
    """
    given = text.encode("utf-8", "replace")
    current = check_in_slot(now)
    found = None
    for slot in (current, current - 1):
        if hmac.compare_digest(token(key, lesson, slot).encode(), given):
            found = slot
    return found


def check_check_in(
    kind: CheckInKind,
    *,
    now: datetime,
    window: Window,
    sheet_state: SheetState,
    entered_already: bool,
    left_already: bool,
    expected: bool,
    zone: ZoneInfo = ROME,
) -> None:
    """Whether the person may confirm her entry or exit now; each of them once.

    Entry: from 15 minutes before the start until the end of the lesson. Exit: after
    the entry, from the start until 15 minutes after the end. Raises RuleViolation.
    Source: FP register practice, one signs on entering, and on leaving where partial.
    """
    if not expected:
        raise RuleViolation(Sentence("Il suo nome non è tra gli iscritti di questa lezione."))
    if sheet_state is SheetState.NOT_OPEN:
        raise RuleViolation(
            Sentence("Il foglio presenze non è ancora aperto: rivolgersi al docente.")
        )
    if sheet_state is SheetState.CLOSED:
        raise RuleViolation(Sentence("Il foglio presenze è già chiuso: rivolgersi al docente."))
    if kind is CheckInKind.ENTRY:
        _check_entry(now, window, entered_already, zone)
    else:
        _check_exit(now, window, entered_already, left_already, zone)


def _check_entry(now: datetime, window: Window, entered_already: bool, zone: ZoneInfo) -> None:
    if entered_already:
        raise RuleViolation(Sentence("L'entrata è già registrata."))
    opens = window.start.astimezone(UTC) - EARLY
    if now.astimezone(UTC) < opens:
        raise RuleViolation(
            Sentence("L'entrata si registra dalle %(time)s.", {"time": clock_text(opens, zone)})
        )
    if now.astimezone(UTC) >= window.end.astimezone(UTC):
        raise RuleViolation(
            Sentence(
                "La lezione è finita alle %(time)s: l'entrata non si registra più.",
                {"time": clock_text(window.end, zone)},
            )
        )


def _check_exit(
    now: datetime, window: Window, entered_already: bool, left_already: bool, zone: ZoneInfo
) -> None:
    if not entered_already:
        raise RuleViolation(
            Sentence("Manca l'entrata: senza, l'uscita non si registra. Rivolgersi al docente.")
        )
    if left_already:
        raise RuleViolation(Sentence("L'uscita è già registrata."))
    if now.astimezone(UTC) < window.start.astimezone(UTC):
        raise RuleViolation(
            Sentence(
                "L'uscita si registra dall'inizio della lezione, alle %(time)s.",
                {"time": clock_text(window.start, zone)},
            )
        )
    closes = window.end.astimezone(UTC) + LATE
    if now.astimezone(UTC) > closes:
        raise RuleViolation(
            Sentence(
                "L'uscita si poteva registrare fino alle %(time)s: rivolgersi al docente.",
                {"time": clock_text(closes, zone)},
            )
        )


def stay_of(entry: datetime | None, exit_: datetime | None, window: Window) -> Interval | None:
    """The stay that the two confirmations tell, within the lesson, in UTC, by the minute.

    Seconds are dropped, as a clock on the wall shows the time. Without an exit the
    stay is open; without an entry, or with no minute inside the lesson, there is none.
    """
    if entry is None:
        return None
    start, end = window.start.astimezone(UTC), window.end.astimezone(UTC)
    entered = max(_to_the_minute(entry), start)
    left = None if exit_ is None else min(_to_the_minute(exit_), end)
    if entered >= (end if left is None else left):
        return None
    return Interval(entered, left)


def _to_the_minute(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(second=0, microsecond=0)
