# SPDX-License-Identifier: AGPL-3.0-or-later
"""The links to one's record, and the page they open for whoever has one."""

from datetime import timedelta

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user

from app import errors, throttle
from app.access import public, requires
from app.domain.errors import RuleViolation
from app.domain.record import YEARLY_REFERENCE
from app.domain.roles import Permission
from app.enrolments.record import files
from app.enrolments.record.queries import record_of
from app.enrolments.sharing import actions, queries
from app.enrolments.sharing.forms import LinkForm
from app.enrolments.sharing.queries import Opened
from app.forms import add_violation, render_form
from app.models import RecordLink
from app.scope import get_visible
from app.security_headers import UNLISTED
from app.throttle import Limit

bp = Blueprint("sharing", __name__)

TOKENS = Limit("record", 60, timedelta(hours=1))


@bp.route("/my/links", methods=["GET", "POST"])
@requires(Permission.RECORD_SHARE)
def links():
    """The address is in the answer to the form and nowhere else."""
    form = LinkForm()
    if not form.validate_on_submit():
        return _links(form)
    try:
        token = actions.share(current_user, form.label.data, form.days.data, form.nonce.data)
    except RuleViolation as violation:
        add_violation(form.label, violation)
        return _links(form)
    address = current_app.config["BASE_URL"] + url_for(".shared", token=token)
    return render_template(
        "sharing/made.html", label=form.label.data, days=form.days.data, address=address
    )


def _links(form: LinkForm) -> Response:
    return render_form("sharing/links.html", form, links=queries.links(current_user))


@bp.post("/my/links/<int:link_id>/withdraw")
@requires(Permission.RECORD_SHARE)
def withdraw(link_id: int):
    link = get_visible(RecordLink, link_id, current_user)
    actions.withdraw(current_user, link)
    flash(_("Il link «%(label)s» è ritirato: non apre più nulla.", label=link.label), "success")
    return redirect(url_for(".links"))


@bp.get("/r/<token>")
@public
def shared(token: str) -> Response:
    """The record, for whoever has the link."""
    found = _open(token)
    if found is None:
        return _closed()
    page = render_template(
        "sharing/shared.html",
        record=record_of(found.whose).shared(),
        expires_at=found.expires_at,
        token=token,
        reference=YEARLY_REFERENCE,
    )
    return make_response(page, UNLISTED)


@bp.get("/r/<token>/record.pdf")
@public
def paper(token: str) -> Response:
    found = _open(token)
    if found is None:
        return _closed()
    answer = files.pdf(record_of(found.whose).shared())
    answer.headers.update(UNLISTED)
    return answer


def _open(token: str) -> Opened | None:
    """One try of those an address has: only those that open nothing count."""
    charge = throttle.charge(TOKENS, throttle.source(throttle.address()))
    found = queries.opened(token)
    if found:
        throttle.give_back(charge)
    return found


def _closed() -> Response:
    """The same words whether the link expired, was withdrawn, or never was."""
    return errors.answer(
        404,
        _("Questo link non apre nulla: è scaduto, è stato ritirato o non è scritto per intero."),
        UNLISTED,
    )
