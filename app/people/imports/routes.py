# SPDX-License-Identifier: AGPL-3.0-or-later
"""Officials from an office list: sent, its columns confirmed, looked at, imported, undone."""

from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app import transaction
from app.access import can, requires
from app.domain.errors import RuleViolation
from app.domain.intake.columns import Field
from app.domain.intake.life import IntakeState, check_undo
from app.domain.roles import Permission, Role
from app.errors import explain
from app.forms import Form, add_violation, render_form
from app.labels import label
from app.listing import csv_file, wants_csv
from app.models import PersonImport
from app.pages import moment, publicity
from app.people.imports import actions, files, queries, undoing, writing
from app.people.imports.forms import IntakeForm, sent_mapping, sent_names
from app.security_headers import CSP
from app.uploads import read_people, takes_files

bp = Blueprint("intake", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_OBSTACLES = 200


@bp.get("/people/imports")
@requires(Permission.INTAKE_READ)
def index():
    if wants_csv():
        return _csv_of_lists()
    return _list(_form(formdata=None), 200)


@bp.post("/people/imports")
@requires(Permission.INTAKE_MAKE)
@takes_files
def upload():
    form = _form()
    if not form.validate():
        return _list(form, 422)
    raw, name, body_id = form.raw, form.file_name, form.body_id
    transaction.let_go()  # reading the file takes a while
    try:
        found = actions.read_list(read_people(raw))
    except RuleViolation as violation:
        add_violation(form.file, violation)
        return _list(form, 422)
    intake = actions.upload(current_user, found, raw, name, body_id)
    return redirect(_next(intake))


@bp.get("/people/imports/template.xlsx")
@requires(Permission.INTAKE_MAKE)
def template():
    """The table to fill in."""
    return _attachment(files.template(), "funzionari.xlsx")


@bp.get("/people/imports/<int:intake_id>")
@requires(Permission.INTAKE_READ)
def show(intake_id: int):
    if wants_csv():
        return _csv_of_rows(queries.intake_page(current_user, intake_id))
    return _draw(intake_id, 200)


@bp.get("/people/imports/<int:intake_id>/progress")
@requires(Permission.INTAKE_READ)
def progress(intake_id: int):
    """The part of the page that moves."""
    intake = queries.intake_of(current_user, intake_id)
    return render_template("intake/_progress.html", intake=intake)


@bp.route("/people/imports/<int:intake_id>/columns", methods=["GET", "POST"])
@requires(Permission.INTAKE_MAKE)
def columns(intake_id: int):
    """What each column tells, and then the dry run."""
    posted = request.method == "POST"
    intake = queries.intake_of(current_user, intake_id, lock=posted)
    mapping = sent_mapping(len(intake.headings)) if posted else None
    if not posted or intake.state not in (IntakeState.COLUMNS, IntakeState.CHECKED):
        if intake.state in (IntakeState.COLUMNS, IntakeState.CHECKED):
            return _columns(intake, 200)
        return redirect(url_for(".show", intake_id=intake.id))
    if mapping is None:
        abort(400)
    try:
        update = request.form.get("update_known") == "y"
        actions.map_columns(current_user, intake, mapping, update_known=update)
    except RuleViolation as violation:
        return _columns(intake, 422, mapping, explain(violation.sentence))
    return redirect(url_for(".show", intake_id=intake.id))


@bp.post("/people/imports/<int:intake_id>/names")
@requires(Permission.INTAKE_MAKE)
def names(intake_id: int):
    """How names nobody is sure of are read."""
    intake = queries.intake_of(current_user, intake_id, lock=True)
    try:
        if request.form.get("all") == "1":
            actions.confirm_all_names(current_user, intake)
        else:
            actions.confirm_names(current_user, intake, sent_names())
    except RuleViolation as violation:
        return _draw(intake_id, 409, explain(violation.sentence))
    return redirect(url_for(".show", intake_id=intake.id))


@bp.post("/people/imports/<int:intake_id>/apply")
@requires(Permission.INTAKE_MAKE)
def apply(intake_id: int):
    """All of the list, or nothing."""
    intake = queries.intake_of(current_user, intake_id, lock=True)
    try:
        done = actions.ask_apply(current_user, intake, request.form.get("seen", ""))
    except RuleViolation as violation:
        return _draw(intake_id, 409, explain(violation.sentence))
    if done:
        flash(_done(intake), "success")
    elif done is False:
        flash(explain(writing.CHANGED), "warning")
    return redirect(url_for(".show", intake_id=intake.id))


@bp.post("/people/imports/<int:intake_id>/drop")
@requires(Permission.INTAKE_MAKE)
def drop(intake_id: int):
    intake = queries.intake_of(current_user, intake_id, lock=True)
    try:
        actions.drop(current_user, intake)
    except RuleViolation as violation:
        return _draw(intake_id, 409, explain(violation.sentence))
    flash(_("Elenco scartato: i dati delle sue righe sono stati rimossi."), "success")
    return redirect(url_for(".index"))


@bp.route("/people/imports/<int:intake_id>/undo", methods=["GET", "POST"])
@requires(Permission.INTAKE_MAKE)
def undo(intake_id: int):
    """What taking the import back would do, and what stands in its way; then the deed."""
    intake = queries.intake_of(current_user, intake_id)
    if request.method != "POST":
        return _undo(intake, 200)
    try:
        undoing.undo(current_user, intake)
    except RuleViolation as violation:
        return _undo(intake, 409, explain(violation.sentence))
    flash(
        _("Importazione annullata: tolte %(created)d persone, rimesse com’erano %(updated)d.",
          created=intake.created, updated=intake.updated),
        "success",
    )  # fmt: skip
    return redirect(url_for(".show", intake_id=intake.id))


@bp.get("/people/imports/<int:intake_id>/remarks.xlsx")
@requires(Permission.INTAKE_MAKE)
def remarks(intake_id: int):
    """The rows as they came, with what to correct beside each."""
    intake = queries.intake_of(current_user, intake_id)
    if intake.state is not IntakeState.CHECKED:
        abort(404)
    return _attachment(files.with_remarks(intake), f"funzionari-{intake.id}-osservazioni.xlsx")


def _form(**options: Any) -> IntakeForm:
    form = IntakeForm(**options)
    wide = current_user.role is Role.PROGRAMME_COORDINATOR
    form.choices(queries.bodies_of(current_user) if wide else [])
    return form


def _next(intake: PersonImport) -> str:
    """Where a list goes on: to its columns first."""
    page = ".columns" if intake.state is IntakeState.COLUMNS else ".show"
    return url_for(page, intake_id=intake.id)


def _done(intake: PersonImport) -> str:
    new = ngettext("%(num)d persona nuova", "%(num)d persone nuove", intake.created)
    changed = ngettext("%(num)d aggiornata", "%(num)d aggiornate", intake.updated)
    return _("Importate: %(new)s, %(changed)s.", new=new, changed=changed)


def _list(form: IntakeForm, status: int) -> Response:
    return make_response(
        render_template(
            "intake/index.html",
            form=form,
            listing=queries.intake_list(current_user),
            sending=can(Permission.INTAKE_MAKE),
        ),
        status,
    )


def _csv_of_lists() -> Response:
    listing = queries.intake_list(current_user)
    return csv_file(
        "importazioni",
        [_("File"), _("Ente"), _("Caricato"), _("Da"), _("Righe"), _("Impronta"), _("Stato")],
        [
            (r.file_name, r.body, moment(r.uploaded_at), r.uploaded_by, r.total, r.sha256,
             label(r.state))
            for r in listing.rows
        ],
        [publicity().statement],
    )  # fmt: skip


def _csv_of_rows(page: queries.IntakePage) -> Response:
    return csv_file(
        f"importazione-{page.intake.id}",
        [_("Riga"), _("Cognome e nome"), _("Esito"), _("Osservazioni")],
        [
            (r.number, r.label, label(r.outcome) if r.outcome else "",
             " ".join(files.remark(one) for one in r.problems))
            for r in page.rows.rows
        ],
        [publicity().statement],
    )  # fmt: skip


def _columns(
    intake: PersonImport, status: int, mapping: dict[int, Field] | None = None, reason: str = ""
) -> Response:
    chosen = None if mapping is None else {i: one.value for i, one in mapping.items()}
    html = render_template(
        "intake/columns.html",
        intake=intake,
        columns=queries.columns(intake),
        chosen=chosen,
        fields=[(one.value, label(one)) for one in Field],
        reason=reason or (explain(kept) if (kept := queries.reason_of(intake)) else ""),
    )
    return make_response(html, status)


def _draw(intake_id: int, status: int, reason: str = "") -> Response:
    page = queries.intake_page(current_user, intake_id)
    html = render_template(
        "intake/show.html", page=page, intake=page.intake, reason=reason, form=Form(formdata=None)
    )
    return make_response(html, status)


def _undo(intake: PersonImport, status: int, reason: str = "") -> Response:
    told: list[undoing.Obstacle] = []
    try:
        check_undo(intake.state, intake.applied_at, undoing.clock.now())
        told = undoing.obstacles(intake)
    except RuleViolation as violation:
        reason = explain(violation.sentence)
    possible = not told and not reason
    return render_form(
        "intake/undo.html",
        Form(formdata=None),
        status,
        intake=intake,
        obstacles=told[:MOST_OBSTACLES],
        more=max(0, len(told) - MOST_OBSTACLES),
        reason=reason,
        possible=possible,
    )


def _attachment(content: bytes, name: str) -> Response:
    answer = Response(content, mimetype=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Security-Policy"] = f"{CSP}; sandbox"
    return answer
