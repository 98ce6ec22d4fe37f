# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writing down somebody who came without being in the list."""

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain import register as rules
from app.domain.attendance import Interval, Presence
from app.domain.enrolment import EnrolmentState
from app.domain.errors import RuleViolation, Sentence
from app.domain.people import split_name
from app.extensions import db
from app.models import Enrolment, Organisation
from app.persons import affiliate, register_person
from app.registers.actions import mark
from app.registers.marks import Mark
from app.registers.queries import SheetPage
from app.registers.walk_ins.queries import namesakes, seats_taken


class AlreadyListed(RuleViolation):
    """Somebody of that name stands on the sheet."""


def add(
    actor: Actor, page: SheetPage, name: str, body: Organisation, *, another: bool
) -> tuple[Enrolment, bool]:
    """The person, her enrolment and her mark: present from now, or from the start of the lesson.

    Confirmed even where the seats are taken (domain rule 20: the room is warned, what
    happened is recorded); the second value says whether they are. Raises AlreadyListed for
    a name the sheet has, unless it is ``another`` person; RuleViolation where no mark may be
    written.
    """
    rules.check_mark(
        page.sheet.state,
        enrolment_state=EnrolmentState.CONFIRMED,
        now=clock.now(),
        deadline=page.deadline,
    )
    given, family = split_name(name)
    if not another and namesakes(page, given, family):
        raise AlreadyListed(
            Sentence("Sul foglio c'è già chi si chiama così: segnare quella riga, se è lei.")
        )
    edition = page.lesson.edition
    over = seats_taken(edition) >= edition.seats_max
    person = register_person(actor, given_name=given, family_name=family, incomplete=True)
    affiliation = affiliate(actor, person, body, starts_on=clock.today(), group=None)
    now = clock.now()
    enrolment = Enrolment(
        edition_id=edition.id,
        person_id=person.id,
        affiliation_id=affiliation.id,
        home_body_id=body.id,
        state=EnrolmentState.CONFIRMED,
        requested_at=now,
        requested_by_id=actor.account_id,
        confirmed_at=now,
        confirmed_by_id=actor.account_id,
    )
    db.session.add(enrolment)
    db.session.flush()
    audit.record(
        actor,
        Action.WALK_IN_ADDED,
        enrolment,
        f"{edition.code}, {page.lesson.seq}",
        body_id=body.id,
        over_capacity=over,
    )
    mark(actor, page, enrolment, Mark(Presence.PRESENT, (_stay(page),)), None)
    return enrolment, over


def _stay(page: SheetPage) -> Interval:
    """From this minute while the lesson runs, otherwise from its start."""
    now = clock.now().replace(second=0, microsecond=0)
    running = page.window.start < now < page.window.end
    return Interval(now if running else page.window.start, None)
