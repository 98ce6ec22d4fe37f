# SPDX-License-Identifier: AGPL-3.0-or-later
"""The offices of a body, as they are offered where somebody's office is written."""

from sqlalchemy import select

from app.extensions import db
from app.models import Office


def office_names(*body_ids: int) -> list[str]:
    """The active offices of these bodies, each name once; whoever asks may see the bodies."""
    return list(
        db.session.scalars(
            select(Office.name)
            .where(Office.organisation_id.in_(body_ids), Office.active)
            .distinct()
            .order_by(Office.name)
        )
    )
