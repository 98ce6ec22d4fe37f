# SPDX-License-Identifier: AGPL-3.0-or-later
"""The enrolments of an edition: all states on one page, several decided at once."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import requires
from app.clock import ROME
from app.domain.enrolment import Decision, EnrolmentState
from app.domain.errors import RuleViolation, Sentence
from app.domain.roles import Permission
from app.enrolments.deciding import decide as decide_all
from app.enrolments.picks import picked, versions
from app.enrolments.roll import queries
from app.enrolments.roll.forms import DecisionForm, RefusalForm
from app.forms import Form, render_form
from app.labels import label
from app.listing import Listing, csv_file, wants_csv
from app.models import Edition
from app.open_counters import warnings_for
from app.pages import publicity
from app.scope import get_visible

bp = Blueprint("roll", __name__)

ORGANISERS = (Decision.CONFIRM, Decision.WAITLIST, Decision.REJECT)
BODY = (Decision.APPROVE, Decision.REJECT)


@bp.get("/editions/<int:edition_id>/enrolments")
@requires(Permission.ENROLMENT_FOLLOW)
def index(edition_id: int):
    edition = get_visible(Edition, edition_id, current_user, *queries.EDITION)
    listing = queries.roll(current_user, edition)
    if wants_csv():
        return _csv(edition, listing)
    return render_template(
        "roll/index.html",
        edition=edition,
        listing=listing,
        nobody="nobody" in request.args,
        seats=queries.seats_shown(current_user, edition),
        office_warnings=warnings_for(edition, current_user),
    )


def _csv(edition: Edition, listing: Listing) -> Response:
    headings = [
        _("Cognome e nome"), _("Ente"), _("Ufficio"), _("Stato"), _("Richiesta del"),
        _("Posto in lista d'attesa"),
    ]  # fmt: skip
    rows = [
        (r.name, r.home_body, r.office, label(r.state),
         r.requested_at.astimezone(ROME).strftime("%Y-%m-%d %H:%M"), r.position)
        for r in listing.rows
    ]  # fmt: skip
    return csv_file(f"iscrizioni-{edition.code}", headings, rows, [publicity().statement])


@bp.route("/editions/<int:edition_id>/enrolments/decision", methods=["GET", "POST"])
@requires(Permission.ENROLMENT_DECIDE)
def decide(edition_id: int):
    """What the organiser's decision would do, in numbers; then the decision."""
    return _decide(edition_id, ORGANISERS, ".decide")


@bp.route("/editions/<int:edition_id>/enrolments/approval", methods=["GET", "POST"])
@requires(Permission.ENROLMENT_APPROVE)
def approve(edition_id: int):
    """The home body's word on the requests of its own people."""
    return _decide(edition_id, BODY, ".approve")


def _decide(edition_id: int, allowed: tuple[Decision, ...], endpoint: str):
    edition = get_visible(Edition, edition_id, current_user, *queries.EDITION)
    word = request.values.get("decision", "")
    if word not in allowed:
        return redirect(url_for(".index", edition_id=edition_id))
    decision = Decision(word)
    seen = versions(request.form.getlist("pick"))
    ids = list(seen) if request.method == "POST" else picked(request.args.getlist("pick"))
    form = _form(decision)
    if request.method == "POST" and form.validate_on_submit():
        return _done(edition, decision, form, seen, allowed is BODY)
    forecast = queries.forecast(current_user, edition, ids, decision)
    if not forecast.people:
        return redirect(url_for(".index", edition_id=edition_id, nobody=1))
    return render_form(
        "roll/decide.html",
        form,
        edition=edition,
        decision=decision,
        forecast=forecast,
        action=url_for(endpoint, edition_id=edition_id),
        states=EnrolmentState,
    )


def _form(decision: Decision) -> Form:
    return RefusalForm() if decision is Decision.REJECT else DecisionForm()


def _done(
    edition: Edition, decision: Decision, form: Form, seen: dict[int, int], by_body: bool
) -> Response:
    people = queries.chosen(current_user, edition, list(seen))
    if len(people) != len(seen) or not people:
        abort(400)
    if by_body and any(one.state is not EnrolmentState.REQUESTED for one in people):
        raise RuleViolation(Sentence("L'ente si esprime soltanto sulle richieste da approvare."))
    found = decide_all(current_user, edition, people, decision, form.note.data or "", seen)
    told = ", ".join(f"{label(state)}: {number}" for state, number in found.items())
    flash(_("Fatto. %(result)s. Nessun messaggio è partito.", result=told), "success")
    return redirect(url_for(".index", edition_id=edition.id))
