# SPDX-License-Identifier: AGPL-3.0-or-later
"""The audit trail on screen and as a file."""

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_login import current_user

from app.access import requires
from app.auditing import queries
from app.domain.roles import Permission
from app.listing import csv_file, wants_csv

bp = Blueprint("auditing", __name__)


@bp.get("/audit")
@requires(Permission.AUDIT_READ)
def index():
    listing = queries.event_list(current_user)
    if wants_csv():
        return csv_file(
            "pista-di-controllo",
            [_("Numero"), _("Quando (UTC)"), _("Chi"), _("Ruolo"), _("Azione"), _("Oggetto"),
             _("Dettagli"), "SHA-256"],
            [
                (r.sequence, r.at.isoformat(), r.actor, r.role, r.action, r.target, r.details, r.hash)
                for r in listing.rows
            ],
        )  # fmt: skip
    return render_template("auditing/index.html", listing=listing)
