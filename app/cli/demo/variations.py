# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the calendar of the demonstration had to change, as an organiser does it on the table."""

from dataclasses import replace

from app.actor import Actor
from app.cli.demo.stage import Stage
from app.cli.demo.timetable import PlannedLesson
from app.courses.timetable.actions import save
from app.courses.timetable.queries import timetable_case
from app.courses.timetable.table import read
from app.domain.timetable import clock_text, day_text

SNOW = "Neve: sede non raggiungibile"
REPLACED = "Impedimento del docente incaricato"


def move(stage: Stage, actor: Actor, code: str, held: PlannedLesson) -> None:
    """The lesson is held another day; everybody concerned is told."""
    start, end = held.starts_at, held.ends_at
    _vary(
        stage, actor, code, held.seq, SNOW,
        day=day_text(start), start=clock_text(start), end=clock_text(end),
    )  # fmt: skip


def substitute(stage: Stage, actor: Actor, code: str, seq: int, login: str) -> None:
    """Somebody else teaches the lesson."""
    person = stage.person(login)
    _vary(stage, actor, code, seq, REPLACED, trainers=f"{person.family_name} {person.given_name}")


def _vary(stage: Stage, actor: Actor, code: str, seq: int, reason: str, **fields: str) -> None:
    case = timetable_case(actor, stage.editions[code], lock=True)
    lesson = stage.lessons[code, seq]
    texts = [case.text_of(now) for now in case.lessons if not now.fixed]
    wanted = [replace(text, **fields) if text.lesson == lesson else text for text in texts]  # type: ignore[arg-type]
    save(actor, read(case, wanted), seen=case.seen, reason=reason, tell=True)
