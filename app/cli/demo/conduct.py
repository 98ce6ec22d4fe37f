# SPDX-License-Identifier: AGPL-3.0-or-later
"""How each person attends each lesson: mostly from beginning to end."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.cli.demo.agenda import pick
from app.cli.demo.scenarios import MARKS, STEADY, WHOLE, Stays
from app.domain.attendance import Presence

# Of a thousand attendances, so many go like this.
ABSENT, JUSTIFIED, LATE, EARLY, RETURNS = 30, 22, 55, 40, 8


@dataclass(frozen=True)
class Conduct:
    status: Presence
    stays: Stays = ()

    @property
    def from_start(self) -> bool:
        return bool(self.stays) and self.stays[0][0] == 0

    def moves(self) -> Iterator[tuple[int, Stays]]:
        """After the start: at which minute the mark changes, and what it is from then on."""
        for i, (entered, left) in enumerate(self.stays):
            if entered > 0:
                yield entered, (*self.stays[:i], (entered, None))
            if left is not None:
                yield left, self.stays[: i + 1]


def conduct(edition: str, lesson: int, who: str, minutes: int) -> Conduct:
    """What the person does at the lesson, which lasts so many minutes."""
    told = MARKS.get((edition, lesson, who))
    if told is not None and told.status is not None:
        return Conduct(told.status, told.stays)
    if (edition, who) in STEADY:
        return Conduct(Presence.PRESENT, WHOLE)
    return _usual(f"{edition} {lesson} {who}", minutes)


def _usual(key: str, minutes: int) -> Conduct:
    chance = pick(key, 1000)
    some = 5 * (1 + pick(f"some {key}", 5))  # 5 to 25 minutes
    for share, how in (
        (ABSENT, Conduct(Presence.ABSENT)),
        (JUSTIFIED, Conduct(Presence.JUSTIFIED)),
        (LATE, Conduct(Presence.PRESENT, ((some, None),))),
        (EARLY, Conduct(Presence.PRESENT, ((0, minutes - some),))),
        (RETURNS, Conduct(Presence.PRESENT, ((0, 100), (100 + some, None)))),
    ):
        if chance < share:
            return how
        chance -= share
    return Conduct(Presence.PRESENT, WHOLE)
