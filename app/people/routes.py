# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of people and the page of one."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import requires
from app.domain.errors import RuleViolation
from app.domain.roles import Permission
from app.forms import add_violation, render_form
from app.labels import label
from app.listing import csv_file, wants_csv
from app.models import Person
from app.pages import publicity
from app.people import actions, queries
from app.people.forms import PersonForm
from app.scope import get_visible

bp = Blueprint("people", __name__)


@bp.get("/people")
@requires(Permission.PERSON_READ)
def index():
    listing = queries.person_list(current_user)
    if wants_csv():
        return csv_file(
            "persone",
            [_("Cognome"), _("Nome"), _("Ente"), _("Ufficio"), _("Area di servizio"),
             _("Edizioni"), _("Minuti riconosciuti")],
            [
                (r.family_name, r.given_name, r.body, r.office,
                 label(r.service_area) if r.service_area else "", r.editions, r.counted)
                for r in listing.rows
            ],
            [publicity().statement],
        )  # fmt: skip
    return render_template("people/index.html", listing=listing)


@bp.get("/people/<int:person_id>")
@requires(Permission.PERSON_READ)
def show(person_id: int):
    person = get_visible(Person, person_id, current_user)
    return render_template(
        "people/show.html", person_page=queries.person_page(current_user, person), person=person
    )


@bp.route("/people/<int:person_id>/edit", methods=["GET", "POST"])
@requires(Permission.PERSON_CORRECT)
def edit(person_id: int):
    """What a certificate must state: completed, or corrected."""
    person = get_visible(Person, person_id, current_user)
    form = PersonForm(obj=person if request.method == "GET" else None)
    if form.validate_on_submit():
        try:
            changed = actions.correct_person(current_user, person, **form.values)
        except RuleViolation as violation:
            add_violation(form.tax_code, violation)
            return render_form("people/edit.html", form, 422, person=person)
        flash(_("Dati salvati.") if changed else _("Non è cambiato nulla."), "success")
        if changed and not queries.tax_code_agrees(person):
            flash(
                _("Il codice fiscale non corrisponde a nome, data e luogo di nascita: "
                  "può essere giusto (omocodia, dati cambiati), ma conviene ricontrollarlo."),
                "warning",
            )  # fmt: skip
        return redirect(url_for(".show", person_id=person.id))
    return render_form("people/edit.html", form, person=person)
