# SPDX-License-Identifier: AGPL-3.0-or-later
"""One row of a timetable: what was typed, and the lesson it plans."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from app.domain.errors import RuleViolation, Sentence
from app.domain.timetable import ROME, Window, at, check_lesson, length_minutes
from app.domain.written_times import name_key, parse_day, parse_hour, parse_spans

LONGEST_TOPIC = 300
MOST_BREAKS = 6
FIELDS = ("day", "start", "end", "breaks", "module", "topic", "trainers", "tutors", "venue")


@dataclass(frozen=True)
class RowText:
    """A row as typed. ``lesson`` is the id of the lesson it changes, None for a new one."""

    lesson: int | None = None
    day: str = ""
    start: str = ""
    end: str = ""
    breaks: str = ""
    module: str = ""
    topic: str = ""
    trainers: str = ""
    tutors: str = ""
    venue: str = ""

    @property
    def blank(self) -> bool:
        return self.lesson is None and not any(getattr(self, name) for name in FIELDS)


@dataclass(frozen=True)
class Roster:
    """Who and what may be named in the table: name keys and their ids."""

    trainers: Mapping[str, int] = field(default_factory=dict)
    tutors: Mapping[str, int] = field(default_factory=dict)
    venues: Mapping[str, int] = field(default_factory=dict)
    modules: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PlannedLesson:
    """A lesson as its row plans it; ids of people, module and room (None: the edition's)."""

    lesson: int | None
    window: Window
    breaks: tuple[Window, ...]
    topic: str
    module: int | None
    trainers: tuple[int, ...]
    tutors: tuple[int, ...]
    venue: int | None

    @property
    def minutes(self) -> int:
        """Planned minutes: the length net of the breaks, which count for nobody."""
        return length_minutes(self.window.start, self.window.end, self.breaks)


@dataclass(frozen=True)
class RowProblem:
    """What is wrong in a row, and in which field."""

    field: str
    sentence: Sentence


def read_row(
    text: RowText, roster: Roster, zone: ZoneInfo = ROME
) -> tuple[PlannedLesson | None, list[RowProblem]]:
    """The lesson of the row, or everything that keeps it from being one.

    Lengths in minutes, moments in UTC. Source: FP register practice, a sheet for each
    day of lesson with its times, module, topic and trainer; breaks count for nobody.
    """
    reading = _Reading(zone)
    window, breaks = reading.times(text)
    topic = reading.topic(text.topic)
    trainers = reading.people("trainers", text.trainers, roster.trainers)
    tutors = reading.people("tutors", text.tutors, roster.tutors)
    venue = reading.one("venue", text.venue, roster.venues, _NO_VENUE)
    module = reading.one("module", text.module, roster.modules, _NO_MODULE)
    if set(trainers) & set(tutors):
        reading.wrong("tutors", Sentence("La stessa persona è docente e tutor della lezione."))
    if window is None or reading.problems:
        return None, reading.problems
    return (
        PlannedLesson(text.lesson, window, breaks, topic, module, trainers, tutors, venue),
        [],
    )


_NO_VENUE = Sentence("«%(text)s» non è tra le sedi: sceglierne una dell'elenco.")
_NO_MODULE = Sentence("«%(text)s» non è un modulo di questo corso.")
_NO_PERSON = Sentence(
    "«%(text)s» non è tra le persone che si possono incaricare: sceglierne una dell'elenco."
)
_NO_TIME = {
    "start": Sentence("Scrivere l'ora d'inizio."),
    "end": Sentence("Scrivere l'ora di fine."),
}


class _Reading:
    """Reads the fields of one row and notes what is wrong."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone, self.problems = zone, list[RowProblem]()

    def wrong(self, name: str, sentence: Sentence) -> None:
        self.problems.append(RowProblem(name, sentence))

    def times(self, text: RowText) -> tuple[Window | None, tuple[Window, ...]]:
        day, start, end = self._day(text.day), self._hour("start", text), self._hour("end", text)
        if day is None or start is None or end is None:
            return None, ()
        first, last = self._moment("start", day, start), self._moment("end", day, end)
        if first is None or last is None:
            return None, ()
        window = Window(first, last)
        try:
            check_lesson(window.start, window.end, self.zone)
            return window, self._breaks(text.breaks, day, window)
        except RuleViolation as violation:
            self.wrong("end", violation.sentence)
            return None, ()

    def _day(self, text: str) -> date | None:
        if not text.strip():
            self.wrong("day", Sentence("Scrivere la data."))
            return None
        try:
            return parse_day(text)
        except RuleViolation as violation:
            self.wrong("day", violation.sentence)
            return None

    def _hour(self, name: str, text: RowText) -> time | None:
        typed = getattr(text, name)
        if not typed.strip():
            self.wrong(name, _NO_TIME[name])
            return None
        try:
            return parse_hour(typed)
        except RuleViolation as violation:
            self.wrong(name, violation.sentence)
            return None

    def _moment(self, name: str, day: date, hour: time) -> datetime | None:
        try:
            return at(day, hour, self.zone)
        except RuleViolation as violation:
            self.wrong(name, violation.sentence)
            return None

    def _breaks(self, text: str, day: date, window: Window) -> tuple[Window, ...]:
        try:
            breaks = tuple(
                Window(at(day, first, self.zone), at(day, last, self.zone))
                for first, last in parse_spans(text)
            )
            check_breaks(window, breaks)
        except RuleViolation as violation:
            self.wrong("breaks", violation.sentence)
            return ()
        return tuple(sorted(breaks, key=lambda pause: pause.start))

    def topic(self, text: str) -> str:
        topic = " ".join(text.split())
        if not topic:
            self.wrong("topic", Sentence("Scrivere l'argomento."))
        elif len(topic) > LONGEST_TOPIC:
            self.wrong(
                "topic",
                Sentence("L'argomento supera i %(most)d caratteri.", {"most": LONGEST_TOPIC}),
            )
        return topic

    def people(self, name: str, text: str, known: Mapping[str, int]) -> tuple[int, ...]:
        found: dict[int, None] = {}
        for part in text.split(","):
            if part.strip():
                person = self.one(name, part, known, _NO_PERSON)
                if person is not None:
                    found[person] = None
        return tuple(found)

    def one(self, name: str, text: str, known: Mapping[str, int], unknown: Sentence) -> int | None:
        if not text.strip():
            return None
        found = known.get(name_key(text))
        if found is None:
            self.wrong(name, replace(unknown, values={"text": " ".join(text.split())[:80]}))
        return found


def check_breaks(window: Window, breaks: tuple[Window, ...]) -> None:
    """Breaks lie within the lesson, do not overlap, and leave something of it. RuleViolation."""
    if len(breaks) > MOST_BREAKS:
        raise RuleViolation(
            Sentence("Le pause di una lezione sono al massimo %(most)d.", {"most": MOST_BREAKS})
        )
    last = window.start
    for pause in sorted(breaks, key=lambda one: one.start):
        if not window.start <= pause.start < pause.end <= window.end:
            raise RuleViolation(Sentence("Le pause devono stare dentro l'orario della lezione."))
        if pause.start < last:
            raise RuleViolation(Sentence("Le pause si sovrappongono."))
        last = pause.end
    if length_minutes(window.start, window.end, breaks) <= 0:
        raise RuleViolation(Sentence("Le pause non possono coprire tutta la lezione."))
