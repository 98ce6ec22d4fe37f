# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of bodies, the page of one, what is changed there."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.access import requires
from app.bodies import actions, parts, queries, reading, standing
from app.bodies.forms import BodyForm, PartsForm, offices_form
from app.domain.errors import RuleViolation
from app.domain.roles import Permission
from app.forms import Form, add_violation, render_form
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
        "bodies/show.html",
        body_page=queries.body_page(current_user, body),
        body=body,
        today=clock.today(),
    )


@bp.route("/bodies/<int:body_id>/edit", methods=["GET", "POST"])
@requires(Permission.BODY_EDIT)
def edit(body_id: int):
    body = _ours(body_id)
    form = BodyForm() if request.method == "POST" else BodyForm(data=_known(body))
    if form.validate_on_submit():
        try:
            actions.check_new(form.values, body.id)
        except RuleViolation as violation:
            add_violation(form.name, violation)
            return render_form("bodies/edit.html", form, 422, body=body)
        changed = actions.change_body(current_user, body, form.version, form.values)
        flash(_("Ente salvato.") if changed else _("Non è cambiato nulla."), "success")
        return redirect(url_for(".show", body_id=body.id))
    return render_form("bodies/edit.html", form, body=body)


def _known(body: Organisation) -> dict[str, object]:
    names = ("name", "short_name", "province_code", "istat_code", "belfiore_code", "tax_code", "ipa_code", "certified_email")  # fmt: skip
    known = {name: getattr(body, name) or "" for name in names}
    return {**known, "kind": body.kind.value, "seen": str(body.version)}


@bp.route("/bodies/<int:body_id>/parts", methods=["GET", "POST"])
@requires(Permission.BODY_EDIT)
def set_parts(body_id: int):
    """Which parts the body plays in the programme, from when to when."""
    body = get_visible(Organisation, body_id, current_user)
    programme = queries.programme_of(current_user)
    held = {part.role: part for part in queries.parts(current_user, body)}
    if request.method == "GET":
        form = PartsForm(data=reading.filled_parts(held, programme))
    else:
        form = PartsForm()
        others = queries.others_with(current_user, body)
        if (wanted := reading.read_parts(form, held, others)) is not None:
            changed = parts.set_parts(
                current_user, body, programme, held, form.seen.data or "", wanted
            )
            flash(_("Ruoli salvati.") if changed else _("Non è cambiato nulla."), "success")
            return redirect(url_for(".show", body_id=body.id))
    return render_form("bodies/parts.html", form, body=body)


@bp.route("/bodies/<int:body_id>/offices", methods=["GET", "POST"])
@requires(Permission.BODY_EDIT)
def set_offices(body_id: int):
    """The offices of the body, in one table."""
    body = _ours(body_id)
    kept = queries.offices(body)
    form = offices_form(kept, sent=request.method == "POST")
    if request.method == "POST" and (lines := reading.read_offices(form)) is not None:
        changed = parts.set_offices(current_user, body, kept, lines)
        flash(_("Uffici salvati.") if changed else _("Non è cambiato nulla."), "success")
        return redirect(url_for(".show", body_id=body.id))
    return render_form("bodies/offices.html", form, body=body)


@bp.route("/bodies/<int:body_id>/deactivate", methods=["GET", "POST"])
@requires(Permission.BODY_EDIT)
def deactivate(body_id: int):
    """First what hangs on the body, in words; then the deed."""
    body = _ours(body_id)
    today = clock.today()
    hanging = standing.dependents(current_user, body, today)
    form = Form()
    if form.validate_on_submit():
        hanging.check()
        programme = queries.programme_of(current_user)
        held = queries.parts(current_user, body)
        actions.deactivate(current_user, body, programme, held, today)
        flash(_("%(body)s è disattivato.", body=body.name), "success")
        return redirect(url_for(".show", body_id=body.id))
    obstacle = None
    try:
        hanging.check()
    except RuleViolation as violation:
        obstacle = violation.sentence
    return render_form(
        "bodies/deactivate.html", form, body=body, hanging=hanging, obstacle=obstacle
    )


@bp.post("/bodies/<int:body_id>/reactivate")
@requires(Permission.BODY_EDIT)
def reactivate(body_id: int):
    body = _ours(body_id)
    actions.reactivate(current_user, body)
    flash(_("%(body)s è di nuovo attivo.", body=body.name), "success")
    return redirect(url_for(".show", body_id=body.id))


def _ours(body_id: int) -> Organisation:
    """A body this programme may change."""
    body = get_visible(Organisation, body_id, current_user)
    standing.check_editable(current_user, body)
    return body
