# SPDX-License-Identifier: AGPL-3.0-or-later
"""Variations: what changes in the timetable once the edition is open, why, and who is told.

Source: grant agreements of the fund (timetable and provisions for its amendment), FP
practice (calendar variations are communicated and kept with the dossier).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain.chain import moment_text
from app.domain.edition import EditionState, has_ended
from app.domain.errors import RuleViolation, Sentence
from app.domain.timetable import Window

SHORTEST_REASON, LONGEST_REASON = 10, 300  # characters


class VariationKind(StrEnum):
    """What changed in the first place; a lesson moved may change its room as well."""

    CANCELLED = "cancelled"
    ADDED = "added"
    MOVED = "moved"
    VENUE = "venue"
    STAFF = "staff"


@dataclass(frozen=True)
class LessonFacts:
    """What a variation is about: times, room and people of a lesson (ids)."""

    window: Window
    breaks: tuple[Window, ...]
    venue: int
    trainers: tuple[int, ...]
    tutors: tuple[int, ...]

    def as_kept(self) -> dict[str, Any]:
        """The same as plain values, to be kept for ever; times in UTC."""
        return {
            "starts_at": moment_text(self.window.start),
            "ends_at": moment_text(self.window.end),
            "breaks": [[moment_text(one.start), moment_text(one.end)] for one in self.breaks],
            "venue": self.venue,
            "trainers": list(self.trainers),
            "tutors": list(self.tutors),
        }

    def with_substitute(self, former: int, person: int) -> "LessonFacts":
        """The same with somebody in the place of another."""

        def placed(ids: tuple[int, ...]) -> tuple[int, ...]:
            return tuple(person if one == former else one for one in ids)

        tutors = tuple(sorted(placed(self.tutors)))
        return replace(self, trainers=placed(self.trainers), tutors=tutors)


def facts_of(kept: dict[str, Any]) -> LessonFacts:
    """What ``as_kept`` wrote, read again."""
    return LessonFacts(
        window=Window(_moment(kept["starts_at"]), _moment(kept["ends_at"])),
        breaks=tuple(Window(_moment(start), _moment(end)) for start, end in kept["breaks"]),
        venue=kept["venue"],
        trainers=tuple(kept["trainers"]),
        tutors=tuple(kept["tutors"]),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass(frozen=True, eq=False)
class Change:
    """One lesson's change; ``seq`` is None for a lesson that has no number yet."""

    kind: VariationKind
    seq: int | None
    topic: str
    old: LessonFacts | None
    new: LessonFacts | None

    @property
    def staff(self) -> set[int]:
        """Whoever teaches or assists, before or after."""
        facts = [one for one in (self.old, self.new) if one]
        return {person for one in facts for person in (*one.trainers, *one.tutors)}


def variation_kind(old: LessonFacts | None, new: LessonFacts | None) -> VariationKind | None:
    """What the change is called; None where nothing a variation is about has changed."""
    if old == new:
        return None
    if new is None:
        return VariationKind.CANCELLED
    if old is None:
        return VariationKind.ADDED
    if (old.window, old.breaks) != (new.window, new.breaks):
        return VariationKind.MOVED
    if old.venue != new.venue:
        return VariationKind.VENUE
    if (old.trainers, old.tutors) != (new.trainers, new.tutors):
        return VariationKind.STAFF
    return None


def makes_variations(state: EditionState) -> bool:
    """Whether a change of the timetable is a variation: from the opening on."""
    return state is not EditionState.DRAFT


def check_plannable(state: EditionState) -> None:
    """Whether the timetable may still change. Raises RuleViolation."""
    if has_ended(state):
        raise RuleViolation(Sentence("L'edizione è conclusa: il calendario non cambia più."))
    if state is EditionState.CANCELLED:
        raise RuleViolation(Sentence("L'edizione è annullata: il calendario non cambia più."))


def check_reason(reason: str) -> None:
    """A reason others understand: at least ten characters. Raises RuleViolation."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise RuleViolation(
            Sentence("Scrivere il motivo, almeno %(least)d caratteri.", {"least": SHORTEST_REASON})
        )
