# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words of messages, who would receive them, and what has become of those sent."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort
from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from app import labels
from app.actor import Actor
from app.domain.notices import ADDRESSEES, DEFAULTS, NoticeKind
from app.domain.vocabulary import MessageState
from app.extensions import db
from app.listing import Filter, Listing, Plan, paginate
from app.models import Edition, Enrolment, NoticeText, Organisation, OutboxMessage, Person
from app.scope import clause

ABOUT = Enrolment.__tablename__


@dataclass(frozen=True)
class Words:
    """Subject and body in force; ``own``: whether the edition has words of its own."""

    kind: NoticeKind
    subject: str
    body: str
    own: bool = False

    @property
    def seal(self) -> str:
        """Changes with the words: what is sent is what was seen."""
        return hashlib.sha256(repr((self.subject, self.body)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Addressee:
    """Somebody who would receive a message; ``told``: how many of this kind she has had."""

    enrolment_id: int
    given_name: str
    family_name: str
    home_body: str
    address: str
    position: int | None
    told: int

    @property
    def name(self) -> str:
        return f"{self.family_name} {self.given_name}"


def outbox_kind(kind: NoticeKind) -> str:
    """How messages of this kind are called in the outbox."""
    return f"enrolment-{kind.value}"


def words_of(edition: Edition, kind: NoticeKind) -> Words:
    """The words of the edition, else of the programme, else the usual ones."""
    rows = db.session.scalars(
        select(NoticeText).where(
            NoticeText.kind == kind,
            NoticeText.programme_id == edition.course.programme_id,
            (NoticeText.edition_id == edition.id) | NoticeText.edition_id.is_(None),
        )
    ).all()
    by_edition = {row.edition_id: row for row in rows}
    for row_id in (edition.id, None):
        if row_id in by_edition:
            row = by_edition[row_id]
            return Words(kind, row.subject, row.body, own=row_id is not None)
    return Words(kind, *DEFAULTS[kind])


def addressees(actor: Actor, edition: Edition, kind: NoticeKind) -> list[Addressee]:
    """Everybody in the state this kind of message is for, by surname."""
    told = (
        select(func.count())
        .where(
            OutboxMessage.about_type == ABOUT,
            OutboxMessage.about_id == Enrolment.id,
            OutboxMessage.kind == outbox_kind(kind),
        )
        .correlate(Enrolment)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Enrolment.id, Person.given_name, Person.family_name, Organisation.name,
            func.coalesce(Person.work_email, ""), Enrolment.waitlist_position, told,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .join(Organisation, Organisation.id == Enrolment.home_body_id)
        .where(
            Enrolment.edition_id == edition.id,
            clause(Enrolment, actor),
            Enrolment.state == ADDRESSEES[kind],
        )
        .order_by(Person.search_key, Enrolment.id)
    )  # fmt: skip
    return [Addressee(*row) for row in rows]


@dataclass(frozen=True)
class KindRow:
    """A kind of message: for how many people, how many messages so far."""

    kind: NoticeKind
    people: int
    sent: int


def kinds(actor: Actor, edition: Edition) -> list[KindRow]:
    """Every kind of message with its numbers: two statements."""
    states = _counted(
        select(Enrolment.state, func.count())
        .where(Enrolment.edition_id == edition.id, clause(Enrolment, actor))
        .group_by(Enrolment.state)
    )
    sent = _counted(
        select(OutboxMessage.kind, func.count())
        .where(OutboxMessage.about_type == ABOUT, OutboxMessage.about_id.in_(_ours(actor, edition)))
        .group_by(OutboxMessage.kind)
    )
    return [
        KindRow(kind, states.get(ADDRESSEES[kind], 0), sent.get(outbox_kind(kind), 0))
        for kind in NoticeKind
    ]


def _counted(statement: Select[Any]) -> dict[Any, int]:
    return {word: number for word, number in db.session.execute(statement)}  # noqa: C416


@dataclass(frozen=True)
class SentRow:
    """A message to somebody enrolled, and what became of it."""

    id: int
    name: str
    address: str
    subject: str
    created_at: datetime
    sent_at: datetime | None
    state: MessageState
    error: str


def sent(actor: Actor, edition: Edition) -> Listing:
    """What was sent to people of the edition that the actor may see, the latest first."""
    statement = (
        select(OutboxMessage, Person)
        .join(Enrolment, Enrolment.id == OutboxMessage.about_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(OutboxMessage.about_type == ABOUT, Enrolment.id.in_(_ours(actor, edition)))
    )
    plan = Plan(
        sorts={
            "created": [OutboxMessage.created_at, OutboxMessage.id],
            "name": [Person.search_key, OutboxMessage.id],
            "subject": [OutboxMessage.subject, OutboxMessage.id],
        },
        descending=True,
        search=Person.search_key,
        filters=[
            Filter("state", _("Stato"), labels.choices(*MessageState), OutboxMessage.state),
        ],
    )
    return paginate(statement, plan, lambda row: _sent_row(*row))


def message_of(actor: Actor, edition: Edition, message_id: int) -> OutboxMessage:
    """A message of the edition's log; 404 for any other."""
    found = db.session.scalars(
        select(OutboxMessage).where(
            OutboxMessage.id == message_id,
            OutboxMessage.about_type == ABOUT,
            OutboxMessage.about_id.in_(_ours(actor, edition)),
        )
    ).one_or_none()
    if found is None:
        abort(404)
    return found


def _ours(actor: Actor, edition: Edition) -> Select[tuple[int]]:
    return select(Enrolment.id).where(Enrolment.edition_id == edition.id, clause(Enrolment, actor))


def _sent_row(message: OutboxMessage, person: Person) -> SentRow:
    return SentRow(
        message.id,
        f"{person.family_name} {person.given_name}",
        message.to_address,
        message.subject,
        message.created_at,
        message.sent_at,
        message.state,
        message.last_error,
    )
