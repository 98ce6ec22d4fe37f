# SPDX-License-Identifier: AGPL-3.0-or-later
"""The dashboard, and the rows behind each of its figures."""

from datetime import date

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.access import requires
from app.dashboard import behind, queries
from app.domain.attendance import hours_text
from app.domain.edition import EditionState
from app.domain.indicators import Figure, Unit
from app.domain.roles import Permission
from app.domain.vocabulary import EditionKind
from app.indicator_names import FIGURES
from app.labels import label
from app.listing import Listing, csv_file, wants_csv
from app.pages import day, percent, publicity

bp = Blueprint("dashboard", __name__)


def shown(figure: Figure, number: int | None) -> str:
    """A figure's number in its unit."""
    if number is None:
        return "–"
    if figure.unit is Unit.MINUTES:
        return hours_text(number)
    return percent(number) if figure.unit is Unit.PERCENT else str(number)


@bp.get("/dashboard")
@requires(Permission.DASHBOARD_READ)
def show():
    board = queries.dashboard(current_user)
    if wants_csv():
        return csv_file(
            "cruscotto",
            [_("Indicatore"), _("Nome"), _("Valore"), _("Obiettivo"), _("Definizione")],
            [
                (
                    f.code,
                    FIGURES[f.code][0],
                    shown(f, f.value),
                    shown(f, f.target),
                    FIGURES[f.code][1],
                )
                for f in board.figures
            ],
            [publicity().statement],
        )
    return render_template(
        "dashboard/show.html",
        board=board,
        names=FIGURES,
        shown=shown,
        months=_chart(board.months),
        today=clock.today(),
    )


def _chart(months: list[tuple[str, int]]) -> dict[str, object]:
    """Hours per month as the chart draws them; the table shows the same."""
    return {
        "categories": [
            format_date(date.fromisoformat(f"{month}-01"), "MMM y", rebase=False)
            for month, _minutes in months
        ],
        "series": [
            {"name": _("Ore erogate"), "values": [round(minutes / 60, 1) for _m, minutes in months]}
        ],
        "unit": "h",
    }


@bp.get("/dashboard/<figure>")
@requires(Permission.DASHBOARD_READ)
def figure(figure: str):
    """The rows a figure adds up: names, lessons, editions or bodies."""
    if figure not in FIGURES:
        abort(404)
    if figure == "OUT5":
        closed, courses = EditionState.CLOSED.value, EditionKind.COURSE.value
        return redirect(url_for("courses.editions", state=closed, kind=courses))
    if figure == "OUT6":
        return _bodies(behind.bodies_behind(current_user))
    if figure == "OUT3":
        return _lessons(behind.lessons_behind(current_user))
    return _people(behind.people_behind(current_user, figure, None, None), figure)


@bp.get("/dashboard/people")
@requires(Permission.DASHBOARD_READ)
def people():
    """The people of one cell of the matrix."""
    body_id = request.args.get("body", type=_small)
    course_id = request.args.get("course", type=_small)
    listing = behind.people_behind(current_user, "", body_id, course_id)
    return _people(listing, None, behind.names_of(body_id, course_id, current_user))


def _small(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ValueError(text)
    return int(text)


def _people(listing: Listing, figure: str | None, of: str = "") -> Response | str:
    if wants_csv():
        return csv_file(
            f"iscrizioni-{figure or 'matrice'}",
            [_("Cognome e nome"), _("Ente"), _("Corso"), _("Edizione"), _("Stato"),
             _("Minuti riconosciuti"), _("Minuti svolti"), _("Quota %"), _("Attestato")],
            [
                (p.name, p.home_body, p.course_title, p.edition_code, label(p.state), p.counted,
                 p.held, p.share, p.certificate_number or "")
                for p in listing.rows
            ],
            [publicity().statement],
        )  # fmt: skip
    return render_template(
        "dashboard/people.html", listing=listing, figure=figure, names=FIGURES, of=of
    )


def _lessons(listing: Listing) -> Response | str:
    if wants_csv():
        return csv_file(
            "lezioni-svolte",
            [_("Data"), _("Edizione"), _("Lezione"), _("Corso"), _("Ente attuatore"), _("Minuti")],
            [
                (
                    day(r.starts_at),
                    r.edition_code,
                    r.seq,
                    r.course_title,
                    r.body,
                    r.delivered_minutes,
                )
                for r in listing.rows
            ],
            [publicity().statement],
        )
    return render_template("dashboard/lessons.html", listing=listing, names=FIGURES)


def _bodies(listing: Listing) -> Response | str:
    if wants_csv():
        return csv_file(
            "enti-raggiunti",
            [_("Ente"), _("Persone"), _("Minuti riconosciuti")],
            [(r.name, r.people or "< 3", r.counted or "–") for r in listing.rows],
            [publicity().statement],
        )
    return render_template("dashboard/bodies.html", listing=listing, names=FIGURES)
