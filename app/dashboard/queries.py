# SPDX-License-Identifier: AGPL-3.0-or-later
"""The programme's figures within the actor's scope: to do, indicators, body by course."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, true

from app import mail
from app.actor import Actor
from app.clock import ROME
from app.domain.attendance import share
from app.domain.certificates import CertificateState
from app.domain.edition import EditionState
from app.domain.enrolment import EnrolmentState
from app.domain.indicators import Figure, Sums, figures, may_show
from app.domain.prospects import ProspectState
from app.domain.register import SheetState
from app.domain.roles import Role
from app.domain.vocabulary import BodyKind, CorrectionState, EditionKind, ProposalState, TargetGroup
from app.extensions import db
from app.hours import ATTENDED, CERTIFIED, COUNTED, EXPECTED, HELD, HELD_BY_EDITION
from app.models import (
    Affiliation,
    Certificate,
    Correction,
    Course,
    Edition,
    Enrolment,
    Indicator,
    Lesson,
    Organisation,
    OutboxMessage,
    Programme,
    RegisterSheet,
    UserProposal,
)
from app.open_sheets import OpenSheet, open_sheets
from app.outlook import outlooks
from app.preparation import Prepared, overdue
from app.scope import clause

# Courses only: the workshop and the conference have indicators of their own.
IS_COURSE = Edition.kind == EditionKind.COURSE
NOT_COUNTED = (EditionState.DRAFT, EditionState.CANCELLED)
WIDE = (Role.PROGRAMME_COORDINATOR, Role.AUDITOR)
# Completed, and no valid certificate yet.
DUE = (Enrolment.state == EnrolmentState.COMPLETED) & Enrolment.id.notin_(
    select(Certificate.enrolment_id).where(CERTIFIED)
)


@dataclass(frozen=True)
class Cell:
    """People enrolled and their share of the hours held; hidden when too few to be shown."""

    people: int
    share: int | None
    hidden: bool


@dataclass(frozen=True)
class MatrixRow:
    body_id: int
    body: str
    cells: dict[int, Cell]


@dataclass(frozen=True)
class Matrix:
    courses: list[tuple[int, str, str]]
    rows: list[MatrixRow]


@dataclass(frozen=True)
class Waiting:
    """Certificates due and under review, corrections and proposed accounts to decide, messages

    that nobody received.
    """

    due_certificates: int
    under_review: int
    corrections: int
    proposals: int
    undelivered: int


@dataclass(frozen=True)
class Dashboard:
    """The three bands: to do, figures, body by course."""

    figures: Sequence[Figure]
    sums: Sums
    open_sheets: list[OpenSheet]
    waiting: Waiting
    at_risk: int
    overdue: list[Prepared]
    matrix: Matrix
    months: list[tuple[str, int]]


def editions(actor: Actor) -> Select[Any]:
    """The courses' editions that count, in the actor's scope."""
    return select(Edition.id).where(
        clause(Edition, actor), IS_COURSE, Edition.state.notin_(NOT_COUNTED)
    )


def confirmed(actor: Actor) -> ColumnElement[bool]:
    """Their enrolments, withdrawn and waiting ones left out."""
    return and_(clause(Enrolment, actor), EXPECTED, Enrolment.edition_id.in_(editions(actor)))


def dashboard(actor: Actor) -> Dashboard:
    """Everything the dashboard shows, in seven statements."""
    sums = _sums(actor)
    targets, waiting = _waiting(actor)
    return Dashboard(
        figures=figures(sums, targets if actor.role in WIDE else {}),
        sums=sums,
        open_sheets=open_sheets(actor),
        waiting=waiting,
        at_risk=_at_risk(actor),
        overdue=overdue(actor),
        matrix=_matrix(actor),
        months=_months(actor),
    )


def _at_risk(actor: Actor) -> int:
    """People who have missed something and may not miss a certain lesson any more."""
    running = Edition.state == EditionState.RUNNING
    found = outlooks(clause(Enrolment, actor), IS_COURSE, running).values()
    return sum(outlook.prospect.state is ProspectState.AT_RISK for outlook in found)


def _sums(actor: Actor) -> Sums:
    lessons = (
        select(
            func.coalesce(func.sum(HELD_BY_EDITION.c.delivered), 0).label("delivered"),
            func.coalesce(func.sum(HELD_BY_EDITION.c.planned), 0).label("planned"),
            func.coalesce(func.sum(HELD_BY_EDITION.c.lessons_held), 0).label("lessons_held"),
            func.coalesce(func.sum(HELD_BY_EDITION.c.lessons), 0).label("lessons"),
            func.count().label("editions"),
            func.count().filter(Edition.state.in_([EditionState.CLOSED, EditionState.ARCHIVED]))
            .label("editions_held"),
        )
        .join(Edition, Edition.id == HELD_BY_EDITION.c.edition_id)
        .where(Edition.id.in_(editions(actor)))
        .subquery("lessons")
    )  # fmt: skip
    came = COUNTED > 0
    done = Enrolment.state.in_([EnrolmentState.COMPLETED, EnrolmentState.NOT_COMPLETED])
    municipality = Organisation.kind == BodyKind.MUNICIPALITY
    people = (
        select(
            func.count(Enrolment.person_id.distinct()).label("enrolled"),
            func.coalesce(func.sum(COUNTED), 0).label("counted"),
            func.coalesce(func.sum(HELD), 0).label("possible"),
            func.count(Enrolment.home_body_id.distinct()).filter(came).label("bodies"),
            func.count(Enrolment.home_body_id.distinct())
            .filter(came & municipality)
            .label("municipalities"),
            func.count().filter(Enrolment.state == EnrolmentState.COMPLETED).label("completed"),
            func.count().filter(done).label("finished"),
            func.count(Enrolment.person_id.distinct())
            .filter(Affiliation.target_group == TargetGroup.POLICY_MAKER, came)
            .label("policy_makers"),
            func.count(Enrolment.person_id.distinct())
            .filter(Enrolment.id.in_(select(Certificate.enrolment_id).where(CERTIFIED)))
            .label("trained"),
        )
        .join(Organisation, Organisation.id == Enrolment.home_body_id)
        .outerjoin(Affiliation, Affiliation.id == Enrolment.affiliation_id)
        .outerjoin(ATTENDED, ATTENDED.c.enrolment_id == Enrolment.id)
        .outerjoin(HELD_BY_EDITION, HELD_BY_EDITION.c.edition_id == Enrolment.edition_id)
        .where(confirmed(actor))
        .subquery("people")
    )
    row = db.session.execute(select(lessons, people).join_from(lessons, people, true())).one()
    return Sums(
        enrolled_people=row.enrolled,
        trained_people=row.trained,
        delivered_minutes=row.delivered,
        planned_minutes=row.planned,
        person_minutes=row.counted,
        possible_minutes=row.possible,
        editions_held=row.editions_held,
        editions_planned=row.editions,
        lessons_held=row.lessons_held,
        lessons_planned=row.lessons,
        bodies_reached=row.bodies,
        municipalities_reached=row.municipalities,
        policy_makers=row.policy_makers,
        eligible=row.completed,
        confirmed=row.finished,
    )


def _waiting(actor: Actor) -> tuple[dict[str, int], Waiting]:
    """Targets, and what waits for somebody: one statement."""
    counts = (
        select(func.count()).select_from(Enrolment).where(confirmed(actor), DUE),
        select(func.count())
        .select_from(Certificate)
        .where(
            clause(Certificate, actor),
            Certificate.state == CertificateState.UNDER_REVIEW,
            Certificate.number.is_not(None),
        ),
        select(func.count())
        .select_from(Correction)
        .where(clause(Correction, actor), Correction.state == CorrectionState.ASKED),
        select(func.count())
        .select_from(UserProposal)
        .where(clause(UserProposal, actor), UserProposal.state == ProposalState.PROPOSED),
        select(func.count())
        .select_from(OutboxMessage)
        .where(clause(OutboxMessage, actor), mail.latest_failures()),
    )
    rows = db.session.execute(
        select(Indicator.code, Indicator.target, *(count.scalar_subquery() for count in counts))
        .select_from(Programme)
        .outerjoin(Indicator, Indicator.programme_id == Programme.id)
        .where(Programme.id == actor.programme_id)
    ).all()
    targets = {
        row[0]: row[1] * 60 if row[0] in ("OUT3", "OUT4") else row[1]
        for row in rows
        if row[1] is not None
    }
    return targets, Waiting(*rows[0][2:])


def may_see(actor: Actor, body_id: int, people: int) -> bool:
    """Whether a count of a body's people may be shown: organisers see no one or two of others."""
    return actor.role != Role.ORGANISER or body_id == actor.organisation_id or may_show(people)


