# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a person works over time: begun, ended, moved to another body, corrected."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import joinedload

from app import clock
from app.access import requires
from app.domain.errors import RuleViolation
from app.domain.roles import Permission
from app.forms import add_violation, render_form
from app.models import Affiliation, Organisation, Person
from app.people import actions, queries
from app.people.forms import CorrectAffiliationForm, EndForm, WithBody
from app.people.page import is_visible
from app.scope import get_visible

bp = Blueprint("affiliations", __name__)
LOADED = (joinedload(Affiliation.person), joinedload(Affiliation.organisation))


@bp.route("/people/<int:person_id>/affiliations/new", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
def begin(person_id: int):
    person = get_visible(Person, person_id, current_user)
    form = WithBody(queries.body_choices(current_user), starts_on=clock.today())
    if form.validate_on_submit():
        body = get_visible(Organisation, int(form.body.data), current_user)
        try:
            actions.check_start(form.starts_on.data)
            actions.affiliate(
                current_user, person, body, starts_on=form.starts_on.data, **form.work
            )
        except RuleViolation as violation:
            add_violation(form.starts_on, violation)
        else:
            return _done(person.id, _("Appartenenza aggiunta."))
    return _draw("affiliations/begin.html", form, person=person)


@bp.route("/affiliations/<int:affiliation_id>/edit", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
def correct(affiliation_id: int):
    """What was written wrongly; what changed in life is an end, or a move."""
    row = get_visible(Affiliation, affiliation_id, current_user, *LOADED)
    form = CorrectAffiliationForm(data=_work_of(row) | {"ends_on": row.ends_on})
    if form.validate_on_submit():
        work = form.work
        values = {"target_group": work.pop("group"), **work}
        try:
            changed = actions.correct_affiliation(
                current_user,
                row,
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data,
                **values,
            )
        except RuleViolation as violation:
            add_violation(form.ends_on if form.ends_on.data else form.starts_on, violation)
        else:
            return _done(
                row.person_id, _("Dati salvati.") if changed else _("Non è cambiato nulla.")
            )
    return _draw("affiliations/correct.html", form, affiliation=row, person=row.person)


@bp.route("/affiliations/<int:affiliation_id>/end", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
def end(affiliation_id: int):
    """The last day of work; what was lived and certified until then stays."""
    row = get_visible(Affiliation, affiliation_id, current_user, *LOADED)
    form = EndForm(ends_on=clock.today())
    if form.validate_on_submit():
        try:
            actions.end_affiliation(current_user, row, form.ends_on.data)
        except RuleViolation as violation:
            add_violation(form.ends_on, violation)
        else:
            return _done(row.person_id, _("Appartenenza chiusa."))
    return render_form(
        "affiliations/end.html", form, _status(form), affiliation=row, person=row.person
    )


@bp.route("/affiliations/<int:affiliation_id>/move", methods=["GET", "POST"])
@requires(Permission.PERSON_CORRECT)
def move(affiliation_id: int):
    """From one body to another on a day: the old one ends the day before."""
    row = get_visible(Affiliation, affiliation_id, current_user, *LOADED)
    others = [one for one in queries.body_choices(current_user) if one[0] != row.organisation_id]
    form = WithBody(others, data=_work_of(row) | {"starts_on": clock.today(), "office": ""})
    if form.validate_on_submit():
        body = get_visible(Organisation, int(form.body.data), current_user)
        try:
            actions.move_person(
                current_user, row, row.person, body, form.starts_on.data, **form.work
            )
        except RuleViolation as violation:
            add_violation(form.starts_on, violation)
        else:
            return _done(row.person_id, _("Cambio di ente registrato."))
    return _draw("affiliations/move.html", form, affiliation=row, person=row.person)


def _work_of(row: Affiliation) -> dict[str, Any]:
    """The affiliation as its form shows it."""
    return {
        "office": row.office,
        "job_title": row.job_title,
        "service_area": row.service_area or "",
        "group": row.target_group or "",
        "policy_office": row.policy_office or "",
        "starts_on": row.starts_on,
    }


def _status(form: Any) -> int | None:
    """422 where a rule was broken that the form's own check does not know."""
    return 422 if request.method == "POST" or form.errors else None


def _draw(template: str, form: Any, **context: Any):
    return render_form(
        template, form, _status(form), offices=queries.offices(current_user), **context
    )


def _done(person_id: int, message: str):
    """Back to the person, or to the list where she is out of reach now."""
    flash(message, "success")
    if is_visible(current_user, person_id):
        return redirect(url_for("people.show", person_id=person_id))
    return redirect(url_for("people.index"))
