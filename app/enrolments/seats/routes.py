# SPDX-License-Identifier: AGPL-3.0-or-later
"""Seats kept for bodies: one table, in place."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app.access import requires
from app.domain.errors import RuleViolation
from app.domain.roles import Permission
from app.domain.seats import check_allotments
from app.enrolments.roll.queries import EDITION, order_of
from app.enrolments.seats import actions, queries
from app.enrolments.seats.forms import seats_form
from app.errors import explain
from app.forms import add_violation, render_form
from app.models import Edition
from app.scope import get_visible
from app.waitlist import seats_of

bp = Blueprint("seats", __name__)


@bp.route("/editions/<int:edition_id>/seats", methods=["GET", "POST"])
@requires(Permission.SEATS_SET)
def edit(edition_id: int):
    edition = get_visible(Edition, edition_id, current_user, *EDITION)
    bodies = queries.bodies(current_user, edition)
    form = seats_form(bodies)(data={"gives_back_on": edition.gives_back_on})
    if form.validate_on_submit():
        allotted = {body.body_id: form[f"seats_{body.body_id}"].data for body in bodies}
        try:
            check_allotments(edition.seats_max, allotted)
        except RuleViolation as violation:
            form.form_errors.append(explain(violation.sentence))
        else:
            try:
                gained = actions.set_seats(current_user, edition, allotted, form.gives_back_on.data)
            except actions.TooFew as violation:
                add_violation(form[f"seats_{violation.body}"], violation)
            else:
                flash(_saved(gained), "success")
                return redirect(url_for("roll.index", edition_id=edition_id))
    seats = seats_of(edition)
    return render_form(
        "seats/edit.html",
        form,
        422 if form.errors else None,
        edition=edition,
        bodies=bodies,
        seats=seats,
        order=order_of(edition, seats),
    )


def _saved(gained: int) -> str:
    if not gained:
        return _("Posti salvati.")
    return ngettext(
        "Posti salvati: %(num)d persona in attesa ha avuto il posto.",
        "Posti salvati: %(num)d persone in attesa hanno avuto il posto.",
        gained,
    )
