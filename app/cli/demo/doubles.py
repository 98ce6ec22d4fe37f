# SPDX-License-Identifier: AGPL-3.0-or-later
"""Records of people written twice, written in a hurry, and two people of one name."""

from datetime import date
from functools import partial

from app.cli.demo.agenda import Agenda, moment
from app.cli.demo.stage import Stage
from app.domain.vocabulary import TargetGroup
from app.people.duplicates.merging import distinguish
from app.persons import affiliate, register_person

DAY = date(2015, 5, 13)
HOMONYMS = ("andrea.pontesasso@todi.example", "andrea.pontesasso@terni.example")


def note_doubles(agenda: Agenda, stage: Stage) -> None:
    """Note what the coordinator finds under Persone, each at its moment."""
    agenda.note(moment(DAY, "12:00"), partial(_tell_apart, stage))
    agenda.note(moment(DAY, "12:05"), partial(_write_again, stage))
    agenda.note(moment(DAY, "12:10"), partial(_write_in_a_hurry, stage))


def _tell_apart(stage: Stage) -> None:
    """Two officials of one name are two people: not proposed again."""
    distinguish(stage.coordinator, *(stage.person(email) for email in HOMONYMS))


def _write_again(stage: Stage) -> None:
    """Irene Castelvento once more, given and family name swapped."""
    person = register_person(stage.coordinator, given_name="Castelvento", family_name="Irene")
    affiliate(
        stage.coordinator, person, stage.body("Orvieto"), starts_on=DAY, group=TargetGroup.OFFICIAL
    )


def _write_in_a_hurry(stage: Stage) -> None:
    """Somebody who came to the door at Spello, to be recognised or completed."""
    person = register_person(
        stage.coordinator, given_name="Gianfranco", family_name="PRATOLUNGO", incomplete=True
    )
    affiliate(stage.coordinator, person, stage.body("Spello"), starts_on=DAY, group=None)
