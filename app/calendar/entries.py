# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lessons as entries of a calendar file. They name who teaches, never who attends."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, or_, select

from app.audit import Action
from app.calendar.queries import Sitting, sittings
from app.calendars import CalendarEntry
from app.extensions import db
from app.models import AuditEvent, Lesson
from app.pages import moment

# What the trail says of a lesson or edition without its place in the calendar being another.
QUIET = (
    Action.LESSON_PLANNED, Action.LESSON_STAFFED, Action.LESSON_SUBSTITUTED,
    Action.EDITION_CREATED, Action.EDITION_OPENED, Action.EDITION_CONFIRMED,
    Action.EDITION_CLOSED, Action.EDITION_REOPENED, Action.CREDITS_SET, Action.QUESTIONNAIRE_ASKED,
)  # fmt: skip


@dataclass(frozen=True)
class Changes:
    """How often something was changed, and when last."""

    number: int
    last_at: datetime


def entries(*where: ColumnElement[bool]) -> list[CalendarEntry]:
    """The lessons selected: three statements. The trail tells how often each has changed."""
    found = sittings(*where)
    changes = _changes(found)
    return [_entry(sitting, changes) for sitting in found]


def _changes(found: Iterable[Sitting]) -> dict[tuple[str, int], Changes]:
    rows = list(found)
    event = AuditEvent
    about = or_(
        and_(event.target_type == "lesson", event.target_id.in_([row.id for row in rows])),
        and_(
            event.target_type == "edition",
            event.target_id.in_({row.edition_id for row in rows}),
        ),
    )
    counted = (
        select(event.target_type, event.target_id, func.count(), func.max(event.at))
        .where(about, event.action.notin_([action.value for action in QUIET]))
        .group_by(event.target_type, event.target_id)
    )
    return {(kind, number): Changes(*rest) for kind, number, *rest in db.session.execute(counted)}


def _entry(sitting: Sitting, changes: dict[tuple[str, int], Changes]) -> CalendarEntry:
    keys = (Lesson.__tablename__, sitting.id), ("edition", sitting.edition_id)
    known = [changes[key] for key in keys if key in changes]
    title = f"{sitting.code} – {sitting.course_title}"
    return CalendarEntry(
        key=f"lesson-{sitting.id}",
        starts_at=sitting.starts_at,
        ends_at=sitting.ends_at,
        summary=_("Annullata: %(title)s", title=title) if sitting.called_off else title,
        changed_at=max((change.last_at for change in known), default=sitting.starts_at),
        sequence=sum(change.number for change in known),
        location=", ".join(filter(None, (sitting.venue, sitting.address, sitting.town))),
        description="\n".join(_lines(sitting)),
        address=current_app.config["BASE_URL"]
        + url_for("courses.edition", edition_id=sitting.edition_id),
        cancelled=sitting.called_off,
    )


def _lines(sitting: Sitting) -> list[str]:
    lines = [_("Lezione %(number)d: %(topic)s", number=sitting.seq, topic=sitting.topic)]
    if sitting.trainers:
        lines.append(_("Docente: %(names)s", names=sitting.trainers))
    if sitting.moved_from and not sitting.called_off:
        lines.append(_("Spostata: era %(moment)s", moment=moment(sitting.moved_from)))
    lines.append(sitting.body)
    return lines
