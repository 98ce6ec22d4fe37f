# SPDX-License-Identifier: AGPL-3.0-or-later
"""How far an issue is, and what became of each certificate asked for."""

from dataclasses import dataclass

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.actor import Actor
from app.domain.certificates import BatchItemState, CertificateKind, number_text
from app.extensions import db
from app.models import Certificate, CertificateBatch, CertificateBatchItem, Person
from app.scope import visible

AT_FIRST = 50  # rows shown while the issue runs


@dataclass(frozen=True)
class ItemRow:
    """One certificate asked for, and what became of it."""

    seq: int
    name: str
    kind: CertificateKind
    state: BatchItemState
    reason: str
    certificate_id: int | None
    number: str


@dataclass(frozen=True)
class BatchPage:
    """A batch and its rows; those refused first, because they want somebody."""

    batch: CertificateBatch
    rows: list[ItemRow]

    @property
    def shown(self) -> list[ItemRow]:
        """All of them once it is done; while it runs, what is asked again every second is short."""
        return self.rows[:AT_FIRST] if self.waiting else self.rows

    @property
    def waiting(self) -> int:
        return self._count(BatchItemState.WAITING)

    @property
    def issued(self) -> int:
        return self._count(BatchItemState.ISSUED)

    @property
    def refused(self) -> int:
        return self._count(BatchItemState.REFUSED)

    def _count(self, state: BatchItemState) -> int:
        return sum(row.state is state for row in self.rows)


def batch_page(actor: Actor, batch_id: int) -> BatchPage:
    """The batch and all its rows: two statements; 404 outside the actor's scope."""
    batch = db.session.scalars(
        visible(CertificateBatch, actor)
        .where(CertificateBatch.id == batch_id)
        .options(joinedload(CertificateBatch.edition))
    ).one_or_none()
    if batch is None:
        abort(404)
    rows = db.session.execute(
        select(CertificateBatchItem, Person, Certificate.number, Certificate.year)
        .join(Person, Person.id == CertificateBatchItem.person_id)
        .outerjoin(Certificate, Certificate.id == CertificateBatchItem.certificate_id)
        .where(CertificateBatchItem.batch_id == batch.id)
        .order_by(CertificateBatchItem.seq)
    )
    found = [
        ItemRow(
            seq=item.seq,
            name=f"{person.family_name} {person.given_name}",
            kind=item.kind,
            state=item.state,
            reason=item.reason,
            certificate_id=item.certificate_id,
            number=number_text(number, year) if number else "",
        )
        for item, person, number, year in rows
    ]
    return BatchPage(batch, sorted(found, key=lambda row: row.state is not BatchItemState.REFUSED))
