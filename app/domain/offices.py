# SPDX-License-Identifier: AGPL-3.0-or-later
"""An office open to the public must not close because all of it is in the same room.

Sums of people, days and percents only: who is away on which day is gathered elsewhere.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.people import search_key

LEAST_AWAY = 2  # one person away is no emptied office


def office_key(office: str) -> str:
    """The office as it is compared: without case, accents, apostrophes, double spaces."""
    return search_key(office)


def is_short(away: int, staff: int, percent: int) -> bool:
    """Whether more than ``percent`` of the office's people, and at least two, are away that day."""
    return away >= LEAST_AWAY and away * 100 > percent * staff


def too_many(away: int, staff: int, percent: int) -> int:
    """How many of those away would have to be elsewhere that day; 0 when the office holds."""
    return next(n for n in range(away + 1) if not is_short(away - n, staff, percent))


@dataclass(frozen=True)
class OtherEdition:
    """Another edition of the same course: seats still free, and the days of its lessons."""

    edition: int
    seats: int
    days: frozenset[date]


@dataclass(frozen=True)
class Move:
    """This person could attend that edition instead."""

    person: int
    edition: int


def split(
    people: Sequence[int],
    needed: int,
    others: Sequence[OtherEdition],
    away: Mapping[date, Collection[int]],
    staff: Mapping[date, int],
    percent: int,
) -> list[Move]:
    """Who could move where so that ``needed`` people are less away at once; fewer if not possible.

    ``people`` in the order in which they are asked, ``others`` in the order preferred.
    ``away``: the people of the office away on each day, ``staff``: how many it has. Nobody is
    sent where she is away already, no office is emptied on another day instead, and no seat is
    given twice.
    """
    then = {day: set(there) for day, there in away.items()}
    seats = {other.edition: other.seats for other in others}
    moves: list[Move] = []
    for person in people:
        if len(moves) == needed:
            break
        for other in others:
            if seats[other.edition] > 0 and _fits(person, other, then, staff, percent):
                seats[other.edition] -= 1
                for day in other.days:
                    then.setdefault(day, set()).add(person)
                moves.append(Move(person, other.edition))
                break
    return moves


def _fits(
    person: int,
    other: OtherEdition,
    away: Mapping[date, Collection[int]],
    staff: Mapping[date, int],
    percent: int,
) -> bool:
    for day in other.days:
        there = away.get(day, ())
        if person in there or is_short(len(there) + 1, staff.get(day, 0), percent):
            return False
    return True
