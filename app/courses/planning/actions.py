# SPDX-License-Identifier: AGPL-3.0-or-later
"""An edition planned, changed, and deleted while nobody knows of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select

from app import audit, waitlist
from app.actor import Actor
from app.audit import Action
from app.domain import catalogue
from app.domain import edition_guards as rules
from app.domain.edition import EditionState
from app.domain.errors import RuleViolation, Sentence
from app.domain.hands import check_seen
from app.domain.seats import Seats
from app.domain.vocabulary import EditionKind, Mode
from app.extensions import db
from app.models import (
    Affiliation,
    ChecklistItem,
    Course,
    Edition,
    Enrolment,
    Lesson,
    LessonBreak,
    LessonStaff,
    Organisation,
    Person,
    RegisterSheet,
    StandardItem,
    Venue,
)

# What the opening fixes: sent again later, it changes nothing.
# The room is a matter of the timetable then: moving a lesson is a variation.
FROZEN = (
    "code", "kind", "delivering_body_id", "venue_id", "threshold", "planned_minutes", "credits_asked",
)  # fmt: skip


class Beside(RuleViolation):
    """A rule broken by one field of the form, named by ``field``."""

    def __init__(self, field: str, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.field = field


def plan_edition(
    actor: Actor,
    course: Course,
    *,
    code: str,
    delivering_body: Organisation,
    venue: Venue,
    seats_max: int,
    seats_min: int = 1,
    organiser: Person | None = None,
    kind: EditionKind = EditionKind.COURSE,
    mode: Mode = Mode.IN_PERSON,
    enrol_opens_on: date | None = None,
    enrol_closes_on: date | None = None,
    threshold: int | None = None,
    planned_minutes: int | None = None,
    body_approval: bool = True,
    asks_questionnaire: bool = False,
    credits_asked: bool = False,
) -> Edition:
    """An edition in preparation, with the programme's standard list of what to prepare.

    Title, and unless said otherwise threshold and minutes, are copied from the course.
    Raises Beside or RuleViolation.
    """
    catalogue.check_plannable(course.state)
    edition = Edition(
        course_id=course.id,
        course_title=course.title,
        code=code,
        kind=kind,
        delivering_body_id=delivering_body.id,
        organiser_id=organiser.id if organiser else None,
        venue_id=venue.id,
        mode=mode,
        seats_min=seats_min,
        seats_max=seats_max,
        enrol_opens_on=enrol_opens_on,
        enrol_closes_on=enrol_closes_on,
        threshold=course.default_threshold if threshold is None else threshold,
        planned_minutes=course.planned_minutes if planned_minutes is None else planned_minutes,
        body_approval=body_approval,
        asks_questionnaire=asks_questionnaire,
        credits_asked=credits_asked,
        state=EditionState.DRAFT,
    )
    _check(edition, venue)
    check_code(code, None)
    db.session.add(edition)
    db.session.flush()
    db.session.add_all(
        ChecklistItem(edition_id=edition.id, title=item.title, days=item.days)
        for item in db.session.scalars(
            select(StandardItem).where(StandardItem.programme_id == course.programme_id)
        )
    )
    audit.record(actor, Action.EDITION_CREATED, edition, code, body_id=delivering_body.id)
    return edition


def change_edition(
    actor: Actor, edition: Edition, seen: int, values: Mapping[str, Any], venue: Venue
) -> list[Enrolment] | None:
    """Write the columns and their values: who of the waiting list got a seat by it.

    None when nothing changed. What the opening froze is left as it is. Raises Beside
    or RuleViolation.
    """
    waitlist.hold(edition)
    db.session.refresh(edition, ["version"])
    check_seen(seen=seen, current=edition.version)
    rules.check_editable(edition.state)
    frozen = FROZEN if rules.is_frozen(edition.state) else ()
    changed = {
        name: value
        for name, value in values.items()
        if name not in frozen and getattr(edition, name) != value
    }
    if not changed:
        return None
    old = {name: getattr(edition, name) for name in changed}
    with db.session.no_autoflush:
        for name, value in changed.items():
            setattr(edition, name, value)
        _check(edition, venue, waitlist.seats_of(edition), changed)
        check_code(edition.code, edition.id)
    edition.version += 1
    audit.record(
        actor,
        Action.EDITION_CHANGED,
        edition,
        edition.code,
        body_id=edition.delivering_body_id,
        old=_told(old),
        new=_told(changed),
    )
    db.session.flush()
    return waitlist.seats_changed(actor, edition) if "seats_max" in changed else []


def delete_edition(actor: Actor, edition: Edition) -> None:
    """Take a draft away with its lessons and blank pages. Raises RuleViolation."""
    db.session.refresh(edition, ["state"], with_for_update=True)
    enrolments = db.session.scalar(select(func.count()).where(Enrolment.edition_id == edition.id))
    rules.check_deletable(edition.state, enrolments or 0)
    lessons = select(Lesson.id).where(Lesson.edition_id == edition.id)
    for model in (LessonBreak, LessonStaff, RegisterSheet):
        db.session.execute(
            delete(model)
            .where(model.lesson_id.in_(lessons))
            .execution_options(synchronize_session=False)
        )
    for model in (Lesson, ChecklistItem):
        db.session.execute(
            delete(model)
            .where(model.edition_id == edition.id)
            .execution_options(synchronize_session=False)
        )
    audit.record(
        actor,
        Action.EDITION_DELETED,
        edition,
        edition.code,
        body_id=edition.delivering_body_id,
        course_title=edition.course_title,
    )
    db.session.delete(edition)


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """As the trail writes them: days as text."""
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}


def check_code(code: str, edition_id: int | None) -> None:
    """A code names one edition. Raises Beside."""
    found = db.session.scalars(
        select(Edition.id).where(func.lower(Edition.code) == code.lower())
    ).all()
    if set(found) - {edition_id}:
        raise Beside(
            "code", Sentence("Il codice %(code)s è già di un'altra edizione.", {"code": code})
        )


def _check(
    edition: Edition,
    venue: Venue,
    seats: Seats | None = None,
    changed: Mapping[str, Any] | None = None,
) -> None:
    """What holds of an edition's data whoever writes them. Raises Beside."""
    new = changed is None
    try:
        rules.check_seats(
            least=edition.seats_min,
            most=edition.seats_max,
            capacity=venue.capacity,
            taken=sum(seats.taken.values()) if seats else 0,
            allotted=sum(map(seats.own, seats.allotted)) if seats else 0,
        )
    except RuleViolation as violation:
        raise Beside("seats_max", violation.sentence) from None
    if not venue.active and (new or "venue_id" in (changed or {})):
        raise Beside("venue", Sentence("Questa sede non è più in uso."))
    opens, closes = edition.enrol_opens_on, edition.enrol_closes_on
    if opens and closes and closes < opens:
        raise Beside(
            "enrol_closes_on", Sentence("Le iscrizioni non possono chiudersi prima di aprirsi.")
        )
    if edition.organiser_id and (
        new or {"organiser_id", "delivering_body_id"} & set(changed or {})
    ):
        _check_organiser(edition)


def _check_organiser(edition: Edition) -> None:
    works_there = db.session.scalar(
        select(Affiliation.id).where(
            Affiliation.person_id == edition.organiser_id,
            Affiliation.organisation_id == edition.delivering_body_id,
            Affiliation.ends_on.is_(None),
        )
    )
    if works_there is None:
        raise Beside("organiser", Sentence("Il referente è una persona dell'ente attuatore."))
