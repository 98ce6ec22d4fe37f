# SPDX-License-Identifier: AGPL-3.0-or-later
"""A new programme begun from an old one, which stays exactly as it is."""

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from typing import Any

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain.programme import renamed, usual_retention
from app.domain.roles import Role
from app.extensions import db
from app.models import (
    CertificateTemplate,
    Course,
    Indicator,
    Module,
    Partnership,
    Programme,
    RoleAssignment,
)
from app.programmes.changing import check_code, plain
from app.programmes.queries import Heritage

OWN = {"id", "version", "programme_id", "course_id"}  # columns a copy gets anew
UNION_LINE = "UNIONE EUROPEA"


def begin_successor(
    actor: Actor,
    old: Programme,
    values: Mapping[str, Any],
    takes: Mapping[str, bool],
    heritage: Heritage,
) -> Programme:
    """Found the programme with what it takes over; who does it becomes its coordinator.

    RuleViolation: the code is another programme's.
    """
    check_code(values["code"])
    programme = Programme(
        **values,
        **publicity_from(old, values, takes["texts"]),
        retention_until=usual_retention(values["ends_on"]),
        default_threshold=old.default_threshold,
        late_grace_minutes=old.late_grace_minutes,
        timezone=old.timezone,
    )
    db.session.add(programme)
    db.session.flush()
    taken = {name: TAKERS[name](programme, heritage) for name in TAKERS if takes[name]}
    db.session.flush()
    # The trail of the new programme begins with it, not in that of the old one.
    founder = replace(copy(actor), programme_id=programme.id)
    audit.record(
        founder,
        Action.PROGRAMME_CREATED,
        programme,
        programme.acronym,
        after=old.code,
        taken=taken,
        texts=takes["texts"],
        values={name: plain(value) for name, value in values.items()},
    )
    _make_coordinator(founder, programme)
    return programme


def publicity_from(old: Programme, values: Mapping[str, Any], taken: bool) -> dict[str, Any]:
    """The old block with the new names in it, or the least that a block must say."""
    if not taken:
        fund, acronym, code = values["fund_name"], values["acronym"], values["code"]
        statement = f"Progetto co-finanziato dall'Unione Europea – {fund} – {acronym} – PROG {code}"
        return {
            "union_line": UNION_LINE,
            "fund_line": fund,
            "ministry_line": "",
            "publicity_statement": statement if len(statement) <= 400 else "",
            "logos": [],
        }
    changes = [
        (f"PROG {old.code}", f"PROG {values['code']}"),
        (old.fund_name, values["fund_name"]),
        (old.acronym, values["acronym"]),
    ]
    return {
        "union_line": old.union_line,
        "fund_line": renamed(old.fund_line, changes)[:200],
        "ministry_line": old.ministry_line,
        "publicity_statement": renamed(old.publicity_statement, changes)[:400],
        "logos": [dict(logo) for logo in old.logos],
    }


def _copy(row: Any, **own: Any) -> Any:
    """A new row of the same table with the same values, but for its own."""
    names = {column.key for column in row.__table__.columns} - OWN
    return type(row)(**{name: getattr(row, name) for name in names} | own)


def _take_partners(programme: Programme, heritage: Heritage) -> int:
    db.session.add_all(
        Partnership(
            programme_id=programme.id,
            organisation_id=one.body_id,
            role=one.role,
            starts_on=programme.starts_on,
        )
        for one in heritage.partners
    )
    return len(heritage.partners)


def _take_courses(programme: Programme, heritage: Heritage) -> int:
    for course in heritage.courses:
        copied: Course = _copy(course, programme_id=programme.id)
        db.session.add(copied)
        db.session.flush()
        modules: list[Module] = [_copy(one, course_id=copied.id) for one in course.modules]
        db.session.add_all(modules)
    return len(heritage.courses)


def _take_indicators(programme: Programme, heritage: Heritage) -> int:
    db.session.add_all(
        Indicator(programme_id=programme.id, code=code, target=target)
        for code, target in heritage.targets.items()
    )
    return len(heritage.targets)


def _take_template(programme: Programme, heritage: Heritage) -> int:
    if heritage.template is None:
        return 0
    template: CertificateTemplate = _copy(
        heritage.template, programme_id=programme.id, set_at=clock.now()
    )
    template.version = 1
    db.session.add(template)
    return 1


TAKERS = {
    "partners": _take_partners,
    "courses": _take_courses,
    "indicators": _take_indicators,
    "template": _take_template,
}


def _make_coordinator(founder: Actor, programme: Programme) -> None:
    assignment = RoleAssignment(
        account_id=founder.account_id,
        role=Role.PROGRAMME_COORDINATOR,
        programme_id=programme.id,
        organisation_id=founder.organisation_id,
        starts_on=clock.today(),
        granted_by_id=founder.account_id,
    )
    db.session.add(assignment)
    db.session.flush()
    audit.record(
        founder,
        Action.ROLE_GRANTED,
        assignment,
        founder.name,
        body_id=founder.organisation_id,
        to=Role.PROGRAMME_COORDINATOR.value,
        until="",
    )
