# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each lesson on its day: the sheet opened, everybody marked as they come and go, closed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from app.actor import Actor
from app.cli.demo.agenda import Agenda, moment, pick
from app.cli.demo.conduct import Conduct, conduct
from app.cli.demo.planning import withdraw_one
from app.cli.demo.scenarios import Scenario, Stays, scenario
from app.cli.demo.staff import ARIS, SUBSTITUTE, TUTOR, trainer_login
from app.cli.demo.stage import Stage
from app.cli.demo.timetable import PlannedEdition, PlannedLesson
from app.courses.actions import move_lesson
from app.domain.attendance import Interval, Presence
from app.domain.roles import Role
from app.models import Enrolment, Lesson
from app.registers import actions
from app.registers.marks import Mark
from app.registers.queries import SHEET_PAGE, SheetPage, enrolment_of, sheet_page
from app.scope import get_visible
from app.teaching import TAUGHT
from app.trainers.actions import substitute
from app.trainers.substitution import LESSON, substitution

MINUTE = timedelta(minutes=1)
SNOW_DAY = date(2015, 2, 11)
OPENED_BEFORE, CALLED_AFTER = 5, 4  # minutes from the start


@dataclass(frozen=True)
class Sitting:
    """One lesson as it really took place."""

    edition: PlannedEdition
    lesson: PlannedLesson
    people: Sequence[str]

    def after(self, minutes: int) -> datetime:
        """The moment so many minutes after the start."""
        return self.lesson.starts_at + minutes * MINUTE

    def is_scene_of(self, told: Scenario) -> bool:
        return (told.edition, told.lesson) == (self.edition.code, self.lesson.seq)

    def conduct(self, who: str) -> Conduct:
        return conduct(self.edition.code, self.lesson.seq, who, self.lesson.minutes)


def note_lessons(
    agenda: Agenda, stage: Stage, edition: PlannedEdition, people: Sequence[str]
) -> list[Sitting]:
    """All lessons of the edition, as they were held; what happened between them, too."""
    sittings = [Sitting(edition, lesson, people) for lesson in edition.lessons]
    sittings = [_moved(agenda, stage, sitting) for sitting in sittings]
    for sitting in sittings:
        if sitting.is_scene_of(scenario("running_today")):
            agenda.note(sitting.after(-OPENED_BEFORE), partial(_open, stage, sitting))
        else:
            _note_lesson(agenda, stage, sitting)
    leaver = scenario("withdrawn_after")
    if edition.code == leaver.edition:
        day = sittings[1].lesson.day + timedelta(days=4)
        agenda.note(moment(day, "11:10"), partial(withdraw_one, stage, edition, leaver.who))
    return sittings


def _note_lesson(agenda: Agenda, stage: Stage, sitting: Sitting) -> None:
    if sitting.is_scene_of(scenario("substituted")):
        agenda.note(sitting.after(-21 * 60), partial(_substitute, stage, sitting))
    agenda.note(sitting.after(-OPENED_BEFORE), partial(_open, stage, sitting))
    agenda.note(sitting.after(CALLED_AFTER), partial(_call, stage, sitting))
    for who in sitting.people:
        for minute, stays in sitting.conduct(who).moves():
            agenda.note(sitting.after(minute), partial(_mark, stage, sitting, who, stays))
    later = 3 + pick(f"closed {sitting.edition.code} {sitting.lesson.seq}", 9)
    if sitting.is_scene_of(scenario("closed_late")):
        later += 2 * 24 * 60
    agenda.note(sitting.lesson.ends_at + later * MINUTE, partial(_close, stage, sitting))


def _moved(agenda: Agenda, stage: Stage, sitting: Sitting) -> Sitting:
    """The lesson that snow put off, on the day it was held."""
    if not sitting.is_scene_of(scenario("moved_for_snow")):
        return sitting
    lesson = sitting.lesson
    delay = SNOW_DAY - lesson.day
    held = replace(
        lesson, day=SNOW_DAY, starts_at=lesson.starts_at + delay, ends_at=lesson.ends_at + delay
    )
    agenda.note(sitting.after(-17 * 60), partial(_move, stage, sitting.edition, held))
    return replace(sitting, lesson=held)


