# SPDX-License-Identifier: AGPL-3.0-or-later
"""Adding several bodies to the programme at once: all or none."""

from collections.abc import Sequence

from app.actor import Actor
from app.bodies.actions import check_new, join_programme, register_body
from app.bodies.adding.candidates import Candidate, Known
from app.extensions import db
from app.models import Organisation, Programme

NOTHING = {"istat_code": None, "belfiore_code": None}


def add_bodies(
    actor: Actor, programme: Programme, known: Known, candidates: Sequence[Candidate]
) -> int:
    """Register those that are new, and give each the part; how many were added.

    RuleViolation: another body has the name or the code of one.
    """
    for one in candidates:
        if one.body_id is None:
            check_new({**NOTHING, **one.values})
            body = register_body(actor, **one.values)
        else:
            body = db.session.get_one(Organisation, one.body_id)
        join_programme(actor, body, programme, known.role, known.starts_on)
    return len(candidates)
