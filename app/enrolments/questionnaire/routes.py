# SPDX-License-Identifier: AGPL-3.0-or-later
"""The anonymous questionnaire of an edition, filled in once by each who attended."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import requires
from app.domain.roles import Permission
from app.enrolments.questionnaire import actions, queries
from app.enrolments.questionnaire.forms import QuestionnaireForm
from app.forms import render_form

bp = Blueprint("questionnaire", __name__)


@bp.route("/editions/<int:edition_id>/questionnaire", methods=["GET", "POST"])
@requires(Permission.QUESTIONNAIRE_ANSWER)
def fill_in(edition_id: int):
    asked = queries.asked_of(current_user, edition_id)
    form = QuestionnaireForm()
    if asked.why_not or asked.answered or not form.validate_on_submit():
        status = 409 if form.is_submitted() and (asked.why_not or asked.answered) else None
        return render_form("questionnaire/fill_in.html", form, status, asked=asked)
    actions.answer(current_user, asked, form.ratings, form.comment.data or "")
    flash(_("Grazie: le risposte sono state registrate senza nome."), "success")
    return redirect(url_for("enrolments.my"))
