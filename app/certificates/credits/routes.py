# SPDX-License-Identifier: AGPL-3.0-or-later
"""Credits of an edition: its accreditation, who earns them, the list for the Order."""

from flask import Blueprint, Response, abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import can, requires
from app.certificates.credits import actions, queries
from app.certificates.credits.forms import CreditsForm
from app.certificates.queries import EDITION_PAGE
from app.domain import credits
from app.domain.attendance import hours_text
from app.domain.errors import RuleViolation
from app.domain.roles import Permission
from app.forms import add_violation, render_form
from app.listing import csv_file, wants_csv
from app.models import Edition
from app.pages import publicity
from app.scope import get_visible

bp = Blueprint("credits", __name__)


@bp.get("/editions/<int:edition_id>/credits")
@requires(Permission.CREDITS_READ)
def show(edition_id: int):
    edition = _edition(edition_id)
    if wants_csv():
        return _order_list(edition)
    form = CreditsForm(
        data={
            "asked": edition.credits_asked,
            "event_id": edition.credits_event_id,
            "training": edition.credits_training,
            "ethics": edition.credits_ethics,
        }
    )
    return _page(edition, form, 200)


@bp.post("/editions/<int:edition_id>/credits")
@requires(Permission.CREDITS_SET)
def save(edition_id: int):
    edition = _edition(edition_id)
    form = CreditsForm()
    if not form.validate():
        return _page(edition, form, 422)
    values = {
        "asked": form.asked.data,
        "event_id": form.event_id.data or None,
        "training": form.training.data,
        "ethics": form.ethics.data,
    }
    try:
        credits.check_accreditation(**values)
    except RuleViolation as violation:
        add_violation(form.event_id, violation)
        return _page(edition, form, 422)
    changed = actions.set_credits(current_user, edition, **values)
    if changed:
        flash(_("Accreditamento registrato."), "success")
    else:
        flash(_("Nessuna modifica."), "note")
    return redirect(url_for(".show", edition_id=edition.id))


def _edition(edition_id: int) -> Edition:
    return get_visible(Edition, edition_id, current_user, *EDITION_PAGE)


def _page(edition: Edition, form: CreditsForm, status: int) -> Response:
    return render_form(
        "credits/show.html",
        form,
        status,
        edition=edition,
        people=queries.claims(current_user, edition),
        stated=queries.on_certificates(edition.id),
    )


def _order_list(edition: Edition) -> Response:
    """Who earned the credits, as the Order wants it; an auditor reads the page instead."""
    if not can(Permission.CREDITS_SET):
        abort(403)
    headings = [
        _("Cognome e nome"), _("Codice fiscale"), _("Codice dell'evento"), _("Ore frequentate"),
        _("Crediti formativi"), _("di cui deontologici"),
    ]  # fmt: skip
    rows = [
        (name, tax_code, event_id, hours_text(minutes), training, ethics)
        for name, tax_code, event_id, minutes, training, ethics in queries.for_the_order(
            edition, queries.claims(current_user, edition)
        )
    ]
    return csv_file(f"crediti-{edition.code}", headings, rows, [publicity().statement])
