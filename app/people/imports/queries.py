# SPDX-License-Identifier: AGPL-3.0-or-later
"""The lists that were sent, and one of them: its columns, its rows, what came of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort
from flask_babel import gettext as _
from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from app import labels
from app.actor import Actor
from app.domain.errors import Sentence
from app.domain.intake.columns import SHOWN, Field
from app.domain.intake.life import OPEN, WORKING, IntakeState, undo_ends
from app.domain.intake.matching import Outcome
from app.domain.intake.rows import Severity
from app.extensions import db
from app.listing import Filter, Listing, Plan, folded, paginate
from app.models import (
    Organisation,
    Partnership,
    Person,
    PersonImport,
    PersonImportRow,
    UserAccount,
)
from app.scope import clause, visible

MOST_ASKED = 50  # names to confirm on a page
FIRST_ROWS = 60  # in which examples are looked for
_Row = PersonImportRow
_applier, _undoer = aliased(UserAccount), aliased(UserAccount)


@dataclass(frozen=True)
class IntakeRow:
    """One list of those sent."""

    id: int
    file_name: str
    body: str
    uploaded_at: datetime
    uploaded_by: str
    sha256: str
    total: int
    state: IntakeState

    @property
    def short_hash(self) -> str:
        return self.sha256[:16]


def intake_list(actor: Actor) -> Listing:
    """The lists the actor may see, the last first."""
    statement = (
        select(
            PersonImport.id,
            PersonImport.file_name,
            func.coalesce(Organisation.short_name, ""),
            PersonImport.uploaded_at,
            UserAccount.display_name,
            PersonImport.sha256,
            PersonImport.total,
            PersonImport.state,
        )
        .join(UserAccount, UserAccount.id == PersonImport.uploaded_by_id)
        .outerjoin(Organisation, Organisation.id == PersonImport.organisation_id)
        .where(clause(PersonImport, actor))
    )
    return paginate(
        statement,
        Plan(
            sorts={
                "sent": [PersonImport.id],
                "file": [PersonImport.file_name, PersonImport.id],
                "body": [Organisation.short_name, PersonImport.id],
                "rows": [PersonImport.total, PersonImport.id],
            },
            descending=True,
            search=folded(PersonImport.file_name + " " + UserAccount.display_name),
            filters=[Filter("state", _("Stato"), labels.choices(*IntakeState), PersonImport.state)],
        ),
        lambda row: IntakeRow(*row),
    )


def bodies_of(actor: Actor) -> list[tuple[int, str]]:
    """The bodies of the programme, to choose whose list it is."""
    partners = select(Partnership.organisation_id).where(
        Partnership.programme_id == actor.programme_id
    )
    found = db.session.execute(
        select(Organisation.id, Organisation.name)
        .where(clause(Organisation, actor), Organisation.id.in_(partners))
        .order_by(Organisation.search_key)
    )
    return [(body_id, name) for body_id, name in found]


def waiting(actor: Actor, sha256: str, body_id: int | None) -> PersonImport | None:
    """The same file, sent before and still to be settled."""
    return db.session.scalars(
        visible(PersonImport, actor).where(
            PersonImport.sha256 == sha256,
            PersonImport.organisation_id.is_(None)
            if body_id is None
            else PersonImport.organisation_id == body_id,
            PersonImport.state.in_((*OPEN, *WORKING)),
        )
    ).first()


def remembered(actor: Actor, heading_key: str, body_id: int | None) -> dict[str, str] | None:
    """What the columns of the last list with these headings were settled to tell, for the body."""
    return db.session.scalar(
        select(PersonImport.mapping)
        .where(
            clause(PersonImport, actor),
            PersonImport.heading_key == heading_key,
            PersonImport.organisation_id.is_(None)
            if body_id is None
            else PersonImport.organisation_id == body_id,
            PersonImport.digest != "",
        )
        .order_by(PersonImport.id.desc())
        .limit(1)
    )


def intake_of(actor: Actor, intake_id: int, *, lock: bool = False) -> PersonImport:
    """The list; 404 outside the actor's scope."""
    query = visible(PersonImport, actor).where(PersonImport.id == intake_id)
    if lock:
        query = query.with_for_update()
    found = db.session.scalars(query).one_or_none()
    if found is None:
        abort(404)
    return found


def reason_of(intake: PersonImport) -> Sentence | None:
    return Sentence.noted(intake.reason, {}) if intake.reason else None


@dataclass(frozen=True)
class Column:
    """A column of the file, with examples of what it holds."""

    index: int
    heading: str
    examples: list[str]
    hidden: bool
    chosen: Field | None

    @property
    def letter(self) -> str:
        """As a spreadsheet calls it: A, B … Z, AA."""
        more, last = divmod(self.index, 26)
        return (chr(64 + more) if more else "") + chr(65 + last)


def columns(intake: PersonImport) -> list[Column]:
    """The columns, each with three examples."""
    rows = db.session.scalars(
        select(_Row.cells)
        .where(_Row.import_id == intake.id)
        .order_by(_Row.number)
        .limit(FIRST_ROWS)
    ).all()
    return [
        Column(
            index,
            heading,
            _examples(rows, index),
            index in intake.hidden,
            Field(intake.mapping[str(index)]) if str(index) in intake.mapping else None,
        )
        for index, heading in enumerate(intake.headings)
    ]


def _examples(rows: Iterable[list[str] | None], index: int) -> list[str]:
    filled = (row[index] for row in rows if row and index < len(row) and row[index])
    return list(dict.fromkeys(filled))[:SHOWN]


def column(intake: PersonImport, index: int) -> list[str]:
    """All that stands in one column."""
    rows = db.session.scalars(select(_Row.cells).where(_Row.import_id == intake.id))
    return [row[index] for row in rows if row and index < len(row)]


