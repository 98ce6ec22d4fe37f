# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lessons as entries of a calendar file. They name who teaches, never who attends."""

from collections.abc import Iterable
from datetime import datetime

from flask import current_app, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, or_, select

from app.audit import Action
from app.calendar.queries import Sitting, sittings
from app.calendars import CalendarEntry
from app.domain.edition import EditionState
from app.extensions import db
from app.models import AuditEvent, Lesson
from app.pages import moment

# What the trail says of a lesson or edition without its place in the calendar being another.
QUIET = (
    Action.LESSON_PLANNED, Action.LESSON_STAFFED,
    Action.EDITION_CREATED, Action.EDITION_OPENED, Action.EDITION_CONFIRMED,
    Action.EDITION_CLOSED, Action.EDITION_REOPENED, Action.CREDITS_SET, Action.QUESTIONNAIRE_ASKED,
)  # fmt: skip


def entries(*where: ColumnElement[bool]) -> list[CalendarEntry]:
    """The lessons selected: three statements. The trail tells when each last changed."""
    found = sittings(*where)
    changes = _last_changes(found)
    return [_entry(sitting, changes) for sitting in found]


def _last_changes(found: Iterable[Sitting]) -> dict[tuple[str, int], datetime]:
    rows = list(found)
    event = AuditEvent
    about = or_(
        and_(event.target_type == "lesson", event.target_id.in_([row.id for row in rows])),
        and_(
            event.target_type == "edition",
            event.target_id.in_({row.edition_id for row in rows}),
        ),
    )
    last = (
        select(event.target_type, event.target_id, func.max(event.at))
        .where(about, event.action.notin_([action.value for action in QUIET]))
        .group_by(event.target_type, event.target_id)
    )
    return {(kind, number): at for kind, number, at in db.session.execute(last)}


def _entry(sitting: Sitting, changes: dict[tuple[str, int], datetime]) -> CalendarEntry:
    keys = (Lesson.__tablename__, sitting.id), ("edition", sitting.edition_id)
    known = [changes[key] for key in keys if key in changes]
    title = f"{sitting.code} – {sitting.course_title}"
    return CalendarEntry(
        key=f"lesson-{sitting.id}",
        starts_at=sitting.starts_at,
        ends_at=sitting.ends_at,
        summary=_("Annullata: %(title)s", title=title) if sitting.called_off else title,
        changed_at=max(known, default=sitting.starts_at),
        # As in the messages about variations; an edition called off is one more change.
        sequence=sitting.revision + (sitting.edition_state is EditionState.CANCELLED),
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
