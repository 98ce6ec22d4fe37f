# SPDX-License-Identifier: AGPL-3.0-or-later
"""The trainer's day, and the sheet of a lesson."""

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
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from app import clock
from app.access import can, requires
from app.domain.errors import RuleViolation
from app.domain.register import SheetState
from app.domain.roles import Permission
from app.domain.timetable import clock_text
from app.errors import explain
from app.forms import Form, add_violation
from app.models import Edition, Lesson
from app.registers import actions, queries
from app.registers.corrections.queries import CorrectionRow, margin_notes
from app.registers.day import trainer_day
from app.registers.forms import AllPresentForm, CloseForm, MarkForm, integer, moment
from app.registers.queries import SheetPage, SheetRow
from app.scope import get_visible

bp = Blueprint("registers", __name__)


@bp.get("/today")
@requires(Permission.TODAY_READ)
def today():
    return render_template(
        "registers/today.html", day=trainer_day(current_user), today=clock.today()
    )


@bp.post("/editions/<int:edition_id>/register/endorse")
@requires(Permission.REGISTER_ENDORSE)
def endorse(edition_id: int):
    edition = get_visible(Edition, edition_id, current_user)
    actions.endorse(current_user, edition, queries.register_of(edition))
    flash(_("Il registro è vidimato."), "success")
    return redirect(url_for("courses.edition", edition_id=edition_id))


@bp.get("/lessons/<int:lesson_id>/sheet")
@requires(Permission.SHEET_READ)
def sheet(lesson_id: int):
    return _draw(_page(lesson_id))


@bp.post("/lessons/<int:lesson_id>/sheet/open")
@requires(Permission.SHEET_MARK)
def open_sheet(lesson_id: int):
    page = _page(lesson_id, lock=True)
    if page.sheet.state in (SheetState.NOT_OPEN, SheetState.CLOSED):
        actions.open_sheet(current_user, page)
    return _back(lesson_id)


@bp.post("/lessons/<int:lesson_id>/sheet/marks")
@requires(Permission.SHEET_MARK)
def mark(lesson_id: int):
    page = _page(lesson_id, lock=True)
    form = MarkForm()
    if not form.validate():
        if _row(page, form) is None:
            abort(400)  # no person writes what names the row: nothing to show beside it
        return _draw(page, 422, refused=form, reason=_first_error(form))
    enrolment = queries.enrolment_of(current_user, page.lesson, integer(form.enrolment.data))
    try:
        wanted = form.wanted(page.lesson.starts_at)
        actions.mark(current_user, page, enrolment, wanted, integer(form.version.data), form.told())
    except actions.Conflict as conflict:
        return _draw(page, 409, refused=form, reason=explain(conflict.sentence))
    except RuleViolation as violation:
        if not page.writable or _row(page, form) is None:
            raise
        return _draw(page, 422, refused=form, reason=explain(violation.sentence))
    if "HX-Request" in request.headers:
        return _draw(_page(lesson_id), changed=enrolment.id)
    return _back(lesson_id, f"p{enrolment.id}")


@bp.post("/lessons/<int:lesson_id>/sheet/all-present")
@requires(Permission.SHEET_MARK)
def mark_all_present(lesson_id: int):
    page = _page(lesson_id, lock=True)
    form = AllPresentForm()
    try:
        if not form.validate():
            return _draw(page, 422, all_present=form)
        number = actions.mark_all_present(
            current_user, page, moment(form.entered, page.lesson.starts_at)
        )
    except RuleViolation as violation:
        if not page.writable:
            raise
        if not form.entered.errors:
            add_violation(form.entered, violation)
        return _draw(page, 422, all_present=form)
    flash(_("Segnate presenti %(number)d persone.", number=number), "success")
    return _back(lesson_id)


