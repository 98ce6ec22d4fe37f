# SPDX-License-Identifier: AGPL-3.0-or-later
"""A timetable held again from another day: same days apart, same hours on the wall."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.domain.errors import RuleViolation, Sentence
from app.domain.timetable import ROME, Window, at, check_lesson, is_working_day, length_minutes

FARTHEST_YEARS = 20


@dataclass(frozen=True)
class Sitting:
    """When a lesson and its breaks are held."""

    window: Window
    breaks: tuple[Window, ...] = ()


@dataclass(frozen=True)
class Shifted:
    """A lesson in its new place. ``day_off``: a national holiday, a Saturday or a Sunday."""

    window: Window
    breaks: tuple[Window, ...]
    minutes: int
    day_off: bool


def check_first_day(first_day: date, today: date) -> None:
    """A new timetable begins neither in the past nor beyond twenty years. Raises RuleViolation."""
    if first_day < today:
        raise RuleViolation(Sentence("Il primo giorno non può essere già passato."))
    if first_day.year > today.year + FARTHEST_YEARS:
        raise RuleViolation(Sentence("Il primo giorno è troppo lontano: controllare l'anno."))


def shift(
    sittings: Sequence[Sitting], first_day: date, zone: ZoneInfo = ROME, *, with_breaks: bool = True
) -> list[Shifted]:
    """The lessons moved so that the first is held on ``first_day``, in their order.

    Days apart and local hours stay, across the change of summer time too; lengths are
    whole minutes net of the breaks, computed in UTC. Raises RuleViolation for an hour
    that the clocks of the new day skip or show twice, and for impossible lessons.
    Source: legal time, directive 2000/84/EC; holidays as ``timetable.is_working_day``.
    """
    if not sittings:
        return []
    start = min(s.window.start for s in sittings).astimezone(zone).date()
    days = first_day - start

    def moved(moment: datetime) -> datetime:
        local = moment.astimezone(zone)
        return at(local.date() + days, local.time().replace(tzinfo=None), zone)

    found = []
    for sitting in sittings:
        window = Window(moved(sitting.window.start), moved(sitting.window.end))
        check_lesson(window.start, window.end, zone)
        breaks = tuple(
            Window(moved(one.start), moved(one.end))
            for one in (sitting.breaks if with_breaks else ())
        )
        found.append(
            Shifted(
                window,
                breaks,
                length_minutes(window.start, window.end, breaks),
                not is_working_day(window.start.astimezone(zone).date()),
            )
        )
    return found
