# SPDX-License-Identifier: AGPL-3.0-or-later
"""The audit trail as coordinator and auditor read it."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func

from app.actor import Actor
from app.audit import Action
from app.domain.roles import Role
from app.labels import label
from app.listing import Filter, Listing, Plan, paginate
from app.models import AuditEvent
from app.scope import visible


@dataclass(frozen=True)
class EventRow:
    sequence: int
    at: datetime
    actor: str
    role: str
    action: str
    target: str
    details: str
    hash: str


def event_list(actor: Actor) -> Listing:
    """The deeds, the latest first."""
    return paginate(
        visible(AuditEvent, actor),
        Plan(
            sorts={"sequence": [AuditEvent.sequence]},
            descending=True,
            search=func.lower(
                AuditEvent.actor_label + " " + AuditEvent.target_label + " " + AuditEvent.action
            ),
            filters=[
                Filter(
                    "action", _("Azione"), [(a.value, a.value) for a in Action], AuditEvent.action
                )
            ],
        ),
        lambda row: _event_row(row[0]),
    )


def _event_row(event: AuditEvent) -> EventRow:
    return EventRow(
        sequence=event.sequence,
        at=event.at,
        actor=event.actor_label,
        role=label(Role(event.role)) if event.role else "",
        action=event.action,
        target=event.target_label,
        details=event.details,
        hash=event.hash,
    )