@bp.post("/lessons/<int:lesson_id>/sheet/close")
@requires(Permission.SHEET_CLOSE)
def close_sheet(lesson_id: int):
    page = _page(lesson_id, lock=True)
    form = CloseForm()
    if not form.validate():
        return _draw(page, 422, closing=form)
    try:
        under_review = actions.close_sheet(
            current_user,
            page,
            topic=form.topic.data,
            start_real=moment(form.start, page.lesson.starts_at),
            end_real=moment(form.end, page.lesson.starts_at),
            heads=form.heads.data,
            note=form.note.data or "",
            seen=integer(form.seen.data),
        )
    except RuleViolation as violation:
        if not page.writable:
            raise
        if not any(form.errors.values()):
            form.form_errors.append(explain(violation.sentence))
        form.seen.data = str(page.seen)
        conflict = isinstance(violation, actions.Conflict)
        return _draw(page, 409 if conflict else 422, closing=form)
    flash(_("Il foglio è chiuso: pagina %(page)d del registro.", page=page.lesson.seq), "success")
    if under_review:
        numbers = ", ".join(under_review)
        flash(
            _("Le ore cambiano: attestati posti in verifica: %(numbers)s.", numbers=numbers),
            "warning",
        )
    return _back(lesson_id)


def _page(lesson_id: int, lock: bool = False) -> SheetPage:
    lesson = get_visible(Lesson, lesson_id, current_user, *queries.SHEET_PAGE)
    return queries.sheet_page(current_user, lesson, lock)


def _back(lesson_id: int, anchor: str | None = None):
    return redirect(url_for(".sheet", lesson_id=lesson_id, _anchor=anchor))


def _draw(
    page: SheetPage,
    status: int = 200,
    *,
    changed: int | None = None,
    refused: MarkForm | None = None,
    reason: str = "",
    all_present: AllPresentForm | None = None,
    closing: CloseForm | None = None,
) -> Response:
    """The whole sheet, or for a script only the row that changed and the counts."""
    row = page.row(changed) if changed else _row(page, refused)
    partial = "HX-Request" in request.headers and row is not None
    html = render_template(
        "registers/_row_changed.html" if partial else "registers/sheet.html",
        page=page,
        words=_words(page),
        url=url_for(".mark", lesson_id=page.lesson.id),
        token=generate_csrf(),
        marking=page.writable and can(Permission.SHEET_MARK),
        own=current_user.person_id,
        row=row,
        refused=refused,
        refused_id=row.enrolment_id if refused and row else None,
        reason=reason,
        form=Form(),
        all_present=all_present
        or AllPresentForm(formdata=None, entered=clock_text(page.lesson.starts_at)),
        closing=closing or _closing(page),
        conflict=status == 409,
        corrections=_margin(page),
    )
    return make_response(html, status)


def _margin(page: SheetPage) -> list[CorrectionRow]:
    """The corrections of a page that was closed once."""
    return margin_notes([page.sheet.id])[page.sheet.id] if page.sheet.page_version else []


def _words(page: SheetPage) -> dict[str, str]:
    """The words every row repeats, translated once."""
    return {
        "present": _("Presente"),
        "absent": _("Assente"),
        "justified": _("Assente giustificato"),
        "more": _("Orari e altro"),
        "late": _("In ritardo: entra alle %(time)s", time=page.preset),
        "clear": _("Togli il segno"),
        "entered": _("Entra alle"),
        "left": _("Esce alle"),
        "entered_again": _("Rientra alle"),
        "left_again": _("Esce di nuovo alle"),
        "times": _("Segna gli orari"),
    }


def _row(page: SheetPage, form: MarkForm | None) -> SheetRow | None:
    """The row that the form is about, if the sheet has it."""
    if form is None or not form.enrolment.data or form.enrolment.errors:
        return None
    return page.row(integer(form.enrolment.data))


def _first_error(form: MarkForm) -> str:
    return str(next(iter(form.errors.values()))[0])


def _closing(page: SheetPage) -> CloseForm:
    return CloseForm(
        formdata=None,
        seen=page.seen,
        topic=page.sheet.topic_done or page.lesson.topic,
        start=clock_text(page.sheet.starts_at_real or page.lesson.starts_at),
        end=clock_text(page.sheet.ends_at_real or page.lesson.ends_at),
        heads=page.sheet.heads_counted,
        note=page.sheet.note,
    )
