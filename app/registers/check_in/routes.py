# SPDX-License-Identifier: AGPL-3.0-or-later
"""Checking in by oneself: the code on the wall, the tap that confirms, what the hand takes."""

from flask import Blueprint, abort, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app.access import public, requires
from app.domain.errors import RuleViolation
from app.domain.roles import Permission
from app.domain.vocabulary import CheckInKind
from app.errors import explain
from app.models import Lesson
from app.registers.check_in import actions, queries
from app.registers.check_in.code import give_pass, is_on_the_wall, read_pass, wall_code
from app.registers.check_in.forms import ConfirmForm
from app.registers.queries import SHEET_PAGE, sheet_page
from app.scope import get_visible

bp = Blueprint("check_in", __name__)


@bp.get("/lessons/<int:lesson_id>/check-in")
@requires(Permission.SHEET_MARK)
def wall(lesson_id: int):
    return render_template("check_in/wall.html", **_wall(lesson_id))


@bp.get("/lessons/<int:lesson_id>/check-in/live")
@requires(Permission.SHEET_MARK)
def live(lesson_id: int):
    return render_template("check_in/_live.html", **_wall(lesson_id))


@bp.post("/lessons/<int:lesson_id>/check-in/accept")
@requires(Permission.SHEET_MARK)
def accept(lesson_id: int):
    lesson = get_visible(Lesson, lesson_id, current_user, *SHEET_PAGE)
    number = actions.accept(current_user, sheet_page(current_user, lesson, lock=True))
    flash(
        ngettext("%(num)d presenza presa dal codice.", "%(num)d presenze prese dal codice.", number)
        if number
        else _("Nessuna presenza nuova da prendere dal codice."),
        "success" if number else "note",
    )
    return redirect(url_for("registers.sheet", lesson_id=lesson_id))


@bp.get("/c/<int:lesson_id>/<token>")
@public
def frame(lesson_id: int, token: str):
    if not is_on_the_wall(lesson_id, token):
        return make_response(render_template("check_in/expired.html"), 410)
    return redirect(url_for(".confirm", text=give_pass(lesson_id, _account())))


@bp.get("/check-in/<text>")
@requires(Permission.CHECK_IN_CONFIRM)
def confirm(text: str):
    attendee = _attendee(text)
    if attendee is None:
        return make_response(render_template("check_in/expired.html"), 410)
    return _draw(attendee, text)


@bp.post("/check-in/<text>")
@requires(Permission.CHECK_IN_CONFIRM)
def note(text: str):
    form = ConfirmForm()
    attendee = _attendee(text, hold=True)
    if attendee is None:
        return make_response(render_template("check_in/expired.html"), 410)
    if not form.validate():
        abort(400)  # no person writes what the button says
    kind = CheckInKind(form.kind.data)
    try:
        noted = actions.confirm(current_user, attendee, kind)
    except RuleViolation as violation:
        return _draw(attendee, text, 409, explain(violation.sentence))
    done = _("Entrata registrata.") if kind is CheckInKind.ENTRY else _("Uscita registrata.")
    flash(done if noted else _("Era già registrata."), "success")
    return redirect(url_for(".confirm", text=text))


def _wall(lesson_id: int) -> dict[str, object]:
    lesson = get_visible(Lesson, lesson_id, current_user, *SHEET_PAGE)
    page = sheet_page(current_user, lesson)
    return {"page": page, "code": wall_code(lesson.id) if page.takes_check_ins else None}


def _attendee(text: str, hold: bool = False) -> queries.Attendee | None:
    found = read_pass(text, current_user.account_id)
    return queries.attendee(current_user, found.lesson_id, hold) if found else None


def _draw(attendee: queries.Attendee, text: str, status: int = 200, reason: str = ""):
    form = ConfirmForm(formdata=None, kind=attendee.next)
    html = render_template(
        "check_in/confirm.html", attendee=attendee, text=text, form=form, reason=reason
    )
    return make_response(html, status)


def _account() -> int | None:
    return current_user.account_id if current_user.is_authenticated else None
