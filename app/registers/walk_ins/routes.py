# SPDX-License-Identifier: AGPL-3.0-or-later
"""Somebody at the door who is not in the list."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import requires
from app.domain.errors import RuleViolation
from app.domain.people import split_name
from app.domain.roles import Permission
from app.forms import add_violation, render_form
from app.models import Lesson
from app.registers.queries import SHEET_PAGE, SheetPage, sheet_page
from app.registers.walk_ins import actions, queries
from app.registers.walk_ins.forms import WalkInForm
from app.scope import get_visible

bp = Blueprint("walk_ins", __name__)


@bp.route("/lessons/<int:lesson_id>/walk-in", methods=["GET", "POST"])
@requires(Permission.SHEET_MARK)
def add(lesson_id: int):
    """Name and body; the rest is completed later, by who knows it."""
    lesson = get_visible(Lesson, lesson_id, current_user, *SHEET_PAGE)
    form = WalkInForm(queries.bodies(current_user))
    page = sheet_page(current_user, lesson, lock=form.is_submitted())
    known = []
    if form.validate_on_submit():
        known = queries.namesakes(page, *split_name(form.name.data))
        if answer := _added(page, form):
            return answer
    return render_form(
        "walk_ins/add.html", form, 422 if form.errors else None, page=page, known=known
    )


def _added(page: SheetPage, form: WalkInForm):
    """Back to the sheet, or None with the rule told beside the field."""
    body = queries.body_of(current_user, int(form.body.data))
    try:
        enrolment, over = actions.add(
            current_user, page, form.name.data, body, another=form.another.data
        )
    except RuleViolation as violation:
        if not page.writable:
            raise
        add_violation(form.name, violation)
        return None
    flash(_("Persona aggiunta e segnata presente: la scheda resta da completare."), "success")
    if over:
        flash(
            _("I posti dell'edizione erano già tutti presi (%(seats)d): controllare la capienza "
              "della sala.", seats=page.lesson.edition.seats_max),
            "warning",
        )  # fmt: skip
    return redirect(
        url_for("registers.sheet", lesson_id=page.lesson.id, _anchor=f"p{enrolment.id}")
    )
