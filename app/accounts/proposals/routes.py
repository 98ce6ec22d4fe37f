# SPDX-License-Identifier: AGPL-3.0-or-later
"""Accounts proposed by bodies: the list, proposing, deciding."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import requires
from app.accounts.proposals import actions, queries
from app.accounts.proposals.forms import ACCEPT, DecisionForm, ProposalForm
from app.domain.errors import RuleViolation
from app.domain.roles import Permission, Role
from app.forms import add_violation, render_form
from app.labels import label
from app.listing import csv_file, wants_csv

bp = Blueprint("proposals", __name__)


@bp.get("/proposals")
@requires(Permission.PROPOSAL_READ)
def index():
    listing = queries.proposal_list(current_user)
    if wants_csv():
        return csv_file(
            "utenze-proposte",
            [_("Cognome"), _("Nome"), _("E-mail"), _("Ruolo"), _("Ente"), _("Proposta da"),
             _("Proposta il (UTC)"), _("Stato"), _("Motivo")],
            [
                (r.family_name, r.given_name, r.email, label(r.role), r.body, r.proposed_by,
                 r.proposed_at.isoformat(), label(r.state), r.decision_note)
                for r in listing.rows
            ],
        )  # fmt: skip
    return render_template("proposals/index.html", listing=listing)


@bp.route("/proposals/new", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_MAKE)
def propose():
    form = ProposalForm()
    if not form.validate_on_submit():
        return render_form("proposals/propose.html", form)
    try:
        actions.propose(
            current_user,
            form.given_name.data,
            form.family_name.data,
            form.email.data,
            Role(form.role.data),
        )
    except RuleViolation as violation:
        add_violation(form.email, violation)
        return render_form("proposals/propose.html", form, 422)
    flash(_("Proposta inviata: decide il coordinamento del progetto."), "success")
    return redirect(url_for(".index"))


@bp.route("/proposals/<int:proposal_id>", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_DECIDE)
def decide(proposal_id: int):
    proposal = queries.proposal_page(current_user, proposal_id)
    form = DecisionForm()
    if not form.validate_on_submit():
        return render_form("proposals/decide.html", form, proposal=proposal)
    name = proposal.full_name
    try:
        if form.decision.data == ACCEPT:
            invited = actions.accept(current_user, proposal)
            text = (
                _("Accettata: l’invito è in partenza per %(name)s.", name=name)
                if invited.is_new
                else _("Accettata: %(name)s aveva già un’utenza e ha ora questo ruolo.", name=name)
            )
        else:
            actions.decline(current_user, proposal, form.note.data or "")
            text = _("Respinta: il motivo si legge nell’elenco.")
    except RuleViolation as violation:
        add_violation(form.note, violation)
        proposal = queries.proposal_page(current_user, proposal_id)
        return render_form("proposals/decide.html", form, 422, proposal=proposal)
    flash(text, "success")
    return redirect(url_for(".index"))
