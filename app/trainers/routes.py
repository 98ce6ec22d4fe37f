# SPDX-License-Identifier: AGPL-3.0-or-later
"""The trainers, the hours of one and their timesheet, a substitution."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import requires
from app.domain.calendar import parse_month
from app.domain.errors import RuleViolation
from app.domain.roles import Permission, Role
from app.domain.variation_words import change_lines
from app.forms import add_violation, render_form
from app.labels import label
from app.listing import csv_file, wants_csv
from app.models import Lesson, Person
from app.pages import moment, publicity
from app.scope import get_visible
from app.timetable_notices import preview
from app.trainers import actions, queries, timesheets
from app.trainers.forms import SubstituteForm
from app.trainers.substitution import (
    LESSON,
    Substitution,
    change_of,
    check,
    names_in,
    substitution,
)
from app.transaction import only_shows

bp = Blueprint("trainers", __name__)


@bp.get("/trainers")
@requires(Permission.TRAINER_READ)
def index():
    listing = queries.trainer_list(current_user)
    if wants_csv():
        return csv_file(
            "docenti",
            [_("Cognome"), _("Nome"), _("Ruolo"), _("Edizioni"), _("Lezioni"), _("Lezioni svolte"),
             _("Minuti previsti"), _("Minuti svolti"), _("Prossima lezione")],
            [
                (r.family_name, r.given_name, label(r.role), r.editions, r.lessons, r.held_lessons,
                 r.planned, r.held, moment(r.next_at) if r.next_at else "")
                for r in listing.rows
            ],
            [publicity().statement],
        )  # fmt: skip
    return render_template(
        "trainers/index.html", listing=listing, bookings=queries.bookings(current_user)
    )


@bp.get("/trainers/<int:trainer_id>")
@requires(Permission.TIMESHEET_READ)
def show(trainer_id: int):
    return _hours(queries.trainer(current_user, trainer_id))


@bp.get("/my/hours")
@requires(Permission.TIMESHEET_OWN)
def own():
    """The hours of whoever is signed in."""
    if current_user.person_id is None:
        abort(404)
    return _hours(queries.trainer(current_user, current_user.person_id))


def _hours(person: Person) -> str | Response:
    months = queries.months(current_user, person)
    month = queries.month_of(months, parse_month(request.args.get("month", "")))
    if wants_csv():
        return timesheets.table(month)
    return render_template("trainers/show.html", person=person, months=months, month=month)


@bp.get("/trainers/<int:trainer_id>/timesheet.pdf")
@requires(Permission.TIMESHEET_READ)
def timesheet(trainer_id: int) -> Response:
    """The hours of a month, to be signed."""
    person = queries.trainer(current_user, trainer_id)
    months = queries.months(current_user, person)
    month = queries.month_of(months, parse_month(request.args.get("month", "")))
    return timesheets.paper(person, month, whole=current_user.role is not Role.ORGANISER)


@bp.route("/lessons/<int:lesson_id>/substitute", methods=["GET", "POST"])
@requires(Permission.STAFF_SUBSTITUTE)
def substitute(lesson_id: int):
    lesson = get_visible(Lesson, lesson_id, current_user, *LESSON)
    page = substitution(current_user, lesson)
    form = _form(page)
    if not form.validate_on_submit():
        return render_form("trainers/substitute.html", form, page=page)
    try:
        actions.substitute(
            current_user,
            lesson,
            form.staff.data,
            form.person.data,
            form.reason.data,
            tell=form.tell.data,
        )
    except RuleViolation as violation:
        add_violation(form.person, violation)
        return render_form("trainers/substitute.html", form, page=page)
    flash(_("Sostituzione registrata."), "success")
    return redirect(url_for("courses.edition", edition_id=lesson.edition_id))


@bp.post("/lessons/<int:lesson_id>/substitute/review")
@requires(Permission.STAFF_SUBSTITUTE)
@only_shows
def review(lesson_id: int):
    """The variation that a substitution makes once the edition is open; nothing is written."""
    lesson = get_visible(Lesson, lesson_id, current_user, *LESSON)
    page = substitution(current_user, lesson)
    form = _form(page)
    if not form.validate():
        return render_form("trainers/substitute.html", form, page=page)
    try:
        check(lesson, page.sheet_state, form.staff.data, form.person.data, form.reason.data)
    except RuleViolation as violation:
        add_violation(form.person, violation)
        return render_form("trainers/substitute.html", form, page=page)
    change = change_of(lesson, form.staff.data, form.person.data)
    names = names_in(change)
    return render_form(
        "trainers/review.html",
        form,
        200,
        page=page,
        change=change,
        line=change_lines([change], names)[0],
        message=preview(
            lesson.edition, names, [change], form.reason.data.strip(), current_user.name
        ),
    )


def _form(page: Substitution) -> SubstituteForm:
    form = SubstituteForm()
    form.staff.choices = [(p.id, f"{p.name} ({label(p.role)})") for p in page.places]
    at_work = {p.person_id for p in page.places}
    form.person.choices = [one for one in page.known if one[0] not in at_work]
    return form
