# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of what to prepare for an edition, and the standard list that new editions take."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import requires
from app.courses.checklist import actions, queries
from app.courses.checklist.forms import ListForm, TickForm, rows_of
from app.courses.checklist.queries import CHECKLIST_PAGE
from app.domain.roles import Permission
from app.forms import Form, render_form
from app.models import ChecklistItem, Edition
from app.preparation import items
from app.scope import get_visible

bp = Blueprint("checklist", __name__)


@bp.get("/editions/<int:edition_id>/checklist")
@requires(Permission.CHECKLIST_READ)
def show(edition_id: int):
    edition = get_visible(Edition, edition_id, current_user, *CHECKLIST_PAGE)
    found = items(ChecklistItem.edition_id == edition_id)
    return render_form("checklist/show.html", Form(), edition=edition, items=found)


@bp.post("/editions/<int:edition_id>/checklist/tick")
@requires(Permission.CHECKLIST_WRITE)
def tick(edition_id: int):
    edition = get_visible(Edition, edition_id, current_user)
    form = TickForm()
    actions.tick(current_user, edition, form.item_id, form.done.data == "y")
    return redirect(url_for(".show", edition_id=edition_id))


@bp.route("/editions/<int:edition_id>/checklist/edit", methods=["GET", "POST"])
@requires(Permission.CHECKLIST_WRITE)
def edit(edition_id: int):
    edition = get_visible(Edition, edition_id, current_user)
    form = _form(queries.items_of(edition_id))
    if form.validate_on_submit():
        changed = actions.set_items(current_user, edition, form.seen.data or "", form.rows)
        flash(_("Elenco salvato.") if changed else _("Non è cambiato nulla."), "success")
        return redirect(url_for(".show", edition_id=edition_id))
    return render_form("checklist/edit.html", form, edition=edition)


@bp.get("/checklist")
@requires(Permission.CHECKLIST_READ)
def standard():
    programme = queries.programme_of(current_user)
    return render_template("checklist/standard.html", items=queries.standard_of(programme.id))


@bp.route("/checklist/edit", methods=["GET", "POST"])
@requires(Permission.CHECKLIST_SET)
def edit_standard():
    programme = queries.programme_of(current_user)
    form = _form(queries.standard_of(programme.id))
    if form.validate_on_submit():
        changed = actions.set_standard(current_user, programme, form.seen.data or "", form.rows)
        flash(_("Elenco salvato.") if changed else _("Non è cambiato nulla."), "success")
        return redirect(url_for(".standard"))
    return render_form("checklist/edit.html", form, edition=None)


def _form(now: list) -> ListForm:
    """The form as it was sent, or filled with the list as it is."""
    if request.method == "POST":
        return ListForm()
    return ListForm(data={"seen": queries.trace(now), **rows_of(now)})
