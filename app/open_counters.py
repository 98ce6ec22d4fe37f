# SPDX-License-Identifier: AGPL-3.0-or-later
"""Offices that lessons would empty: who is away on the same day, and who could go elsewhere.

``warnings_for(edition)`` is for whoever enrols people, ``coming_warnings`` for the lists of
those who organise. An office is the text of an affiliation, compared without case and accents;
its people are those whose affiliation runs on the day.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select

from app.actor import Actor
from app.away import COMING, COMING_STATES, Ground, Office, gather
from app.domain.edition import EditionState
from app.domain.offices import OtherEdition, is_short, split, too_many
from app.domain.roles import Permission, Role, permits
from app.extensions import db
from app.hours import EXPECTED
from app.models import Affiliation, Edition, Enrolment
from app.scope import clause

MOVABLE = (EditionState.OPEN, EditionState.CONFIRMED)


@dataclass(frozen=True)
class OfficeDay:
    """How many of the office's people are at lessons that day, of how many."""

    day: date
    away: int
    staff: int


@dataclass(frozen=True)
class Suggestion:
    """Somebody who could attend another edition; ``visible`` when the reader may open that."""

    person_id: int
    name: str
    edition_id: int
    edition_code: str
    visible: bool


@dataclass(frozen=True)
class OfficeWarning:
    """An office that an edition helps to empty. Names only of those the reader may see."""

    edition_id: int
    edition_code: str
    course_title: str
    body_id: int
    body: str
    office: str
    percent: int
    days: tuple[OfficeDay, ...]
    enrolled: int
    people: tuple[str, ...]
    moves: tuple[Suggestion, ...]


def warnings_for(
    edition: Edition, actor: Actor | None = None, adding: Collection[int] = ()
) -> list[OfficeWarning]:
    """The offices this edition would leave short, the days to come only.

    With an actor, what she may see of them; ``adding``: people (ids) counted as if they were
    enrolled in it. A fixed number of statements.
    """
    if actor is not None and not permits(actor.role, Permission.OFFICE_READ):
        return []
    if edition.state not in COMING_STATES:
        return []
    there = (Enrolment.edition_id == edition.id) & EXPECTED
    people = or_(
        Affiliation.person_id.in_(select(Enrolment.person_id).where(there)),
        Affiliation.person_id.in_(adding),
    )
    bodies = select(Affiliation.organisation_id).where(people)
    ground = gather(Affiliation.organisation_id.in_(bodies), {edition.id: adding}, actor)
    return _found(ground, [edition.id], actor)


def coming_warnings(actor: Actor) -> list[OfficeWarning]:
    """Those of every edition to come that the actor may see, in order of day."""
    mine = set(db.session.scalars(select(Edition.id).where(clause(Edition, actor), COMING)))
    ground = gather(_of_reach(actor), {}, actor)
    found = _found(ground, sorted(mine & ground.days.keys()), actor)
    return sorted(found, key=lambda one: (one.days[0].day, one.edition_code, one.body, one.office))


def _of_reach(actor: Actor) -> ColumnElement[bool]:
    """A representative's own body; otherwise the bodies of everybody enrolled in sight."""
    enrolled = select(Enrolment.home_body_id).where(clause(Enrolment, actor))
    return Affiliation.organisation_id.in_(enrolled)


def _found(ground: Ground, editions: Iterable[int], actor: Actor | None) -> list[OfficeWarning]:
    """The warnings of these editions, with the names that may be seen."""
    return [
        _warning(ground, edition_id, office, days)
        for edition_id in editions
        for office, days in _short(ground, edition_id).items()
        if _may_know(actor, office)
    ]


def _may_know(actor: Actor | None, office: Office) -> bool:
    """A representative of her own body only, be it of one person."""
    if actor is None or actor.role is not Role.BODY_REPRESENTATIVE:
        return True
    return actor.organisation_id == office[0]


def _short(ground: Ground, edition_id: int) -> dict[Office, list[OfficeDay]]:
    """The offices with somebody in the edition that are short on one of its days."""
    found: dict[Office, list[OfficeDay]] = {}
    percent = ground.share(edition_id)
    for office in ground.offices_in(edition_id):
        for day in sorted(ground.days.get(edition_id, ())):
            away, staff = ground.away_on(office, day), ground.staff(office, day)
            if is_short(away, staff, percent):
                found.setdefault(office, []).append(OfficeDay(day, away, staff))
    return found


def _warning(
    ground: Ground, edition_id: int, office: Office, days: list[OfficeDay]
) -> OfficeWarning:
    edition, member = ground.editions[edition_id], ground.members[office][0]
    percent, names = ground.share(edition_id), ground.names
    people = ground.people_of(edition_id, office)
    moves = split(
        [person for person in people if person in names],
        max(too_many(one.away, one.staff, percent) for one in days),
        _others(ground, edition),
        ground.away[office],
        ground.staff_by_day(office),
        percent,
    )
    return OfficeWarning(
        edition_id=edition_id,
        edition_code=edition.code,
        course_title=edition.course_title,
        body_id=office[0],
        body=member.short_name,
        office=member.office,
        percent=percent,
        days=tuple(days),
        enrolled=len(people),
        people=tuple(name for person, name in names.items() if person in people),
        moves=tuple(
            Suggestion(
                move.person,
                names[move.person],
                move.edition,
                ground.editions[move.edition].code,
                bool(ground.editions[move.edition].visible),
            )
            for move in moves
        ),
    )


def _others(ground: Ground, edition: Row[Any]) -> list[OtherEdition]:
    """Other editions of the course that have not begun, the first to begin first."""
    return [
        OtherEdition(number, row.seats, frozenset(ground.days[number]))
        for number, row in ground.editions.items()
        if number != edition.id and row.course_id == edition.course_id and row.state in MOVABLE
    ]
