# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages behind the links sent by mail: the invitation, the new password; and asking for one."""

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, Response, flash, make_response, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import login_user

from app import errors, pages, passwords, throttle
from app.access import public
from app.actor import Actor
from app.auth import tries
from app.auth.links import actions, queries
from app.auth.links.forms import AddressForm, NewPasswordForm
from app.auth.links.queries import Opened
from app.domain.errors import RuleViolation
from app.domain.vocabulary import TokenPurpose
from app.forms import add_violation, render_form
from app.security_headers import UNLISTED
from app.throttle import Limit

bp = Blueprint("links", __name__)

TOKENS = Limit("account link", 60, timedelta(hours=1))
ASKED_FROM_ADDRESS = Limit("reset from address", 20, timedelta(hours=1))
ASKED_FOR_ACCOUNT = Limit("reset of account", 5, timedelta(hours=1))

PAGES = {
    TokenPurpose.INVITATION: "links/invitation.html",
    TokenPurpose.RESET: "links/reset.html",
}
Deed = Callable[[str, str, str], Actor]


@bp.route("/forgotten-password", methods=["GET", "POST"])
@public
def forgotten():
    """The same answer for everybody: whoever has an account reads it in her mail."""
    form = AddressForm()
    if not form.validate_on_submit():
        return render_form("links/forgotten.html", form)
    login = form.login.data
    if _may_ask(login):
        actions.ask_for_reset(login)
    return render_form("links/asked.html", form, 200)


def _may_ask(login: str) -> bool:
    account = throttle.source("login", login.casefold())
    try:
        throttle.charge_together(
            (ASKED_FROM_ADDRESS, throttle.source(throttle.address())), (ASKED_FOR_ACCOUNT, account)
        )
    except throttle.TooManyRequests:
        return False
    return True


@bp.route("/password/<token>", methods=["GET", "POST"])
@public
def reset(token: str):
    return _opened(TokenPurpose.RESET, token, actions.reset_password)


@bp.route("/welcome/<token>", methods=["GET", "POST"])
@public
def invitation(token: str):
    return _opened(TokenPurpose.INVITATION, token, actions.begin_account)


def _opened(purpose: TokenPurpose, token: str, deed: Deed) -> Response:
    """One try of those an address has: only secrets that never were count."""
    charge = throttle.charge(TOKENS, throttle.source(throttle.address()))
    found = queries.opened(purpose, token)
    if found is None:
        return errors.answer(
            404, _("Questo link non apre nulla: forse non è scritto per intero."), UNLISTED
        )
    throttle.give_back(charge)
    form = NewPasswordForm()
    if not found.living:
        return _page("links/over.html", form, found, purpose, 410)
    if form.validate_on_submit():
        return _begin(form, found, purpose, token, deed)
    return _page(PAGES[purpose], form, found, purpose)


def _begin(
    form: NewPasswordForm, found: Opened, purpose: TokenPurpose, token: str, deed: Deed
) -> Response:
    try:
        passwords.judge(form.new.data, found.name, found.login)
    except RuleViolation as violation:
        add_violation(form.new, violation)
        return _page(PAGES[purpose], form, found, purpose, 422)
    actor = deed(token, form.new.data, request.user_agent.string or "")
    session.clear()
    login_user(actor)
    tries.know_device(found.login)
    flash(_("Password scelta: da ora si entra con il proprio indirizzo e-mail."), "success")
    place = url_for("auth.choose_role") if actor.role is None else pages.first_page()
    return make_response(redirect(place), UNLISTED)


def _page(
    template: str,
    form: NewPasswordForm,
    found: Opened,
    purpose: TokenPurpose,
    status: int | None = None,
) -> Response:
    answer = render_form(template, form, status, found=found, purpose=purpose)
    answer.headers.update(UNLISTED)
    return answer
