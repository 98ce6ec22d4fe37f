# SPDX-License-Identifier: AGPL-3.0-or-later
"""The variations of an edition, in the words of their readers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, select

from app import labels
from app.actor import Actor
from app.domain.variation_words import Names, facts_text
from app.domain.variations import LessonFacts, VariationKind, facts_of
from app.extensions import db
from app.listing import Filter, Listing, Plan, folded, paginate
from app.models import AttendanceRegister, Lesson, Variation
from app.scope import clause
from app.variations import names_of

SHOWN_ON_EDITION = 5


@dataclass(frozen=True)
class VariationRow:
    """One variation, its ids made words."""

    number: int
    seq: int
    kind: VariationKind
    old: str
    new: str
    reason: str
    decided_by: str
    decided_at: datetime
    told: tuple[str, ...]


def variation_list(actor: Actor, edition_id: int, *, whole: bool = False) -> Listing:
    """The variations of the edition, the last first; names in two more statements."""
    listing = paginate(
        _variations(clause(Variation, actor), Variation.edition_id == edition_id),
        Plan(
            sorts={
                "number": [Variation.number],
                "lesson": [Lesson.seq, Variation.number],
                "kind": [Variation.kind, Variation.number],
            },
            descending=True,
            search=folded(Variation.reason + " " + Variation.decided_by_label),
            filters=[Filter("kind", _("Tipo"), labels.choices(*VariationKind), Variation.kind)],
        ),
        lambda row: row,
        whole=whole,
    )
    listing.rows = _worded(listing.rows)
    return listing


@dataclass(frozen=True)
class LastVariation:
    """One of the last variations, as the page of its edition mentions it."""

    number: int
    seq: int
    kind: VariationKind
    reason: str
    decided_at: datetime


def register_and_variations(
    edition_id: int,
) -> tuple[AttendanceRegister | None, list[LastVariation]]:
    """The register of an edition and its last variations, the last first: one statement."""
    last = (
        select(func.max(Variation.number))
        .where(Variation.edition_id == edition_id)
        .correlate(None)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            AttendanceRegister,
            Variation.number,
            Lesson.seq,
            Variation.kind,
            Variation.reason,
            Variation.decided_at,
        )
        .outerjoin(
            Variation,
            (Variation.edition_id == AttendanceRegister.edition_id)
            & (Variation.number > last - SHOWN_ON_EDITION),
        )
        .outerjoin(Lesson, Lesson.id == Variation.lesson_id)
        .where(AttendanceRegister.edition_id == edition_id)
        .order_by(Variation.number.desc())
    ).all()
    register = rows[0][0] if rows else None
    return register, [LastVariation(*row[1:]) for row in rows if row.number is not None]


def _variations(*where: ColumnElement[bool]) -> Select[Any]:
    return (
        select(Variation, Lesson.seq).join(Lesson, Lesson.id == Variation.lesson_id).where(*where)
    )


def _worded(rows: Iterable[Any]) -> list[VariationRow]:
    found = [(row[0], row[1], _facts(row[0].old), _facts(row[0].new)) for row in rows]
    names = _names([row[0] for row in found])
    return [
        VariationRow(
            variation.number,
            seq,
            variation.kind,
            facts_text(old, new, names),
            facts_text(new, old, names),
            variation.reason,
            variation.decided_by_label,
            variation.decided_at,
            tuple(sorted(names.people.get(person, "–") for person in variation.told)),
        )
        for variation, seq, old, new in found
    ]


def _facts(kept: dict[str, Any] | None) -> LessonFacts | None:
    return facts_of(kept) if kept else None


def _names(variations: list[Variation]) -> Names:
    people: set[int] = set()
    venues: set[int] = set()
    for one in variations:
        people.update(one.told)
        for kept in (one.old, one.new):
            if kept:
                venues.add(kept["venue"])
                people.update([*kept["trainers"], *kept["tutors"]])
    return names_of(people, venues)
