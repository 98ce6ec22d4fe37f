# SPDX-License-Identifier: AGPL-3.0-or-later
"""The people of the programme, and the page of one."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import labels
from app.actor import Actor
from app.domain import tax_code as tax_codes
from app.domain.vocabulary import ServiceArea, TargetGroup
from app.extensions import db
from app.hours import ATTENDED, EXPECTED
from app.listing import Filter, Listing, Plan, paginate
from app.models import Affiliation, Enrolment, Organisation, Person
from app.scope import clause
from app.standings import Standing, all_standings


@dataclass(frozen=True)
class PersonRow:
    id: int
    family_name: str
    given_name: str
    body: str
    office: str
    service_area: ServiceArea | None
    group: TargetGroup | None
    editions: int
    counted: int


def person_list(actor: Actor) -> Listing:
    """The people the actor may see, where they work now, their editions and hours."""
    current = (
        select(func.max(Affiliation.id))
        .where(Affiliation.person_id == Person.id, Affiliation.ends_on.is_(None))
        .correlate(Person)
        .scalar_subquery()
    )
    enrolments = (
        select(
            Enrolment.person_id,
            func.count().label("editions"),
            func.coalesce(func.sum(ATTENDED.c.counted), 0).label("counted"),
        )
        .outerjoin(ATTENDED, ATTENDED.c.enrolment_id == Enrolment.id)
        .where(
            clause(Enrolment, actor),
            EXPECTED,
        )
        .group_by(Enrolment.person_id)
        .subquery("enrolments")
    )
    counted = func.coalesce(enrolments.c.counted, 0)
    editions = func.coalesce(enrolments.c.editions, 0)
    statement = (
        select(
            Person.id,
            Person.family_name,
            Person.given_name,
            func.coalesce(Organisation.short_name, ""),
            func.coalesce(Affiliation.office, ""),
            Affiliation.service_area,
            Affiliation.target_group,
            editions,
            counted,
        )
        .outerjoin(Affiliation, Affiliation.id == current)
        .outerjoin(Organisation, Organisation.id == Affiliation.organisation_id)
        .outerjoin(enrolments, enrolments.c.person_id == Person.id)
        .where(clause(Person, actor))
    )
    return paginate(
        statement,
        Plan(
            sorts={
                "name": [Person.search_key, Person.id],
                "body": [Organisation.short_name, Person.search_key, Person.id],
                "office": [Affiliation.office, Person.search_key, Person.id],
                "editions": [editions, Person.search_key, Person.id],
                "hours": [counted, Person.search_key, Person.id],
            },
            search=Person.search_key + " " + func.coalesce(Organisation.search_key, ""),
            filters=[
                Filter(
                    "area",
                    _("Area di servizio"),
                    labels.choices(*ServiceArea),
                    Affiliation.service_area,
                ),
                Filter(
                    "group", _("Gruppo"), labels.choices(*TargetGroup), Affiliation.target_group
                ),
            ],
        ),
        lambda row: PersonRow(*row),
    )


@dataclass(frozen=True)
class AffiliationRow:
    body: str
    office: str
    job_title: str
    service_area: ServiceArea | None
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True)
class PersonPage:
    person: Person
    affiliations: list[AffiliationRow]
    enrolments: list[Standing]

    @property
    def minutes(self) -> int:
        return sum(row.counted for row in self.enrolments)

    @property
    def certificates(self) -> int:
        return sum(1 for row in self.enrolments if row.certificate_id)


def person_page(actor: Actor, person: Person) -> PersonPage:
    """One person: where she works and worked, her editions and hours."""
    rows = db.session.execute(
        select(
            Organisation.name,
            Affiliation.office,
            Affiliation.job_title,
            Affiliation.service_area,
            Affiliation.starts_on,
            Affiliation.ends_on,
        )
        .join(Organisation, Organisation.id == Affiliation.organisation_id)
        .where(Affiliation.person_id == person.id, clause(Organisation, actor))
        .order_by(Affiliation.starts_on.desc())
    )
    return PersonPage(
        person,
        [AffiliationRow(*row) for row in rows],
        all_standings(clause(Enrolment, actor), Enrolment.person_id == person.id),
    )


def tax_code_agrees(person: Person) -> bool:
    """Whether the tax code is the one its owner's data give, as far as they are known."""
    known = (person.tax_code, person.sex, person.birth_date, person.birth_place_code)
    if not all(known):
        return True
    return tax_codes.agrees(
        person.tax_code,
        family=person.family_name,
        given=person.given_name,
        sex=person.sex,
        birth_date=person.birth_date,
        belfiore=person.birth_place_code,
    )
