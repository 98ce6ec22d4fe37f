# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of people and the page of one."""

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_login import current_user

from app.access import requires
from app.domain.roles import Permission
from app.labels import label
from app.listing import csv_file, wants_csv
from app.models import Person
from app.pages import publicity
from app.people import queries
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
