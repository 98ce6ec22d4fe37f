# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who of a platform's log is who of the people expected. A person confirms it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.attendance import Interval, merged
from app.domain.attendance_log import LoggedPerson, name_key

MOST_CANDIDATES = 5
MOST_GUESSES = 1000  # people of the log for whom candidates are looked for
FARTHEST = 0.4  # of the pairs of letters in common, below which a name is another name


class Certainty(StrEnum):
    """Certain by e-mail; likely by a name that only one person has; none otherwise."""

    CERTAIN = "certain"
    LIKELY = "likely"
    NONE = "none"


@dataclass(frozen=True)
class Expected:
    """Someone expected at the lesson; ``id`` of the enrolment, ``email`` may be empty."""

    id: int
    given_name: str
    family_name: str
    email: str


@dataclass(frozen=True)
class Match:
    """People of the log taken for one person expected, and their stays as one.

    With certainty NONE there is a single one of the log and ``expected`` is None;
    ``candidates`` are ids, the closest first.
    """

    people: tuple[LoggedPerson, ...]
    expected: int | None
    certainty: Certainty
    stays: tuple[Interval, ...]
    candidates: tuple[int, ...] = ()

    @property
    def united(self) -> bool:
        """Whether more than one of the log was taken for the same person."""
        return len(self.people) > 1


def match(people: Iterable[LoggedPerson], expected: Sequence[Expected]) -> list[Match]:
    """Everybody of the log, by e-mail first and then by name, in either order.

    Those taken for the same person are united, and as certain as the least certain
    of them. Two expected with the same e-mail or the same name are never guessed.
    """
    known = _Known(expected)
    found: dict[int, list[tuple[LoggedPerson, Certainty]]] = {}
    unknown: list[Match] = []
    for person in people:
        one, certainty, same = known.look_up(person)
        if one is None:
            guess = not same and len(unknown) < MOST_GUESSES
            candidates = known.closest(person) if guess else tuple(same)
            unknown.append(Match((person,), None, Certainty.NONE, person.stays, candidates))
        else:
            found.setdefault(one, []).append((person, certainty))
    return [_united(one, group) for one, group in found.items()] + unknown


def _united(one: int, group: Sequence[tuple[LoggedPerson, Certainty]]) -> Match:
    people = tuple(person for person, _ in group)
    certain = all(certainty is Certainty.CERTAIN for _, certainty in group)
    stays = tuple(merged([stay for person in people for stay in person.stays]))
    return Match(people, one, Certainty.CERTAIN if certain else Certainty.LIKELY, stays)


class _Known:
    """The people expected, by e-mail, by name, and by the letters of the name."""

    def __init__(self, expected: Sequence[Expected]) -> None:
        self.by_email: dict[str, list[int]] = {}
        self.by_name: dict[str, list[int]] = {}
        self.letters: list[tuple[int, frozenset[str]]] = []
        for one in expected:
            if one.email:
                self.by_email.setdefault(one.email.casefold(), []).append(one.id)
            given, family = name_key(one.given_name), name_key(one.family_name)
            for name in {f"{given} {family}", f"{family} {given}"}:
                self.by_name.setdefault(name, []).append(one.id)
            self.letters.append((one.id, _pairs(f"{given} {family}")))

    def look_up(self, person: LoggedPerson) -> tuple[int | None, Certainty, list[int]]:
        """Who it is and how certainly, or nobody and those between whom it cannot be told."""
        same_email = self.by_email.get(person.email.casefold(), [])
        if len(same_email) == 1:
            return same_email[0], Certainty.CERTAIN, []
        same_name = self.by_name.get(name_key(person.name), [])
        both = [one for one in same_name if one in same_email] if same_email else same_name
        if len(both) == 1:
            return both[0], Certainty.LIKELY, []
        return None, Certainty.NONE, both or same_email

    def closest(self, person: LoggedPerson) -> tuple[int, ...]:
        """The expected whose names look most like this name or address."""
        name = _pairs(name_key(person.name))
        address = _pairs(name_key(person.email.partition("@")[0]))
        near = [
            (-max(_likeness(name, letters), _likeness(address, letters)), one)
            for one, letters in self.letters
        ]
        return tuple(one for far, one in sorted(near)[:MOST_CANDIDATES] if far <= -FARTHEST)


def _pairs(text: str) -> frozenset[str]:
    return frozenset(word[i : i + 2] for word in text.split() for i in range(max(len(word) - 1, 1)))


def _likeness(a: frozenset[str], b: frozenset[str]) -> float:
    """From 0 (no pair of letters in common) to 1 (all)."""
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0
