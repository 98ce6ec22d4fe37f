# SPDX-License-Identifier: AGPL-3.0-or-later
"""From entries and exits to counted minutes, from minutes to the threshold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from app.domain.errors import RuleViolation, Sentence
from app.domain.timetable import ROME, Window, clock_text, net_minutes, united

__all__ = [
    "Interval",
    "Presence",
    "Source",
    "Tally",
    "Window",
    "check_presence",
    "counted_minutes",
    "ended",
    "hours_text",
    "meets",
    "merged",
    "needed",
    "share",
    "still_reachable",
    "tally",
]

_MINUTE = timedelta(minutes=1)


class Presence(StrEnum):
    PRESENT = "present"
    ABSENT = "absent"
    JUSTIFIED = "justified"
    NOT_EXPECTED = "not_expected"


class Source(StrEnum):
    TRAINER = "trainer"
    TUTOR = "tutor"
    SUBSTITUTE = "substitute"
    PAPER_IMPORT = "paper_import"
    ONLINE_LOG = "online_log"


@dataclass(frozen=True)
class Interval:
    """One stay in the room, aware moments; ``left`` None: still there."""

    entered: datetime
    left: datetime | None


def ended(intervals: Iterable[Interval], end: datetime) -> list[Interval]:
    """The same stays, those still open ended at ``end`` (what closing a sheet does)."""
    return [Interval(stay.entered, end if stay.left is None else stay.left) for stay in intervals]


def counted_minutes(
    intervals: Sequence[Interval],
    window: Window,
    breaks: Sequence[Window] = (),
    grace_minutes: int = 0,
) -> int:
    """Minutes of training counted for one person in one lesson.

    The stays (overlaps once) within the window, less the breaks. Whole minutes:
    seconds are floored once, on the total, and nothing is rounded. A stay still
    open counts to the end of the window. When the first entry is at most
    ``grace_minutes`` after the start it counts from the start; the time written
    in the register stays as it is.

    Source: FP register practice, late entries and early exits are noted with the
    time; the grace is a setting of the programme, 0 unless decided otherwise.
    """
    start, end = window.start.astimezone(UTC), window.end.astimezone(UTC)
    stays = (
        Window(
            max(stay.entered.astimezone(UTC), start),
            min((stay.left or end).astimezone(UTC), end),
        )
        for stay in intervals
    )
    inside = united(stays)
    if inside and inside[0].start <= start + grace_minutes * _MINUTE:
        inside[0] = Window(start, inside[0].end)
    return net_minutes(inside, breaks)


def check_presence(
    status: Presence,
    intervals: Sequence[Interval],
    window: Window,
    zone: ZoneInfo = ROME,
) -> None:
    """Whether status and stays agree with each other and with the lesson's times.

    Present needs at least one stay, any other status none; stays lie within the
    window, end after they begin, do not overlap, and only the last may be open.
    Raises RuleViolation. Source: FP register practice (one signature on entering,
    times noted by the trainer, "assente" written in the empty boxes).
    """
    if status is not Presence.PRESENT:
        if intervals:
            raise RuleViolation(
                Sentence("Chi non è presente non ha orari: togliere gli orari o segnare presente.")
            )
        return
    if not intervals:
        raise RuleViolation(Sentence("Chi è presente ha almeno un'ora di entrata: scriverla."))
    stays = sorted(intervals, key=lambda stay: stay.entered.astimezone(UTC))
    for stay in stays:
        _check_stay(stay, window, zone)
    for earlier, later in pairwise(stays):
        _check_order(earlier, later, zone)


def _check_stay(stay: Interval, window: Window, zone: ZoneInfo) -> None:
    start, end = window.start.astimezone(UTC), window.end.astimezone(UTC)
    entered = stay.entered.astimezone(UTC)
    left = end if stay.left is None else stay.left.astimezone(UTC)
    shown = {
        "entered": clock_text(entered, zone),
        "left": clock_text(left, zone),
        "start": clock_text(start, zone),
        "end": clock_text(end, zone),
    }
    if entered < start:
        raise RuleViolation(
            Sentence(
                "L'entrata (%(entered)s) viene prima dell'inizio della lezione (%(start)s): "
                "scrivere l'ora di inizio.",
                shown,
            )
        )
    if left > end:
        raise RuleViolation(
            Sentence(
                "L'uscita (%(left)s) viene dopo la fine della lezione (%(end)s): "
                "scrivere l'ora di fine.",
                shown,
            )
        )
    if entered >= end:
        raise RuleViolation(
            Sentence(
                "L'entrata (%(entered)s) non viene prima della fine della lezione (%(end)s): "
                "correggere l'ora o segnare assente.",
                shown,
            )
        )
    if left < entered:
        raise RuleViolation(
            Sentence("L'uscita (%(left)s) viene prima dell'entrata (%(entered)s).", shown)
        )
    if left == entered:
        raise RuleViolation(
            Sentence(
                "Entrata e uscita hanno la stessa ora (%(entered)s): correggerne una.",
                shown,
            )
        )


def _check_order(earlier: Interval, later: Interval, zone: ZoneInfo) -> None:
    again = later.entered.astimezone(UTC)
    if earlier.left is None:
        raise RuleViolation(
            Sentence(
                "Manca l'uscita prima del rientro delle %(again)s: scriverla.",
                {"again": clock_text(again, zone)},
            )
        )
    if again < earlier.left.astimezone(UTC):
        raise RuleViolation(
            Sentence(
                "Il rientro (%(again)s) viene prima dell'uscita (%(left)s).",
                {"again": clock_text(again, zone), "left": clock_text(earlier.left, zone)},
            )
        )


def merged(intervals: Sequence[Interval]) -> list[Interval]:
    """The stays of one person as an online log gives them, made one line of time.

    Overlaps (two devices) unite; gaps under one minute (a dropped connection)
    close; moments come out in UTC. A stay without an exit lasts as long as the log.
    Source: distance learning practice, entry and exit times as in the reports of
    the platform.
    """
    never = datetime.max.replace(tzinfo=UTC)
    lines = united(
        (Window(s.entered, never if s.left is None else s.left) for s in intervals), gap=_MINUTE
    )
    return [Interval(line.start, None if line.end == never else line.end) for line in lines]


def meets(counted: int, planned: int, threshold: int) -> bool:
    """Whether the counted minutes reach the threshold (percent) of the planned minutes.

    Integers only: 768 of 960 minutes reach 80 %, 767 do not. Nothing planned,
    nothing reached. Source: threshold fixed on the edition; 80 % is what the
    Ordine degli assistenti sociali dell'Umbria asks.
    """
    return planned > 0 and counted * 100 >= threshold * planned


def share(counted: int, planned: int) -> int:
    """Counted of planned in whole percent, floored; 0 when nothing is planned."""
    return counted * 100 // planned if planned > 0 else 0


def needed(planned: int, threshold: int) -> int:
    """The least whole minutes that reach the threshold (percent) of the planned minutes."""
    return -(-planned * threshold // 100)


def still_reachable(counted: int, remaining: int, planned: int, threshold: int) -> bool:
    """Whether the threshold is met if every one of the ``remaining`` minutes is attended."""
    return meets(counted + remaining, planned, threshold)


def hours_text(minutes: int) -> str:
    """Minutes as people write them: ``12 h 30 min``, ``4 h``, ``45 min``, ``0 h``."""
    hours, rest = divmod(minutes, 60)
    if not rest:
        return f"{hours} h"
    return f"{hours} h {rest} min" if hours else f"{rest} min"


@dataclass(frozen=True)
class Tally:
    """The day's count; ``late`` and ``left_early`` are among the present."""

    present: int
    late: int
    left_early: int
    absent: int
    justified: int
    unmarked: int

    @property
    def marked(self) -> int:
        return self.present + self.absent + self.justified

    @property
    def expected(self) -> int:
        return self.marked + self.unmarked


def tally(entries: Iterable[tuple[Presence | None, Sequence[Interval], Window]]) -> Tally:
    """Counts one sheet: (status or None when unmarked, stays, window of the lesson).

    Late and early by a whole minute at least. Those not expected are not counted.
    Source: FP register practice, "tot. presenze" at the foot of the day.
    """
    rows = list(entries)
    statuses = [status for status, _, _ in rows]
    stays = [(i, w) for status, i, w in rows if status is Presence.PRESENT and i]
    return Tally(
        present=statuses.count(Presence.PRESENT),
        late=sum(_entered_late(i, w) for i, w in stays),
        left_early=sum(_left_early(i, w) for i, w in stays),
        absent=statuses.count(Presence.ABSENT),
        justified=statuses.count(Presence.JUSTIFIED),
        unmarked=statuses.count(None),
    )


def _entered_late(intervals: Sequence[Interval], window: Window) -> bool:
    first = min(stay.entered.astimezone(UTC) for stay in intervals)
    return first - window.start.astimezone(UTC) >= _MINUTE


def _left_early(intervals: Sequence[Interval], window: Window) -> bool:
    end = window.end.astimezone(UTC)
    last = max((s.left or end).astimezone(UTC) for s in intervals)
    return end - last >= _MINUTE
