# SPDX-License-Identifier: AGPL-3.0-or-later
"""A month of somebody's hours as paper and as a table."""

from flask import Response
from flask_babel import gettext as _

from app import clock
from app.clock import ROME
from app.documents.timesheet import TimesheetContent, TimesheetLine, render_timesheet
from app.labels import italian, label
from app.listing import csv_file
from app.models import Person
from app.pages import clock_time, publicity
from app.teaching import Work
from app.trainers.queries import Month


def paper(person: Person, month: Month, *, whole: bool) -> Response:
    """The timesheet to be signed; it is read in Italian."""
    content = TimesheetContent(
        name=f"{person.family_name} {person.given_name}",
        month=month.first,
        lines=tuple(_line(one) for one in month.held),
        printed_at=clock.now(),
        publicity=publicity(),
        whole=whole,
        waiting=len(month.work) - len(month.held),
    )
    return Response(
        render_timesheet(content),
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{_name(month)}.pdf"'},
    )


def table(month: Month) -> Response:
    """The same hours for a spreadsheet; the last row is their sum."""
    rows = [
        (
            (one.started_at or one.starts_at).astimezone(ROME).date().isoformat(),
            one.edition_code, one.course_title, one.body, one.seq, one.topic, label(one.role),
            clock_time(one.started_at or one.starts_at), clock_time(one.ended_at or one.ends_at),
            one.minutes, one.page_version,
        )
        for one in month.held
    ]  # fmt: skip
    total = (_("Totale"), *[""] * 8, month.minutes, "")
    return csv_file(
        _name(month),
        [_("Data"), _("Edizione"), _("Corso"), _("Ente attuatore"), _("Lezione"), _("Argomento"),
         _("In qualità di"), _("Inizio reale"), _("Fine reale"), _("Minuti"), _("Versione della pagina")],
        [*rows, total],
        [publicity().statement],
    )  # fmt: skip


def _name(month: Month) -> str:
    return f"foglio-ore-{month.first:%Y-%m}"


def _line(one: Work) -> TimesheetLine:
    return TimesheetLine(
        edition_code=one.edition_code,
        course_title=one.course_title,
        body=one.body,
        seq=one.seq,
        topic=one.topic,
        role=italian(one.role),
        start=one.started_at or one.starts_at,
        end=one.ended_at or one.ends_at,
        minutes=one.minutes,
        version=one.page_version,
    )
