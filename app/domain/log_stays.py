# SPDX-License-Identifier: AGPL-3.0-or-later
"""What of a connection counts as a stay at the lesson."""

from collections.abc import Iterable
from datetime import UTC, timedelta

from app.domain.attendance import Interval, ended, merged
from app.domain.timetable import Window

SHORTEST = timedelta(minutes=1)


def stays_within(connections: Iterable[Interval], window: Window) -> tuple[Interval, ...]:
    """The connections of one person as stays within the window, in UTC.

    United first (overlaps once, gaps under a minute closed); one without an exit lasts
    to the end of the lesson; what falls outside is cut away, and of that which is left
    a piece shorter than one minute. Source: distance learning practice, presence is
    written in the register within the hours of the lesson.
    """
    start, end = window.start.astimezone(UTC), window.end.astimezone(UTC)
    inside = (
        Interval(max(stay.entered, start), min(stay.left or end, end))
        for stay in ended(merged(list(connections)), end)
    )
    return tuple(stay for stay in inside if stay.left and stay.left - stay.entered >= SHORTEST)
