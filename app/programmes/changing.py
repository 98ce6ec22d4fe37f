# SPDX-License-Identifier: AGPL-3.0-or-later
"""Changing what a programme is and what it aims at."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app import audit
from app.actor import Actor
from app.audit import Action
from app.domain import indicators
from app.domain.errors import RuleViolation, Sentence
from app.domain.programme import check_grace, check_seen, usual_retention
from app.extensions import db
from app.kept_files import keep
from app.models import Indicator, Programme
from app.uploads import CheckedFile


def check_code(code: str, programme_id: int | None = None) -> None:
    """A code is one programme's only. Raises RuleViolation."""
    taken = db.session.scalar(select(Programme.id).where(Programme.code == code))
    if taken is not None and taken != programme_id:
        raise RuleViolation(Sentence("Questo codice è già di un altro progetto."))


def change_programme(
    actor: Actor,
    programme: Programme,
    seen: int,
    values: Mapping[str, Any],
    logos: Sequence[tuple[str, CheckedFile]],
    *,
    marked: bool,
) -> list[str]:
    """Change the programme's data; the names of what changed, none where nothing did.

    ``marked``: whether sheets of the programme have been opened. RuleViolation: somebody
    has saved meanwhile, or the grace may not change any more.
    """
    check_seen(seen=seen, now=programme.version)
    check_grace(old=programme.late_grace_minutes, new=values["late_grace_minutes"], marked=marked)
    new = {**values, "logos": [{"sha256": file.sha256, "name": name} for name, file in logos]}
    new["retention_until"] = new["retention_until"] or usual_retention(new["ends_on"])
    changed = [name for name, value in new.items() if getattr(programme, name) != value]
    if not changed:
        return []
    for _name, file in logos:
        keep(file.media_type, file.content)
    old = {name: plain(getattr(programme, name)) for name in changed}
    for name in changed:
        setattr(programme, name, new[name])
    audit.record(
        actor,
        Action.PROGRAMME_CHANGED,
        programme,
        programme.acronym,
        old=old,
        new={name: plain(new[name]) for name in changed},
    )
    return changed


def plain(value: Any) -> Any:
    """A value as the trail keeps it: days as text."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def seen_targets(targets: Mapping[str, int | None]) -> str:
    """The targets a form was filled from, in one line, to notice that they changed."""
    return " ".join(f"{code}={targets.get(code)}" for code in indicators.UNITS)


def set_targets(
    actor: Actor, programme: Programme, seen: str, wanted: Mapping[str, int | None]
) -> list[str]:
    """Set the targets as people write them (hours, not minutes); the codes that changed.

    RuleViolation: somebody has saved others meanwhile.
    """
    rows = {
        row.code: row
        for row in db.session.scalars(
            select(Indicator).where(Indicator.programme_id == programme.id)
        )
    }
    old = {code: row.target for code, row in rows.items()}
    check_seen(seen=seen, now=seen_targets(old))
    changed = [code for code in indicators.UNITS if old.get(code) != wanted[code]]
    for code in changed:
        if code in rows:
            rows[code].target = wanted[code]
        else:
            db.session.add(Indicator(programme_id=programme.id, code=code, target=wanted[code]))
    if changed:
        db.session.flush()
        audit.record(
            actor,
            Action.TARGETS_SET,
            programme,
            programme.acronym,
            old={code: old.get(code) for code in changed},
            new={code: wanted[code] for code in changed},
        )
    return changed
