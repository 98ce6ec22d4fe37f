# SPDX-License-Identifier: AGPL-3.0-or-later
"""After the last lesson: the edition closed by its organiser, certificates by the coordinator."""

from functools import partial

from app.certificates.actions import Wanted, ask_batch
from app.certificates.issuing import issue_waiting
from app.certificates.preview import preview
from app.certificates.queries import EDITION_PAGE
from app.cli.demo.agenda import Agenda, moment, pick, working_day
from app.cli.demo.scenarios import scenario
from app.cli.demo.stage import Stage
from app.cli.demo.timetable import PlannedEdition, PlannedLesson
from app.courses.actions import close_edition
from app.extensions import db

STILL_RUNNING = (scenario("ready_to_close").edition, scenario("running_today").edition)
CLOSED_AFTER, ISSUED_AFTER = 1, 4  # working days from the last lesson


def note_conclusion(
    agenda: Agenda, stage: Stage, edition: PlannedEdition, last: PlannedLesson
) -> None:
    """A day and then a few after the last lesson held; not for what still runs."""
    if edition.code in STILL_RUNNING:
        return
    minute = pick(f"issued {edition.code}", 60)
    closed = moment(working_day(last.day, CLOSED_AFTER), f"10:{minute:02d}")
    issued = moment(working_day(last.day, ISSUED_AFTER), f"11:{minute:02d}")
    agenda.note(closed, partial(_close, stage, edition))
    agenda.note(issued, partial(_issue, stage, edition.code))


def _close(stage: Stage, planned: PlannedEdition) -> None:
    actor = stage.organiser(planned.delivering_body)
    close_edition(actor, stage.edition(planned.code, actor))


def _issue(stage: Stage, code: str) -> None:
    actor = stage.coordinator
    edition = stage.edition(code, actor, *EDITION_PAGE)
    found = preview(actor, edition)
    wanted = Wanted(
        enrolments=[person.enrolment_id for person in found.due],
        teachers=[teaching.person.id for teaching in found.teaching_due],
    )
    ask_batch(actor, edition, wanted)
    db.session.commit()
    while issue_waiting():
        pass
