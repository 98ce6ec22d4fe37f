# SPDX-License-Identifier: AGPL-3.0-or-later
"""Deeds, each at its own moment: done in order, each committed by itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256

from flask import current_app

from app import clock
from app.domain.timetable import at, is_working_day
from app.extensions import db

Do = Callable[[], object]


@dataclass(frozen=True, order=True)
class Deed:
    """What is done at a moment; of two at the same moment the one noted first comes first."""

    moment: datetime
    order: int
    do: Do = field(compare=False)


class Agenda:
    """The deeds of a story, in whatever order they are noted."""

    def __init__(self) -> None:
        self.deeds: list[Deed] = []

    def note(self, moment: datetime, do: Do) -> None:
        """Do this at that moment."""
        self.deeds.append(Deed(moment, len(self.deeds), do))

    def perform(self) -> Iterator[datetime]:
        """Do and commit each deed with the clock at its moment, and say which is done.

        The clock never goes back: a deed begins after the one before it was done.
        """
        over = datetime.min.replace(tzinfo=UTC)
        for deed in sorted(self.deeds):
            with standing_at(max(deed.moment, over)):
                deed.do()
                db.session.commit()
                over = clock.now()
            db.session.remove()
            yield deed.moment


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Let the application's clock show this moment, and run on."""
    before = current_app.config["CLOCK_OFFSET"]
    current_app.config["CLOCK_OFFSET"] = before + (moment - clock.now()).total_seconds()
    try:
        yield
    finally:
        current_app.config["CLOCK_OFFSET"] = before


def moment(day: date, clock_time: str) -> datetime:
    """The moment in UTC of a time (HH:MM) in Rome."""
    return at(day, time.fromisoformat(clock_time))


def working_day(day: date, after: int) -> date:
    """The working day so many working days after (or before, if negative) this one."""
    step = timedelta(days=1 if after > 0 else -1)
    for _ in range(abs(after)):
        day += step
        while not is_working_day(day):
            day += step
    return day


def pick(key: str, among: int) -> int:
    """A number below ``among`` that looks like chance and is the same every time."""
    return int.from_bytes(sha256(key.encode()).digest()[:8]) % among


def office_day(day: date) -> date:
    """This day, or the working day before it."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day