def asked(intake: PersonImport, chosen: Mapping[int, int]) -> list[tuple[int, int]]:
    """Ids of the rows that ask how a name is read, with a choice that is one of theirs."""
    rows = db.session.execute(
        select(_Row.id, _Row.number, _Row.options).where(
            _Row.import_id == intake.id,
            _Row.options.is_not(None),
            _Row.number.in_(list(chosen)),
        )
    )
    return [
        (row_id, chosen[number])
        for row_id, number, options in rows
        if 0 <= chosen[number] < len(options or [])
    ]


@dataclass(frozen=True)
class ShownProblem:
    """What is wrong in a row: the column as the file heads it, what stands there."""

    column: str
    value: str
    sentence: Sentence
    severity: Severity


@dataclass(frozen=True)
class ShownRow:
    """A row of the dry run."""

    number: int
    label: str
    outcome: Outcome | None
    person_id: int | None
    problems: list[ShownProblem]


@dataclass(frozen=True)
class AskedRow:
    """A name to confirm."""

    number: int
    written: str
    options: list[list[str]]


@dataclass(frozen=True)
class IntakePage:
    """One list as its page shows it."""

    intake: PersonImport
    body: str
    uploaded_by: str
    applied_by: str
    undone_by: str
    rows: Listing
    asked: list[AskedRow]

    @property
    def working(self) -> bool:
        return self.intake.state in WORKING

    @property
    def open(self) -> bool:
        return self.intake.state in OPEN

    @property
    def reason(self) -> Sentence | None:
        """Why the list waits for somebody, where that is not plain."""
        return reason_of(self.intake)

    @property
    def undo_until(self) -> datetime | None:
        return undo_ends(self.intake.applied_at) if self.intake.applied_at else None


def intake_page(actor: Actor, intake_id: int) -> IntakePage:
    """The list, who had a hand in it, a page of its rows, the first names to confirm."""
    found = db.session.execute(
        visible(PersonImport, actor)
        .add_columns(
            func.coalesce(Organisation.short_name, ""),
            UserAccount.display_name,
            func.coalesce(_applier.display_name, ""),
            func.coalesce(_undoer.display_name, ""),
        )
        .join(UserAccount, UserAccount.id == PersonImport.uploaded_by_id)
        .outerjoin(Organisation, Organisation.id == PersonImport.organisation_id)
        .outerjoin(_applier, _applier.id == PersonImport.applied_by_id)
        .outerjoin(_undoer, _undoer.id == PersonImport.undone_by_id)
        .where(PersonImport.id == intake_id)
    ).one_or_none()
    if found is None:
        abort(404)
    intake = found[0]
    return IntakePage(*found, rows=_rows(actor, intake), asked=_asked(intake))


def _rows(actor: Actor, intake: PersonImport) -> Listing:
    """Rows with problems first; those imported by the name the person has now."""
    seen = clause(Person, actor)
    name = func.coalesce(Person.family_name + " " + Person.given_name, "")
    statement = (
        select(_Row.number, _Row.label, _Row.outcome, _Row.person_id, _Row.problems, name)
        .outerjoin(Person, (Person.id == _Row.person_id) & seen)
        .where(_Row.import_id == intake.id)
    )
    worst = [case((_Row.stops, 0), (_Row.asks, 1), (_Row.warns, 2), else_=3), _Row.number]
    return paginate(
        statement,
        Plan(
            sorts={"problems": worst, "number": [_Row.number], "name": [_Row.label, _Row.number]},
            search=folded(_Row.label),
            filters=[
                Filter("severity", _("Osservazioni"), labels.choices(*Severity), _of_severity),
                Filter("outcome", _("Esito"), labels.choices(Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED), _of_outcome),
            ],
        ),
        lambda row: _shown(intake, row),
    )  # fmt: skip


def _of_severity(value: str) -> Any:
    return {"stops": _Row.stops, "confirm": _Row.asks, "warns": _Row.warns}[value]


def _of_outcome(value: str) -> Any:
    wanted = [Outcome(value)] + ([Outcome.JOINED] if value == Outcome.CREATED else [])
    return _Row.outcome.in_(wanted)


def _shown(intake: PersonImport, row: Any) -> ShownRow:
    number, label, outcome, person_id, problems, name = row
    return ShownRow(
        number,
        label or name,
        outcome,
        person_id if name else None,
        [shown_problem(intake, one) for one in problems or []],
    )


def shown_problem(intake: PersonImport, plain: Mapping[str, Any]) -> ShownProblem:
    """A problem as it was kept, with the file's own word for its column."""
    heads = [
        intake.headings[int(index)]
        for index, one in intake.mapping.items()
        if one == plain["field"] and int(index) < len(intake.headings)
    ]
    named = labels.label(Field(plain["field"])) if plain["field"] else ""
    return ShownProblem(
        next((head for head in heads if head), named),
        plain["value"],
        Sentence.noted(plain["text"], plain["values"]),
        Severity(plain["severity"]),
    )


def _asked(intake: PersonImport) -> list[AskedRow]:
    rows = db.session.execute(
        select(_Row.number, _Row.options)
        .where(_Row.import_id == intake.id, _Row.asks)
        .order_by(_Row.number)
        .limit(MOST_ASKED)
    )
    return [AskedRow(number, " ".join(options[0]), options) for number, options in rows if options]


def rows_with_remarks(intake: PersonImport) -> list[tuple[list[str], list[ShownProblem]]]:
    """Every row of the file with what is wrong in it."""
    rows = db.session.execute(
        select(_Row.cells, _Row.problems).where(_Row.import_id == intake.id).order_by(_Row.number)
    )
    return [
        (cells or [], [shown_problem(intake, one) for one in problems or []])
        for cells, problems in rows
    ]
