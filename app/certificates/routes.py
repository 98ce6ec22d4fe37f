# SPDX-License-Identifier: AGPL-3.0-or-later
"""The repertory, the previewed issue for an edition and its progress, the file."""

import re

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import requires
from app.certificates import actions, batches, preview, queries, repertory
from app.certificates.forms import IssueForm
from app.domain.roles import Permission
from app.forms import Form, render_form
from app.listing import wants_csv
from app.models import Edition
from app.scope import get_visible
from app.transaction import only_shows

bp = Blueprint("certificates", __name__)


@bp.get("/certificates")
@requires(Permission.CERTIFICATE_LIST)
def index():
    wanted = request.args.get("format", "")
    listing = queries.certificate_list(current_user, whole=wanted in repertory.FORMATS)
    if wanted in repertory.FORMATS or wants_csv():
        return repertory.FORMATS[wanted](listing)
    return render_template("certificates/index.html", listing=listing)


@bp.get("/editions/<int:edition_id>/certificates")
@requires(Permission.CERTIFICATE_LIST)
def edition(edition_id: int):
    return _preview(_edition(edition_id), 200)


@bp.post("/editions/<int:edition_id>/certificates/choice")
@requires(Permission.CERTIFICATE_ISSUE)
@only_shows
def choose(edition_id: int):
    """What would happen, once more in words and numbers, before it does."""
    found = _edition(edition_id)
    wanted = _wanted()
    shown = actions.check_issue(current_user, found, wanted)
    return render_form(
        "certificates/choice.html",
        IssueForm(formdata=None),
        200,
        edition=found,
        wanted=wanted,
        chosen=[p for p in shown.due if p.enrolment_id in wanted.enrolments],
        teaching=[t for t in shown.teaching_due if t.person.id in wanted.teachers],
        first_number=queries.coming_number(found),
    )


@bp.post("/editions/<int:edition_id>/certificates")
@requires(Permission.CERTIFICATE_ISSUE)
def issue(edition_id: int):
    found = _edition(edition_id)
    form = IssueForm()
    if not form.validate():
        return _preview(found, 422)
    batch = actions.ask_batch(current_user, found, _wanted(), notify=form.notify.data)
    return redirect(url_for(".batch", batch_id=batch.id))


def _wanted() -> actions.Wanted:
    """Those ticked; one that cannot be read is not left out in silence."""
    enrolments, teachers = request.form.getlist("enrolment"), request.form.getlist("teacher")
    if not all(re.fullmatch("[0-9]{1,9}", text) for text in [*enrolments, *teachers]):
        abort(400)
    return actions.Wanted({int(text) for text in enrolments}, {int(text) for text in teachers})


@bp.get("/certificate-batches/<int:batch_id>")
@requires(Permission.CERTIFICATE_LIST)
def batch(batch_id: int):
    return render_template(
        "certificates/batch.html", page=batches.batch_page(current_user, batch_id)
    )


@bp.get("/certificate-batches/<int:batch_id>/progress")
@requires(Permission.CERTIFICATE_LIST)
def progress(batch_id: int):
    """The part of the page that moves."""
    page = batches.batch_page(current_user, batch_id)
    return render_template("certificates/_progress.html", page=page)


def _edition(edition_id: int) -> Edition:
    return get_visible(Edition, edition_id, current_user, *queries.EDITION_PAGE)


def _preview(found: Edition, status: int) -> Response:
    return render_form(
        "certificates/edition.html",
        Form(),
        status,
        edition=found,
        preview=preview.preview(current_user, found),
    )


@bp.get("/certificates/<int:certificate_id>.pdf")
@requires(Permission.CERTIFICATE_DOWNLOAD)
def download(certificate_id: int) -> Response:
    """The bytes kept at issue: the same today, tomorrow, in ten years."""
    certificate, file = queries.file_of(current_user, certificate_id)
    return _file(queries.file_name(certificate), file.pdf, file.sha256)


@bp.get("/certificates/<int:certificate_id>/signed.pdf")
@requires(Permission.CERTIFICATE_DOWNLOAD)
def signed(certificate_id: int) -> Response:
    """The copy signed outside."""
    certificate, copy = queries.signed_copy_of(current_user, certificate_id)
    return _file(f"{queries.file_name(certificate)}-{_('firmato')}", copy.pdf, copy.sha256)


def _file(name: str, pdf: bytes, sha256: str) -> Response:
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response.set_etag(sha256)
    return response