def _move(stage: Stage, edition: PlannedEdition, held: PlannedLesson) -> None:
    actor = stage.organiser(edition.delivering_body)
    move_lesson(
        actor,
        stage.edition(edition.code, actor),
        stage.lesson(edition.code, held.seq, actor),
        starts_at=held.starts_at,
        ends_at=held.ends_at,
        reason="Neve: sede non raggiungibile",
    )


def _substitute(stage: Stage, sitting: Sitting) -> None:
    code = sitting.edition.code
    actor = stage.organiser(sitting.edition.delivering_body)
    lesson = get_visible(Lesson, stage.lessons[code, sitting.lesson.seq], actor, *LESSON)
    (place,) = [one for one in substitution(actor, lesson).places if one.role in TAUGHT]
    substitute(
        actor, lesson, place.id, stage.person(SUBSTITUTE).id, "Impedimento del docente incaricato"
    )


def _trainer(stage: Stage, sitting: Sitting) -> Actor:
    substituted = sitting.is_scene_of(scenario("substituted"))
    login = SUBSTITUTE if substituted else trainer_login(sitting.edition.trainer)
    return stage.actors[login, Role.TRAINER]


def _hand(stage: Stage, sitting: Sitting) -> Actor:
    """Who marks: at second lessons of Aris the tutor, otherwise the trainer."""
    if sitting.edition.delivering_body == ARIS and sitting.lesson.seq == 2:
        return stage.actors[TUTOR, Role.TUTOR]
    return _trainer(stage, sitting)


def _page(stage: Stage, sitting: Sitting, actor: Actor) -> SheetPage:
    lesson = stage.lesson(sitting.edition.code, sitting.lesson.seq, actor, *SHEET_PAGE)
    return sheet_page(actor, lesson, lock=True)


def _open(stage: Stage, sitting: Sitting) -> None:
    actor = _hand(stage, sitting)
    actions.open_sheet(actor, _page(stage, sitting, actor))


def _call(stage: Stage, sitting: Sitting) -> None:
    """Everybody present, then those who are not."""
    actor = _hand(stage, sitting)
    actions.mark_all_present(actor, _page(stage, sitting, actor), sitting.lesson.starts_at)
    page = _page(stage, sitting, actor)
    for who in sitting.people:
        how = sitting.conduct(who)
        if not how.from_start:
            absent = how.status if how.status is not Presence.PRESENT else Presence.ABSENT
            _write(actor, stage, page, who, Mark(absent))


def _mark(stage: Stage, sitting: Sitting, who: str, stays: Stays) -> None:
    actor = _hand(stage, sitting)
    page = _page(stage, sitting, actor)
    _write(actor, stage, page, who, Mark(Presence.PRESENT, _intervals(sitting, stays)))


def _intervals(sitting: Sitting, stays: Stays) -> list[Interval]:
    return [
        Interval(sitting.after(entered), None if left is None else sitting.after(left))
        for entered, left in stays
    ]


def _write(actor: Actor, stage: Stage, page: SheetPage, who: str, mark: Mark) -> None:
    """Mark the person, if she is expected: the withdrawn and the waiting are not."""
    enrolment = _enrolment(actor, stage, page, who)
    if enrolment is not None:
        entry = page.entries.get(enrolment.id)
        actions.mark(actor, page, enrolment, mark, entry.version if entry else 0)


def _enrolment(actor: Actor, stage: Stage, page: SheetPage, who: str) -> Enrolment | None:
    rows = (row for row in page.rows if row.expected)
    found = [row for row in rows if row.standing.person_id == stage.people[who]]
    return enrolment_of(actor, page.lesson, found[0].enrolment_id) if found else None


def _close(stage: Stage, sitting: Sitting) -> None:
    actor = _trainer(stage, sitting)
    page = _page(stage, sitting, actor)
    one_more = sitting.is_scene_of(scenario("heads_differ"))
    late = 10 if sitting.is_scene_of(scenario("started_late")) else 0
    actions.close_sheet(
        actor,
        page,
        topic=sitting.lesson.topic,
        start_real=sitting.after(late),
        end_real=sitting.lesson.ends_at,
        heads=page.tally.present + one_more,
        note="Una tirocinante del Comune ha assistito." if one_more else "",
        seen=page.seen,
    )


def roll_of(bodies: Iterable[Sequence[str]]) -> list[str]:
    """Everybody on the roll, whatever the body."""
    return [who for people in bodies for who in people]
