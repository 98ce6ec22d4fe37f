# SPDX-License-Identifier: AGPL-3.0-or-later
"""What has to be ready, and by when, before and after an edition."""

from datetime import date, timedelta
from enum import StrEnum

MOST_ITEMS = 30
FARTHEST = 365  # days before or after the first lesson
SOON = timedelta(days=7)

# Days from the first lesson (negative: before), and what is due by then.
STANDARD_LIST: tuple[tuple[int, str], ...] = (
    (-30, "Sede confermata"),
    (-30, "Docenti incaricati"),
    (-14, "Convocazioni inviate"),
    (-7, "Registro vidimato"),
    (-2, "Fogli firme e materiali in sede"),
    (3, "Attestati da rilasciare controllati"),
)


class ItemState(StrEnum):
    DONE = "done"
    OVERDUE = "overdue"
    SOON = "soon"
    AHEAD = "ahead"
    UNDATED = "undated"


def due_on(first_day: date | None, days: int) -> date | None:
    """The day an item is due, ``days`` from the first lesson; None while there is no lesson."""
    return first_day + timedelta(days=days) if first_day else None


def item_state(due: date | None, done: bool, today: date) -> ItemState:
    """Where an item stands; the day it is due it is not overdue yet."""
    if done:
        return ItemState.DONE
    if due is None:
        return ItemState.UNDATED
    if due < today:
        return ItemState.OVERDUE
    return ItemState.SOON if due <= today + SOON else ItemState.AHEAD
