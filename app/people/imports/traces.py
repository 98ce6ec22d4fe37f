# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an imported row left: a print of the person as written, and the digest kept in the trail."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.domain.chain import canonical
from app.extensions import db
from app.models import Affiliation, Person, PersonImportRow

AT_ONCE = 1_000  # ids in one question
OF_PERSON = (
    "given_name", "family_name", "sex", "birth_date", "birth_place", "birth_place_code", "tax_code",
    "work_email", "is_social_worker", "active",
)  # fmt: skip
OF_AFFILIATION = (
    "organisation_id", "office", "job_title", "service_area", "target_group", "policy_office",
    "starts_on", "ends_on",
)  # fmt: skip


def prints(pairs: Mapping[int, tuple[int, int | None]]) -> dict[int, str]:
    """By row, a hash of its person and affiliation (``pairs``: their ids) as they stand now."""
    people = _values(Person, OF_PERSON, {person for person, _office in pairs.values()})
    offices = _values(Affiliation, OF_AFFILIATION, {office for _person, office in pairs.values()})
    return {
        row: _print([*people.get(person, ()), *offices.get(office, ())])
        for row, (person, office) in pairs.items()
    }


def _values(table: Any, names: Sequence[str], ids: set[Any]) -> dict[Any, Any]:
    wanted = sorted(one for one in ids if one)
    columns = [getattr(table, name) for name in names]
    found: dict[Any, Any] = {}
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        for row_id, *values in db.session.execute(
            select(table.id, *columns).where(table.id.in_(part))
        ):
            found[row_id] = values
    return found


def _print(values: Any) -> str:
    return hashlib.sha256(canonical([str(value) for value in values])).hexdigest()


def evidence(intake_id: int) -> str:
    """The digest of what came of every row, ids only: the trail keeps it."""
    found = db.session.execute(
        select(
            PersonImportRow.number,
            PersonImportRow.outcome,
            PersonImportRow.person_id,
            PersonImportRow.affiliation_id,
        )
        .where(PersonImportRow.import_id == intake_id)
        .order_by(PersonImportRow.number)
    )
    lines = [[number, str(outcome), person, office] for number, outcome, person, office in found]
    return hashlib.sha256(canonical(lines)).hexdigest()
