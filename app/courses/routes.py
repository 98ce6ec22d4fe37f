# SPDX-License-Identifier: AGPL-3.0-or-later
"""The catalogue, the list of editions, the page of an edition and what closes it."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import can, requires
from app.courses import actions, queries
from app.courses.catalogue.queries import may_edit, modules
from app.courses.edition_page import EDITION_PAGE, edition_page
from app.courses.planning.queries import planning_of
from app.domain.attendance import hours_text
from app.domain.roles import Permission
from app.forms import Form, render_form
from app.labels import label
from app.listing import Listing, csv_file, wants_csv
from app.models import Course, Edition
from app.open_counters import warnings_for
from app.pages import day, publicity
from app.scope import get_visible

bp = Blueprint("courses", __name__)


@bp.get("/courses")
@requires(Permission.COURSE_READ)
def index():
    listing = queries.course_list(current_user)
    if wants_csv():
        return csv_file(
            "corsi",
            [_("Codice"), _("Titolo"), _("Area"), _("Ore"), _("Edizioni"), _("Stato")],
            [
                (r.code, r.title, r.area, hours_text(r.planned_minutes), r.editions, label(r.state))
                for r in listing.rows
            ],
            [publicity().statement],
        )
    return render_template("courses/index.html", listing=listing)


@bp.get("/courses/<int:course_id>")
@requires(Permission.COURSE_READ)
def show(course_id: int):
    course = get_visible(Course, course_id, current_user)
    listing = queries.edition_list(current_user, course.id)
    if wants_csv():
        return _editions_file(f"edizioni-{course.code}", listing)
    return render_template(
        "courses/show.html",
        course=course,
        listing=listing,
        modules=modules(course_id),
        may_edit=may_edit(current_user, course),
    )


@bp.get("/editions")
@requires(Permission.EDITION_READ)
def editions():
    listing = queries.edition_list(current_user)
    if wants_csv():
        return _editions_file("edizioni", listing)
    return render_template("courses/editions.html", listing=listing)


def _editions_file(name: str, listing: Listing) -> Response:
    return csv_file(
        name,
        [_("Codice"), _("Corso"), _("Sede"), _("Ente attuatore"), _("Dal"), _("Al"),
         _("Lezioni svolte"), _("Lezioni"), _("Iscritti"), _("Stato")],
        [
            (r.code, r.course_title, r.town, r.delivering_body,
             day(r.first_at) if r.first_at else "", day(r.last_at) if r.last_at else "",
             r.lessons_held, r.lessons, r.enrolled, label(r.state))
            for r in listing.rows
        ],
        [publicity().statement],
    )  # fmt: skip


@bp.get("/editions/<int:edition_id>")
@requires(Permission.EDITION_READ)
def edition(edition_id: int):
    found = get_visible(Edition, edition_id, current_user, *EDITION_PAGE)
    page = edition_page(current_user, found)
    if wants_csv():
        return csv_file(
            f"edizione-{found.code}",
            [_("Cognome e nome"), _("Ente"), _("Stato"), _("Minuti riconosciuti"),
             _("Minuti svolti"), _("Quota %")],
            [(p.name, p.home_body, label(p.state), p.counted, p.held, p.share) for p in page.people],
            [publicity().statement],
        )  # fmt: skip
    planning = planning_of(found) if can(Permission.CHECKLIST_READ) else None
    return render_form(
        "courses/edition.html",
        Form(),
        page=page,
        planning=planning,
        office_warnings=warnings_for(found, current_user),
    )


@bp.route("/editions/<int:edition_id>/close", methods=["GET", "POST"])
@requires(Permission.EDITION_CLOSE)
def close_edition(edition_id: int):
    """Asked once, in words: closing fixes every outcome."""
    found = get_visible(Edition, edition_id, current_user, *EDITION_PAGE)
    form = Form()
    if form.validate_on_submit():
        actions.close_edition(current_user, found)
        flash(_("L'edizione %(code)s è conclusa.", code=found.code), "success")
        return redirect(url_for(".edition", edition_id=edition_id))
    return render_form(
        "courses/close_edition.html",
        form,
        edition_page=edition_page(current_user, found),
    )
