# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of venues, each with what is held there; adding, changing, taking out of use."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import requires
from app.courses.venues import actions, queries
from app.courses.venues.actions import NameTaken
from app.courses.venues.forms import COLUMNS, VenueForm
from app.domain.errors import RuleViolation
from app.domain.roles import Permission
from app.domain.venues import check_capacity
from app.forms import Form, add_violation, render_form
from app.listing import csv_file, wants_csv
from app.models import Venue
from app.pages import publicity
from app.scope import get_visible

bp = Blueprint("venues", __name__)


@bp.get("/venues")
@requires(Permission.VENUE_READ)
def index():
    listing = queries.venue_list(current_user)
    if wants_csv():
        yes, no = _("Sì"), _("No")
        return csv_file(
            "sedi",
            [_("Comune"), _("Nome"), _("Indirizzo"), _("Posti"), _("Accessibile"), _("In uso"), _("Edizioni")],
            [
                (r.town, r.name, r.address, r.capacity, yes if r.accessible else no,
                 yes if r.active else no, r.editions)
                for r in listing.rows
            ],
            [publicity().statement],
        )  # fmt: skip
    return render_template("venues/index.html", listing=listing)


@bp.get("/venues/<int:venue_id>")
@requires(Permission.VENUE_READ)
def show(venue_id: int):
    venue = get_visible(Venue, venue_id, current_user)
    return render_template(
        "venues/show.html",
        venue=venue,
        editions=queries.editions_there(current_user, venue_id),
        may_edit=queries.may_edit(current_user, venue),
    )


@bp.route("/venues/new", methods=["GET", "POST"])
@requires(Permission.VENUE_SET)
def new():
    form = VenueForm(data={"accessible": True}) if request.method == "GET" else VenueForm()
    if form.validate_on_submit():
        try:
            venue = actions.add_venue(current_user, **form.values)
        except NameTaken as violation:
            add_violation(form.name, violation)
            return render_form("venues/edit.html", form, 422, venue=None)
        flash(_("Sede aggiunta."), "success")
        return redirect(url_for(".show", venue_id=venue.id))
    return render_form("venues/edit.html", form, venue=None)


@bp.route("/venues/<int:venue_id>/edit", methods=["GET", "POST"])
@requires(Permission.VENUE_SET)
def edit(venue_id: int):
    venue = get_visible(Venue, venue_id, current_user)
    actions.check_own(current_user, venue)
    data = {name: getattr(venue, name) for name in COLUMNS} | {"seen": str(venue.version)}
    form = VenueForm(data=data) if request.method == "GET" else VenueForm()
    if form.validate_on_submit():
        promised = queries.seats_promised(venue_id)
        try:
            if form.capacity.data < venue.capacity:
                check_capacity(form.capacity.data, promised)
        except RuleViolation as violation:
            add_violation(form.capacity, violation)
            return render_form("venues/edit.html", form, 422, venue=venue)
        try:
            changed = actions.change_venue(current_user, venue, form.version, form.values, promised)
        except NameTaken as violation:
            add_violation(form.name, violation)
            return render_form("venues/edit.html", form, 422, venue=venue)
        flash(_("Sede salvata.") if changed else _("Non è cambiato nulla."), "success")
        return redirect(url_for(".show", venue_id=venue_id))
    return render_form("venues/edit.html", form, venue=venue)


@bp.route("/venues/<int:venue_id>/use", methods=["GET", "POST"])
@requires(Permission.VENUE_SET)
def use(venue_id: int):
    """Out of use, or back in use; asked once, with what is planned there."""
    venue = get_visible(Venue, venue_id, current_user)
    actions.check_own(current_user, venue)
    form = Form()
    if form.validate_on_submit():
        actions.set_active(current_user, venue, not venue.active)
        flash(
            _("La sede è di nuovo in uso.") if venue.active else _("La sede non è più in uso."),
            "success",
        )
        return redirect(url_for(".show", venue_id=venue_id))
    return render_form(
        "venues/use.html",
        form,
        venue=venue,
        editions=queries.editions_there(current_user, venue_id),
    )
