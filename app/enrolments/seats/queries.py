# SPDX-License-Identifier: AGPL-3.0-or-later
"""The bodies for which seats of an edition may be kept."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select

from app.actor import Actor
from app.domain.vocabulary import PartnershipRole
from app.extensions import db
from app.models import Edition, Organisation, Partnership, SeatAllotment
from app.scope import clause

TAKING_PART = [
    role for role in PartnershipRole if role is not PartnershipRole.RESPONSIBLE_AUTHORITY
]


@dataclass(frozen=True)
class BodySeats:
    body_id: int
    name: str
    seats: int


def bodies(actor: Actor, edition: Edition) -> list[BodySeats]:
    """The bodies of the programme by name, with the seats kept for each."""
    partners = select(Partnership.organisation_id).where(
        Partnership.programme_id == edition.course.programme_id,
        Partnership.role.in_(TAKING_PART),
    )
    rows = db.session.execute(
        select(Organisation.id, Organisation.name, func.coalesce(SeatAllotment.seats, 0))
        .outerjoin(
            SeatAllotment,
            (SeatAllotment.organisation_id == Organisation.id)
            & (SeatAllotment.edition_id == edition.id),
        )
        .where(
            clause(Organisation, actor),
            or_(Organisation.id.in_(partners), SeatAllotment.id.is_not(None)),
        )
        .order_by(Organisation.search_key)
    )
    return [BodySeats(*row) for row in rows]
