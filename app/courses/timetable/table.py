# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rows of a timetable as sent: what each plans, what is wrong with it, what it clashes with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from app import clashes as commitments
from app.actor import Actor
from app.courses.timetable.queries import LessonNow, TimetableCase
from app.courses.timetable.words import clash_sentences
from app.domain.clashes import Slot
from app.domain.errors import RuleViolation, Sentence
from app.domain.lesson_rows import PlannedLesson, RowProblem, RowText, read_row
from app.domain.weekly import MOST_LESSONS


class Outdated(RuleViolation):
    """The rows speak of lessons that are no longer there to be changed."""

    def __init__(self) -> None:
        super().__init__(
            Sentence("Nel frattempo il calendario è cambiato: ricaricare la pagina e riprovare.")
        )


@dataclass(eq=False)
class Row:
    """One row: as typed, the lesson it changes, the lesson it plans, and what to say beside it."""

    text: RowText
    now: LessonNow | None = None
    planned: PlannedLesson | None = None
    problems: list[RowProblem] = field(default_factory=list)
    blocks: list[Sentence] = field(default_factory=list)
    warnings: list[Sentence] = field(default_factory=list)

    def problem(self, name: str) -> Sentence | None:
        """What is wrong in this field."""
        return next((one.sentence for one in self.problems if one.field == name), None)

    @property
    def wrong(self) -> bool:
        return bool(self.problems or self.blocks)


@dataclass
class Table:
    """All rows, beside the lessons that stay as they are and those taken away."""

    case: TimetableCase
    rows: list[Row]
    removed: list[LessonNow] = field(default_factory=list)

    @property
    def fixed(self) -> list[LessonNow]:
        return [now for now in self.case.lessons if now.fixed]

    @property
    def wrong(self) -> int:
        """How many rows keep the table from being saved."""
        return sum(row.wrong for row in self.rows)

    @property
    def warned(self) -> bool:
        return any(row.warnings for row in self.rows)

    @property
    def minutes(self) -> int:
        """Planned minutes of all lessons that take place, breaks left out."""
        planned = sum(row.planned.minutes for row in self.rows if row.planned)
        return planned + sum(now.lesson.planned_minutes for now in self.fixed if now.takes_place)

    @property
    def missing(self) -> int:
        """Minutes short of the course's; negative where there are more."""
        return self.case.edition.planned_minutes - self.minutes

    @property
    def planned(self) -> list[PlannedLesson]:
        return [row.planned for row in self.rows if row.planned]

    @property
    def people(self) -> set[int]:
        return {one for p in self.planned for one in (*p.trainers, *p.tutors)}

    @property
    def rooms(self) -> set[int]:
        wanted = (self.case.room(one.venue) for one in self.planned)
        return {room for room in wanted if room is not None}


def stored(case: TimetableCase) -> Table:
    """The table as it stands."""
    return read(case, [case.text_of(now) for now in case.lessons if not now.fixed])


def read(case: TimetableCase, texts: Sequence[RowText]) -> Table:
    """The table as sent, every row read. Raises Outdated for lessons not there to be changed,
    RuleViolation for too many rows.
    """
    if len(texts) + sum(now.fixed for now in case.lessons) > MOST_LESSONS:
        raise RuleViolation(
            Sentence("Un'edizione ha al massimo %(most)d lezioni.", {"most": MOST_LESSONS})
        )
    free = {now.lesson.id: now for now in case.lessons if not now.fixed}
    named = [text.lesson for text in texts if text.lesson is not None]
    if len(named) != len(set(named)) or not set(named) <= free.keys():
        raise Outdated
    roster = case.roster
    rows = []
    for text in texts:
        planned, problems = (None, []) if text.blank else read_row(text, roster)
        rows.append(Row(text, free.get(text.lesson or 0), planned, list(problems)))
    removed = [now for lesson, now in free.items() if lesson not in named]
    return Table(case, rows, removed)


def without_blanks(table: Table) -> Table:
    """Rows in which nothing was typed plan nothing."""
    return replace(table, rows=[row for row in table.rows if not row.text.blank])


def in_order(rows: Iterable[Row]) -> list[Row]:
    """By the moment they begin; rows that say none stay at the end, as they were."""
    kept = list(rows)
    timed = sorted(
        (row for row in kept if row.planned),
        key=lambda row: row.planned.window.start if row.planned else None,  # type: ignore[arg-type, return-value]
    )
    return [*timed, *(row for row in kept if not row.planned)]


def look_around(actor: Actor, table: Table) -> None:
    """Tell beside each row what it clashes with, in all programmes, and whether the room holds all."""
    case = table.case
    slots = [_slot(case, row, -place) for place, row in enumerate(table.rows, 1) if row.planned]
    around = commitments.taken(
        actor, case.edition.id, [slot.window for slot in slots], table.people, table.rooms
    )
    fixed = [_fixed_slot(case, now) for now in table.fixed if now.takes_place]
    for slot in slots:
        row = table.rows[-(slot.lesson or 0) - 1]
        row.blocks, row.warnings = clash_sentences(
            case, slot, [*fixed, *slots], around, row.now.lesson.id if row.now else None
        )
        _check_room(case, row)


def _slot(case: TimetableCase, row: Row, name: int) -> Slot:
    planned = row.planned
    assert planned is not None  # noqa: S101 - only rows that plan something are asked
    return Slot(
        lesson=name,
        edition=case.edition.id,
        window=planned.window,
        trainers=frozenset(planned.trainers),
        tutors=frozenset(planned.tutors),
        room=case.room(planned.venue),
    )


def _fixed_slot(case: TimetableCase, now: LessonNow) -> Slot:
    """The edition's own lesson: it can only clash as such."""
    return Slot(lesson=now.lesson.id, edition=case.edition.id, window=now.window)


def _check_room(case: TimetableCase, row: Row) -> None:
    room = case.room(row.planned.venue) if row.planned else None
    if room is None:
        return
    capacity, edition = case.places.capacities[room], case.edition
    said = {"place": case.places.labels[room], "capacity": capacity}
    if capacity < case.confirmed:
        row.blocks.append(
            Sentence(
                "Posti di %(place)s: %(capacity)d; iscritti confermati: %(people)d.",
                {**said, "people": case.confirmed},
            )
        )
    elif capacity < edition.seats_max:
        row.warnings.append(
            Sentence(
                "Posti di %(place)s: %(capacity)d; l'edizione ne offre %(seats)d.",
                {**said, "seats": edition.seats_max},
            )
        )
