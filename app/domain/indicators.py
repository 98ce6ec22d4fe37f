# SPDX-License-Identifier: AGPL-3.0-or-later
"""The programme's indicators, from plain sums."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.attendance import share
from app.domain.errors import RuleViolation, Sentence

SMALLEST_SHOWN = 3


class Unit(StrEnum):
    PERSONS = "persons"
    MINUTES = "minutes"
    PERCENT = "percent"
    COUNT = "count"


# The indicators of the programme, in their order, and what each is counted in.
UNITS = {
    "OUT1": Unit.PERSONS,
    "OUT2": Unit.PERSONS,
    "OUT3": Unit.MINUTES,
    "OUT4": Unit.MINUTES,
    "OUT5": Unit.COUNT,
    "OUT6": Unit.COUNT,
    "RES1": Unit.PERCENT,
    "RES2": Unit.PERCENT,
}


def check_target(code: str, target: int) -> None:
    """A share is at most a hundred. ``target`` as people write it: hours, not minutes.

    Raises RuleViolation.
    """
    if UNITS[code] is Unit.PERCENT and target > 100:
        raise RuleViolation(Sentence("Una percentuale non supera 100."))


@dataclass(frozen=True)
class Sums:
    """What the database adds up. People and bodies are counted once each.

    ``delivered``/``planned``: minutes of lessons held / in the calendar.
    ``person``/``possible``: minutes counted / minutes if nobody had been missing.
    ``eligible``/``confirmed``: enrolments.
    """

    enrolled_people: int
    trained_people: int
    delivered_minutes: int
    planned_minutes: int
    person_minutes: int
    possible_minutes: int
    editions_held: int
    editions_planned: int
    lessons_held: int
    lessons_planned: int
    bodies_reached: int
    municipalities_reached: int
    policy_makers: int
    eligible: int
    confirmed: int


@dataclass(frozen=True)
class Figure:
    """One indicator; value and target are in the same unit."""

    code: str
    value: int
    target: int | None
    unit: Unit

    @property
    def reached(self) -> int | None:
        """Percent of the target, floored; None without a target to reach."""
        return share(self.value, self.target) if self.target else None


def figures(sums: Sums, targets: Mapping[str, int]) -> tuple[Figure, ...]:
    """OUT1 to OUT6, RES1 and RES2, each with its target where there is one.

    Targets come by code in the unit of the figure (OUT3 and OUT4: minutes).
    Source: indicators agreed in the grant agreement of the fund.
    """
    values = {
        "OUT1": sums.enrolled_people,
        "OUT2": sums.trained_people,
        "OUT3": sums.delivered_minutes,
        "OUT4": sums.person_minutes,
        "OUT5": sums.editions_held,
        "OUT6": sums.bodies_reached,
        "RES1": share(sums.eligible, sums.confirmed),
        "RES2": share(sums.person_minutes, sums.possible_minutes),
    }
    return tuple(
        Figure(code, values[code], targets.get(code), unit) for code, unit in UNITS.items()
    )


def may_show(n: int) -> bool:
    """Whether a count of people may be shown: one or two could be recognised.

    Source: Reg. (EU) 2016/679 art. 5 (1) c, data minimisation.
    """
    return n == 0 or n >= SMALLEST_SHOWN
