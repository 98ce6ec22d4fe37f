# SPDX-License-Identifier: AGPL-3.0-or-later
"""Joining two records of one person; saying that two are two people."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select, update

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain import merging as rules
from app.domain.errors import RuleViolation, Sentence
from app.domain.vocabulary import AccountState
from app.extensions import db
from app.models import (
    Affiliation,
    Certificate,
    DataSubjectRequest,
    Edition,
    Enrolment,
    LessonStaff,
    Person,
    PersonDistinction,
    PersonMerge,
    RecordLink,
    UserAccount,
)
from app.people.actions import Conflict
from app.people.duplicates.facts import Facts, facts, hold_editions
from app.people.duplicates.setting_aside import set_aside, whole
from app.persons import index, label

# What of a person is chosen from one record or the other; the place goes with its code.
FIELDS = (
    "given_name",
    "family_name",
    "work_email",
    "is_social_worker",
    "sex",
    "birth_date",
    "birth_place",
    "tax_code",
)
WITH = {"birth_place": "birth_place_code"}
IN_TRAIL = ("edition", "kept", "dropped", "was")
UNIQUE = ("work_email", "tax_code", "tax_key")


def merge(
    actor: Actor,
    kept: Person,
    merged: Person,
    taken: Mapping[str, bool] | None = None,
    seen: tuple[int, int] | None = None,
) -> Facts:
    """Join ``merged`` to ``kept``: all that hangs on it moves, it stays as a pointer.

    ``taken``: the fields whose value comes from ``merged`` (none given: those ``kept`` has
    not). ``seen``: the versions of both the page showed. Enrolments keep their number, so
    books stay as they are; of two in one edition the one set aside stays with the pointer.
    Certificates keep what they printed; how both records were is kept beside
    (``PersonMerge``), the trail has numbers and names of fields. Raises Conflict when
    either changed since, RuleViolation where a rule forbids it.
    """
    hold_editions(kept, merged)
    _hold(kept, merged)
    if seen is not None and seen != (kept.version, merged.version):
        raise Conflict(
            Sentence("Nel frattempo una delle due schede è cambiata: ricontrollarle e riprovare.")
        )
    found = facts(kept, merged)
    rules.check(found.case)
    if taken is None:
        taken = {name: getattr(kept, name) is None for name in FIELDS}
    before = {"kept": whole(kept), "merged": whole(merged)}
    dropped = set_aside(actor, found, kept, merged)
    fields = _choose(kept, merged, taken)
    moved = {"dropped": dropped, "fields": fields, **_move(kept, merged, found)}
    merged.merged_into_id, merged.active, merged.incomplete = kept.id, False, False
    now = clock.now()
    db.session.add(
        PersonMerge(
            kept_id=kept.id,
            merged_id=merged.id,
            merged_at=now,
            merged_by_id=actor.account_id,
            before=before,
            moved=moved,
        )
    )
    numbers = {name: value for name, value in moved.items() if value and name != "dropped"}
    audit.record(
        actor,
        Action.PERSON_MERGED,
        kept,
        label(kept),
        merged=merged.id,
        doubles=[{name: row[name] for name in IN_TRAIL} for row in dropped],
        **numbers,
    )
    return found


def distinguish(actor: Actor, one: Person, other: Person) -> None:
    """Say that the two are two people; once is enough."""
    if one.id == other.id:
        raise RuleViolation(Sentence("Sono la stessa scheda."))
    first, second = sorted((one, other), key=lambda person: person.id)
    known = select(PersonDistinction.id).where(
        PersonDistinction.first_id == first.id, PersonDistinction.second_id == second.id
    )
    if db.session.scalar(known) is not None:
        return
    db.session.add(
        PersonDistinction(
            first_id=first.id,
            second_id=second.id,
            decided_at=clock.now(),
            decided_by_id=actor.account_id,
        )
    )
    audit.record(actor, Action.PERSON_DISTINGUISHED, first, label(first), other=second.id)


def _hold(kept: Person, merged: Person) -> None:
    """Both records as they are now, and nobody else's until the commit."""
    if kept.id == merged.id:
        raise RuleViolation(Sentence("Sono la stessa scheda."))
    db.session.scalars(
        select(Person)
        .where(Person.id.in_([kept.id, merged.id]))
        .order_by(Person.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _choose(kept: Person, merged: Person, taken: Mapping[str, bool]) -> list[str]:
    """Give the record that stays what was chosen; the names of what changed."""
    chosen = [
        name for name in FIELDS if taken.get(name) and getattr(kept, name) != getattr(merged, name)
    ]
    values = {
        part: getattr(merged, part) for name in chosen for part in (name, WITH.get(name, name))
    }
    kept.incomplete = kept.incomplete and merged.incomplete
    for name in UNIQUE:
        setattr(merged, name, None)
    db.session.flush()  # a code is one person's at a time
    for name, value in values.items():
        setattr(kept, name, value)
    index(kept)
    db.session.flush()
    return chosen


def _move(kept: Person, merged: Person, found: Facts) -> dict[str, list[int]]:
    """Everything of the one becomes the other's; the numbers of what moved."""
    moved = {
        "affiliations": _move_affiliations(kept, merged),
        "accounts": _move_accounts(kept, merged),
        "editions": _reassign(Edition, Edition.organiser_id, kept, merged),
    }
    for name, model in (
        ("certificates", Certificate),
        ("lessons", LessonStaff),
        ("links", RecordLink),
        ("requests", DataSubjectRequest),
    ):
        moved[name] = _reassign(model, model.person_id, kept, merged)
    coming = Enrolment.id.in_([one.id for one in found.moving])
    moved["enrolments"] = _reassign(Enrolment, Enrolment.person_id, kept, merged, coming)
    return moved


def _reassign(
    model: Any, column: Any, kept: Person, merged: Person, *which: ColumnElement[bool]
) -> list[int]:
    numbers = list(db.session.scalars(select(model.id).where(column == merged.id, *which)))
    if numbers:
        version = {"version": model.version + 1} if hasattr(model, "version") else {}
        db.session.execute(
            update(model)
            .where(model.id.in_(numbers))
            .values({column.key: kept.id, **version})
            .execution_options(synchronize_session=False)
        )
    return numbers


def _move_affiliations(kept: Person, merged: Person) -> list[int]:
    """Of two open ones for one body the earlier start counts, and one stays open."""
    rows = db.session.scalars(
        select(Affiliation).where(Affiliation.person_id.in_([kept.id, merged.id]))
    ).all()
    own = {a.organisation_id: a for a in rows if a.person_id == kept.id and a.ends_on is None}
    moved = []
    for row in rows:
        if row.person_id != merged.id:
            continue
        twin = own.get(row.organisation_id) if row.ends_on is None else None
        if twin is not None:
            twin.starts_on = min(twin.starts_on, row.starts_on)
            row.ends_on = max(row.starts_on, clock.today())
        else:
            row.person_id = kept.id
            moved.append(row.id)
    db.session.flush()
    return moved


def _move_accounts(kept: Person, merged: Person) -> list[int]:
    """The login that works goes with the person; one disabled belongs to nobody then."""
    accounts = db.session.scalars(
        select(UserAccount).where(UserAccount.person_id.in_([kept.id, merged.id]))
    ).all()
    coming = [account for account in accounts if account.person_id == merged.id]
    if len(accounts) > 1:
        idle = next(one for one in accounts if one.state == AccountState.DISABLED)
        idle.person_id = None
        coming = [one for one in coming if one is not idle]
        db.session.flush()
    for account in coming:
        account.person_id = kept.id
    db.session.flush()
    return [account.id for account in coming]
