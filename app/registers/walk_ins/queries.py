# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whose staff may come through the door, and how full the room is."""

from sqlalchemy import func, select

from app.actor import Actor
from app.domain.people import name_key
from app.extensions import db
from app.hours import EXPECTED
from app.models import Edition, Enrolment, Organisation, Partnership
from app.registers.queries import SheetPage, SheetRow


def bodies(actor: Actor) -> list[tuple[int, str]]:
    """The active bodies of the programme, by name: which they are is no secret."""
    rows = db.session.execute(
        select(Organisation.id, Organisation.name)
        .join(Partnership, Partnership.organisation_id == Organisation.id)
        .where(Partnership.programme_id == actor.programme_id, Organisation.active)
        .distinct()
        .order_by(Organisation.name)
    )
    return [(number, name) for number, name in rows]


def body_of(actor: Actor, body_id: int) -> Organisation:
    """The body chosen, one of ``bodies``."""
    return db.session.scalars(
        select(Organisation)
        .join(Partnership, Partnership.organisation_id == Organisation.id)
        .where(Partnership.programme_id == actor.programme_id, Organisation.id == body_id)
        .distinct()
    ).one()


def namesakes(page: SheetPage, given: str, family: str) -> list[SheetRow]:
    """Those of the sheet whose name is another writing of this one."""
    key = name_key(given, family)
    return [
        row
        for row in page.rows
        if name_key(row.standing.given_name, row.standing.family_name) == key
    ]


def seats_taken(edition: Edition) -> int:
    """How many are expected in the edition; nobody else counts until the commit."""
    db.session.execute(select(Edition.id).where(Edition.id == edition.id).with_for_update())
    taken = select(func.count()).select_from(Enrolment)
    return db.session.scalar(taken.where(Enrolment.edition_id == edition.id, EXPECTED)) or 0
