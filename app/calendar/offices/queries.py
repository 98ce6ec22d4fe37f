# SPDX-License-Identifier: AGPL-3.0-or-later
"""The programme whose offices are looked after."""

from app.actor import Actor
from app.extensions import db
from app.models import Programme


def programme_of(actor: Actor) -> Programme:
    """The programme of the role in use."""
    found: Programme = db.session.get_one(Programme, actor.programme_id)
    return found
