# SPDX-License-Identifier: AGPL-3.0-or-later
"""The lessons still to come of one enrolment, and for which of them she will not come."""

from flask import Blueprint, abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import HiddenField, StringField
from wtforms.validators import AnyOf, Length

from app.access import requires
from app.domain.roles import Permission
from app.enrolments.apologies import actions, queries
from app.enrolments.withdrawals.queries import enrolment_of
from app.forms import Form, render_form
from app.models import Enrolment

bp = Blueprint("apologies", __name__)


class ApologyForm(Form):
    lesson = HiddenField()
    deed = HiddenField(validators=[AnyOf(["make", "take_back"])])
    note = StringField(
        _l("Nota"),
        [Length(max=200, message=_l("Al massimo 200 caratteri."))],
        description=_l("Facoltativa. Non scrivere dati sulla salute: non servono."),
        render_kw={"maxlength": 200},
    )


@bp.route("/enrolments/<int:enrolment_id>/apologies", methods=["GET", "POST"])
@requires(Permission.APOLOGY_MAKE)
def index(enrolment_id: int):
    enrolment = enrolment_of(current_user, enrolment_id)
    form = ApologyForm()
    if form.validate_on_submit():
        return _done(enrolment, form)
    return render_form(
        "apologies/index.html",
        form,
        enrolment=enrolment,
        lessons=queries.lessons(enrolment),
    )


def _done(enrolment: Enrolment, form: ApologyForm):
    lesson = next((one for one in queries.rows(enrolment) if str(one.id) == form.lesson.data), None)
    if lesson is None:
        abort(404)
    if form.deed.data == "make":
        actions.make(current_user, enrolment, lesson, form.note.data or "")
        flash(_("Avviso registrato: il docente lo vede sul foglio."), "success")
    else:
        actions.take_back(current_user, enrolment, lesson)
        flash(_("Avviso tolto: il docente ti aspetta."), "success")
    return redirect(url_for(".index", enrolment_id=enrolment.id))
