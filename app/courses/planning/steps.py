# SPDX-License-Identifier: AGPL-3.0-or-later
"""An edition passes from state to state: opened, confirmed, archived, cancelled."""

from flask import current_app

from app import audit, mail
from app.actor import Actor
from app.audit import Action
from app.courses.planning.queries import Told, facts_of, told
from app.domain import edition_guards as rules
from app.domain.edition import EditionState
from app.extensions import db
from app.models import AttendanceRegister, Edition

KIND = "edition_cancelled"


def open_edition(actor: Actor, edition: Edition, reason: str = "") -> AttendanceRegister:
    """Open enrolment: threshold and minutes freeze, and the register is bound.

    ``reason``: why the lessons do not add up to the planned minutes. Raises RuleViolation.
    """
    facts = _held(edition)
    rules.check_step(EditionState.OPEN, facts, reason)
    edition.state = EditionState.OPEN
    edition.minutes_reason = reason.strip() if facts.lesson_minutes != facts.planned_minutes else ""
    edition.version += 1
    register = AttendanceRegister(
        edition_id=edition.id, number=f"REG-{edition.code}", pages=facts.lessons
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
        lesson_minutes=facts.lesson_minutes,
        reason=edition.minutes_reason,
        pages=register.pages,
    )
    return register


def confirm_edition(actor: Actor, edition: Edition, reason: str = "") -> None:
    """The edition will be held; ``reason``: why with fewer people than the least."""
    facts = _held(edition)
    rules.check_step(EditionState.CONFIRMED, facts, reason)
    edition.state = EditionState.CONFIRMED
    edition.confirm_reason = reason.strip() if facts.confirmed < facts.seats_min else ""
    edition.version += 1
    audit.record(
        actor,
        Action.EDITION_CONFIRMED,
        edition,
        edition.code,
        body_id=edition.delivering_body_id,
        confirmed=facts.confirmed,
        seats_min=facts.seats_min,
        reason=edition.confirm_reason,
    )


def archive_edition(actor: Actor, edition: Edition) -> None:
    """Nothing of the edition waits for anybody any more. Raises RuleViolation."""
    rules.check_step(EditionState.ARCHIVED, _held(edition))
    edition.state = EditionState.ARCHIVED
    edition.version += 1
    audit.record(
        actor, Action.EDITION_ARCHIVED, edition, edition.code, body_id=edition.delivering_body_id
    )


def cancel_edition(actor: Actor, edition: Edition, reason: str, tell: bool) -> int:
    """The edition will not be held; how many people are told. Raises RuleViolation."""
    db.session.refresh(edition, ["state", "version"], with_for_update=True)
    rules.check_cancelling(edition.state, reason)
    people = told(edition.id) if tell else []
    sent = sum(_tell(actor, edition, reason.strip(), one) for one in people)
    edition.state = EditionState.CANCELLED
    edition.cancel_reason = reason.strip()
    edition.version += 1
    audit.record(
        actor,
        Action.EDITION_CANCELLED,
        edition,
        edition.code,
        body_id=edition.delivering_body_id,
        reason=edition.cancel_reason,
        told=sent,
    )
    return sent


def letter(edition: Edition, reason: str, name: str) -> tuple[str, str]:
    """Subject and text of what people are told when an edition is cancelled."""
    body = mail.draw(
        "edition_cancelled.txt",
        name=name,
        edition=edition,
        reason=reason,
        base_url=current_app.config["BASE_URL"],
    )
    return f"Annullata l'edizione {edition.code}", body


def _tell(actor: Actor, edition: Edition, reason: str, one: Told) -> bool:
    subject, body = letter(edition, reason, one.name)
    return mail.queue(
        KIND,
        mail.Recipient(one.address, one.name),
        subject,
        body,
        about=edition,
        programme_id=actor.programme_id,
    )


def _held(edition: Edition) -> rules.Facts:
    """The facts, the edition held until the commit."""
    db.session.refresh(edition, ["state", "version"], with_for_update=True)
    return facts_of(edition)
