# SPDX-License-Identifier: AGPL-3.0-or-later
"""Can she still make it? The list, one person lesson by lesson, and recoveries."""

from flask import Blueprint, abort, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import requires
from app.domain.errors import RuleViolation
from app.domain.prospects import why
from app.domain.roles import Permission
from app.errors import explain
from app.labels import label
from app.listing import csv_file, wants_csv
from app.models import Enrolment, Recovery
from app.pages import publicity
from app.prospects import actions, queries
from app.prospects.forms import RecoveryForm
from app.scope import get_visible

bp = Blueprint("prospects", __name__)


@bp.get("/prospects")
@requires(Permission.ENROLMENT_READ)
def index():
    listing = queries.prospect_list(current_user)
    if wants_csv():
        return csv_file(
            "prospettive",
            [_("Cognome e nome"), _("Ente"), _("Edizione"), _("Minuti riconosciuti"),
             _("Minuti previsti"), _("Prospettiva"), _("Perché")],
            [
                (r.standing.name, r.standing.home_body, r.standing.edition_code,
                 r.prospect.counted, r.prospect.planned, label(r.prospect.state),
                 explain(why(r.prospect)))
                for r in listing.rows
            ],
            [publicity().statement],
        )  # fmt: skip
    return render_template("prospects/index.html", listing=listing, why=why)


@bp.get("/enrolments/<int:enrolment_id>/prospect")
@requires(Permission.PROSPECT_READ)
def show(enrolment_id: int):
    return _draw(get_visible(Enrolment, enrolment_id, current_user).id)


@bp.post("/enrolments/<int:enrolment_id>/recoveries")
@requires(Permission.RECOVERY_ARRANGE)
def arrange(enrolment_id: int):
    enrolment, form = get_visible(Enrolment, enrolment_id, current_user), RecoveryForm()
    if not form.validate():
        abort(400)  # no person writes what the buttons say
    missed, other = int(form.missed.data), int(form.lesson.data)
    page = queries.prospect_page(current_user, enrolment.id, hold=other)
    try:
        actions.arrange(current_user, page, missed, other)
    except RuleViolation as violation:
        return _draw(enrolment.id, 409, explain(violation.sentence))
    flash(_("Recupero concordato: la persona compare sul foglio dell'altra lezione."), "success")
    return redirect(url_for(".show", enrolment_id=enrolment_id))


@bp.post("/recoveries/<int:recovery_id>/cancel")
@requires(Permission.RECOVERY_ARRANGE)
def call_off(recovery_id: int):
    recovery = get_visible(Recovery, recovery_id, current_user)
    page = queries.prospect_page(current_user, recovery.enrolment_id, hold=recovery.lesson_id)
    try:
        actions.call_off(current_user, page, recovery)
    except RuleViolation as violation:
        return _draw(recovery.enrolment_id, 409, explain(violation.sentence))
    flash(_("Recupero annullato."), "success")
    return redirect(url_for(".show", enrolment_id=recovery.enrolment_id))


def _draw(enrolment_id: int, status: int = 200, reason: str = ""):
    page = queries.prospect_page(current_user, enrolment_id)
    html = render_template(
        "prospects/show.html", page=page, why=why, reason=reason, form=RecoveryForm(formdata=None)
    )
    return make_response(html, status)
