# SPDX-License-Identifier: AGPL-3.0-or-later
"""A list imported, all of it or nothing, in one short transaction."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert, select, update

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain.errors import Sentence
from app.domain.intake.life import IntakeState
from app.domain.intake.matching import OF_OFFICE, Outcome, Planned, digest
from app.domain.intake.rows import RowRead
from app.domain.vocabulary import TargetGroup
from app.extensions import db
from app.models import Affiliation, Person, PersonImport, PersonImportRow, Programme
from app.people.imports.checking import Waiting, conclude, in_chunks, plan, store
from app.people.imports.traces import evidence, prints
from app.persons import keys_of

# What the keys of a person are made of, and the version that travels with a change.
NAMED = (Person.version, Person.given_name, Person.family_name, Person.work_email, Person.tax_code)
CHANGED = Sentence(
    "Nel frattempo le persone note sono cambiate: ecco il controllo rifatto, da rivedere."
)


def hold_people(programme_id: int) -> None:
    """One list at a time: two with the same people would both find them new."""
    db.session.execute(select(Programme.id).where(Programme.id == programme_id).with_for_update())


def write(
    actor: Actor,
    intake: PersonImport,
    rows: Sequence[Waiting],
    read: Sequence[tuple[int, RowRead]],
) -> bool:
    """Import what was confirmed; False when it would not do the same any more, and nothing is written.

    The people are held, and compared once more with what the dry run showed.
    """
    hold_people(intake.programme_id)
    planned = plan(actor, intake, read)
    if digest(planned) != intake.digest:
        store(rows, read, planned)
        conclude(intake, planned, CHANGED.text)
        return False
    noted = [_Noted(row, would) for row, would in zip(rows, planned, strict=True)]
    created = [one for one in noted if one.would.outcome is Outcome.CREATED]
    _create(created, actor.organisation_id)
    _update_people([one for one in noted if one.would.person_changes])
    _affiliate([one for one in noted if one.would.affiliates])
    _update_offices([one for one in noted if one.would.office_changes])
    _note(intake, noted)
    _conclude(actor, intake)
    return True


class _Noted:
    """A row being imported, and what is kept of it."""

    def __init__(self, row: Waiting, would: Planned) -> None:
        self.id, self.would = row.id, would
        self.person_id, self.affiliation_id = would.person_id, would.affiliation_id
        self.before: dict[str, Any] = {}

    def kept(self, written: str | None) -> dict[str, Any]:
        """Who came of the row, and what undoing needs for a day."""
        return {
            "id": self.id,
            "person_id": self.person_id,
            "affiliation_id": self.affiliation_id,
            "affiliated": self.would.affiliates,
            "before": self.before or None,
            "written": written,
        }


def _create(rows: Sequence[_Noted], body_id: int | None) -> None:
    for chunk in in_chunks(rows):
        ids = db.session.scalars(
            insert(Person).returning(Person.id, sort_by_parameter_order=True),
            [_person(one.would, body_id) for one in chunk],
        )
        for one, person_id in zip(chunk, ids.all(), strict=True):
            one.person_id = person_id


def _person(would: Planned, body_id: int | None) -> dict[str, Any]:
    one = would.official
    return {
        "given_name": one.given_name,
        "family_name": one.family_name,
        **keys_of(one.given_name, one.family_name, one.work_email, one.tax_code),
        "sex": one.sex,
        "birth_date": one.birth_date,
        "birth_place": one.birth_place,
        "tax_code": one.tax_code,
        "work_email": one.work_email,
        "is_social_worker": bool(one.is_social_worker),
        "active": True,
        "registered_by_body_id": body_id,
    }


def _update_people(rows: Sequence[_Noted]) -> None:
    """Only what was not known is added: before, there was nothing."""
    for chunk in in_chunks(rows):
        known = select(Person.id, *NAMED).where(Person.id.in_([one.person_id for one in chunk]))
        found = {row.id: row._asdict() for row in db.session.execute(known)}
        changes = []
        for one in chunk:
            new = dict(one.would.person_changes)
            one.before["person"] = {
                name: False if name == "is_social_worker" else None for name in new
            }
            changes.append(renamed(found[one.person_id or 0], new))
        db.session.execute(update(Person), changes)


def renamed(person: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """What to write of a person (her id, version and ``NAMED``) so that she is found by it."""
    named = {column.key: new.get(column.key, person[column.key]) for column in NAMED[1:]}
    return {"id": person["id"], "version": person["version"], **new, **keys_of(**named)}


def _affiliate(rows: Sequence[_Noted]) -> None:
    today = clock.today()
    for chunk in in_chunks(rows):
        ids = db.session.scalars(
            insert(Affiliation).returning(Affiliation.id, sort_by_parameter_order=True),
            [_affiliation(one, today) for one in chunk],
        )
        for one, affiliation_id in zip(chunk, ids.all(), strict=True):
            one.affiliation_id = affiliation_id


def _affiliation(one: _Noted, today: date) -> dict[str, Any]:
    official = one.would.official
    return {
        "person_id": one.person_id,
        "organisation_id": official.body_id,
        "office": official.office,
        "job_title": official.job_title,
        "service_area": official.service_area,
        "target_group": TargetGroup.OFFICIAL,
        "starts_on": today,
    }


def _update_offices(rows: Sequence[_Noted]) -> None:
    columns = [getattr(Affiliation, name) for name in OF_OFFICE]
    for chunk in in_chunks(rows):
        found = db.session.execute(
            select(Affiliation.id, *columns).where(
                Affiliation.id.in_([one.affiliation_id for one in chunk])
            )
        )
        before = {row.id: row for row in found}
        for one in chunk:
            old = before[one.affiliation_id]
            one.before["office"] = {name: getattr(old, name) for name in one.would.office_changes}
        db.session.execute(
            update(Affiliation),
            [{"id": one.affiliation_id, **one.would.office_changes} for one in chunk],
        )


def _note(intake: PersonImport, rows: Sequence[_Noted]) -> None:
    """Remove what the rows said, and keep what came of them."""
    db.session.execute(
        update(PersonImportRow)
        .where(PersonImportRow.import_id == intake.id)
        .values(cells=None, label="", options=None, problems=None)
        .execution_options(synchronize_session=False)
    )
    changed = [one for one in rows if one.would.outcome is not Outcome.UNCHANGED]
    written = prints({one.id: (one.person_id or 0, one.affiliation_id) for one in changed})
    for chunk in in_chunks(rows):
        db.session.execute(
            update(PersonImportRow), [one.kept(written.get(one.id)) for one in chunk]
        )


def _conclude(actor: Actor, intake: PersonImport) -> None:
    intake.state, intake.reason = IntakeState.APPLIED, ""
    intake.applied_at, intake.applied_by_id = clock.now(), actor.account_id
    audit.record(
        actor,
        Action.INTAKE_APPLIED,
        intake,
        intake.file_name,
        body_id=intake.organisation_id,
        sha256=intake.sha256,
        created=intake.created,
        updated=intake.updated,
        unchanged=intake.unchanged,
        rows=evidence(intake.id),
    )
