# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the programme's certificates say: the version in force, the next one, how it looks."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import requires
from app.certificates.template import actions, preview, queries, reading
from app.certificates.template.forms import TemplateForm
from app.documents.certificate_content import Logo
from app.domain.roles import Permission
from app.forms import render_form
from app.logos import ask_files_again, logo_files, places_of
from app.models import CertificateTemplate
from app.transaction import only_shows
from app.uploads import takes_files

bp = Blueprint("template", __name__)


@bp.get("/certificate-template")
@requires(Permission.TEMPLATE_READ)
def show():
    versions = queries.versions(current_user)
    return render_template("template/show.html", versions=versions)


@bp.get("/certificate-template/picture")
@requires(Permission.TEMPLATE_READ)
def picture():
    """How a version looks: ?version=2, by default the one in force."""
    template = _version()
    files = logo_files(template.logos)
    logos = [(Logo(**one), files[one["sha256"]].content) for one in template.logos]
    programme = queries.programme_of(current_user)
    texts = preview.texts_of(template)
    return _webp(preview.draw(programme, template.issuing_body.name, texts, logos))


@bp.get("/certificate-template/logo")
@requires(Permission.TEMPLATE_READ)
def logo():
    """A logo of the version in force: ?place=1, from the left."""
    template, place = _version(), request.args.get("place", "1")
    if place not in map(str, range(1, len(template.logos) + 1)):
        abort(404)
    wanted = template.logos[int(place) - 1]
    file = logo_files([wanted])[wanted["sha256"]]
    return Response(file.content, mimetype=file.media_type)


@bp.route("/certificate-template/edit", methods=["GET", "POST"])
@requires(Permission.TEMPLATE_SET)
@takes_files
def edit():
    template = queries.in_force(current_user)
    form = _form(template)
    programme = queries.programme_of(current_user)
    if request.method == "POST" and (sent := reading.read(current_user, form, programme)):
        kept = actions.set_template(current_user, programme, form.version, form.texts, sent.logos)
        if kept:
            words = _("La versione %(version)d è in vigore.", version=kept.version)
            flash(words, "success")
        else:
            flash(_("Nessuna modifica: resta in vigore la stessa versione."), "note")
        return redirect(url_for(".show"))
    ask_files_again(form.logos)
    return render_form("template/edit.html", form, current=template)


@bp.post("/certificate-template/preview")
@requires(Permission.TEMPLATE_SET)
@takes_files
@only_shows
def show_preview():
    """How the certificate would look with what the form holds now; nothing is kept."""
    form = TemplateForm().offer(queries.issuers(current_user))
    programme = queries.programme_of(current_user)
    if sent := reading.read(current_user, form, programme):
        return _webp(sent.pdf)
    part = "_unseen" if "HX-Request" in request.headers else "unseen"
    return render_form(f"template/{part}.html", form, 422)


def _version() -> CertificateTemplate:
    number = request.args.get("version", "")
    if not number:
        found = queries.in_force(current_user)
    elif number.isascii() and number.isdigit() and len(number) < 10:
        found = queries.version_of(current_user, int(number))
    else:
        found = None
    return found or abort(404)


def _webp(pdf: bytes) -> Response:
    return Response(preview.picture(pdf), mimetype="image/webp")


def _form(template: CertificateTemplate | None) -> TemplateForm:
    """The form as it was sent, or filled with the version in force."""
    if request.method == "POST" or template is None:
        form = TemplateForm(
            data={"seen": "0", "intro_text": "Si attesta che", "art40_notice": True}
        )
    else:
        data = {"seen": str(template.version), "issuing_body": template.issuing_body_id}
        form = TemplateForm(data=data | preview.texts_of(template) | places_of(template.logos))
    return form.offer(queries.issuers(current_user))
