# SPDX-License-Identifier: AGPL-3.0-or-later
"""An edition held again: its data, its timetable shifted, its list of what to prepare."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import delete, select

from app import audit, clashes, clock
from app.actor import Actor
from app.audit import Action
from app.clock import ROME
from app.courses.planning.actions import plan_edition
from app.courses.planning.queries import lessons_to_copy, sittings
from app.courses.timetable.words import taken_sentences
from app.domain.clashes import Slot
from app.domain.cloning import Shifted, check_first_day, shift
from app.domain.errors import RuleViolation, Sentence
from app.domain.register import SheetState
from app.domain.vocabulary import LessonState
from app.extensions import db
from app.models import ChecklistItem, Edition, Lesson, LessonBreak, LessonStaff, RegisterSheet
from app.variations import names_of, trainers_of, tutors_of

NOT_YET = 0  # the id of an edition that is still to be made


@dataclass(frozen=True)
class Copy:
    """A lesson, where it would be held, and what it would clash with there."""

    lesson: Lesson
    place: Shifted
    blocks: tuple[Sentence, ...] = ()
    warnings: tuple[Sentence, ...] = ()


class Clashing(RuleViolation):
    """A trainer or a room is taken already; ``copies`` say which, each beside its lesson."""

    def __init__(self, found: list[Copy]) -> None:
        super().__init__(
            Sentence("Aule o docenti sono già impegnati: scegliere un altro primo giorno.")
        )
        self.copies = found


def copies(edition: Edition, first_day: date, with_breaks: bool) -> list[Copy]:
    """The lessons in their new places, nothing written. Raises RuleViolation."""
    check_first_day(first_day, clock.today())
    lessons = lessons_to_copy(edition.id)
    if not lessons:
        raise RuleViolation(Sentence("L'edizione non ha lezioni da copiare."))
    places = shift(sittings(lessons), first_day, with_breaks=with_breaks)
    return [Copy(lesson, place) for lesson, place in zip(lessons, places, strict=True)]


def looked_around(
    actor: Actor, source: Edition, found: Sequence[Copy], with_staff: bool
) -> list[Copy]:
    """The copies with what each clashes with, in all programmes; nobody is enrolled there yet."""
    slots = [_slot(source, copy, with_staff) for copy in found]
    people, rooms = _wanted(slots)
    around = clashes.taken(actor, NOT_YET, [slot.window for slot in slots], people, rooms)
    names = names_of(people, rooms)
    said = (taken_sentences(names, slot, around) for slot in slots)
    return [
        replace(copy, blocks=tuple(blocks), warnings=tuple(warnings))
        for copy, (blocks, warnings) in zip(found, said, strict=True)
    ]


def _slot(source: Edition, copy: Copy, with_staff: bool) -> Slot:
    lesson = copy.lesson
    return Slot(
        lesson=None,
        edition=NOT_YET,
        window=copy.place.window,
        trainers=frozenset(trainers_of(lesson) if with_staff else ()),
        tutors=frozenset(tutors_of(lesson) if with_staff else ()),
        room=clashes.room_of(source.mode, lesson.venue_id, source.venue_id),
    )


def _wanted(slots: Iterable[Slot]) -> tuple[set[int], set[int]]:
    """The people and the rooms these lessons want."""
    people, rooms = set[int](), set[int]()
    for slot in slots:
        people |= slot.trainers | slot.tutors
        if slot.room is not None:
            rooms.add(slot.room)
    return people, rooms


def clone_edition(
    actor: Actor,
    source: Edition,
    *,
    code: str,
    first_day: date,
    with_staff: bool,
    with_breaks: bool,
) -> Edition:
    """A draft like the source, from another day. Raises Beside, Clashing or RuleViolation."""
    found = copies(source, first_day, with_breaks)
    clashes.hold(*_wanted(_slot(source, copy, with_staff) for copy in found))
    found = looked_around(actor, source, found, with_staff)
    if any(copy.blocks for copy in found):
        raise Clashing(found)
    days = first_day - found[0].lesson.starts_at.astimezone(ROME).date()
    edition = plan_edition(
        actor,
        source.course,
        code=code,
        delivering_body=source.delivering_body,
        venue=source.venue,
        organiser=source.organiser,
        kind=source.kind,
        mode=source.mode,
        seats_min=source.seats_min,
        seats_max=source.seats_max,
        enrol_opens_on=_shifted(source.enrol_opens_on, days),
        enrol_closes_on=_shifted(source.enrol_closes_on, days),
        threshold=source.threshold,
        planned_minutes=source.planned_minutes,
        body_approval=source.body_approval,
        asks_questionnaire=source.asks_questionnaire,
    )
    _copy_lessons(actor, edition, found, with_staff)
    _copy_checklist(source, edition)
    audit.record(
        actor,
        Action.EDITION_CLONED,
        edition,
        code,
        body_id=edition.delivering_body_id,
        source=source.id,
        first_day=first_day.isoformat(),
        lessons=len(found),
        staff=with_staff,
        breaks=with_breaks,
    )
    return edition


def _copy_lessons(actor: Actor, edition: Edition, found: Sequence[Copy], with_staff: bool) -> None:
    for seq, copy in enumerate(found, 1):
        lesson = Lesson(
            edition_id=edition.id,
            seq=seq,
            starts_at=copy.place.window.start,
            ends_at=copy.place.window.end,
            planned_minutes=copy.place.minutes,
            module_id=copy.lesson.module_id,
            topic=copy.lesson.topic,
            venue_id=copy.lesson.venue_id,
            state=LessonState.SCHEDULED,
        )
        db.session.add(lesson)
        db.session.flush()
        db.session.add(RegisterSheet(lesson_id=lesson.id, state=SheetState.NOT_OPEN))
        db.session.add_all(
            LessonBreak(lesson_id=lesson.id, starts_at=one.start, ends_at=one.end)
            for one in copy.place.breaks
        )
        db.session.add_all(
            LessonStaff(lesson_id=lesson.id, person_id=one.person_id, role=one.role)
            for one in (copy.lesson.staff if with_staff else [])
        )
        audit.record(
            actor,
            Action.LESSON_PLANNED,
            lesson,
            f"{edition.code}, {seq}",
            body_id=edition.delivering_body_id,
            starts_at=lesson.starts_at,
            ends_at=lesson.ends_at,
        )


def _copy_checklist(source: Edition, edition: Edition) -> None:
    """The source's list, nothing of it done, in the place of the standard one."""
    rows = db.session.execute(
        select(ChecklistItem.title, ChecklistItem.days)
        .where(ChecklistItem.edition_id == source.id)
        .order_by(ChecklistItem.id)
    ).all()
    if not rows:
        return
    db.session.execute(delete(ChecklistItem).where(ChecklistItem.edition_id == edition.id))
    db.session.add_all(
        ChecklistItem(edition_id=edition.id, title=title, days=days) for title, days in rows
    )


def _shifted(day: date | None, days: timedelta) -> date | None:
    return day + days if day else None
