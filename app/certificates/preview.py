# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is due a certificate in an edition, who is not, and why."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from app.actor import Actor
from app.certificates.teaching import Teaching, teachings
from app.documents.fonts import missing_glyphs
from app.domain.certificates import BatchItemState, CertificateKind
from app.domain.roles import Role
from app.extensions import db
from app.hours import EXPECTED
from app.models import CertificateBatch, CertificateBatchItem, Edition, Enrolment
from app.scope import clause
from app.standings import Standing, all_standings


@dataclass(frozen=True)
class Preview:
    """Who gets a certificate, who has one, who does not get one and why.

    ``unprintable``: by person, the characters of her details that no typeface has. For
    whom an issue already runs nothing is due.
    """

    due: list[Standing]
    issued: list[Standing]
    not_due: list[Standing]
    teaching_due: list[Teaching]
    teaching_others: list[Teaching]
    unprintable: dict[int, str]
    running: CertificateBatch | None


def preview(actor: Actor, edition: Edition) -> Preview:
    """Everybody expected in the edition, and who taught in it, sorted by what is due."""
    people = all_standings(clause(Enrolment, actor), Enrolment.edition_id == edition.id, EXPECTED)
    taught = teachings(edition) if actor.role != Role.BODY_REPRESENTATIVE else []
    running = _running(edition.id)
    asked = _waiting_in(edition.id) if running else set()
    unprintable = {
        person_id: " ".join(missing)
        for person_id, words in _printed(people, taught)
        if (missing := missing_glyphs(words))
    }
    return Preview(
        due=[
            p
            for p in people
            if p.eligible and p.person_id not in unprintable and (p.person_id, p.kind) not in asked
        ],
        issued=[p for p in people if p.certificate_id],
        not_due=[
            p
            for p in people
            if not p.certificate_id and (not p.eligible or p.person_id in unprintable)
        ],
        teaching_due=[
            t
            for t in taught
            if t.eligible
            and t.person.id not in unprintable
            and (t.person.id, t.case.kind) not in asked
        ],
        teaching_others=[t for t in taught if not t.eligible or t.person.id in unprintable],
        unprintable=unprintable,
        running=running,
    )


def _printed(people: list[Standing], taught: list[Teaching]) -> Iterator[tuple[int, str]]:
    """What the paper says of each person."""
    for p in people:
        details = (p.given_name, p.family_name, p.birth_place, p.home_body_name)
        yield p.person_id, " ".join(filter(None, details))
    for t in taught:
        details = (t.person.full_name, t.person.birth_place, t.home_body_name)
        yield t.person.id, " ".join(filter(None, details))


def _running(edition_id: int) -> CertificateBatch | None:
    """The batch of the edition that the worker has not finished yet."""
    return db.session.scalars(
        select(CertificateBatch)
        .where(CertificateBatch.edition_id == edition_id, CertificateBatch.finished_at.is_(None))
        .order_by(CertificateBatch.id)
        .limit(1)
    ).one_or_none()


def _waiting_in(edition_id: int) -> set[tuple[int, CertificateKind]]:
    """People, and the kind of certificate that the worker is about to issue to them."""
    rows = db.session.execute(
        select(CertificateBatchItem.person_id, CertificateBatchItem.kind)
        .join(CertificateBatch, CertificateBatch.id == CertificateBatchItem.batch_id)
        .where(
            CertificateBatch.edition_id == edition_id,
            CertificateBatch.finished_at.is_(None),
            CertificateBatchItem.state == BatchItemState.WAITING,
        )
    )
    return {(person_id, kind) for person_id, kind in rows}
