# SPDX-License-Identifier: AGPL-3.0-or-later
"""What hangs on two records that are to be joined."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased

from app import waitlist
from app.domain.certificates import BatchItemState, CertificateState
from app.domain.enrolment import expected
from app.domain.merging import Case, SharedEdition
from app.domain.vocabulary import AccountState
from app.extensions import db
from app.models import (
    Affiliation,
    AttendanceEntry,
    Certificate,
    CertificateBatchItem,
    DataSubjectRequest,
    Derogation,
    Edition,
    Enrolment,
    Lesson,
    LessonStaff,
    Person,
    ReconciledLine,
    RecordLink,
    Recovery,
    SelfCheckIn,
    UserAccount,
)

# What makes an enrolment more than an entry in a list; its moves and apologies stay with it.
TRACES = (
    AttendanceEntry,
    Certificate,
    CertificateBatchItem,
    Derogation,
    ReconciledLine,
    Recovery,
    SelfCheckIn,
)
IN_FORCE = (CertificateState.ISSUED, CertificateState.UNDER_REVIEW)


@dataclass(frozen=True)
class EnrolmentFacts:
    id: int
    person_id: int
    edition_id: int
    code: str
    expected: bool
    traced: bool


@dataclass(frozen=True)
class Double:
    """Two enrolments of one edition: the one that stays, and the one set aside."""

    stays: EnrolmentFacts
    goes: EnrolmentFacts


@dataclass(frozen=True)
class Facts:
    """Two records, what forbids joining them, and what would move from one to the other."""

    case: Case
    enrolments: list[EnrolmentFacts]
    doubles: list[Double]
    affiliations: int
    certificates: int
    lessons: int
    links: int
    requests: int
    login: str | None

    @property
    def moving(self) -> list[EnrolmentFacts]:
        """The enrolments that pass to the record that stays."""
        gone = {double.goes.id for double in self.doubles}
        return [one for one in self.enrolments if one.id not in gone]


def facts(kept: Person, merged: Person) -> Facts:
    """Everything the rules and the preview need; as many statements whatever there is."""
    both = _enrolments(kept.id, merged.id)
    doubles = [
        Double(other, own) if shared.drops_kept else Double(own, other)
        for (own, other), shared in _shared(both, kept.id)
    ]
    numbers = _numbers(kept.id, merged.id)
    return Facts(
        case=_case(kept, merged, both, numbers),
        enrolments=[one for one in both if one.person_id == merged.id],
        doubles=doubles,
        affiliations=numbers.affiliations,
        certificates=numbers.certificates,
        lessons=numbers.lessons,
        links=numbers.links,
        requests=numbers.requests,
        login=numbers.login,
    )


def hold_editions(kept: Person, merged: Person) -> None:
    """Hold the seats of the editions in which both are enrolled, before the people themselves."""
    mine, other = (
        select(Enrolment.edition_id).where(Enrolment.person_id == person.id)
        for person in (kept, merged)
    )
    for edition in db.session.scalars(
        select(Edition).where(Edition.id.in_(mine), Edition.id.in_(other)).order_by(Edition.id)
    ).all():
        waitlist.hold(edition)


def _enrolments(*people: int) -> list[EnrolmentFacts]:
    def on(model: Any) -> ColumnElement[bool]:
        return exists().where(model.enrolment_id == Enrolment.id).correlate(Enrolment)

    traced = or_(
        *(on(model) for model in TRACES),
        Enrolment.questionnaire_at.is_not(None),
        Enrolment.assessment_passed.is_not(None),
    )
    rows = db.session.execute(
        select(Enrolment.id, Enrolment.person_id, Edition.id, Edition.code, Enrolment.state, traced)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .where(Enrolment.person_id.in_(people))
        .order_by(Edition.code)
    )
    return [
        EnrolmentFacts(number, person, edition, code, expected(state), bool(trace))
        for number, person, edition, code, state, trace in rows
    ]


def _shared(
    both: list[EnrolmentFacts], kept_id: int
) -> list[tuple[tuple[EnrolmentFacts, EnrolmentFacts], SharedEdition]]:
    """The editions in which both are enrolled: the kept one's enrolment, the other's."""
    mine = {one.edition_id: one for one in both if one.person_id == kept_id}
    found = []
    for other in both:
        if other.person_id != kept_id and (own := mine.get(other.edition_id)):
            shared = SharedEdition(own.code, own.traced, other.traced, own.expected, other.expected)
            found.append(((own, other), shared))
    return found


def _case(kept: Person, merged: Person, both: list[EnrolmentFacts], numbers: Any) -> Case:
    people = (kept.id, merged.id)
    attended = {(one.code, one.person_id) for one in both if one.expected or one.traced}
    taught = _taught(people)
    return Case(
        kept_joined=kept.merged_into_id is not None,
        merged_joined=merged.merged_into_id is not None,
        both_sign_in=numbers.sign_ins > 1,
        shared=tuple(shared for _, shared in _shared(both, kept.id)),
        taught_and_attended=_taught_and_attended(taught, attended, people),
        taught_together=_together(taught),
        both_certified=_certified(people),
        waiting_for_certificates=bool(numbers.waiting),
    )


def _taught(people: tuple[int, int]) -> list[tuple[int, int, str, str]]:
    rows = db.session.execute(
        select(LessonStaff.person_id, LessonStaff.lesson_id, LessonStaff.role, Edition.code)
        .join(Lesson, Lesson.id == LessonStaff.lesson_id)
        .join(Edition, Edition.id == Lesson.edition_id)
        .where(LessonStaff.person_id.in_(people))
    )
    return [tuple(row) for row in rows]


def _taught_and_attended(
    taught: list[tuple[int, int, str, str]],
    attended: set[tuple[str, int]],
    people: tuple[int, int],
) -> tuple[str, ...]:
    """Editions in which one of the two teaches and the other is enrolled."""
    others = {people[0]: people[1], people[1]: people[0]}
    found = {code for person, _, _, code in taught if (code, others[person]) in attended}
    return tuple(sorted(found))


def _together(taught: list[tuple[int, int, str, str]]) -> tuple[str, ...]:
    seen: dict[tuple[int, str], int] = {}
    found = set()
    for person, lesson, role, code in taught:
        if seen.setdefault((lesson, role), person) != person:
            found.add(code)
    return tuple(sorted(found))


def _certified(people: tuple[int, int]) -> tuple[str, ...]:
    """Editions of which both hold a valid certificate of the same kind."""
    other = aliased(Certificate)
    rows = db.session.scalars(
        select(Edition.code)
        .join(Certificate, Certificate.edition_id == Edition.id)
        .join(
            other,
            (other.edition_id == Certificate.edition_id) & (other.kind == Certificate.kind),
        )
        .where(
            Certificate.state.in_(IN_FORCE),
            other.state.in_(IN_FORCE),
            Certificate.number.is_not(None),
            other.number.is_not(None),
            Certificate.person_id == people[0],
            other.person_id == people[1],
        )
        .distinct()
        .order_by(Edition.code)
    )
    return tuple(rows)


def _numbers(kept_id: int, merged_id: int) -> Any:
    """How much of each kind hangs on the record that goes, who signs in, what is under way."""

    def count(model: Any, *where: ColumnElement[bool]) -> Any:
        return select(func.count(model.id)).where(*where).scalar_subquery()

    both = (kept_id, merged_id)
    login = select(func.max(UserAccount.login)).where(UserAccount.person_id == merged_id)
    columns = {
        "affiliations": count(Affiliation, Affiliation.person_id == merged_id),
        "certificates": count(Certificate, Certificate.person_id == merged_id),
        "lessons": count(LessonStaff, LessonStaff.person_id == merged_id),
        "links": count(RecordLink, RecordLink.person_id == merged_id),
        "requests": count(DataSubjectRequest, DataSubjectRequest.person_id == merged_id),
        "login": login.scalar_subquery(),
        "sign_ins": count(
            UserAccount,
            UserAccount.person_id.in_(both),
            UserAccount.state != AccountState.DISABLED,
        ),
        "waiting": count(
            CertificateBatchItem,
            CertificateBatchItem.person_id.in_(both),
            CertificateBatchItem.state == BatchItemState.WAITING,
        ),
    }
    return db.session.execute(select(*(one.label(name) for name, one in columns.items()))).one()
