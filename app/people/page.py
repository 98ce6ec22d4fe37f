# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page of one person: where she works, her enrolments, who keeps her data."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.access import can
from app.actor import Actor
from app.domain import tax_code as tax_codes
from app.domain.enrolment import EnrolmentState, expected
from app.domain.errors import RuleViolation, Sentence
from app.domain.roles import Permission, Role
from app.domain.vocabulary import PolicyOffice, ServiceArea, TargetGroup
from app.extensions import db
from app.models import Affiliation, Edition, Enrolment, Organisation, Person, PersonMerge
from app.models.types import INTEGER_MAX
from app.scope import clause, get_visible, visible
from app.standings import Standing, all_standings
from app.teaching import EditionWork, by_edition, work_of


@dataclass(frozen=True)
class AffiliationRow:
    id: int
    body_id: int
    body: str
    office: str
    job_title: str
    service_area: ServiceArea | None
    group: TargetGroup | None
    policy_office: PolicyOffice | None
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True)
class ClosedDouble:
    """An edition in which both records were enrolled: numbers of the enrolment that stands,
    and of the one closed, which was in this state.
    """

    edition: str
    kept: int
    dropped: int
    was: EnrolmentState


@dataclass(frozen=True)
class Joined:
    """Another record found to be this person."""

    number: int
    name: str
    at: datetime
    doubles: list[ClosedDouble]


@dataclass(frozen=True)
class PersonPage:
    person: Person
    affiliations: list[AffiliationRow]
    enrolments: list[Standing]
    teaching: list[EditionWork]
    joined: list[Joined]
    is_own_staff: bool
    tax_code_differs: list[Sentence]

    @property
    def minutes(self) -> int:
        return sum(row.counted for row in self.enrolments)

    @property
    def certificates(self) -> int:
        return sum(1 for row in self.enrolments if row.certificate_id)

    @property
    def bodies(self) -> list[str]:
        """Those she works for now, as far as the reader knows them."""
        return [row.body for row in self.affiliations if row.ends_on is None]

    @property
    def needs_birth(self) -> bool:
        """Whether a certificate of one of her editions would state her birth."""
        return any(expected(row.state) for row in self.enrolments)

    @property
    def may_edit(self) -> bool:
        return can(Permission.PERSON_EDIT) and self.is_own_staff

    @property
    def shows_email(self) -> bool:
        """An address tells where somebody went: a representative sees that of her own staff."""
        return self.is_own_staff


def person_page(actor: Actor, person: Person) -> PersonPage:
    """One person: where she works and worked, her editions and hours."""
    rows = db.session.execute(
        select(
            Affiliation.id,
            Organisation.id,
            Organisation.name,
            Affiliation.office,
            Affiliation.job_title,
            Affiliation.service_area,
            Affiliation.target_group,
            Affiliation.policy_office,
            Affiliation.starts_on,
            Affiliation.ends_on,
        )
        .join(Organisation, Organisation.id == Affiliation.organisation_id)
        .where(Affiliation.person_id == person.id, clause(Organisation, actor))
        .order_by(Affiliation.starts_on.desc(), Affiliation.id.desc())
    )
    affiliations = [AffiliationRow(*row) for row in rows]
    return PersonPage(
        person,
        affiliations,
        all_standings(clause(Enrolment, actor), Enrolment.person_id == person.id),
        by_edition(work_of(person.id, clause(Edition, actor))),
        _joined(person) if can(Permission.PERSON_MERGE) else [],
        is_own_staff(actor, affiliations),
        tax_code_differences(person) if can(Permission.PERSON_READ_BIRTH) else [],
    )


def is_own_staff(actor: Actor, affiliations: list[AffiliationRow]) -> bool:
    """A representative keeps the data of who works for her body now; others of whom they see."""
    if actor.role != Role.BODY_REPRESENTATIVE:
        return True
    return any(a.body_id == actor.organisation_id and a.ends_on is None for a in affiliations)


def check_own_staff(actor: Actor, person: Person) -> None:
    """Raises RuleViolation for a representative, where the person has left her body."""
    if actor.role != Role.BODY_REPRESENTATIVE:
        return
    works = select(Affiliation.id).where(
        Affiliation.person_id == person.id,
        Affiliation.organisation_id == actor.organisation_id,
        Affiliation.ends_on.is_(None),
    )
    if db.session.scalar(works) is None:
        raise RuleViolation(
            Sentence("La persona non lavora più per il tuo ente: la scheda non si può cambiare.")
        )


def needs_birth(actor: Actor, person: Person) -> bool:
    """Whether a certificate of one of her editions, within reach, would state her birth."""
    states = db.session.scalars(
        select(Enrolment.state).where(Enrolment.person_id == person.id, clause(Enrolment, actor))
    )
    return any(expected(state) for state in states)


def _joined(person: Person) -> list[Joined]:
    rows = db.session.execute(
        select(
            Person.id,
            Person.family_name,
            Person.given_name,
            PersonMerge.merged_at,
            PersonMerge.moved,
        )
        .join(PersonMerge, PersonMerge.merged_id == Person.id)
        .where(PersonMerge.kept_id == person.id)
        .order_by(PersonMerge.id)
    )
    return [
        Joined(number, f"{family} {given}", at, _doubles(moved))
        for number, family, given, at, moved in rows
    ]


def _doubles(moved: dict[str, Any]) -> list[ClosedDouble]:
    return [
        ClosedDouble(one["edition"], one["kept"], one["dropped"], EnrolmentState(one["was"]))
        for one in moved["dropped"]
        if "kept" in one
    ]


def tax_code_differences(person: Person) -> list[Sentence]:
    """What of the person her tax code contradicts, as far as it is known."""
    if not person.tax_code:
        return []
    try:
        tax_codes.check(person.tax_code)
    except RuleViolation:
        return []  # older than the rule: said where it is edited
    return tax_codes.differences(
        person.tax_code,
        family=person.family_name,
        given=person.given_name,
        sex=person.sex,
        birth_date=person.birth_date,
        belfiore=person.birth_place_code,
    )


def pointed_at(person_id: int) -> int | None:
    """The record that this one was joined to, however many times; None for any other."""
    target: int | None = None
    following: int | None = person_id
    while following is not None and following <= INTEGER_MAX:
        following = db.session.scalar(select(Person.merged_into_id).where(Person.id == following))
        target = following or target
    return target


def records(actor: Actor, *numbers: int) -> list[Person]:
    """These records, in this order; 404 out of reach.

    One joined to another meanwhile (in another tab, by another hand) raises RuleViolation.
    """
    wanted = visible(Person, actor).where(Person.id.in_(numbers))
    found = {person.id: person for person in db.session.scalars(wanted)}
    for number in numbers:
        if number not in found:
            get_visible(Person, pointed_at(number) or number, actor)
            raise RuleViolation(
                Sentence("Una delle due schede è già stata unita a un'altra: ricaricare la pagina.")
            )
    return [found[number] for number in numbers]


def is_visible(actor: Actor, person_id: int) -> bool:
    """Whether the person is within reach (still)."""
    return db.session.scalar(visible(Person, actor).where(Person.id == person_id)) is not None
