# SPDX-License-Identifier: AGPL-3.0-or-later
"""What hangs on a body: counted before it is deactivated, and asked before it is changed."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, exists, func, or_, select

from app.actor import Actor
from app.assignments import in_force
from app.domain.edition import EditionState
from app.domain.partnership import HELD_BY_ONE, check_deactivation, check_ours
from app.extensions import db
from app.hours import EXPECTED
from app.models import (
    Affiliation,
    CertificateTemplate,
    Edition,
    Enrolment,
    Organisation,
    Partnership,
    RoleAssignment,
)
from app.scope import clause

OVER = (EditionState.CLOSED, EditionState.ARCHIVED, EditionState.CANCELLED)


def check_editable(actor: Actor, body: Organisation) -> None:
    """A body of another programme alone is changed there. Raises RuleViolation."""
    ours, others = db.session.execute(
        select(
            exists().where(_has_part(body), Partnership.programme_id == actor.programme_id),
            exists().where(_has_part(body), Partnership.programme_id != actor.programme_id),
        )
    ).one()
    check_ours(ours=ours, others=others)


def _has_part(body: Organisation):  # type: ignore[no-untyped-def]
    return Partnership.organisation_id == body.id


@dataclass(frozen=True)
class Dependents:
    """How much hangs on a body today; ``elsewhere``: whether another programme counts on it."""

    people: int
    enrolments: int
    accounts: int
    delivering: int
    leads: bool
    issues: bool
    elsewhere: bool

    def check(self) -> None:
        """Whether the body may be deactivated. Raises RuleViolation."""
        check_deactivation(
            leads=self.leads,
            issues=self.issues,
            delivering=self.delivering,
            elsewhere=self.elsewhere,
        )


def dependents(actor: Actor, body: Organisation, today: date) -> Dependents:
    """Counted in one statement, within the actor's programme but for ``elsewhere``."""
    unfinished = select(Edition.id).where(clause(Edition, actor), Edition.state.not_in(OVER))
    template = (
        select(CertificateTemplate.issuing_body_id)
        .where(clause(CertificateTemplate, actor))
        .order_by(CertificateTemplate.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    open_now = or_(Partnership.ends_on.is_(None), Partnership.ends_on >= today)
    ours = Partnership.programme_id == actor.programme_id
    row = db.session.execute(
        select(
            _number(
                Affiliation.person_id,
                Affiliation.organisation_id == body.id,
                Affiliation.ends_on.is_(None),
            ),
            _number(
                Enrolment.id,
                Enrolment.home_body_id == body.id,
                Enrolment.edition_id.in_(unfinished),
                EXPECTED,
            ),
            _number(
                RoleAssignment.account_id,
                RoleAssignment.organisation_id == body.id,
                RoleAssignment.programme_id == actor.programme_id,
                in_force(today),
            ),
            _number(Edition.id, Edition.delivering_body_id == body.id, Edition.id.in_(unfinished)),
            exists().where(_has_part(body), ours, open_now, Partnership.role.in_(HELD_BY_ONE)),
            and_(template.is_not(None), template == body.id),
            exists().where(_has_part(body), ~ours, open_now),
        )
    ).one()
    return Dependents(*row[:4], *map(bool, row[4:]))


def _number(column, *conditions):  # type: ignore[no-untyped-def]
    """How many different ones there are, as a column."""
    return select(func.count(column.distinct())).where(*conditions).scalar_subquery()
