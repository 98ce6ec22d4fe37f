# SPDX-License-Identifier: AGPL-3.0-or-later
"""The passages of an edition, each asked in words before it is done; and its copy from another day."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import requires
from app.courses.planning import cloning, queries, steps
from app.courses.planning.actions import Beside, check_code
from app.courses.planning.forms import CancelForm, CloneForm, ReasonForm
from app.courses.planning.queries import PLANNING_PAGE
from app.courses.planning.routes import bp
from app.domain.edition import EditionState, check_transition
from app.domain.edition_guards import check_cancelling
from app.domain.errors import RuleViolation
from app.domain.roles import Permission
from app.forms import add_violation, render_form
from app.models import Edition
from app.scope import get_visible
from app.transaction import only_shows


@bp.route("/editions/<int:edition_id>/open", methods=["GET", "POST"])
@requires(Permission.EDITION_PUBLISH)
def open(edition_id: int):
    """Enrolment opens: what is missing, and what is fixed from then on."""
    edition = _edition(edition_id)
    form = ReasonForm()
    if form.validate_on_submit():
        steps.open_edition(current_user, edition, form.reason.data or "")
        flash(_("Le iscrizioni dell'edizione %(code)s sono aperte.", code=edition.code), "success")
        return _back(edition_id)
    return _step_page(edition, form, EditionState.OPEN)


@bp.route("/editions/<int:edition_id>/confirm", methods=["GET", "POST"])
@requires(Permission.EDITION_PUBLISH)
def confirm(edition_id: int):
    edition = _edition(edition_id)
    form = ReasonForm()
    if form.validate_on_submit():
        steps.confirm_edition(current_user, edition, form.reason.data or "")
        flash(_("L'edizione %(code)s è confermata.", code=edition.code), "success")
        return _back(edition_id)
    return _step_page(edition, form, EditionState.CONFIRMED)


@bp.route("/editions/<int:edition_id>/archive", methods=["GET", "POST"])
@requires(Permission.EDITION_PUBLISH)
def archive(edition_id: int):
    edition = _edition(edition_id)
    form = ReasonForm()
    if form.validate_on_submit():
        steps.archive_edition(current_user, edition)
        flash(_("L'edizione %(code)s è archiviata.", code=edition.code), "success")
        return _back(edition_id)
    return _step_page(edition, form, EditionState.ARCHIVED)


@bp.route("/editions/<int:edition_id>/cancel", methods=["GET", "POST"])
@requires(Permission.EDITION_PUBLISH)
def cancel(edition_id: int):
    """The reason and whether people are told; done only from the page that shows the message."""
    edition = _edition(edition_id)
    form = CancelForm()
    if form.validate_on_submit():
        sent = steps.cancel_edition(
            current_user, edition, form.reason.data or "", bool(form.tell.data)
        )
        words = _("L'edizione %(code)s è annullata.", code=edition.code)
        told = _("Messaggi messi in posta: %(sent)d.", sent=sent) if form.tell.data else ""
        flash(f"{words} {told}".strip(), "success")
        return _back(edition_id)
    check_transition(edition.state, EditionState.CANCELLED)
    return render_form(
        "planning/cancel.html", form, edition=edition, people=queries.told(edition_id)
    )


@bp.post("/editions/<int:edition_id>/cancel/preview")
@requires(Permission.EDITION_PUBLISH)
@only_shows
def preview_cancelling(edition_id: int):
    """What cancelling does, who is told and how; nothing is written."""
    edition = _edition(edition_id)
    form = CancelForm()
    people = queries.told(edition_id)
    if form.validate():
        try:
            check_cancelling(edition.state, form.reason.data or "")
        except RuleViolation as violation:
            add_violation(form.reason, violation)
        else:
            reason, name = (form.reason.data or "").strip(), people[0].name if people else ""
            letter = steps.letter(edition, reason, name)
            return render_form(
                "planning/cancelling.html", form, 200, edition=edition, people=people, letter=letter
            )
    return render_form("planning/cancel.html", form, 422, edition=edition, people=people)


@bp.route("/editions/<int:edition_id>/clone", methods=["GET", "POST"])
@requires(Permission.EDITION_PLAN)
def clone(edition_id: int):
    """The same edition from another day; made from the page that shows its timetable."""
    edition = _edition(edition_id)
    form = CloneForm(
        data={"code": queries.proposed_code(edition.course.code), "staff": True, "breaks": True}
    )
    if form.validate_on_submit():
        try:
            made = cloning.clone_edition(
                current_user,
                edition,
                code=form.code.data or "",
                first_day=form.first_day.data,
                with_staff=bool(form.staff.data),
                with_breaks=bool(form.breaks.data),
            )
        except Beside as violation:
            if violation.field != "code":
                raise
            add_violation(form.code, violation)
            return render_form("planning/clone.html", form, 422, edition=edition)
        except cloning.Clashing as violation:
            return _cloned(edition, form, violation.copies, 422)
        flash(_("Edizione %(code)s creata, in preparazione.", code=made.code), "success")
        return _back(made.id)
    return render_form("planning/clone.html", form, edition=edition)


@bp.post("/editions/<int:edition_id>/clone/preview")
@requires(Permission.EDITION_PLAN)
@only_shows
def clone_preview(edition_id: int):
    """The lessons in their new places, holidays marked; nothing is written."""
    edition = _edition(edition_id)
    form = CloneForm()
    if form.validate():
        try:
            check_code(form.code.data or "", None)
            found = cloning.copies(edition, form.first_day.data, bool(form.breaks.data))
        except Beside as violation:
            add_violation(form.code, violation)
        except RuleViolation as violation:
            add_violation(form.first_day, violation)
        else:
            staff = bool(form.staff.data)
            return _cloned(
                edition, form, cloning.looked_around(current_user, edition, found, staff), 200
            )
    return render_form("planning/clone.html", form, 422, edition=edition)


def _cloned(edition: Edition, form: CloneForm, found: list[cloning.Copy], status: int):
    """The lessons in their new places, each with what it clashes with."""
    return render_form(
        "planning/cloned.html",
        form,
        status,
        edition=edition,
        copies=found,
        blocked=any(copy.blocks for copy in found),
    )


def _edition(edition_id: int) -> Edition:
    return get_visible(Edition, edition_id, current_user, *PLANNING_PAGE)


def _back(edition_id: int):
    return redirect(url_for("courses.edition", edition_id=edition_id))


def _step_page(edition: Edition, form: ReasonForm, target: EditionState):
    """What the passage wants, satisfied or missing, and what it does."""
    check_transition(edition.state, target)
    planning = queries.planning_of(edition)
    step = next(step for step in planning.steps if step.target is target)
    return render_form("planning/step.html", form, edition=edition, step=step, planning=planning)
