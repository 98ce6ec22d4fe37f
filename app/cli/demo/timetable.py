# SPDX-License-Identifier: AGPL-3.0-or-later
"""The timetable, as the file beside the program has it."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from app.domain.timetable import at

DATA = Path(__file__).parent.parent / "data"


@dataclass(frozen=True)
class PlannedLesson:
    seq: int
    day: date
    starts_at: datetime
    ends_at: datetime
    topic: str

    @property
    def minutes(self) -> int:
        return (self.ends_at - self.starts_at) // timedelta(minutes=1)


@dataclass(frozen=True)
class PlannedEdition:
    code: str
    course_code: str
    course_title: str
    town: str
    venue: str
    delivering_body: str
    trainer: str
    lessons: list[PlannedLesson] = field(default_factory=list)

    @property
    def first_day(self) -> date:
        return self.lessons[0].day

    @property
    def last_day(self) -> date:
        return self.lessons[-1].day

    @property
    def is_course(self) -> bool:
        return self.course_code.startswith("C")


def editions() -> list[PlannedEdition]:
    """Every edition with its lessons, in the order of the first lesson."""
    found: dict[str, PlannedEdition] = {}
    for row in _rows("demo_timetable.csv"):
        edition = found.setdefault(row["edition_code"], _edition(row))
        edition.lessons.append(_lesson(row))
    return list(found.values())


def _edition(row: dict[str, str]) -> PlannedEdition:
    return PlannedEdition(
        code=row["edition_code"],
        course_code=row["course_code"],
        course_title=row["course_title"],
        town=row["town"],
        venue=row["venue"].removesuffix(" [demo]"),
        delivering_body=row["delivering_body"],
        trainer=row["trainer"].removeprefix("Docente "),
    )


def _lesson(row: dict[str, str]) -> PlannedLesson:
    day = date.fromisoformat(row["date"])
    return PlannedLesson(
        seq=int(row["session_no"]),
        day=day,
        starts_at=at(day, time.fromisoformat(row["start"])),
        ends_at=at(day, time.fromisoformat(row["end"])),
        topic=row["topic"],
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
