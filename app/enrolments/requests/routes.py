# SPDX-License-Identifier: AGPL-3.0-or-later
"""An official looks for an edition and asks for a seat."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.access import requires
from app.clock import ROME
from app.domain.enrolment import check_window, next_step
from app.domain.errors import RuleViolation
from app.domain.roles import Permission
from app.enrolments import actions
from app.enrolments.requests import queries
from app.enrolments.requests.forms import RequestForm
from app.enrolments.roll.queries import EDITION, order_of
from app.errors import explain
from app.forms import render_form
from app.labels import label
from app.listing import csv_file, wants_csv
from app.models import Edition
from app.pages import publicity
from app.scope import get_visible
from app.waitlist import seats_of

bp = Blueprint("requests", __name__)


@bp.get("/open-editions")
@requires(Permission.ENROLMENT_REQUEST)
def index():
    listing = queries.open_editions(current_user)
    if wants_csv():
        headings = [
            _("Edizione"), _("Corso"), _("Sede"), _("Ente attuatore"), _("Inizio"), _("Lezioni"),
            _("Ci si iscrive fino al"), _("La tua iscrizione"),
        ]  # fmt: skip
        rows = [
            (r.code, r.course_title, r.town, r.delivering_body,
             r.first_at.astimezone(ROME).date() if r.first_at else "", r.lessons, r.closes_on,
             label(r.state) if r.state else "")
            for r in listing.rows
        ]  # fmt: skip
        return csv_file("edizioni-aperte", headings, rows, [publicity().statement])
    return render_template("requests/index.html", listing=listing)


@bp.route("/editions/<int:edition_id>/request", methods=["GET", "POST"])
@requires(Permission.ENROLMENT_REQUEST)
def ask(edition_id: int):
    edition = get_visible(Edition, edition_id, current_user, *EDITION)
    affiliations = queries.own_affiliations(current_user)
    form = RequestForm()
    form.affiliation.choices = [
        (str(one.id), f"{one.organisation.name}{', ' if one.office else ''}{one.office}")
        for one in affiliations
    ]
    if form.validate_on_submit():
        chosen = next(one for one in affiliations if str(one.id) == form.affiliation.data)
        enrolment = actions.request(current_user, edition, chosen)
        flash(explain(next_step(enrolment.state, None, edition.body_approval)), "success")
        return redirect(url_for("enrolments.my"))
    return render_form(
        "requests/ask.html",
        form,
        edition=edition,
        own=queries.own_enrolment(current_user, edition),
        lessons=queries.lessons_of(edition),
        order=order_of(edition, seats_of(edition)),
        closed=_why_closed(edition),
        next_step=next_step,
        affiliations=affiliations,
    )


def _why_closed(edition: Edition) -> str:
    try:
        opens, closes = edition.enrol_opens_on, edition.enrol_closes_on
        check_window(edition.state, opens, closes, clock.today())
    except RuleViolation as violation:
        return explain(violation.sentence)
    return ""
