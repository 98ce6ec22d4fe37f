# SPDX-License-Identifier: AGPL-3.0-or-later
"""Asking for a correction of a closed page, reading it, deciding it."""

import re
from datetime import datetime

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user

from app.access import can, requires
from app.clock import ROME
from app.domain.corrections import Part, RequestRefused
from app.domain.errors import RuleViolation
from app.domain.roles import Permission
from app.domain.vocabulary import CorrectionSubject
from app.errors import explain
from app.forms import add_violation, render_form
from app.labels import label
from app.listing import csv_file, wants_csv
from app.models import Edition
from app.pages import publicity
from app.registers.corrections import actions, cases, queries
from app.registers.corrections.cases import ClosedPage, CorrectionCase, PersonOnPage
from app.registers.corrections.effect import effect_of
from app.registers.corrections.forms import (
    AskForm,
    DecideForm,
    HeadsForm,
    TopicForm,
    mark_form,
    times_of,
)
from app.registers.queries import stays_of
from app.scope import get_visible
from app.security_headers import CSP
from app.uploads import check_scan, takes_files

bp = Blueprint("corrections", __name__)

SUBJECTS = {"topic": CorrectionSubject.TOPIC, "heads": CorrectionSubject.HEADS}


@bp.get("/corrections")
@requires(Permission.CORRECTION_READ)
def index():
    listing = queries.correction_list(current_user)
    if wants_csv():
        return csv_file(
            "rettifiche", _heading(), map(_cells, listing.rows), [publicity().statement]
        )
    return render_template("corrections/index.html", listing=listing)


@bp.route("/lessons/<int:lesson_id>/corrections/new", methods=["GET", "POST"])
@requires(Permission.CORRECTION_ASK)
@takes_files
def ask(lesson_id: int):
    """?enrolment=… for a person's mark, ?subject=topic or heads for the page; else choose."""
    page = cases.page_of(current_user, lesson_id, lock=request.method == "POST")
    person, subject = _about(page)
    if request.method == "POST":
        actions.check_page(page)
        if subject is None:
            abort(400)  # no person sends a form that was not drawn
    elif subject is None or not page.takes_requests:
        return render_template("corrections/choose.html", page=page)
    form = _form(page, person, subject)
    if not form.validate_on_submit():
        return _draw(page, person, subject, form)
    try:
        correction = _send(page, person, form)
    except RuleViolation as violation:
        _tell(form, violation)
        return _draw(page, person, subject, form)
    flash(_("La rettifica è chiesta: la decide un'altra persona."), "success")
    return redirect(url_for(".show", correction_id=correction.id))


@bp.get("/my/editions/<int:edition_id>")
@requires(Permission.MY_RECORD)
def own_marks(edition_id: int):
    """An official's own presence, lesson by lesson: where she sees what is not right."""
    edition = get_visible(Edition, edition_id, current_user)
    return render_template(
        "corrections/own_marks.html",
        edition=edition,
        marks=queries.own_marks(current_user, edition),
    )


@bp.get("/corrections/<int:correction_id>")
@requires(Permission.CORRECTION_READ)
def show(correction_id: int):
    case = cases.case_of(current_user, correction_id)
    return _show(case, DecideForm(formdata=None), 200)


@bp.post("/corrections/<int:correction_id>/decide")
@requires(Permission.CORRECTION_DECIDE)
def decide(correction_id: int):
    case = cases.case_of(current_user, correction_id, lock=True)
    form = DecideForm()
    if not form.validate():
        return _show(case, form, 422)
    try:
        touched = actions.decide(
            current_user, case, approves=form.approves, note=form.note.data or ""
        )
    except RuleViolation as violation:
        if not case.open:
            raise
        form.form_errors.append(explain(violation.sentence))
        return _show(case, form, 409 if isinstance(violation, actions.Overtaken) else 422)
    flash(
        _("La rettifica è approvata.") if form.approves else _("La rettifica è respinta."),
        "success",
    )
    for number in touched:
        flash(_("L'attestato %(number)s è ora in verifica.", number=number), "warning")
    return redirect(url_for(".show", correction_id=correction_id))


