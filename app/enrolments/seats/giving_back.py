# SPDX-License-Identifier: AGPL-3.0-or-later
"""At midnight of the day set, the empty seats of the bodies become common: a job of the worker."""

from sqlalchemy import select

from app import clock
from app.domain.edition import EditionState
from app.extensions import db
from app.models import Edition
from app.waitlist import give_back

STATES = (EditionState.OPEN, EditionState.CONFIRMED, EditionState.RUNNING)


def give_back_seats() -> int:
    """Every edition whose day has come and that has not done it yet; how many people got a seat.

    Run twice it changes nothing: what was given back is written on the edition.
    """
    due = db.session.scalars(
        select(Edition)
        .where(
            Edition.gives_back_on <= clock.today(),
            Edition.gave_back_at.is_(None),
            Edition.state.in_(STATES),
        )
        .order_by(Edition.id)
    ).all()
    return sum(len(give_back(edition)) for edition in due)