def _matrix(actor: Actor) -> Matrix:
    rows = db.session.execute(
        select(
            Organisation.id,
            Organisation.short_name,
            Course.id,
            Course.code,
            Course.title,
            func.count(Enrolment.person_id.distinct()),
            func.sum(COUNTED),
            func.sum(HELD),
        )
        .select_from(Enrolment)
        .join(Organisation, Organisation.id == Enrolment.home_body_id)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .outerjoin(ATTENDED, ATTENDED.c.enrolment_id == Enrolment.id)
        .outerjoin(HELD_BY_EDITION, HELD_BY_EDITION.c.edition_id == Enrolment.edition_id)
        .where(confirmed(actor))
        .group_by(Organisation.id, Organisation.short_name, Course.id, Course.code, Course.title)
        .order_by(Organisation.short_name, Course.code)
    ).all()
    courses = sorted({(r[2], r[3], r[4]) for r in rows}, key=lambda course: course[1])
    bodies: dict[int, MatrixRow] = {}
    for body_id, body, course_id, _code, _title, people, counted, possible in rows:
        line = bodies.setdefault(body_id, MatrixRow(body_id, body, {}))
        hidden = not may_see(actor, body_id, people)
        line.cells[course_id] = Cell(people, share(counted, possible) if possible else None, hidden)
    return Matrix(courses, list(bodies.values()))


def _months(actor: Actor) -> list[tuple[str, int]]:
    rows = db.session.execute(
        select(Lesson.starts_at, RegisterSheet.delivered_minutes)
        .join(RegisterSheet, RegisterSheet.lesson_id == Lesson.id)
        .where(Lesson.edition_id.in_(editions(actor)), RegisterSheet.state == SheetState.CLOSED)
        .order_by(Lesson.starts_at)
    )
    months: dict[str, int] = {}
    for starts_at, minutes in rows:
        month = f"{starts_at.astimezone(ROME):%Y-%m}"
        months[month] = months.get(month, 0) + minutes
    return list(months.items())
