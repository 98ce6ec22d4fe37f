# SPDX-License-Identifier: AGPL-3.0-or-later
"""An edition from its plan to its confirmation."""

from datetime import date

from app import audit
from app.actor import Actor
from app.audit import Action
from app.domain import edition as edition_rules
from app.domain.edition import EditionState
from app.domain.vocabulary import EditionKind, Mode
from app.extensions import db
from app.models import AttendanceRegister, Course, Edition, Organisation, Venue


def plan_edition(
    actor: Actor,
    course: Course,
    *,
    code: str,
    delivering_body: Organisation,
    venue: Venue,
    seats_max: int,
    kind: EditionKind = EditionKind.COURSE,
    mode: Mode = Mode.IN_PERSON,
    enrol_opens_on: date | None = None,
    enrol_closes_on: date | None = None,
    credits_asked: bool = False,
) -> Edition:
    """An edition in preparation; threshold and minutes are copied from the course."""
    edition = Edition(
        course_id=course.id,
        course_title=course.title,
        code=code,
        kind=kind,
        delivering_body_id=delivering_body.id,
        venue_id=venue.id,
        mode=mode,
        seats_max=seats_max,
        enrol_opens_on=enrol_opens_on,
        enrol_closes_on=enrol_closes_on,
        threshold=course.default_threshold,
        planned_minutes=course.planned_minutes,
        credits_asked=credits_asked,
        state=EditionState.DRAFT,
    )
    db.session.add(edition)
    db.session.flush()
    audit.record(actor, Action.EDITION_CREATED, edition, code, body_id=delivering_body.id)
    return edition


def open_edition(actor: Actor, edition: Edition, lessons: int) -> AttendanceRegister:
    """Open enrolment: threshold and minutes freeze, and the register is bound."""
    edition_rules.check_transition(edition.state, EditionState.OPEN)
    edition.state = EditionState.OPEN
    register = AttendanceRegister(
        edition_id=edition.id, number=f"REG-{edition.code}", pages=max(1, lessons)
    )
    db.session.add(register)
    db.session.flush()
    audit.record(
        actor,
        Action.EDITION_OPENED,
        edition,
        edition.code,
        body_id=edition.delivering_body_id,
        threshold=edition.threshold,
        planned_minutes=edition.planned_minutes,
        pages=register.pages,
    )
    return register


def confirm_edition(actor: Actor, edition: Edition) -> None:
    """The edition will be held."""
    edition_rules.check_transition(edition.state, EditionState.CONFIRMED)
    edition.state = EditionState.CONFIRMED
    audit.record(
        actor, Action.EDITION_CONFIRMED, edition, edition.code, body_id=edition.delivering_body_id
    )
