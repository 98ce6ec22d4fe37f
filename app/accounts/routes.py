# SPDX-License-Identifier: AGPL-3.0-or-later
"""Accounts: the list, the page of one, invitations, roles, closing and opening again."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import requires
from app.accounts import actions, granting, queries
from app.accounts.forms import InviteForm, PeriodForm, RoleForm
from app.clock import today
from app.domain.errors import RuleViolation
from app.domain.roles import Permission
from app.forms import Form, add_violation, render_form
from app.labels import label
from app.listing import csv_file, wants_csv
from app.models import UserAccount
from app.scope import get_visible

bp = Blueprint("accounts", __name__)


@bp.get("/accounts")
@requires(Permission.ACCOUNT_LIST)
def index():
    listing = queries.account_list(current_user)
    if wants_csv():
        return csv_file(
            "utenze",
            [_("Nome"), _("Accesso"), _("Ruoli"), _("Scadenza"), _("Ultimo accesso (UTC)"),
             _("Stato"), _("Messaggi")],
            [_line(row) for row in listing.rows],
        )  # fmt: skip
    return render_template("accounts/index.html", listing=listing, today=today())


def _line(row: queries.AccountRow) -> tuple[str, ...]:
    ends = [role.ends_on for role in row.roles if role.ends_on]
    return (
        row.name,
        row.login,
        ", ".join(" – ".join(filter(None, (label(r.role), r.body))) for r in row.roles),
        min(ends).isoformat() if ends else "",
        row.last_login_at.isoformat() if row.last_login_at else "",
        label(row.state),
        _("l’ultimo non è stato recapitato") if row.unreached else "",
    )


@bp.get("/account/roles")
@requires(Permission.ACCOUNT_OWN)
def own():
    """What one can do oneself, in words."""
    return render_template(
        "accounts/own.html", roles=queries.own_roles(current_user), today=today()
    )


@bp.get("/accounts/<int:account_id>")
@requires(Permission.ACCOUNT_LIST)
def show(account_id: int):
    return render_template(
        "accounts/show.html", found=queries.account_page(current_user, account_id)
    )


# --- inviting --------------------------------------------------------------------


@bp.route("/accounts/new", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_INVITE)
def invite():
    form = InviteForm()
    offer = queries.choices(current_user)
    form.offer(offer.roles, offer.bodies, offer.programmes)
    if not form.validate_on_submit():
        return render_form("accounts/invite.html", form)
    try:
        invited = actions.invite(current_user, form.invitee)
    except RuleViolation as violation:
        add_violation(form.role, violation)
        return render_form("accounts/invite.html", form, 422)
    if invited.is_new:
        flash(_("Invito in partenza per %(address)s.", address=form.email.data), "success")
    else:
        flash(_("Questo indirizzo ha già un’utenza: ha ora anche questo ruolo."), "success")
    return _to(invited.account)


@bp.post("/accounts/<int:account_id>/invitation")
@requires(Permission.ACCOUNT_INVITE)
def resend(account_id: int):
    account = get_visible(UserAccount, account_id, current_user)
    actions.send_invitation(current_user, account)
    flash(_("Nuovo invito in partenza: il link di prima non vale più."), "success")
    return _to(account)


# --- roles -----------------------------------------------------------------------


@bp.route("/accounts/<int:account_id>/roles/new", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_INVITE)
def grant(account_id: int):
    account = get_visible(UserAccount, account_id, current_user)
    form = RoleForm()
    offer = queries.choices(current_user)
    form.offer(offer.roles, offer.bodies, offer.programmes)
    if not form.validate_on_submit():
        return render_form("accounts/grant.html", form, account=account)
    try:
        actions.add_role(current_user, account, **form.scope)
    except RuleViolation as violation:
        add_violation(form.role, violation)
        return render_form("accounts/grant.html", form, 422, account=account)
    flash(_("Ruolo assegnato: un messaggio lo dice all’interessato."), "success")
    return _to(account)


@bp.route("/roles/<int:assignment_id>", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_INVITE)
def period(assignment_id: int):
    assignment, account, row = queries.assignment_row(current_user, assignment_id)
    form = PeriodForm(obj=assignment)
    if not form.validate_on_submit():
        return render_form("accounts/period.html", form, account=account, role=row)
    try:
        granting.change_period(current_user, assignment, form.starts_on.data, form.ends_on.data)
    except RuleViolation as violation:
        add_violation(form.ends_on, violation)
        return render_form("accounts/period.html", form, 422, account=account, role=row)
    flash(_("Date cambiate."), "success")
    return _to(account)


@bp.route("/roles/<int:assignment_id>/end", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_INVITE)
def end(assignment_id: int):
    assignment, account, row = queries.assignment_row(current_user, assignment_id)
    form = Form()
    if not form.validate_on_submit():
        return render_form("accounts/end.html", form, account=account, role=row)
    granting.end_role(current_user, assignment)
    flash(_("Ruolo terminato: da ora non permette più nulla."), "success")
    if account.id == current_user.account_id:
        return redirect(url_for("auth.choose_role"))
    return _to(account)


# --- closing ---------------------------------------------------------------------


@bp.route("/accounts/<int:account_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_INVITE)
def withdraw(account_id: int):
    account = get_visible(UserAccount, account_id, current_user)
    form = Form()
    if not form.validate_on_submit():
        return render_form("accounts/withdraw.html", form, account=account)
    actions.withdraw_invitation(current_user, account)
    flash(_("Invito ritirato: il link non apre più nulla."), "success")
    return redirect(url_for(".index"))


@bp.route("/accounts/<int:account_id>/disable", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_DISABLE)
def disable(account_id: int):
    account = get_visible(UserAccount, account_id, current_user)
    form = Form()
    if not form.validate_on_submit():
        return render_form("accounts/disable.html", form, account=account)
    actions.disable(current_user, account)
    flash(_("Utenza disattivata: le sue sessioni sono terminate."), "success")
    return _to(account)


@bp.post("/accounts/<int:account_id>/reactivate")
@requires(Permission.ACCOUNT_DISABLE)
def reactivate(account_id: int):
    account = get_visible(UserAccount, account_id, current_user)
    actions.reactivate(current_user, account)
    flash(_("Utenza riattivata, con i ruoli ancora in corso."), "success")
    return _to(account)


# --- what did not arrive -----------------------------------------------------------


@bp.get("/undelivered")
@requires(Permission.MAIL_FAILURES)
def undelivered():
    listing = queries.undelivered(current_user)
    if wants_csv():
        return csv_file(
            "non-recapitati",
            [_("Destinatario"), _("Nome"), _("Oggetto"), _("Scritto (UTC)"), _("Motivo")],
            [
                (r.to_address, r.to_name, r.subject, r.created_at.isoformat(), r.reason)
                for r in listing.rows
            ],
        )
    return render_template("accounts/undelivered.html", listing=listing)


def _to(account: UserAccount) -> Response:
    return redirect(url_for("accounts.show", account_id=account.id))
