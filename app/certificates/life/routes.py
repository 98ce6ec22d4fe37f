# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page of one certificate, the decision on it, its copy signed outside."""

from flask import Blueprint, Response, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import requires
from app.certificates.life import actions
from app.certificates.life.forms import DecisionForm, SignedCopyForm
from app.certificates.life.queries import life_of
from app.domain.errors import RuleViolation
from app.domain.roles import Permission
from app.forms import Form, add_violation, render_form
from app.uploads import takes_files

bp = Blueprint("life", __name__)


@bp.get("/certificates/<int:certificate_id>")
@requires(Permission.CERTIFICATE_DOWNLOAD)
def show(certificate_id: int):
    return _page(certificate_id, SignedCopyForm(formdata=None), 200)


@bp.route("/certificates/<int:certificate_id>/decision", methods=["GET", "POST"])
@requires(Permission.CERTIFICATE_REVIEW)
def decide(certificate_id: int):
    life = life_of(certificate_id, current_user)
    form = DecisionForm()
    if form.validate_on_submit():
        try:
            return _decided(certificate_id, form)
        except RuleViolation as violation:
            field = form.reason if form.decision.data != "confirm" else form.decision
            add_violation(field, violation)
            return render_form("certificates/decide.html", form, 422, life=life)
    return render_form("certificates/decide.html", form, life=life)


def _decided(certificate_id: int, form: DecisionForm) -> Response:
    if form.decision.data == "replace":
        batch = actions.ask_replacement(
            current_user, certificate_id, form.reason.data or "", notify=form.notify.data
        )
        return redirect(url_for("certificates.batch", batch_id=batch.id))
    if form.decision.data == "revoke":
        actions.revoke(current_user, certificate_id, form.reason.data or "")
        flash(_("Attestato revocato."), "success")
    else:
        actions.confirm(current_user, certificate_id)
        flash(_("Attestato confermato: è di nuovo valido."), "success")
    return redirect(url_for(".show", certificate_id=certificate_id))


@bp.post("/certificates/<int:certificate_id>/signed-copy")
@requires(Permission.CERTIFICATE_SIGN)
@takes_files
def sign(certificate_id: int):
    actions.check_signable(life_of(certificate_id, current_user))
    form = SignedCopyForm()
    if not form.validate():
        return _page(certificate_id, form, 422)
    try:
        actions.add_signed_copy(current_user, certificate_id, form.file.data.read())
    except RuleViolation as violation:
        add_violation(form.file, violation)
        return _page(certificate_id, form, 422)
    flash(_("Copia firmata aggiunta: è proprio questo documento."), "success")
    return redirect(url_for(".show", certificate_id=certificate_id))


def _page(certificate_id: int, form: Form, status: int) -> Response:
    life = life_of(certificate_id, current_user)
    return render_form("certificates/show.html", form, status, life=life)
