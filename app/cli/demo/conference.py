# SPDX-License-Identifier: AGPL-3.0-or-later
"""Enrolment under way this morning: the final conference, with seats by body and a waiting list."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.actor import Actor
from app.cli.demo.agenda import Agenda, moment
from app.cli.demo.names import domain
from app.cli.demo.officials import Official
from app.cli.demo.scenarios import ONLY
from app.cli.demo.staff import PARTICIPANTS
from app.cli.demo.stage import Stage
from app.domain.enrolment import Decision, EnrolmentState
from app.domain.notices import NoticeKind
from app.domain.roles import Role
from app.enrolments import actions
from app.enrolments.apologies.actions import make
from app.enrolments.deciding import decide
from app.enrolments.notices.actions import send
from app.enrolments.roll.queries import EDITION
from app.enrolments.seats.actions import set_seats
from app.extensions import db
from app.models import Edition, Enrolment, Lesson

CODE, TODAYS = "E01-01", "C08-02"
SEATS = {"Perugia": 6, "Terni": 3, "Foligno": 3, "Città di Castello": 2, "Spoleto": 2}
GIVES_BACK_ON = date(2015, 6, 8)
FIRST, SECOND = date(2015, 5, 12), date(2015, 5, 13)

# In this order the bodies answer: the common seats end with the third.
NOMINATED = {"Perugia": 8, "Terni": 4, "Gubbio": 3}
ASKING = ("davide.montepiano@terni.example", "andrea.pontesasso@todi.example")
APOLOGISES = "lucia.fontebella@perugia.example"


def note_conference(agenda: Agenda, stage: Stage, people: Sequence[Official]) -> None:
    """Seats, nominations, requests, the first confirmations, and an apology for today."""
    agenda.note(moment(FIRST, "10:00"), partial(_keep_seats, stage))
    for i, (body, number) in enumerate(NOMINATED.items()):
        chosen = [one.email for one in people if one.body == body and one.email not in ONLY]
        deed = partial(_nominate, stage, body, chosen[:number])
        agenda.note(moment(FIRST, f"1{i + 1}:20"), deed)
    for i, who in enumerate(ASKING):
        agenda.note(moment(SECOND, f"09:{30 + i}"), partial(_ask, stage, who))
    agenda.note(moment(SECOND, "16:00"), partial(_confirm, stage))
    agenda.note(moment(SECOND, "16:10"), partial(_tell, stage))
    agenda.note(moment(SECOND, "17:45"), partial(_apologise, stage))


def _edition(stage: Stage, actor: Actor) -> Edition:
    return stage.edition(CODE, actor, *EDITION)


def _keep_seats(stage: Stage) -> None:
    actor = stage.coordinator
    seats = {stage.bodies[body]: number for body, number in SEATS.items()}
    set_seats(actor, _edition(stage, actor), seats, GIVES_BACK_ON)


def _nominate(stage: Stage, body: str, people: Sequence[str]) -> None:
    actor = stage.actors[f"ente@{domain(body)}", Role.BODY_REPRESENTATIVE]
    rows = [(stage.person(who), stage.affiliation(who)) for who in people]
    actions.nominate(actor, _edition(stage, actor), rows)


def _ask(stage: Stage, who: str) -> None:
    actor = stage.actors[PARTICIPANTS[who], Role.PARTICIPANT]
    actions.request(actor, _edition(stage, actor), stage.affiliation(who))


def _confirm(stage: Stage) -> None:
    """The people of Perugia; the others wait for the organiser."""
    actor = stage.coordinator
    edition = _edition(stage, actor)
    people = db.session.scalars(
        select(Enrolment)
        .where(
            Enrolment.edition_id == edition.id,
            Enrolment.home_body_id == stage.bodies["Perugia"],
            Enrolment.state == EnrolmentState.BODY_APPROVED,
        )
        .order_by(Enrolment.id)
    ).all()
    seen = {one.id: one.version for one in people}
    decide(actor, edition, people, Decision.CONFIRM, "", seen)


def _tell(stage: Stage) -> None:
    actor = stage.coordinator
    edition = _edition(stage, actor)
    confirmed = db.session.scalars(
        select(Enrolment.id).where(
            Enrolment.edition_id == edition.id, Enrolment.state == EnrolmentState.CONFIRMED
        )
    ).all()
    send(actor, edition, NoticeKind.CONFIRMATION, confirmed)


def _apologise(stage: Stage) -> None:
    """The evening before, an official says that she will not come this morning."""
    actor = stage.actors[PARTICIPANTS[APOLOGISES], Role.PARTICIPANT]
    enrolment = db.session.scalars(
        select(Enrolment)
        .where(
            Enrolment.edition_id == stage.editions[TODAYS],
            Enrolment.person_id == stage.people[APOLOGISES],
        )
        .options(joinedload(Enrolment.edition))
    ).one()
    lesson = db.session.get_one(Lesson, stage.lessons[TODAYS, 1])
    make(actor, enrolment, lesson, "Sportello scoperto: arrivo solo se mi sostituiscono.")
