# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of bodies and the page of one."""

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_login import current_user

from app.access import requires
from app.bodies import queries
from app.domain.roles import Permission
from app.labels import label
from app.listing import csv_file, wants_csv
from app.models import Organisation
from app.pages import publicity
from app.scope import get_visible

bp = Blueprint("bodies", __name__)


@bp.get("/bodies")
@requires(Permission.BODY_READ)
def index():
    listing = queries.body_list(current_user)
    if wants_csv():
        return csv_file(
            "enti",
            [
                _("Nome"),
                _("Tipo"),
                _("Provincia"),
                _("Abitanti"),
                _("Ruolo"),
                _("Persone iscritte"),
            ],
            [
                (r.name, label(r.kind), r.province_code, r.population, r.part, r.enrolled)
                for r in listing.rows
            ],
            [publicity().statement],
        )
    return render_template("bodies/index.html", listing=listing)


@bp.get("/bodies/<int:body_id>")
@requires(Permission.BODY_READ)
def show(body_id: int):
    body = get_visible(Organisation, body_id, current_user)
    return render_template(
        "bodies/show.html", body_page=queries.body_page(current_user, body), body=body
    )
