# SPDX-License-Identifier: AGPL-3.0-or-later
"""The whole story, from September 2014 to this morning."""

from app.cli.demo.afterwards import note_afterwards
from app.cli.demo.agenda import Agenda
from app.cli.demo.certified import note_certified
from app.cli.demo.classroom import note_lessons, roll_of
from app.cli.demo.conclusion import note_conclusion
from app.cli.demo.conference import note_conference
from app.cli.demo.doubles import note_doubles
from app.cli.demo.foundation import note_foundation
from app.cli.demo.intake import note_intake
from app.cli.demo.invited import note_invited
from app.cli.demo.officials import officials
from app.cli.demo.planning import note_enrolment, note_events, note_planning
from app.cli.demo.preparation import note_preparation
from app.cli.demo.rolls import rolls
from app.cli.demo.stage import Stage
from app.cli.demo.successor import note_successor
from app.cli.demo.timetable import editions


def story() -> Agenda:
    """Every deed of the demonstration. The last one opens today's sheet."""
    agenda, stage = Agenda(), Stage()
    people, planned = officials(), editions()
    enrolled = rolls(planned, people)
    note_foundation(agenda, stage, people)
    note_planning(agenda, stage, planned)
    for edition in (e for e in planned if e.code in enrolled):
        note_enrolment(agenda, stage, edition, enrolled[edition.code])
        sittings = note_lessons(agenda, stage, edition, roll_of(enrolled[edition.code].values()))
        note_conclusion(agenda, stage, edition, sittings[-1].lesson)
    note_events(agenda, stage, planned)
    note_conference(agenda, stage, people)
    note_afterwards(agenda, stage, planned)
    note_certified(agenda, stage)
    note_doubles(agenda, stage)
    note_successor(agenda, stage)
    note_intake(agenda, stage)
    note_invited(agenda, stage)
    note_preparation(agenda, stage, planned)
    return agenda
