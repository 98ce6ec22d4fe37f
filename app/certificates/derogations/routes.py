# SPDX-License-Identifier: AGPL-3.0-or-later
"""Derogations: all on one page, one granted, one withdrawn, its document."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import requires
from app.certificates.derogations import actions, queries
from app.certificates.derogations.forms import DerogationForm, WithdrawalForm
from app.clock import ROME
from app.domain.derogations import DerogationCategory
from app.domain.errors import RuleViolation
from app.domain.roles import Permission
from app.forms import add_violation, render_form
from app.labels import label
from app.listing import csv_file, wants_csv
from app.pages import publicity
from app.uploads import check_scan, shown_name, takes_files

bp = Blueprint("derogations", __name__)


@bp.get("/derogations")
@requires(Permission.DEROGATION_READ)
def index():
    listing = queries.derogation_list(current_user)
    if wants_csv():
        headings = [
            _("Cognome e nome"), _("Ente"), _("Edizione"), _("Categoria"), _("Motivazione"),
            _("Decisa il"), _("Decisa da"), _("Ritirata il"), _("Attestato"),
        ]  # fmt: skip
        rows = [
            (r.name, r.home_body, r.edition_code, label(r.category), r.reason, _day(r.decided_at),
             r.decided_by, _day(r.withdrawn_at) if r.withdrawn_at else "", r.certificate)
            for r in listing.rows
        ]  # fmt: skip
        return csv_file("deroghe", headings, rows, [publicity().statement])
    return render_template("derogations/index.html", listing=listing)


def _day(moment) -> str:
    return moment.astimezone(ROME).date().isoformat()


@bp.route("/enrolments/<int:enrolment_id>/derogation", methods=["GET", "POST"])
@requires(Permission.DEROGATION_DECIDE)
@takes_files
def grant(enrolment_id: int):
    standing = queries.standing_of(current_user, enrolment_id)
    if request.method == "GET":
        actions.check_grant(current_user, standing)
    form = DerogationForm()
    if form.validate_on_submit():
        try:
            file = check_scan(form.file.data.read())
        except RuleViolation as violation:
            add_violation(form.file, violation)
        else:
            actions.grant(
                current_user,
                standing,
                DerogationCategory(form.category.data),
                form.reason.data,
                file,
                shown_name(form.file.data.filename),
            )
            flash(_("Deroga concessa: ora l'attestato si può rilasciare."), "success")
            return redirect(url_for("certificates.edition", edition_id=standing.edition_id))
    return render_form(
        "derogations/grant.html", form, 422 if form.errors else None, standing=standing
    )


@bp.get("/derogations/<int:derogation_id>/file")
@requires(Permission.DEROGATION_READ)
def download(derogation_id: int) -> Response:
    """The document that justifies it, never shown inside a page."""
    found = queries.derogation_of(current_user, derogation_id)
    suffix = "pdf" if found.file.media_type == "application/pdf" else "jpg"
    response = Response(found.file.content, mimetype=found.file.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="deroga-{found.id}.{suffix}"'
    return response


@bp.route("/derogations/<int:derogation_id>/withdrawal", methods=["GET", "POST"])
@requires(Permission.DEROGATION_DECIDE)
def withdraw(derogation_id: int):
    derogation = queries.derogation_of(current_user, derogation_id)
    form = WithdrawalForm()
    if form.validate_on_submit():
        actions.withdraw(current_user, derogation, form.reason.data)
        flash(_("Deroga ritirata."), "success")
        return redirect(url_for(".index"))
    return render_form("derogations/withdraw.html", form, derogation=derogation)
