# SPDX-License-Identifier: AGPL-3.0-or-later
"""The offices that lessons to come would empty, and from which share on to warn."""

from flask import Blueprint, Response, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app import open_counters
from app.access import requires
from app.calendar.offices import actions, queries
from app.calendar.offices.forms import ShareForm
from app.domain.roles import Permission
from app.forms import render_form
from app.listing import csv_file, wants_csv
from app.open_counters import OfficeWarning
from app.pages import publicity

bp = Blueprint("offices", __name__)


@bp.get("/offices")
@requires(Permission.OFFICE_READ)
def index():
    return _page(ShareForm(share=queries.programme_of(current_user).office_share))


@bp.post("/offices")
@requires(Permission.OFFICE_SET)
def set_share():
    form = ShareForm()
    if not form.validate_on_submit():
        return _page(form)
    changed = actions.set_share(current_user, queries.programme_of(current_user), form.share.data)
    flash(_("Quota salvata.") if changed else _("Non è cambiato nulla."), "success")
    return redirect(url_for(".index"))


def _page(form: ShareForm) -> Response:
    found = open_counters.coming_warnings(current_user)
    if wants_csv():
        return csv_file(
            "uffici-scoperti",
            [_("Edizione"), _("Corso"), _("Ente"), _("Ufficio"), _("Giorno"), _("A lezione"),
             _("Persone dell'ufficio"), _("In questa edizione"), _("Proposta")],
            [row for one in found for row in _rows(one)],
            [publicity().statement],
        )  # fmt: skip
    share = queries.programme_of(current_user).office_share
    return render_form("calendar/offices.html", form, found=found, share=share)


def _rows(one: OfficeWarning) -> list[tuple]:
    moves = "; ".join(f"{move.name} → {move.edition_code}" for move in one.moves)
    return [
        (one.edition_code, one.course_title, one.body, one.office, day.day.isoformat(), day.away,
         day.staff, ", ".join(one.people) or one.enrolled, moves)
        for day in one.days
    ]  # fmt: skip
