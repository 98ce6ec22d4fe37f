# SPDX-License-Identifier: AGPL-3.0-or-later
"""From which share of an office away at once the programme warns."""

from app import audit
from app.actor import Actor
from app.audit import Action
from app.models import Programme


def set_share(actor: Actor, programme: Programme, percent: int) -> bool:
    """Warn beyond this percent of an office; whether that is a change."""
    former = programme.office_share
    if former == percent:
        return False
    programme.office_share = percent
    audit.record(
        actor, Action.OFFICE_SHARE_SET, programme, programme.acronym, old=former, new=percent
    )
    return True
