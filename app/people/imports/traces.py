# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an imported row left: a print of the person as written, and the digest kept in the trail."""

import hashlib
from typing import Any

from sqlalchemy import select

from app.domain.chain import canonical
from app.domain.intake.matching import Outcome
from app.extensions import db
from app.models import Affiliation, Person, PersonImportRow

OF_PERSON = (
    "given_name", "family_name", "sex", "birth_date", "birth_place", "birth_place_code", "tax_code",
    "work_email", "is_social_worker", "active",
)  # fmt: skip
OF_AFFILIATION = (
    "organisation_id", "office", "job_title", "service_area", "target_group", "policy_office",
    "starts_on", "ends_on",
)  # fmt: skip


def prints(intake_id: int) -> dict[int, str]:
    """By row that changed something, a hash of person and affiliation as they stand now."""
    columns = [getattr(Person, name) for name in OF_PERSON]
    columns += [getattr(Affiliation, name) for name in OF_AFFILIATION]
    found = db.session.execute(
        select(PersonImportRow.id, *columns)
        .join(Person, Person.id == PersonImportRow.person_id)
        .outerjoin(Affiliation, Affiliation.id == PersonImportRow.affiliation_id)
        .where(
            PersonImportRow.import_id == intake_id,
            PersonImportRow.outcome != Outcome.UNCHANGED,
        )
    )
    return {row[0]: _print(row[1:]) for row in found}


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
