# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages for anybody: home, notices, verification of a certificate, health."""

from flask import Blueprint, Response, abort, current_app, redirect, render_template, url_for
from flask_login import current_user

from app import pages
from app.access import public
from app.domain.certificates import normalise_code
from app.forms import render_form
from app.public import queries
from app.public.forms import CodeForm, HolderForm

bp = Blueprint("public", __name__)


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
    """By the code typed; unknown and malformed codes get the same answer."""
    form = CodeForm()
    if form.validate_on_submit():
        code = normalise_code(form.code.data)
        found = queries.verify(code) if code else None
        if found:
            return redirect(url_for(".certificate", code=found.code))
        return render_form("public/verify.html", form, 404, unknown=True)
    return render_form("public/verify.html", form, unknown=False)


@bp.route("/v/<code>", methods=["GET", "POST"])
@public
def certificate(code: str):
    """What was printed, and its state; the name only to whoever types it."""
    clean = normalise_code(code)
    found = queries.verify(clean) if clean else None
    if found is None:
        return render_form("public/verify.html", CodeForm(formdata=None), 404, unknown=True)
    form = HolderForm()
    confirmed = found.belongs_to(form.name.data) if form.validate_on_submit() else None
    return render_form(
        "public/certificate.html",
        form,
        422 if form.errors else 200,
        found=found,
        confirmed=confirmed,
    )


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
