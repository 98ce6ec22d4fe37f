# SPDX-License-Identifier: AGPL-3.0-or-later
"""The mail of the installation: what was sent, what waits, what did not arrive."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app import mail
from app.access import requires
from app.domain.roles import Permission
from app.labels import label
from app.listing import csv_file, wants_csv
from app.mailbox import queries
from app.models import OutboxMessage
from app.scope import get_visible

bp = Blueprint("mailbox", __name__)


@bp.get("/mail")
@requires(Permission.MAIL_READ)
def index():
    listing = queries.message_list(current_user)
    if wants_csv():
        return csv_file(
            "posta",
            [_("Numero"), _("Scritto (UTC)"), _("Destinatario"), _("Nome"), _("Oggetto"),
             _("Genere"), _("Stato"), _("Tentativi"), _("Spedito (UTC)"), _("Errore")],
            [
                (r.id, r.created_at.isoformat(), r.to_address, r.to_name, r.subject, r.kind,
                 label(r.state), r.attempts, r.sent_at.isoformat() if r.sent_at else "",
                 r.last_error)
                for r in listing.rows
            ],
        )  # fmt: skip
    return render_template("mailbox/index.html", listing=listing)


@bp.get("/mail/<int:message_id>")
@requires(Permission.MAIL_READ)
def show(message_id: int):
    return render_template("mailbox/show.html", page=queries.message_page(current_user, message_id))


@bp.post("/mail/<int:message_id>/requeue")
@requires(Permission.MAIL_RESEND)
def requeue(message_id: int):
    mail.requeue(current_user, get_visible(OutboxMessage, message_id, current_user))
    flash(_("Il messaggio è di nuovo in coda."), "success")
    return redirect(url_for("mailbox.show", message_id=message_id))
