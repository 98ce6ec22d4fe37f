# SPDX-License-Identifier: AGPL-3.0-or-later
"""Attendance from a platform's log or a spreadsheet: sent, looked at, then written at once."""

import secrets

from flask import (
    Blueprint,
    Response,
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

from app.access import can, requires
from app.domain.errors import RuleViolation
from app.domain.roles import Permission
from app.domain.vocabulary import ImportKind, Mode
from app.errors import explain
from app.forms import add_violation
from app.models import Lesson
from app.registers.actions import Conflict
from app.registers.imports import actions, log_run, queries, table_run
from app.registers.imports.forms import Choices, ImportForm
from app.registers.imports.queries import ImportCase
from app.registers.queries import SHEET_PAGE, SheetPage, sheet_page
from app.scope import get_visible
from app.security_headers import CSP
from app.uploads import takes_files

bp = Blueprint("imports", __name__)

MOST_SHOWN = 60  # strangers of a log with a list to choose from
MOST_PROBLEMS = 200


@bp.get("/lessons/<int:lesson_id>/import")
@requires(Permission.SHEET_READ)
def index(lesson_id: int):
    page = _page(lesson_id)
    return _list(page, ImportForm(formdata=None, kind=_usual(page).value), 200)


@bp.post("/lessons/<int:lesson_id>/import")
@requires(Permission.SHEET_MARK)
@takes_files
def upload(lesson_id: int):
    page = _page(lesson_id, lock=True)
    actions.check_takes(page)
    form = ImportForm()
    if not form.validate():
        return _list(page, form, 422)
    try:
        import_id = actions.upload(current_user, page, form.chosen, form.file_name, form.raw)
    except RuleViolation as violation:
        add_violation(form.file, violation)
        return _list(page, form, 422)
    return redirect(url_for(".show", import_id=import_id))


@bp.get("/lessons/<int:lesson_id>/import/template.xlsx")
@requires(Permission.SHEET_MARK)
def template(lesson_id: int):
    """The table to fill in: one row per person, never the tax code."""
    page = _page(lesson_id)
    name = f"presenze-{page.lesson.edition.code}-{page.lesson.seq}.xlsx"
    return _attachment(table_run.template(page), actions.XLSX, name)


@bp.get("/imports/<int:import_id>")
@requires(Permission.SHEET_READ)
def show(import_id: int):
    return _draw(queries.import_case(current_user, import_id), Choices(), 200)


@bp.post("/imports/<int:import_id>/preview")
@requires(Permission.SHEET_MARK)
def preview(import_id: int):
    """The dry run with what was chosen so far; nothing is written."""
    case = queries.import_case(current_user, import_id)
    choices = _choices(case)
    return _draw(case, choices, 422 if choices.errors else 200)


@bp.post("/imports/<int:import_id>/apply")
@requires(Permission.SHEET_MARK)
def apply(import_id: int):
    case = queries.import_case(current_user, import_id, lock=True)
    choices = _choices(case)
    if choices.errors:
        return _draw(case, choices, 422)
    try:
        if case.imported.kind is ImportKind.SPREADSHEET:
            marks = table_run.dry_run(current_user, case).marks
        else:
            run = log_run.dry_run(current_user, case, choices.who)
            if run.drawn != request.form.get("drawn"):
                return _draw(case, choices, 409, _unseen(case))
            marks = run.marks(choices.confirmed, choices.absent)
        number = actions.apply(current_user, case, marks, request.form.get("seen", ""))
    except RuleViolation as violation:
        late = isinstance(violation, Conflict) or case.applied or not case.page.writable
        return _draw(case, choices, 409 if late else 422, explain(violation.sentence))
    flash(ngettext("Scritta %(num)d presenza.", "Scritte %(num)d presenze.", number), "success")
    return redirect(url_for("registers.sheet", lesson_id=case.page.lesson.id))


@bp.get("/imports/<int:import_id>/file")
@requires(Permission.SHEET_READ)
def download(import_id: int):
    """The bytes as they came: to be saved, never opened in this site's name."""
    imported = queries.import_of(current_user, import_id)
    file = imported.file
    ending = "xlsx" if file.media_type == actions.XLSX else "csv"
    return _attachment(file.content, file.media_type, f"importazione-{imported.id}.{ending}")


def _page(lesson_id: int, lock: bool = False) -> SheetPage:
    lesson = get_visible(Lesson, lesson_id, current_user, *SHEET_PAGE)
    return sheet_page(current_user, lesson, lock)


def _usual(page: SheetPage) -> ImportKind:
    """What one would send first: of a lesson in a room the marks, of the others the log."""
    in_person = page.lesson.edition.mode is Mode.IN_PERSON
    return ImportKind.SPREADSHEET if in_person else ImportKind.ONLINE_LOG


def _choices(case: ImportCase) -> Choices:
    return Choices.sent([row.enrolment_id for row in case.page.rows if row.expected])


def _unseen(case: ImportCase) -> str:
    """Why the page is shown once more before anything is written."""
    if request.form.get("seen") != str(case.page.seen):
        return _("Nel frattempo altre presenze sono state segnate: controllarle e applicare.")
    return _("Gli abbinamenti scelti sono ora nell'anteprima: controllarla e applicare.")


def _attachment(content: bytes, media_type: str, name: str) -> Response:
    answer = Response(content, mimetype=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Security-Policy"] = f"{CSP}; sandbox"
    return answer


def _list(page: SheetPage, form: ImportForm, status: int) -> Response:
    html = render_template(
        "imports/index.html",
        page=page,
        imports=queries.imports(page.sheet.id),
        form=form,
        sending=can(Permission.SHEET_MARK) and page.writable and not page.over,
    )
    return make_response(html, status)


def _draw(case: ImportCase, choices: Choices, status: int, reason: str = "") -> Response:
    """The dry run, or what is wrong with the file as a whole."""
    is_log = case.imported.kind is ImportKind.ONLINE_LOG
    run: log_run.LogRun | table_run.TableRun | None = None
    try:
        if is_log:
            run = log_run.dry_run(current_user, case, choices.who)
        else:
            run = table_run.dry_run(current_user, case)
    except RuleViolation as violation:  # the rules of reading have changed since it was sent
        reason = explain(violation.sentence)
    waits = can(Permission.SHEET_MARK) and not case.applied
    html = render_template(
        "imports/log.html" if is_log else "imports/table.html",
        case=case,
        page=case.page,
        run=run,
        choices=choices,
        reason=reason,
        key=secrets.token_hex(16),
        writing=waits and case.page.writable and not case.page.over and run is not None,
        most_shown=MOST_SHOWN,
        most_problems=MOST_PROBLEMS,
    )
    return make_response(html, status)
