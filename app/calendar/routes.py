# SPDX-License-Identifier: AGPL-3.0-or-later
"""The calendar by month, week and list, and an edition's lessons as a calendar file."""

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.access import requires
from app.calendar import leaves, queries
from app.calendar.entries import entries
from app.calendars import MEDIA_TYPE, calendar_file
from app.domain.calendar import parse_day, parse_month
from app.domain.roles import Permission
from app.labels import label
from app.listing import csv_file, wants_csv
from app.models import Edition, Lesson
from app.pages import clock_time, publicity
from app.scope import clause, get_visible

bp = Blueprint("calendar", __name__)


@bp.get("/calendar")
@requires(Permission.CALENDAR_READ)
def month():
    day = parse_month(request.args.get("month", "")) or clock.today()
    return render_template("calendar/month.html", leaf=leaves.month_leaf(current_user, day))


@bp.get("/calendar/week")
@requires(Permission.CALENDAR_READ)
def week():
    day = parse_day(request.args.get("day", "")) or clock.today()
    return render_template("calendar/week.html", leaf=leaves.week_leaf(current_user, day))


@bp.get("/calendar/lessons")
@requires(Permission.CALENDAR_READ)
def lessons():
    day = parse_day(request.args.get("day", ""))
    listing = queries.lesson_list(current_user, day)
    if wants_csv():
        return csv_file(
            "calendario",
            [_("Data"), _("Inizio"), _("Fine"), _("Edizione"), _("Corso"), _("Lezione"),
             _("Argomento"), _("Sede"), _("Comune"), _("Ente attuatore"), _("Docente"), _("Stato")],
            [
                (r.day.isoformat(), clock_time(r.starts_at), clock_time(r.ends_at), r.code,
                 r.course_title, r.seq, r.topic, r.venue, r.town, r.body, r.trainers, label(r.state))
                for r in listing.rows
            ],
            [publicity().statement],
        )  # fmt: skip
    return render_template("calendar/lessons.html", listing=listing, day=day)


@bp.get("/editions/<int:edition_id>/calendar.ics")
@requires(Permission.CALENDAR_READ)
def edition_file(edition_id: int) -> Response:
    """The lessons of the edition that the reader may see, once; it does not follow changes."""
    edition = get_visible(Edition, edition_id, current_user)
    found = entries(Lesson.edition_id == edition.id, clause(Lesson, current_user))
    name = f"{edition.code} – {edition.course_title}"
    return Response(
        calendar_file(found, name=name),
        mimetype=MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="edizione-{edition.code}.ics"'},
    )
