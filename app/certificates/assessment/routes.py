# SPDX-License-Identifier: AGPL-3.0-or-later
"""Results of the final test, and whether the questionnaire is asked."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app.access import requires
from app.certificates.assessment import actions
from app.certificates.assessment.forms import ResultsForm
from app.certificates.assessment.queries import candidates
from app.certificates.queries import EDITION_PAGE
from app.domain.roles import Permission
from app.forms import render_form
from app.models import Edition
from app.scope import get_visible

bp = Blueprint("assessment", __name__)


@bp.route("/editions/<int:edition_id>/assessment", methods=["GET", "POST"])
@requires(Permission.ASSESSMENT_RECORD)
def record(edition_id: int):
    edition = get_visible(Edition, edition_id, current_user, *EDITION_PAGE)
    people = candidates(edition)
    form = ResultsForm()
    if form.validate_on_submit():
        results = form.results([person.enrolment_id for person in people])
        if results is None:
            abort(400)
        changed = actions.record_results(current_user, edition, results)
        flash(
            ngettext("%(num)d esito registrato.", "%(num)d esiti registrati.", changed), "success"
        )
        return redirect(url_for(".record", edition_id=edition.id))
    return render_form("assessment/record.html", form, edition=edition, people=people)


@bp.post("/editions/<int:edition_id>/questionnaire-asked")
@requires(Permission.QUESTIONNAIRE_ASK)
def ask_questionnaire(edition_id: int):
    edition = get_visible(Edition, edition_id, current_user, *EDITION_PAGE)
    wanted = request.args.get("wanted") != "no"
    actions.ask_questionnaire(current_user, edition, wanted=wanted)
    flash(
        _("Il questionario è richiesto prima dell'attestato.")
        if wanted
        else _("Il questionario non è più richiesto."),
        "success",
    )
    return redirect(url_for("certificates.edition", edition_id=edition.id))
