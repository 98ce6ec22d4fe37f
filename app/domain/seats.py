# SPDX-License-Identifier: AGPL-3.0-or-later
"""Seats by body, the common ones, and who of the waiting list takes a seat that is free."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.domain.errors import RuleViolation, Sentence


@dataclass(frozen=True)
class Seats:
    """The seats of an edition. ``taken`` and ``allotted`` are by home body.

    A body fills its own seats first, then common ones. Once the empty seats are given
    back there are only common ones.
    """

    total: int
    allotted: Mapping[int, int]
    taken: Mapping[int, int]
    given_back: bool = False

    def own(self, body: int) -> int:
        """Seats kept for the body."""
        return 0 if self.given_back else self.allotted.get(body, 0)

    def own_free(self, body: int) -> int:
        """Seats kept for the body that nobody has."""
        return max(0, self.own(body) - self.taken.get(body, 0))

    @property
    def common(self) -> int:
        """Seats kept for no body."""
        return self.total - sum(self.own(body) for body in self.allotted)

    @property
    def common_free(self) -> int:
        """Common seats that nobody has."""
        beyond = sum(max(0, number - self.own(body)) for body, number in self.taken.items())
        return max(0, self.common - beyond)

    @property
    def free(self) -> int:
        """Seats nobody has, whoever they are for."""
        return max(0, self.total - sum(self.taken.values()))

    def free_for(self, body: int) -> int:
        """How many people of this body may still have a seat."""
        return min(self.own_free(body) + self.common_free, self.free)

    def with_one_of(self, body: int) -> "Seats":
        """The same when one more of this body has a seat."""
        return replace(self, taken={**self.taken, body: self.taken.get(body, 0) + 1})


def promoted(bodies: Sequence[int], seats: Seats) -> list[int]:
    """Who takes the free seats: places (from 0) in a queue given by home body.

    In the order of the queue; a seat kept for a body only for its own people.
    Source: the order published on the page of the enrolments.
    """
    chosen = []
    for place, body in enumerate(bodies):
        if seats.free_for(body):
            chosen.append(place)
            seats = seats.with_one_of(body)
    return chosen


def has_seat(queue: Sequence[int], seats: Seats, body: int) -> bool:
    """Whether somebody of the body gets a seat now, behind those who wait already."""
    return len(queue) in promoted([*queue, body], seats)


def place_of(queue: Sequence[datetime], asked_at: datetime) -> int:
    """Where in the queue (times of request, from 0) a request of this moment stands.

    Behind the last of those who asked before: an order changed by hand stays as it is.
    Source: waiting list by time of request.
    """
    return next(
        (i + 1 for i in range(len(queue) - 1, -1, -1) if queue[i] <= asked_at),
        0,
    )


def check_lowered(before: int, after: int, taken: int) -> None:
    """Seats kept for a body are not lowered below its people who have one. Raises RuleViolation."""
    if after < min(before, taken):
        raise RuleViolation(
            Sentence(
                "Le persone di questo ente che hanno già il posto sono %(taken)d: "
                "i suoi posti non possono diventare meno.",
                {"taken": taken},
            )
        )


def check_allotments(total: int, allotted: Mapping[int, int]) -> None:
    """Whether the seats kept for bodies fit into the edition. Raises RuleViolation."""
    if (kept := sum(allotted.values())) > total:
        raise RuleViolation(
            Sentence(
                "I posti assegnati agli enti sono %(kept)d, più dei %(total)d dell'edizione.",
                {"kept": kept, "total": total},
            )
        )


def due_to_give_back(gives_back_on: date | None, given_back: bool, day: date) -> bool:
    """Whether the empty seats pass to everybody on this day: from its midnight, once."""
    return gives_back_on is not None and not given_back and day >= gives_back_on


def published_order(*, allotted: bool, given_back: bool, day: str) -> Sentence:
    """The order in which free seats go to the waiting list, for everybody concerned.

    ``day``: when the empty seats are given back, as people read it; empty if never.
    """
    if not allotted:
        return Sentence(
            "I posti che si liberano vanno alla lista d'attesa in ordine di richiesta, "
            "qualunque sia l'ente."
        )
    if given_back:
        return Sentence(
            "I posti degli enti rimasti vuoti sono passati in comune. I posti che si liberano "
            "vanno alla lista d'attesa in ordine di richiesta, qualunque sia l'ente."
        )
    if day:
        return Sentence(
            "Ogni ente ha i propri posti: se uno si libera, va al primo in attesa dello stesso "
            "ente. Il %(day)s, a mezzanotte, i posti vuoti passano in comune. I posti in comune "
            "vanno alla lista d'attesa in ordine di richiesta, qualunque sia l'ente.",
            {"day": day},
        )
    return Sentence(
        "Ogni ente ha i propri posti: se uno si libera, va al primo in attesa dello stesso ente. "
        "I posti in comune vanno alla lista d'attesa in ordine di richiesta, qualunque sia l'ente."
    )
