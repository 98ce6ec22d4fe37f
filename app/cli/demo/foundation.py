# SPDX-License-Identifier: AGPL-3.0-or-later
"""September 2014: bodies, programme, people, accounts."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import partial

from app.accounts.actions import create_account
from app.accounts.granting import grant_role
from app.actor import Actor
from app.bodies.actions import join_programme, register_body
from app.bodies.parts import OfficeLine, set_offices
from app.cli.demo.agenda import Agenda, moment
from app.cli.demo.catalogue import PROGRAMME, TARGETS
from app.cli.demo.officials import OFFICIALS, Official
from app.cli.demo.rolls import MOVED_ON
from app.cli.demo.staff import (
    ANCI,
    ARIS,
    BIRTH_CODE,
    BIRTH_PLACE,
    FOUNDERS,
    LEAD,
    MINISTRY,
    PARTICIPANTS,
    PARTNERS,
    PASSWORD,
    PROVINCE,
    TRUST_US,
    Staff,
    representatives,
    trainers,
)  # fmt: skip
from app.cli.demo.stage import Stage
from app.domain.roles import Role
from app.domain.vocabulary import BodyKind, PartnershipRole, TargetGroup
from app.models import UserAccount
from app.municipalities import municipalities
from app.people.actions import affiliate, move_person, register_person
from app.programmes.actions import found_programme, set_certificate_template

FOUNDED = date(2014, 9, 1)

OTHER_BODIES = (
    (PROVINCE, BodyKind.PROVINCE, "PG"),
    (ANCI, BodyKind.ASSOCIATION, None),
    (ARIS, BodyKind.TRAINING_PROVIDER, None),
    (TRUST_US, BodyKind.TRAINING_PROVIDER, None),
    (MINISTRY, BodyKind.MINISTRY, None),
)
_R = PartnershipRole
PARTS = (
    (MINISTRY, _R.RESPONSIBLE_AUTHORITY),
    (LEAD, _R.LEAD_BENEFICIARY),
    (ANCI, _R.COORDINATOR_BODY),
    (PROVINCE, _R.PARTNER_BODY),
    (ARIS, _R.PARTNER_BODY),
    (TRUST_US, _R.PARTNER_BODY),
    *((body, _R.PARTICIPATING_BODY) for body in OFFICIALS),
)


def note_foundation(agenda: Agenda, stage: Stage, people: Sequence[Official]) -> None:
    """Everything that has to be there before the first edition is planned."""
    agenda.note(moment(FOUNDED, "09:00"), partial(_bodies, stage))
    agenda.note(moment(FOUNDED, "09:30"), partial(_programme, stage))
    agenda.note(moment(FOUNDED, "10:00"), partial(enlist, stage, FOUNDERS))
    agenda.note(moment(FOUNDED, "11:00"), partial(_template, stage))
    day = FOUNDED + timedelta(days=1)
    agenda.note(moment(day, "09:00"), partial(enlist, stage, PARTNERS))
    agenda.note(moment(day, "10:00"), partial(enlist, stage, trainers()))
    agenda.note(moment(day, "11:00"), partial(enlist, stage, representatives()))
    day += timedelta(days=6)
    for i, body in enumerate(OFFICIALS):
        mine = [person for person in people if person.first_body == body]
        agenda.note(moment(day, f"09:{i * 4:02d}"), partial(_register, stage, mine))
    agenda.note(moment(day, "11:30"), partial(_offices, stage, people))
    agenda.note(moment(day, "12:00"), partial(_participants, stage, people))
    movers = [person for person in people if person.body_before]
    agenda.note(moment(MOVED_ON, "08:00"), partial(_move, stage, movers))


def _bodies(stage: Stage) -> None:
    for m in municipalities():
        stage.bodies[m.name] = register_body(
            stage.system,
            kind=BodyKind.MUNICIPALITY,
            name=f"Comune di {m.name}",
            short_name=m.name,
            province_code=m.province_code,
            istat_code=m.istat_code,
            belfiore_code=m.belfiore_code,
            population=m.population,
        ).id
    for name, kind, province in OTHER_BODIES:
        stage.bodies[name] = register_body(
            stage.system, kind=kind, name=name, short_name=name, province_code=province
        ).id


def _programme(stage: Stage) -> None:
    programme = found_programme(stage.system, targets=TARGETS, **PROGRAMME)
    stage.programme_id = programme.id
    for body, part in PARTS:
        join_programme(stage.system, stage.body(body), programme, part)


def _template(stage: Stage) -> None:
    set_certificate_template(
        stage.coordinator,
        stage.programme,
        stage.body(LEAD),
        issue_place="Perugia",
        signatory_name="nome di esempio",
        signatory_quality="Il Dirigente dei Servizi sociali",
        art40_notice=True,
    )


def enlist(stage: Stage, staff: Iterable[Staff]) -> None:
    """Accounts and roles; those employed are people of their body, too."""
    actor = stage.coordinator if stage.actors else stage.system
    for one in staff:
        account = create_account(
            actor,
            login=one.login,
            display_name=one.name,
            person_id=_employ(actor, stage, one) if one.employed else None,
            password=PASSWORD,
        )
        for role in one.roles:
            _grant(actor, stage, account, role, one.body, one.until)


def _grant(
    actor: Actor,
    stage: Stage,
    account: UserAccount,
    role: Role,
    body: str,
    until: date | None = None,
) -> None:
    assignment = grant_role(
        actor,
        account,
        role,
        starts_on=FOUNDED,
        programme_id=None if role == Role.SYSTEM_ADMIN else stage.programme_id,
        organisation_id=stage.bodies[body] if body else None,
        ends_on=until,
    )
    stage.enter(account, assignment, body or None)


def _employ(actor: Actor, stage: Stage, one: Staff) -> int:
    teaches = {Role.TRAINER, Role.TUTOR} & set(one.roles)  # and is due a certificate for it
    person = register_person(
        actor,
        given_name=one.given,
        family_name=one.family,
        work_email=one.login,
        sex=one.sex if teaches else None,
        birth_date=one.birth_date if teaches else None,
        birth_place=BIRTH_PLACE if teaches else None,
        birth_place_code=BIRTH_CODE if teaches else None,
        tax_code=one.tax_code if teaches else None,
    )
    affiliate(
        actor,
        person,
        stage.body(one.body),
        starts_on=FOUNDED,
        group=None,
        job_title="Docente" if Role.TRAINER in one.roles else "",
    )
    stage.people[one.login] = person.id
    return person.id


def _register(stage: Stage, people: Iterable[Official]) -> None:
    for one in people:
        person = register_person(
            stage.coordinator,
            given_name=one.given,
            family_name=one.family,
            work_email=one.email,
            sex=one.sex,
            birth_date=one.birth_date,
            birth_place=one.birth_place,
            birth_place_code=one.birth_code,
            tax_code=one.tax_code,
            is_social_worker=one.is_social_worker,
        )
        affiliation = affiliate(
            stage.coordinator,
            person,
            stage.body(one.first_body),
            starts_on=one.since,
            group=TargetGroup.OFFICIAL,
            office=one.office,
            job_title=one.job_title,
            service_area=one.area,
        )
        stage.people[one.email] = person.id
        stage.affiliations[one.email] = affiliation.id


def _offices(stage: Stage, people: Sequence[Official]) -> None:
    """The offices where each body's people work."""
    for body in OFFICIALS:
        areas = {one.office: one.area for one in people if one.first_body == body}
        lines = [OfficeLine(None, name, area, True) for name, area in sorted(areas.items())]
        set_offices(stage.coordinator, stage.body(body), [], lines)


def _participants(stage: Stage, people: Sequence[Official]) -> None:
    by_email = {person.email: person for person in people}
    for who, login in PARTICIPANTS.items():
        one = by_email[who]
        account = create_account(
            stage.coordinator,
            login=login,
            display_name=f"{one.given} {one.family}",
            person_id=stage.people[who],
            password=PASSWORD,
        )
        _grant(stage.coordinator, stage, account, Role.PARTICIPANT, one.body)


def _move(stage: Stage, movers: Iterable[Official]) -> None:
    for one in movers:
        now = move_person(
            stage.coordinator,
            stage.affiliation(one.email),
            stage.person(one.email),
            stage.body(one.body),
            MOVED_ON,
        )
        stage.affiliations[one.email] = now.id
