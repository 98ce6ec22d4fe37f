# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signing in and out, the role one acts in, one's own account, the list of accounts."""

import re
from datetime import timedelta

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    redirect,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response as BaseResponse

from app import clock, pages, passwords
from app.access import public, requires, signed_in
from app.auth import actions, queries, tries
from app.auth.forms import LoginForm, PasswordForm
from app.domain.errors import RuleViolation
from app.domain.roles import Permission
from app.extensions import login_manager
from app.forms import Form, add_violation, render_form

bp = Blueprint("auth", __name__)

# Only a path of this very site: no host, no backslash, no control character, no space.
SAME_SITE = re.compile(r"/(?![/\\])[^\x00-\x20\\]*")
SEEN_EVERY = timedelta(minutes=1)


@login_manager.user_loader
def load(token: str):
    """The actor of a living session; remembers when it was last used."""
    if g.get("plain"):
        return None  # the page that says so is drawn for nobody in particular
    found = queries.actor_by_token(token)
    if found is None:
        return None
    actor, seen_at = found
    g.login_session = (token, seen_at)
    return actor


@bp.after_app_request
def touch(response: Response) -> Response:
    """Keep the session alive while it is used, once a minute."""
    token, seen_at = g.get("login_session", (None, None))
    if token and response.status_code < 500 and clock.now() - seen_at > SEEN_EVERY:
        actions.touch(token, clock.now())
    return response


bp.after_app_request(tries.keep_device)


@bp.route("/login", methods=["GET", "POST"])
@public
def login():
    if current_user.is_authenticated:
        return redirect(pages.first_page())
    form = LoginForm()
    if form.validate_on_submit():
        actor = actions.sign_in(
            form.login.data, form.password.data, request.user_agent.string or ""
        )
        if actor:
            session.clear()
            login_user(actor)
            tries.know_device(form.login.data)
            return redirect(_next(actor.role is None))
        form.password.errors = [
            _(
                "Indirizzo e-mail o password non corretti. Dopo molti tentativi sbagliati l’accesso "
                "resta fermo per un’ora: in quel caso scegliere una nuova password."
            )
        ]
        return render_form("auth/login.html", form, status=422)
    return render_form("auth/login.html", form)


def _next(choose: bool) -> str:
    wanted = request.args.get("next", "")
    if choose:
        return url_for("auth.choose_role")
    return wanted if SAME_SITE.fullmatch(wanted) else pages.first_page()


@bp.post("/logout")
@signed_in
def logout() -> BaseResponse:
    actions.sign_out(current_user)
    language = current_user.language
    logout_user()
    session.clear()
    session["language"] = language
    flash(_("Uscita effettuata."), "success")
    return redirect(url_for("public.home"))


@bp.route("/login/role", methods=["GET", "POST"])
@signed_in
def choose_role():
    form = Form()
    if form.validate_on_submit():
        wanted = request.form.get("assignment", "")
        actions.choose_role(current_user, int(wanted) if re.fullmatch("[0-9]{1,9}", wanted) else 0)
        return redirect(url_for("auth.start"))
    return render_form(
        "auth/choose_role.html", form, assignments=queries.role_choices(current_user.account_id)
    )


@bp.get("/start")
@requires(Permission.ACCOUNT_OWN)
def start() -> BaseResponse:
    """The first page of the role chosen."""
    return redirect(pages.first_page())


@bp.route("/account", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_OWN)
def account():
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            passwords.judge(form.new.data, current_user.name, queries.login_of(current_user))
        except RuleViolation as violation:
            add_violation(form.new, violation)
            return render_form("auth/account.html", form, 422, **_account())
        try:
            actions.change_password(current_user, form.old.data, form.new.data)
        except RuleViolation as violation:
            add_violation(form.old, violation)
            return render_form("auth/account.html", form, 422, **_account())
        flash(_("Password cambiata. Le altre sessioni sono terminate."), "success")
        return redirect(url_for("auth.account"))
    return render_form("auth/account.html", form, **_account())


def _account() -> dict[str, object]:
    return {
        "login": queries.login_of(current_user),
        "sessions": queries.own_sessions(current_user),
        "roles": queries.role_choices(current_user.account_id),
    }


@bp.post("/account/sessions/end")
@requires(Permission.ACCOUNT_OWN)
def end_sessions() -> BaseResponse:
    actions.end_other_sessions(current_user)
    flash(_("Le altre sessioni sono terminate."), "success")
    return redirect(url_for("auth.account"))


@bp.post("/language")
@public
def language() -> BaseResponse:
    """Italian or English: on the account when signed in, in the browser otherwise."""
    chosen = request.form.get("language")
    if chosen in pages.LANGUAGES:
        if current_user.is_authenticated:
            actions.choose_language(current_user, chosen)
        else:
            session["language"] = chosen
    wanted = request.form.get("next", "")
    return redirect(wanted if SAME_SITE.fullmatch(wanted) else url_for("public.home"))
