# SPDX-License-Identifier: AGPL-3.0-or-later
"""The repertory, the previewed issue for an edition, the download."""

import re

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app.access import requires
from app.certificates import actions, queries
from app.domain.roles import Permission
from app.forms import Form, render_form
from app.labels import label
from app.listing import csv_file, wants_csv
from app.models import Edition
from app.pages import publicity
from app.scope import get_visible

bp = Blueprint("certificates", __name__)


@bp.get("/certificates")
@requires(Permission.CERTIFICATE_LIST)
def index():
    listing = queries.certificate_list(current_user)
    if wants_csv():
        return csv_file(
            "repertorio-attestati",
            [_("Numero"), _("Cognome e nome"), _("Ente"), _("Corso"), _("Edizione"), _("Rilasciato"), _("Stato")],
            [
                (r.number, r.holder, r.home_body, r.course_title, r.edition_code,
                 r.issued_at.date().isoformat(), label(r.state))
                for r in listing.rows
            ],
            [publicity().statement],
        )  # fmt: skip
    return render_template("certificates/index.html", listing=listing)


@bp.get("/editions/<int:edition_id>/certificates")
@requires(Permission.CERTIFICATE_LIST)
def edition(edition_id: int):
    return _preview(_edition(edition_id), 200)


@bp.post("/editions/<int:edition_id>/certificates")
@requires(Permission.CERTIFICATE_ISSUE)
def issue(edition_id: int):
    found = _edition(edition_id)
    form = Form()
    if not form.validate():
        return _preview(found, 422)
    chosen = request.form.getlist("enrolment")
    if not all(re.fullmatch("[0-9]{1,9}", text) for text in chosen):
        abort(400)  # all or none: one that cannot be read is not left out in silence
    certificates = actions.issue(current_user, found, {int(text) for text in chosen})
    number = len(certificates)
    flash(
        ngettext("Rilasciato %(num)d attestato.", "Rilasciati %(num)d attestati.", number),
        "success",
    )
    return redirect(url_for(".edition", edition_id=edition_id))


def _edition(edition_id: int) -> Edition:
    return get_visible(Edition, edition_id, current_user, *queries.EDITION_PAGE)


def _preview(found: Edition, status: int) -> Response:
    return render_form(
        "certificates/edition.html",
        Form(),
        status,
        edition=found,
        preview=queries.preview(current_user, found),
    )


@bp.get("/certificates/<int:certificate_id>.pdf")
@requires(Permission.CERTIFICATE_DOWNLOAD)
def download(certificate_id: int) -> Response:
    """The bytes kept at issue: the same today, tomorrow, in ten years."""
    certificate, file = queries.file_of(current_user, certificate_id)
    name = f"attestato-{certificate.number}-{certificate.year}.pdf"
    response = Response(file.pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.set_etag(file.sha256)
    return response
