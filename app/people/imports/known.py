# SPDX-License-Identifier: AGPL-3.0-or-later
"""The people a list may speak of: by tax code, by e-mail, and all the staff of its bodies."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select

from app.actor import Actor
from app.domain.intake.matching import Known, Office
from app.domain.intake.rows import Official
from app.domain.people import search_key
from app.extensions import db
from app.models import Affiliation, Person
from app.scope import clause

AT_ONCE = 1_000  # values in one question


def known_people(actor: Actor, officials: Sequence[Official]) -> list[Known]:
    """Whoever may be meant by these rows, those the actor may not see included (``seen``)."""
    codes = sorted({one.tax_code for one in officials if one.tax_code})
    emails = sorted({one.work_email for one in officials if one.work_email})
    bodies = sorted({one.body_id for one in officials if one.body_id})
    staff = select(Affiliation.person_id).where(
        Affiliation.organisation_id.in_(bodies), Affiliation.ends_on.is_(None)
    )
    found: dict[int, Any] = {}
    for condition in (
        Person.id.in_(staff),
        *(Person.tax_code.in_(part) for part in _parts(codes)),
        *(Person.work_email.in_(part) for part in _parts(emails)),
    ):
        for row in db.session.execute(_people(actor).where(condition)):
            found[row.id] = row
    offices = _offices(sorted(found))
    return [_known(row, offices.get(person_id, {})) for person_id, row in found.items()]


def _parts(values: Sequence[str]) -> list[Sequence[str]]:
    return [values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE)]


def _people(actor: Actor) -> Any:
    return select(
        Person.id,
        Person.family_name,
        Person.given_name,
        Person.tax_code,
        Person.work_email,
        Person.birth_date,
        Person.birth_place,
        Person.sex,
        Person.is_social_worker,
        or_(clause(Person, actor)).label("seen"),
    )


def _offices(people: Sequence[int]) -> dict[int, dict[int, Office]]:
    """By person and body, where each works now."""
    found: dict[int, dict[int, Office]] = defaultdict(dict)
    for start in range(0, len(people), AT_ONCE):
        rows = db.session.execute(
            select(
                Affiliation.person_id,
                Affiliation.organisation_id,
                Affiliation.id,
                Affiliation.office,
                Affiliation.job_title,
                Affiliation.service_area,
            ).where(
                Affiliation.person_id.in_(people[start : start + AT_ONCE]),
                Affiliation.ends_on.is_(None),
            )
        )
        for person_id, body_id, *office in rows:
            found[person_id][body_id] = Office(*office)
    return found


def _known(row: Any, offices: dict[int, Office]) -> Known:
    return Known(
        id=row.id,
        name_key=search_key(f"{row.family_name} {row.given_name}"),
        tax_code=row.tax_code,
        work_email=row.work_email,
        birth_date=row.birth_date,
        birth_place=row.birth_place,
        sex=row.sex,
        is_social_worker=row.is_social_worker,
        seen=bool(row.seen),
        offices=offices,
    )
