# SPDX-License-Identifier: AGPL-3.0-or-later
"""The timetable of an edition, edited as a table; what it changes is seen before it is saved."""

import re
from dataclasses import dataclass, field

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app.access import can, requires
from app.courses.timetable import actions
from app.courses.timetable.forms import TimetableForm, sent_rows
from app.courses.timetable.queries import timetable_case
from app.courses.timetable.table import (
    Outdated,
    Row,
    Table,
    in_order,
    look_around,
    read,
    stored,
    without_blanks,
)
from app.courses.variations.changes import changes_of
from app.domain.errors import RuleViolation
from app.domain.lesson_rows import FIELDS, RowText
from app.domain.pasted_timetable import LineProblem, read_pasted
from app.domain.roles import Permission
from app.domain.variation_words import change_lines
from app.domain.variations import makes_variations
from app.errors import explain
from app.forms import add_violation, render_form
from app.timetable_notices import preview as message
from app.transaction import only_shows

bp = Blueprint("timetable", __name__, url_prefix="/editions/<int:edition_id>/timetable")

_STEP = re.compile("(up|down|remove)-([0-9]{1,3})")


@dataclass
class Said:
    """What a step tells besides the rows."""

    notes: list[str] = field(default_factory=list)
    lines: tuple[LineProblem, ...] = ()
    refusal: str = ""


@bp.get("")
@requires(Permission.TIMETABLE_READ)
def show(edition_id: int):
    case = timetable_case(current_user, edition_id)
    table = stored(case)
    look_around(current_user, table)
    return _draw(table, TimetableForm(formdata=None), Said(), 200)


@bp.post("/preview")
@requires(Permission.LESSON_PLAN)
@only_shows
def preview(edition_id: int):
    """One step of the work on the rows; nothing is written."""
    case = timetable_case(current_user, edition_id)
    form, said, do = TimetableForm(), Said(), request.form.get("do", "")
    if case.why_not:
        raise case.why_not
    valid = form.validate()
    table = read(case, _stepped(sent_rows(), do))
    if valid:
        table = _filled(table, form, said, do)
    look_around(current_user, table)
    if do == "review" and valid and not table.wrong:
        return _review(without_blanks(table), form, 200)
    wrong = bool(form.errors) or (do in ("check", "review") and table.wrong > 0)
    if do == "add":
        table.rows.append(Row(RowText()))
    return _draw(table, form, said, 422 if wrong else 200)


@bp.post("")
@requires(Permission.LESSON_PLAN)
def save(edition_id: int):
    case = timetable_case(current_user, edition_id, lock=True)
    form = TimetableForm()
    valid = form.validate()
    table = without_blanks(read(case, sent_rows()))
    if not valid:
        look_around(current_user, table)
        return _review(table, form, 422) if form.reason.errors else _draw(table, form, Said(), 422)
    try:
        varied = actions.save(
            current_user,
            table,
            seen=form.seen_number,
            reason=form.reason.data or "",
            tell=form.tell.data,
        )
    except Outdated:
        raise
    except actions.NotReady as violation:
        return _draw(table, form, Said(refusal=explain(violation.sentence)), 422)
    except RuleViolation as violation:
        if case.why_not:
            raise
        add_violation(form.reason, violation)
        return _review(table, form, 422)
    flash(_saved(len(varied)), "success")
    return redirect(url_for("courses.edition", edition_id=edition_id))


def _saved(variations: int) -> str:
    if not variations:
        return _("Il calendario è salvato.")
    return ngettext(
        "Il calendario è salvato: registrata %(num)d variazione.",
        "Il calendario è salvato: registrate %(num)d variazioni.",
        variations,
    )


def _stepped(rows: list[RowText], do: str) -> list[RowText]:
    """The rows after one of them went up, down or away."""
    step = _STEP.fullmatch(do)
    if step is None:
        return rows
    place = int(step[2])
    if not place < len(rows):
        abort(400)
    row = rows.pop(place)
    if step[1] != "remove":
        rows.insert(max(0, place + (-1 if step[1] == "up" else 1)), row)
    return rows


def _filled(table: Table, form: TimetableForm, said: Said, do: str) -> Table:
    """The table after rows were sorted, made by a pattern, or pasted."""
    if do == "sort":
        table.rows = in_order(table.rows)
    elif do == "weekly":
        made = form.pattern(table)
        if made:
            rows, days = made
            said.notes.append(_added(len(rows)))
            if days.skipped:
                skipped = ", ".join(f"{day:%d/%m/%Y}" for day in days.skipped)
                said.notes.append(_("Giorni saltati: %(days)s.", days=skipped))
            return _more(table, form, rows, form.weekdays)
    elif do == "paste":
        try:
            pasted = read_pasted(form.pasted.data or "")
        except RuleViolation as violation:
            add_violation(form.pasted, violation)
            return table
        said.notes.append(_added(len(pasted.rows)))
        said.lines = pasted.problems
        form.pasted.data = ""
        return _more(table, form, list(pasted.rows), form.pasted)
    return table


def _added(rows: int) -> str:
    return ngettext(
        "%(num)d riga aggiunta in fondo alla tabella: controllarla e salvare.",
        "%(num)d righe aggiunte in fondo alla tabella: controllarle e salvare.",
        rows,
    )


def _more(table: Table, form: TimetableForm, rows: list[RowText], beside) -> Table:  # type: ignore[no-untyped-def]
    """The table with these rows after its own."""
    try:
        return read(table.case, [row.text for row in without_blanks(table).rows] + rows)
    except RuleViolation as violation:
        add_violation(beside, violation)
        return table


def _draw(table: Table, form: TimetableForm, said: Said, status: int) -> Response:
    case = table.case
    if not form.seen.data:
        form.seen.data = str(case.seen)
    return render_form(
        "timetable/show.html",
        form,
        status,
        case=case,
        table=table,
        said=said,
        editing=can(Permission.LESSON_PLAN) and case.why_not is None,
        varying=makes_variations(case.edition.state),
        blank=Row(RowText()),
    )


def _review(table: Table, form: TimetableForm, status: int) -> Response:
    """What saving changes, in words, and whom it may be told to."""
    case = table.case
    changes = changes_of(table)
    reason = (form.reason.data or "").strip()
    return render_form(
        "timetable/review.html",
        form,
        status,
        case=case,
        table=table,
        fields=FIELDS,
        changes=[*zip(changes, change_lines(changes, case.names), strict=True)],
        message=message(case.edition, case.names, changes, reason, current_user.name),
    )
