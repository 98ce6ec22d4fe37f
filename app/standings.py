# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where an enrolment stands: its sums in one statement, and what they mean, which Python decides."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Integer, Row, Select, Subquery, bindparam, func, select

from app.domain import eligibility
from app.domain.attendance import share
from app.domain.certificates import CertificateKind, CertificateState
from app.domain.edition import EditionState
from app.domain.eligibility import Case, Condition
from app.domain.enrolment import EnrolmentState, outcome
from app.domain.errors import Sentence
from app.extensions import db
from app.hours import CERTIFIED, COUNTED_OF_EACH, HELD_BY_EDITION, held
from app.models import (
    Certificate,
    CertificateTemplate,
    Course,
    Derogation,
    Edition,
    Enrolment,
    Organisation,
    Person,
)


@dataclass(frozen=True)
class Standing:
    """Where one enrolment stands: hours, share, and whether a certificate is due, and why."""

    enrolment_id: int
    person_id: int
    given_name: str
    family_name: str
    birth_place: str | None
    home_body: str
    home_body_name: str
    office: str
    state: EnrolmentState
    edition_id: int
    edition_code: str
    edition_state: EditionState
    course_id: int
    course_title: str
    kind: CertificateKind
    counted: int
    held: int
    planned: int
    threshold: int
    first_at: Any
    last_at: Any
    case: Case
    certificate_id: int | None
    certificate_number: str | None
    certificate_state: CertificateState | None

    @property
    def name(self) -> str:
        return f"{self.family_name} {self.given_name}"

    @property
    def share(self) -> int:
        """Whole percent of what was held."""
        return share(self.counted, self.held)

    @property
    def progress(self) -> int:
        """Whole percent of what is planned."""
        return min(100, share(self.counted, self.planned))

    @property
    def reaches_threshold(self) -> bool:
        """Whether the hours so far are enough, whatever else a certificate wants."""
        return outcome(self.counted, self.held, self.threshold) is EnrolmentState.COMPLETED

    @property
    def eligible(self) -> bool:
        return eligibility.is_eligible(self.case)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Everything the certificate wants and how it stands, the most decisive first."""
        return eligibility.conditions(self.case)

    @property
    def why(self) -> Sentence:
        return eligibility.why(self.case)


_valid = (
    select(func.max(Certificate.id))
    .where(CERTIFIED, Certificate.enrolment_id == Enrolment.id)
    .correlate(Enrolment)
    .scalar_subquery()
)
_template = (
    select(CertificateTemplate.programme_id, func.max(CertificateTemplate.id).label("template_id"))
    .group_by(CertificateTemplate.programme_id)
    .subquery("template")
)

# Derogations in force, by enrolment: at most one each.
_derogated = Derogation.withdrawn_at.is_(None)


def standings(*where: ColumnElement[bool], held: Subquery = HELD_BY_EDITION) -> Select[Any]:
    """Every enrolment that the conditions select, with all a ``Standing`` needs: one statement."""
    return (
        select(
            Enrolment.id,
            Enrolment.state,
            Enrolment.office,
            Enrolment.questionnaire_at,
            Enrolment.assessment_passed,
            Derogation.id.label("derogation_id"),
            Person.id.label("person_id"),
            Person.given_name,
            Person.family_name,
            Person.birth_date,
            Person.birth_place,
            Person.tax_code,
            Organisation.short_name.label("home_body"),
            Organisation.name.label("home_body_name"),
            Edition.id.label("edition_id"),
            Edition.code.label("edition_code"),
            Edition.state.label("edition_state"),
            Edition.threshold,
            Edition.asks_questionnaire,
            Edition.course_title,
            Edition.planned_minutes,
            Course.id.label("course_id"),
            Course.certificate_kind,
            COUNTED_OF_EACH.label("counted"),
            func.coalesce(held.c.held, 0).label("held"),
            func.coalesce(held.c.open_sheets, 0).label("open_sheets"),
            held.c.first_at,
            held.c.last_at,
            Certificate.id.label("certificate_id"),
            Certificate.number,
            Certificate.year,
            Certificate.state.label("certificate_state"),
            _template.c.template_id,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .join(Organisation, Organisation.id == Enrolment.home_body_id)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .outerjoin(held, held.c.edition_id == Edition.id)
        .outerjoin(Certificate, Certificate.id == _valid)
        .outerjoin(Derogation, (Derogation.enrolment_id == Enrolment.id) & _derogated)
        .outerjoin(_template, _template.c.programme_id == Course.programme_id)
        .where(*where)
        .order_by(Person.search_key, Enrolment.id)
    )


def standing(row: Row[Any]) -> Standing:
    """The row of ``standings`` with its rule applied."""
    case_ = Case(
        edition_state=row.edition_state,
        enrolment_state=row.state,
        counted=row.counted,
        planned=row.held,
        threshold=row.threshold,
        open_sheets=row.open_sheets,
        missing_personal_data=missing_data(row),
        issuing_body_configured=row.template_id is not None,
        certificate_exists=row.certificate_id is not None,
        kind=row.certificate_kind,
        questionnaire_asked=row.asks_questionnaire,
        questionnaire_answered=row.questionnaire_at is not None,
        assessment_passed=row.assessment_passed,
        derogated=row.derogation_id is not None,
    )
    return Standing(
        enrolment_id=row.id,
        person_id=row.person_id,
        given_name=row.given_name,
        family_name=row.family_name,
        birth_place=row.birth_place,
        home_body=row.home_body,
        home_body_name=row.home_body_name,
        office=row.office,
        state=row.state,
        edition_id=row.edition_id,
        edition_code=row.edition_code,
        edition_state=row.edition_state,
        course_id=row.course_id,
        course_title=row.course_title,
        kind=row.certificate_kind,
        counted=row.counted,
        held=row.held,
        planned=row.planned_minutes,
        threshold=row.threshold,
        first_at=row.first_at,
        last_at=row.last_at,
        case=case_,
        certificate_id=row.certificate_id,
        certificate_number=f"{row.number}/{row.year}" if row.number else None,
        certificate_state=row.certificate_state,
    )


def all_standings(*where: ColumnElement[bool]) -> list[Standing]:
    """The standings selected, by surname."""
    return [standing(row) for row in db.session.execute(standings(*where))]


_enrolment, _edition = bindparam("enrolment", type_=Integer), bindparam("edition", type_=Integer)
# Put together once: that takes longer than the database does, and an issue asks for each person.
_ONE = standings(Enrolment.id == _enrolment, held=held(_edition))


def one_standing(enrolment_id: int, edition_id: int) -> Standing | None:
    """The standing of one enrolment, without adding up anybody else's hours."""
    row = db.session.execute(_ONE, {"enrolment": enrolment_id, "edition": edition_id}).one_or_none()
    return standing(row) if row else None


def missing_data(row: Any) -> tuple[str, ...]:
    """What a certificate says of its holder and is not known of this person, by name."""
    needed = (
        (_l("codice fiscale"), row.tax_code),
        (_l("data di nascita"), row.birth_date),
        (_l("luogo di nascita"), row.birth_place),
    )
    return tuple(str(name) for name, value in needed if not value)
