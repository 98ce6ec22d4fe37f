# SPDX-License-Identifier: AGPL-3.0-or-later
"""Spring 2015: accounts proposed by bodies, an invitation that did not arrive, one that waits."""

from datetime import date
from functools import partial

from sqlalchemy import update

from app.accounts.actions import Invitee, invite
from app.accounts.proposals.actions import accept, decline, propose
from app.cli.demo.agenda import Agenda, moment
from app.cli.demo.scenarios import scenario
from app.cli.demo.staff import MINISTRY
from app.cli.demo.stage import Stage
from app.domain.roles import Role
from app.domain.vocabulary import MessageState
from app.extensions import db
from app.models import OutboxMessage, Person, UserProposal

FOLIGNO, TODI, SPELLO = (f"ente@{town}.example" for town in ("foligno", "todi", "spello"))


def note_invited(agenda: Agenda, stage: Stage) -> None:
    """Note what is told of new accounts, each at its moment."""
    agenda.note(moment(date(2015, 5, 7), "16:20"), partial(_invite_auditor, stage))
    agenda.note(moment(date(2015, 5, 11), "09:15"), partial(_decline, stage))
    agenda.note(moment(date(2015, 5, 12), "10:05"), partial(_accept, stage))
    agenda.note(moment(date(2015, 5, 13), "11:40"), partial(_propose, stage))


def _invite_auditor(stage: Stage) -> None:
    """Written to an address that is not there: the link has expired meanwhile."""
    invited = invite(
        stage.coordinator,
        Invitee(
            "Ottavia",
            "Pratogrande",
            scenario("unreached").who,
            Role.AUDITOR,
            stage.programme_id,
            stage.bodies[MINISTRY],
            ends_on=date(2015, 6, 5),
        ),
    )
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.to_address == invited.account.login)
        .values(
            state=MessageState.FAILED,
            attempts=1,
            last_error="550 5.1.1 Casella di posta inesistente",
        )
    )


def _decline(stage: Stage) -> None:
    proposal = propose(
        stage.actors[SPELLO, Role.BODY_REPRESENTATIVE],
        "Bruno",
        "Stradalta",
        "bruno.stradalta@spello.example",
        Role.PARTICIPANT,
    )
    decline(stage.coordinator, proposal, "Non risulta iscritto a nessuna edizione del progetto.")


def _accept(stage: Stage) -> None:
    """An official who has a person already: she gets an account, which she has not begun yet."""
    proposal = _of_person(stage, stage.person(scenario("invited").who))
    accept(stage.coordinator, proposal)


def _of_person(stage: Stage, person: Person) -> UserProposal:
    return propose(
        stage.actors[TODI, Role.BODY_REPRESENTATIVE],
        person.given_name,
        person.family_name,
        person.work_email or "",
        Role.PARTICIPANT,
    )


def _propose(stage: Stage) -> None:
    propose(
        stage.actors[FOLIGNO, Role.BODY_REPRESENTATIVE],
        "Viola",
        "Pietrachiara",
        scenario("proposed").who,
        Role.BODY_REPRESENTATIVE,
    )
