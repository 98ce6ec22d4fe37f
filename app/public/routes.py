# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages for anybody: home, notices, verification of a certificate, health."""

from datetime import timedelta

from flask import Blueprint, Response, abort, current_app, redirect, render_template, url_for
from flask_login import current_user

from app import pages, throttle
from app.access import public
from app.domain.errors import RuleViolation, Sentence
from app.forms import add_violation, render_form
from app.public import queries, shown
from app.public.forms import CodeForm, HolderForm
from app.public.queries import Verified
from app.throttle import Limit

bp = Blueprint("public", __name__)

CODES = Limit("certificate code", 100, timedelta(hours=1))
NAMES = Limit("certificate holder", 20, timedelta(hours=1))
UNKNOWN = RuleViolation(Sentence("Nessun attestato corrisponde a quanto scritto."))


@bp.get("/")
@public
def home():
    if current_user.is_authenticated and current_user.role is not None:
        return redirect(pages.first_page())
    return render_template("public/home.html")


@bp.get("/privacy")
@public
def privacy():
    return render_template("public/privacy.html")


@bp.get("/accessibility")
@public
def accessibility():
    return render_template("public/accessibility.html")


@bp.route("/verify", methods=["GET", "POST"])
@public
def verify():
    """By what was typed; unknown, malformed and mismatched get the same answer."""
    form = CodeForm()
    if not form.validate_on_submit():
        return render_form("public/verify.html", form, unknown=False)
    found = _find(form.code.data, form.number.data or "")
    if found:
        return redirect(url_for(".certificate", code=found.code))
    add_violation(form.code, UNKNOWN)
    return render_form("public/verify.html", form, 404, unknown=True)


@bp.route("/v/<code>", methods=["GET", "POST"])
@public
def certificate(code: str):
    """What was printed, and its state; the name only to whoever types it."""
    found = _find(code)
    if found is None:
        form = CodeForm(formdata=None)
        return _unlisted(render_form("public/verify.html", form, 404, unknown=True))
    form = HolderForm()
    confirmed = _is_holder(found, form.name.data) if form.validate_on_submit() else None
    page = render_form(
        "public/certificate.html",
        form,
        422 if form.errors else 200,
        found=found,
        title=shown.title(found),
        facts=shown.facts(found, named=confirmed is True),
        state_lines=shown.state_lines(found),
        tone=shown.TONES[found.state],
        seals=shown.seals(found),
        confirmed=confirmed,
    )
    return _unlisted(page)


def _find(code: str, number: str = "") -> Verified | None:
    """One try of those an address has: only those that find nothing count."""
    charge = throttle.charge(CODES, throttle.source(throttle.address()))
    found = queries.verify(code, number)
    if found:
        throttle.give_back(charge)
    return found


def _is_holder(found: Verified, name: str) -> bool:
    """One try of those an address has for each certificate: only wrong names count."""
    charge = throttle.charge(NAMES, throttle.source(throttle.address(), found.code))
    right = found.belongs_to(name)
    if right:
        throttle.give_back(charge)
    return right


def _unlisted(page: Response) -> Response:
    """No search engine keeps the page: only who has the code comes here."""
    page.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return page


@bp.get("/service-worker")
@public
def service_worker() -> Response:
    """The script that keeps copies of open sheets; from here it may serve every address."""
    with current_app.open_resource("static/js/worker.js") as file:
        return Response(file.read(), mimetype="text/javascript")


@bp.get("/healthz")
@public
def healthz() -> Response:
    """The process answers; no database is asked."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@public
def readyz() -> Response:
    """The database answers and its schema is there."""
    if queries.schema_version() is None:
        abort(503)
    return Response("ready\n", mimetype="text/plain")
