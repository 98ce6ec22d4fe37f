# SPDX-License-Identifier: AGPL-3.0-or-later
"""The counter of each issuing body and year: no gap, no duplicate, in order of issue."""

from sqlalchemy import Select, select
from sqlalchemy.dialects import postgresql, sqlite

from app.extensions import db
from app.models import CertificateCounter


def hold_counter(body_id: int, year: int) -> CertificateCounter:
    """The counter, made if it is not there, and held until the commit."""
    dialect = db.session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    db.session.execute(
        insert(CertificateCounter)
        .values(issuing_body_id=body_id, year=year, last_number=0)
        .on_conflict_do_nothing()
    )
    return db.session.scalars(_counter(body_id, year).with_for_update()).one()


def next_number(body_id: int, year: int) -> int:
    """The number that would be given now; somebody else may take it."""
    found = db.session.scalars(_counter(body_id, year)).one_or_none()
    return (found.last_number if found else 0) + 1


def _counter(body_id: int, year: int) -> Select[tuple[CertificateCounter]]:
    return (
        select(CertificateCounter)
        .where(CertificateCounter.issuing_body_id == body_id, CertificateCounter.year == year)
        .execution_options(populate_existing=True)
    )
