# SPDX-License-Identifier: AGPL-3.0-or-later
"""Paper: the sheet to be signed, its scan beside the page, and how the two compare."""

import secrets

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
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
from app.documents.sign_sheet import SignSheetContent, render_sign_sheets
from app.domain.errors import RuleViolation
from app.domain.roles import Permission
from app.errors import explain
from app.forms import add_violation
from app.models import Edition, Lesson
from app.pages import publicity
from app.registers.evidence import actions, queries, sign_sheets
from app.registers.evidence.forms import Lines, ScanForm
from app.registers.queries import SHEET_PAGE, SheetPage, sheet_page
from app.scope import get_visible
from app.security_headers import CSP
from app.uploads import check_scan, page_image, takes_files

bp = Blueprint("evidence", __name__)


@bp.get("/lessons/<int:lesson_id>/sign-sheet.pdf")
@requires(Permission.SHEET_READ)
def sign_sheet(lesson_id: int):
    sheets = sign_sheets.of_lesson(current_user, lesson_id, publicity(), _address)
    return _paper(sheets, f"foglio-firme-{sheets[0].edition_code}-{sheets[0].lesson_number}")


@bp.get("/editions/<int:edition_id>/sign-sheets.pdf")
@requires(Permission.SHEET_READ)
def edition_sign_sheets(edition_id: int):
    edition = get_visible(Edition, edition_id, current_user)
    sheets = sign_sheets.of_edition(current_user, edition, publicity(), _address)
    return _paper(sheets, f"fogli-firme-{edition.code}")


@bp.get("/lessons/<int:lesson_id>/scans")
@requires(Permission.SHEET_READ)
def scans(lesson_id: int):
    return _list(_page(lesson_id), ScanForm(formdata=None), 200)


@bp.post("/lessons/<int:lesson_id>/scans")
@requires(Permission.EVIDENCE_ADD)
@takes_files
def attach(lesson_id: int):
    page = _page(lesson_id, lock=True)
    actions.check_attach(page)
    form = ScanForm()
    if not form.validate():
        return _list(page, form, 422)
    try:
        scan = actions.attach(current_user, page, form.file_name, check_scan(form.raw))
    except RuleViolation as violation:
        add_violation(form.file, violation)
        return _list(page, form, 422)
    flash(_("La scansione è allegata: ora si confronta con il foglio presenze."), "success")
    return redirect(url_for(".reconciliation", scan_id=scan.id))


@bp.get("/scans/<int:scan_id>")
@requires(Permission.SHEET_READ)
def reconciliation(scan_id: int):
    return _draw(queries.comparison(current_user, scan_id), Lines(), 200)


@bp.post("/scans/<int:scan_id>")
@requires(Permission.EVIDENCE_ADD)
def reconcile(scan_id: int):
    comparison = queries.comparison(current_user, scan_id, lock=True)
    lines = Lines.sent(comparison.rows)
    if lines.errors:
        return _draw(comparison, lines, 422)
    try:
        number = actions.reconcile(current_user, comparison, lines.wanted)
    except actions.LineRefused as refused:
        lines.errors[refused.enrolment_id] = explain(refused.sentence)
        return _draw(comparison, lines, 422)
    words = ngettext("Scritta %(num)d riga.", "Scritte %(num)d righe.", number)
    flash(
        words if number else _("Nessuna riga nuova da scrivere."), "success" if number else "note"
    )
    return redirect(url_for(".reconciliation", scan_id=scan_id))


@bp.post("/scans/<int:scan_id>/withdraw")
@requires(Permission.EVIDENCE_ADD)
def withdraw(scan_id: int):
    comparison = queries.comparison(current_user, scan_id, lock=True)
    actions.withdraw(current_user, comparison)
    flash(_("La scansione è ritirata e resta agli atti."), "success")
    return redirect(url_for(".scans", lesson_id=comparison.lesson.id))


@bp.get("/scans/<int:scan_id>/picture")
@requires(Permission.SHEET_READ)
def picture(scan_id: int):
    """A page of the scan as JPEG: ?page=2, by default the first."""
    scan = queries.scan_of(current_user, scan_id)
    number = request.args.get("page", "1")
    if number not in map(str, range(1, scan.pages + 1)):
        abort(404)
    content = page_image(scan.file.media_type, queries.content_of(scan), int(number))
    return Response(content, mimetype="image/jpeg")


@bp.get("/scans/<int:scan_id>/file")
@requires(Permission.SHEET_READ)
def download(scan_id: int):
    """The bytes as they are kept: to be saved, never opened in this site's name."""
    scan = queries.scan_of(current_user, scan_id)
    ending = "pdf" if scan.file.media_type == "application/pdf" else "jpg"
    answer = Response(queries.content_of(scan), mimetype=scan.file.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="scansione-{scan.id}.{ending}"'
    answer.headers["Content-Security-Policy"] = f"{CSP}; sandbox"
    return answer


def _page(lesson_id: int, lock: bool = False) -> SheetPage:
    lesson = get_visible(Lesson, lesson_id, current_user, *SHEET_PAGE)
    return sheet_page(current_user, lesson, lock)


def _address(lesson_id: int) -> str:
    return str(current_app.config["BASE_URL"]) + url_for(".scans", lesson_id=lesson_id)


def _paper(sheets: list[SignSheetContent], name: str) -> Response:
    answer = Response(render_sign_sheets(sheets), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


def _list(page: SheetPage, form: ScanForm, status: int) -> Response:
    html = render_template(
        "evidence/scans.html", page=page, scans=queries.scans(page.sheet.id), form=form
    )
    return make_response(html, status)


def _draw(comparison: queries.Comparison, lines: Lines, status: int) -> Response:
    html = render_template(
        "evidence/reconciliation.html",
        comparison=comparison,
        page=comparison.page,
        scan=comparison.scan,
        lines=lines,
        key=secrets.token_hex(16),
        writing=can(Permission.EVIDENCE_ADD) and not comparison.withdrawn,
    )
    return make_response(html, status)
