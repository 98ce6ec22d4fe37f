# SPDX-License-Identifier: AGPL-3.0-or-later
"""The social workers of an edition, and the credits each of them earns."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.actor import Actor
from app.domain import credits
from app.domain.edition import has_ended
from app.domain.errors import Sentence
from app.domain.roles import Permission, permits
from app.extensions import db
from app.hours import EXPECTED, VALID
from app.models import Certificate, Edition, Enrolment, Person
from app.scope import clause
from app.standings import Standing, all_standings


@dataclass(frozen=True)
class Claim:
    """A social worker and her credits. ``tax_code`` is empty for who may not read it."""

    standing: Standing
    tax_code: str
    why_not: Sentence | None

    @property
    def earned(self) -> bool:
        return self.why_not is None


def claims(actor: Actor, edition: Edition) -> list[Claim]:
    """Everybody expected in the edition who is a social worker, by surname."""
    workers = select(Person.id, Person.tax_code).where(
        Person.is_social_worker,
        Person.id.in_(select(Enrolment.person_id).where(Enrolment.edition_id == edition.id)),
    )
    codes = {row.id: row.tax_code for row in db.session.execute(workers)}
    if not permits(actor.role, Permission.PERSON_READ_BIRTH):
        codes = dict.fromkeys(codes)
    people = all_standings(
        clause(Enrolment, actor),
        Enrolment.edition_id == edition.id,
        EXPECTED,
        Enrolment.person_id.in_(list(codes)),
    )
    return [Claim(one, codes[one.person_id] or "", _why_not(edition, one)) for one in people]


def _why_not(edition: Edition, one: Standing) -> Sentence | None:
    return credits.why_not(
        event_id=edition.credits_event_id,
        training=edition.credits_training,
        ended=has_ended(edition.state),
        counted=one.counted,
        planned=one.held,
    )


def on_certificates(edition_id: int) -> bool:
    """Whether a valid certificate of the edition states credits."""
    found = db.session.scalar(
        select(Certificate.id)
        .where(
            Certificate.edition_id == edition_id,
            VALID,
            Certificate.content["credits_line"].as_string().is_not(None),
        )
        .limit(1)
    )
    return found is not None


def for_the_order(
    edition: Edition, people: Sequence[Claim]
) -> list[tuple[str, str, str, int, int, int]]:
    """One row for each who earned credits: name, tax code, event, minutes, credits, of ethics."""
    return [
        (
            one.standing.name,
            one.tax_code,
            edition.credits_event_id or "",
            one.standing.counted,
            edition.credits_training or 0,
            edition.credits_ethics or 0,
        )
        for one in people
        if one.earned
    ]
