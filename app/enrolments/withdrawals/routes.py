# SPDX-License-Identifier: AGPL-3.0-or-later
"""Leaving an edition or its waiting list; every move of an enrolment, and why."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import can, requires
from app.domain.enrolment import (
    EnrolmentState,
    WithdrawalReason,
    check_transition,
    next_step,
    takes_seat,
)
from app.domain.notices import NoticeKind
from app.domain.roles import Permission
from app.enrolments import actions
from app.enrolments.notices import actions as notices
from app.enrolments.withdrawals import queries
from app.enrolments.withdrawals.forms import PlaceForm, WithdrawalForm
from app.forms import render_form
from app.models import Enrolment
from app.waitlist import begun

bp = Blueprint("withdrawals", __name__)


@bp.route("/enrolments/<int:enrolment_id>/withdrawal", methods=["GET", "POST"])
@requires(Permission.ENROLMENT_WITHDRAW)
def withdraw(enrolment_id: int):
    enrolment = queries.enrolment_of(current_user, enrolment_id)
    check_transition(enrolment.state, EnrolmentState.WITHDRAWN)
    edition, organises = enrolment.edition, can(Permission.ENROLMENT_DECIDE)
    started = begun(edition.id)
    form = WithdrawalForm()
    if not organises:  # who else waits is not for the others to know
        del form.promote, form.tell
    if form.validate_on_submit():
        promote = organises and form.promote.data
        reason = WithdrawalReason(form.reason.data)
        gained = actions.withdraw(current_user, edition, enrolment, reason, promote)
        if gained and organises and form.tell.data:
            notices.send(current_user, edition, NoticeKind.CONFIRMATION, [gained.id])
        flash(_said(gained, organises), "success")
        if can(Permission.MY_RECORD):
            return redirect(url_for("enrolments.my"))
        return redirect(url_for("roll.index", edition_id=edition.id))
    seated = takes_seat(enrolment.state)
    return render_form(
        "withdrawals/withdraw.html",
        form,
        enrolment=enrolment,
        started=started,
        seated=seated,
        heir=queries.heir_of(enrolment) if organises and seated else "",
        organises=organises,
    )


def _said(gained: Enrolment | None, organises: bool) -> str:
    if not organises:
        return _("Ritiro registrato.")
    if gained:
        return _("Ritiro registrato: il posto è andato al primo della lista d'attesa.")
    return _("Ritiro registrato: il posto resta libero.")


@bp.get("/enrolments/<int:enrolment_id>/history")
@requires(Permission.ENROLMENT_HISTORY)
def history(enrolment_id: int):
    enrolment = queries.enrolment_of(current_user, enrolment_id)
    return _history(enrolment, PlaceForm(formdata=None), 200)


@bp.post("/enrolments/<int:enrolment_id>/place")
@requires(Permission.ENROLMENT_REORDER)
def reorder(enrolment_id: int):
    """The coordinator moves somebody in the list, with the reason."""
    enrolment = queries.enrolment_of(current_user, enrolment_id)
    form = PlaceForm()
    if not form.validate_on_submit():
        return _history(enrolment, form, 422)
    edition = enrolment.edition
    actions.reorder(current_user, edition, enrolment, form.position.data, form.note.data)
    flash(_("Posto in lista cambiato: il motivo è nella storia."), "success")
    return redirect(url_for(".history", enrolment_id=enrolment_id))


def _history(enrolment: Enrolment, form: PlaceForm, status: int):
    return render_form(
        "withdrawals/history.html",
        form,
        status,
        enrolment=enrolment,
        moves=queries.moves_of(enrolment),
        next=next_step(
            enrolment.state, enrolment.waitlist_position, enrolment.edition.body_approval
        ),
    )