@bp.get("/corrections/<int:correction_id>/attachment")
@requires(Permission.CORRECTION_READ)
def attachment(correction_id: int):
    """The bytes as they are kept: to be saved, never opened in this site's name."""
    media_type, content = queries.attachment(current_user, correction_id)
    ending = "pdf" if media_type == "application/pdf" else "jpg"
    answer = Response(content, mimetype=media_type)
    name = f"allegato-rettifica-{correction_id}.{ending}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Security-Policy"] = f"{CSP}; sandbox"
    return answer


def _about(page: ClosedPage) -> tuple[PersonOnPage | None, CorrectionSubject | None]:
    """The person or the matter of the page that the address names; 404 for anybody else's."""
    wanted = request.args.get("enrolment", "")
    if wanted:
        person = page.person(int(wanted)) if re.fullmatch("[0-9]{1,9}", wanted) else None
        if person is None:
            abort(404)
        return person, CorrectionSubject.MARK
    if page.own:
        return (page.people[0], CorrectionSubject.MARK) if page.people else (None, None)
    return None, SUBJECTS.get(request.args.get("subject", ""))


def _form(page: ClosedPage, person: PersonOnPage | None, subject: CorrectionSubject) -> AskForm:
    if person is not None:
        stays = stays_of(person.entry)
        return mark_form(stays)(status=person.entry.status.value, **times_of(stays))
    if subject is CorrectionSubject.TOPIC:
        return TopicForm(topic=page.sheet.topic_done)
    return HeadsForm(heads=page.sheet.heads_counted)


def _send(page: ClosedPage, person: PersonOnPage | None, form: AskForm):
    wanted = form.wanted(page.lesson.starts_at, page.window)
    actions.check_ask(page, person, wanted, form.reason.data)
    file = None
    if form.has_file:
        try:
            file = actions.Attachment(form.file_name, check_scan(form.raw))
        except RuleViolation as violation:
            add_violation(form.file, violation)
            raise
    return actions.ask(current_user, page, person, wanted, form.reason.data, file)


def _tell(form: AskForm, violation: RuleViolation) -> None:
    """Say the refusal beside the field it is about."""
    if any(field.errors for field in form):
        return
    part = violation.part if isinstance(violation, RequestRefused) else Part.PAGE
    if part is Part.PAGE:
        form.form_errors.append(explain(violation.sentence))
    else:
        add_violation(form.value if part is Part.VALUE else form.reason, violation)


def _draw(
    page: ClosedPage, person: PersonOnPage | None, subject: CorrectionSubject, form: AskForm
) -> Response:
    if form.is_submitted() and form.has_file and not form.file.errors:
        # A browser never fills a file in again: say so before she sends without it.
        form.file.errors = [_("Il file non è stato tenuto: sceglierlo di nuovo.")]
    present = page.present_value(subject, person.entry if person else None)
    return render_form(
        "corrections/ask.html",
        form,
        page=page,
        person=person,
        subject=subject,
        present=queries.in_local_words(subject, present, page.lesson.starts_at),
    )


def _show(case: CorrectionCase, form: DecideForm, status: int) -> Response:
    row = queries.correction_row(current_user, case.correction.id)
    start = case.page.lesson.starts_at
    return render_form(
        "corrections/show.html",
        form,
        status,
        case=case,
        row=row,
        effect=effect_of(case) if case.open else None,
        deciding=case.open and can(Permission.CORRECTION_DECIDE),
        barred=actions.why_barred(current_user, case),
        now=queries.in_local_words(row.subject, case.present_value, start),
    )


def _heading() -> list[str]:
    return [
        _("Stato"), _("Edizione"), _("Lezione"), _("Data della lezione"), _("Persona"), _("Che cosa"),
        _("Valore precedente"), _("Valore nuovo"), _("Motivo"), _("Chiesta da"), _("Chiesta il"),
        _("Decisa da"), _("Decisa il"), _("Nota"),
    ]  # fmt: skip


def _cells(row: queries.CorrectionRow) -> tuple[object, ...]:
    return (
        label(row.state), row.edition_code, row.seq, _day(row.starts_at), row.person,
        label(row.subject), row.old, row.new, row.reason, row.asked_by,
        _day(row.asked_at), row.decided_by,
        _day(row.decided_at) if row.decided_at else "", row.decision_note,
    )  # fmt: skip


def _day(moment: datetime) -> str:
    return moment.astimezone(ROME).date().isoformat()
