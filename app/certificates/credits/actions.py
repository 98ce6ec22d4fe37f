# SPDX-License-Identifier: AGPL-3.0-or-later
"""The accreditation of an edition, while no valid certificate states it."""

from app import audit
from app.actor import Actor
from app.audit import Action
from app.certificates.credits.queries import on_certificates
from app.domain import credits
from app.models import Edition, Enrolment
from app.review import hold_people


def set_credits(
    actor: Actor,
    edition: Edition,
    *,
    asked: bool,
    event_id: str | None,
    training: int | None,
    ethics: int | None,
) -> bool:
    """Note what the Order was asked and answered; whether anything changed.

    Raises RuleViolation when the parts do not fit together, or certificates state others.
    """
    credits.check_accreditation(asked=asked, event_id=event_id, training=training, ethics=ethics)
    new = {
        "credits_asked": asked,
        "credits_event_id": event_id,
        "credits_training": training,
        "credits_ethics": ethics,
    }
    hold_people(Enrolment.edition_id == edition.id)  # or one is issued while this is written
    old = {name: getattr(edition, name) for name in new}
    if old == new:
        return False
    credits.check_change(on_certificates=on_certificates(edition.id))
    for name, value in new.items():
        setattr(edition, name, value)
    audit.record(actor, Action.CREDITS_SET, edition, edition.code, old=old, new=new)
    return True
