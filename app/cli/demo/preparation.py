# SPDX-License-Identifier: AGPL-3.0-or-later
"""What was prepared for the editions and when; a course proposed, an edition to be held again."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from sqlalchemy import select

from app.cli.demo.agenda import Agenda, moment, working_day
from app.cli.demo.scenarios import TODAY
from app.cli.demo.staff import ARIS
from app.cli.demo.stage import Stage
from app.cli.demo.timetable import PlannedEdition
from app.courses.catalogue.actions import propose_course, set_modules
from app.courses.checklist.actions import tick
from app.courses.planning.cloning import clone_edition
from app.courses.planning.queries import PLANNING_PAGE
from app.extensions import db
from app.models import ChecklistItem, Course

MODULES_ON = date(2014, 9, 16)
PROPOSED_ON, COPIED_ON = date(2015, 5, 6), date(2015, 5, 12)
HALF_DONE, HALF_DONE_ON = "W01-01", date(2015, 4, 20)  # the convocations are late
COPIED, COPY, COPY_FROM = "C08-02", "C08-03", date(2015, 6, 3)  # the day after a holiday


def note_preparation(agenda: Agenda, stage: Stage, editions: Sequence[PlannedEdition]) -> None:
    """Modules of the catalogue, ticks before and after each edition, and what is planned next."""
    agenda.note(moment(MODULES_ON, "09:00"), partial(_modules, stage, editions))
    for edition in editions:
        for day, until in (
            (working_day(edition.first_day, -3), -2),
            (working_day(edition.lessons[-1].day, 1), 30),
        ):
            if day < TODAY:
                agenda.note(moment(day, "16:10"), partial(_tick, stage, edition, until))
    workshop = next(edition for edition in editions if edition.code == HALF_DONE)
    agenda.note(moment(HALF_DONE_ON, "16:10"), partial(_tick, stage, workshop, -30))
    agenda.note(moment(PROPOSED_ON, "15:00"), partial(_propose, stage))
    agenda.note(moment(COPIED_ON, "16:40"), partial(_copy, stage, editions))


def _modules(stage: Stage, editions: Sequence[PlannedEdition]) -> None:
    """One for each lesson of the first edition."""
    first = {edition.course_code: edition for edition in reversed(editions)}
    for code, edition in first.items():
        course = db.session.scalars(select(Course).where(Course.code == code)).one()
        rows = [(None, lesson.topic[:200], lesson.minutes) for lesson in edition.lessons]
        set_modules(stage.coordinator, course, course.version, rows)


def _tick(stage: Stage, planned: PlannedEdition, until: int) -> None:
    actor = stage.organiser(planned.delivering_body)
    edition = stage.edition(planned.code, actor)
    items = db.session.scalars(
        select(ChecklistItem.id).where(
            ChecklistItem.edition_id == edition.id,
            ChecklistItem.days <= until,
            ChecklistItem.done_at.is_(None),
        )
    ).all()
    for item in items:
        tick(actor, edition, item, True)


def _propose(stage: Stage) -> None:
    propose_course(
        stage.organiser(ARIS),
        stage.programme,
        code="C10",
        title="Lavorare con il mediatore linguistico",
        planned_minutes=8 * 60,
        area="Comunicazione",
        audience="Operatori di sportello e assistenti sociali",
        objectives="Preparare, condurre e chiudere un colloquio con il mediatore.",
        contents="Il ruolo del mediatore; il colloquio a tre; errori frequenti; casi.",
    )


def _copy(stage: Stage, editions: Sequence[PlannedEdition]) -> None:
    planned = next(edition for edition in editions if edition.code == COPIED)
    actor = stage.organiser(planned.delivering_body)
    source = stage.edition(COPIED, actor, *PLANNING_PAGE)
    clone_edition(actor, source, code=COPY, first_day=COPY_FROM, with_staff=True, with_breaks=True)
