# SPDX-License-Identifier: AGPL-3.0-or-later
"""Variations in words: what was, what is; for pages, files, paper and messages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.domain.timetable import Window, clock_text, day_text
from app.domain.variations import Change, LessonFacts


@dataclass(frozen=True)
class Names:
    """What people and venues are called, by id."""

    people: Mapping[int, str]
    venues: Mapping[int, str]

    def of(self, ids: Iterable[int]) -> str:
        """The names of these people, in their order; a dash for nobody."""
        return ", ".join(self.people.get(one, "–") for one in ids) or "–"


def span_text(window: Window) -> str:
    """09:00–13:00."""
    return f"{clock_text(window.start)}–{clock_text(window.end)}"


def facts_text(facts: LessonFacts | None, other: LessonFacts | None, names: Names) -> str:
    """What the lesson says on this side of the change: date and times, and what differs."""
    if facts is None:
        return ""
    said = [f"{day_text(facts.window.start)}, {span_text(facts.window)}"]
    if other is None or facts.breaks != other.breaks:
        said += [f"pausa {span_text(one)}" for one in facts.breaks]
    if other is None or facts.venue != other.venue:
        said.append(names.venues.get(facts.venue, "–"))
    if facts.trainers != (other.trainers if other else ()):
        said.append(f"docente {names.of(facts.trainers)}")
    if facts.tutors != (other.tutors if other else ()):
        said.append(f"tutor {names.of(facts.tutors)}")
    return "; ".join(said)


def change_lines(changes: Iterable[Change], names: Names) -> list[tuple[str, str, str]]:
    """Of each change: which lesson, what was, what is; in Italian, as paper and mail are."""
    return [
        (
            f"Lezione {one.seq}" if one.seq else "Lezione in più",
            facts_text(one.old, one.new, names),
            facts_text(one.new, one.old, names),
        )
        for one in changes
    ]
