# SPDX-License-Identifier: AGPL-3.0-or-later
"""People chosen for an edition: by their body's representative, or by the organiser."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.access import requires
from app.domain.enrolment import EnrolmentState, check_running, check_window
from app.domain.errors import RuleViolation
from app.domain.roles import Permission, Role
from app.enrolments import actions
from app.enrolments.nominations import queries
from app.enrolments.picks import picked
from app.enrolments.roll.queries import EDITION, seats_shown
from app.forms import Form, render_form
from app.listing import csv_file, wants_csv
from app.models import Edition
from app.pages import publicity
from app.scope import get_visible

bp = Blueprint("nominations", __name__)


@bp.get("/editions/<int:edition_id>/nominations")
@requires(Permission.ENROLMENT_NOMINATE)
def index(edition_id: int):
    edition = get_visible(Edition, edition_id, current_user, *EDITION)
    listing = queries.candidates(current_user, edition)
    if wants_csv():
        headings = [
            _("Cognome e nome"), _("Ente"), _("Ufficio"), _("Corso già seguito"), _("Stesse ore"),
        ]  # fmt: skip
        rows = [
            (r.name, r.home_body, r.office, ", ".join(r.done), "; ".join(r.clashes))
            for r in listing.rows
        ]
        return csv_file(f"persone-{edition.code}", headings, rows, [publicity().statement])
    return render_template(
        "nominations/index.html",
        edition=edition,
        listing=listing,
        seats=seats_shown(current_user, edition),
        closed=_why_closed(edition),
        nobody="nobody" in request.args,
    )


def _why_closed(edition: Edition):
    """The sentence that says why nobody may be chosen now, or None."""
    try:
        if current_user.role is Role.BODY_REPRESENTATIVE:
            opens, closes = edition.enrol_opens_on, edition.enrol_closes_on
            check_window(edition.state, opens, closes, clock.today())
        else:
            check_running(edition.state)
    except RuleViolation as violation:
        return violation.sentence
    return None


@bp.route("/editions/<int:edition_id>/nominations/choice", methods=["GET", "POST"])
@requires(Permission.ENROLMENT_NOMINATE)
def choose(edition_id: int):
    """Who was chosen, how many have a seat and how many wait; then the deed."""
    edition = get_visible(Edition, edition_id, current_user, *EDITION)
    ids = picked(request.values.getlist("pick"))
    form = Form()
    people = queries.chosen(current_user, edition, ids)
    if form.validate_on_submit():
        if len(people) != len(ids) or not people:
            abort(409)
        seated, waiting = _enrol(edition, people)
        flash(
            _(
                "Fatto: %(seated)d con il posto, %(waiting)d in lista d'attesa. "
                "Nessun messaggio è partito.",
                seated=seated,
                waiting=waiting,
            ),
            "success",
        )
        return redirect(url_for("roll.index", edition_id=edition_id))
    if not people:
        return redirect(url_for(".index", edition_id=edition_id, nobody=1))
    seated = queries.seated(edition, people)
    return render_form(
        "nominations/choose.html", form, edition=edition, people=people, seated=seated
    )


def _enrol(edition: Edition, people: list[queries.Candidate]) -> tuple[int, int]:
    rows = queries.rows_of(people)
    if current_user.role is Role.BODY_REPRESENTATIVE:
        return actions.nominate(current_user, edition, rows)
    enrolled = [actions.enrol(current_user, edition, *row) for row in rows]
    seated = sum(one.state is EnrolmentState.CONFIRMED for one in enrolled)
    return seated, len(enrolled) - seated
