# SPDX-License-Identifier: AGPL-3.0-or-later
"""Planning editions: a new one, its data, its deletion while a draft."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app.access import requires
from app.courses.planning import actions, queries
from app.courses.planning.actions import Beside
from app.courses.planning.forms import FROZEN, NOBODY, EditionForm
from app.courses.planning.queries import PLANNING_PAGE
from app.domain.catalogue import check_plannable, planned_minutes
from app.domain.edition_guards import check_deletable, check_editable, is_frozen
from app.domain.errors import RuleViolation
from app.domain.roles import Permission, Role
from app.domain.vocabulary import EditionKind, Mode
from app.forms import Form, add_violation, render_form
from app.models import Course, Edition, Enrolment, Organisation, Person, Venue
from app.scope import get_visible

bp = Blueprint("planning", __name__)

SAME = (
    "code", "seats_min", "seats_max", "enrol_opens_on", "enrol_closes_on", "threshold",
    "body_approval", "asks_questionnaire", "credits_asked",
)  # fmt: skip


@bp.route("/courses/<int:course_id>/editions/new", methods=["GET", "POST"])
@requires(Permission.EDITION_PLAN)
def new(course_id: int):
    course = get_visible(Course, course_id, current_user)
    check_plannable(course.state)
    form = EditionForm() if request.method == "POST" else EditionForm(data=_proposed(course))
    _offer(form, None)
    if form.validate_on_submit() and (values := _values(form)):
        body = get_visible(Organisation, _body_id(form), current_user)
        venue = get_visible(Venue, values.pop("venue_id"), current_user)
        person = _person(values.pop("organiser_id"))
        try:
            edition = actions.plan_edition(
                current_user, course, delivering_body=body, venue=venue, organiser=person, **values
            )
        except Beside as violation:
            return _wrong(form, violation, course=course, edition=None)
        flash(_("Edizione creata, in preparazione."), "success")
        return redirect(url_for("courses.edition", edition_id=edition.id))
    return render_form("planning/edit.html", form, course=course, edition=None)


@bp.route("/editions/<int:edition_id>/edit", methods=["GET", "POST"])
@requires(Permission.EDITION_PLAN)
def edit(edition_id: int):
    edition = get_visible(Edition, edition_id, current_user, *PLANNING_PAGE)
    check_editable(edition.state)
    form = EditionForm() if request.method == "POST" else EditionForm(data=_data(edition))
    _offer(form, edition)
    if form.validate_on_submit() and (values := _values(form)):
        venue = get_visible(Venue, values.get("venue_id", edition.venue_id), current_user)
        if "body" in form:
            values["delivering_body_id"] = _body_id(form)
        try:
            gained = actions.change_edition(current_user, edition, form.version, values, venue)
        except Beside as violation:
            return _wrong(form, violation, course=edition.course, edition=edition)
        flash(_saved(gained), "success")
        return redirect(url_for("courses.edition", edition_id=edition_id))
    return render_form("planning/edit.html", form, course=edition.course, edition=edition)


def _saved(gained: Sequence[Enrolment] | None) -> str:
    if gained is None:
        return _("Non è cambiato nulla.")
    if not gained:
        return _("Edizione salvata.")
    return ngettext(
        "Edizione salvata: %(num)d persona in attesa ha avuto il posto.",
        "Edizione salvata: %(num)d persone in attesa hanno avuto il posto.",
        len(gained),
    )


@bp.route("/editions/<int:edition_id>/delete", methods=["GET", "POST"])
@requires(Permission.EDITION_PLAN)
def delete(edition_id: int):
    """Asked once: only a draft in which nobody is enrolled goes."""
    edition = get_visible(Edition, edition_id, current_user, *PLANNING_PAGE)
    form = Form()
    if form.validate_on_submit():
        course_id, code = edition.course_id, edition.code
        actions.delete_edition(current_user, edition)
        flash(_("L'edizione %(code)s è eliminata.", code=code), "success")
        return redirect(url_for("courses.show", course_id=course_id))
    check_deletable(edition.state, 0)
    lessons = queries.lessons_to_copy(edition_id)
    return render_form("planning/delete.html", form, edition=edition, lessons=lessons)


def _offer(form: EditionForm, edition: Edition | None) -> None:
    """Choices within the actor's scope; fields that are not hers to fill, or frozen, go."""
    form.offer(
        queries.bodies(current_user),
        queries.organisers(current_user),
        queries.venues(current_user, edition.venue_id if edition else None),
    )
    now = edition.organiser if edition else None
    if now and now.id not in {number for number, _name in form.organiser.choices}:
        form.organiser.choices.append((now.id, now.full_name))
    if current_user.role is Role.ORGANISER:
        form.drop("body")
    if edition and is_frozen(edition.state):
        form.drop(*FROZEN)


def _values(form: EditionForm) -> dict[str, Any] | None:
    """The columns to write; None when the length is none, which is then said beside it."""
    values = {name: form[name].data for name in SAME if name in form}
    values["mode"] = Mode(form.mode.data)
    if "venue" in form:
        values["venue_id"] = form.venue.data
    values["organiser_id"] = form.organiser.data or None
    if "kind" in form:
        values["kind"] = EditionKind(form.kind.data)
    if "hours" in form:
        try:
            values["planned_minutes"] = planned_minutes(form.hours.data, form.minutes.data)
        except RuleViolation as violation:
            add_violation(form.hours, violation)
            return None
    return values


def _body_id(form: EditionForm) -> int:
    """The body chosen, or the organiser's own."""
    chosen = form.body.data if "body" in form else current_user.organisation_id
    return chosen or abort(404)


def _person(person_id: int | None) -> Person | None:
    return get_visible(Person, person_id, current_user) if person_id else None


def _wrong(form: EditionForm, violation: Beside, **page: Any) -> Response:
    """The form again, the rule beside the field that breaks it."""
    if violation.field not in form:
        raise violation
    add_violation(form[violation.field], violation)
    return render_form("planning/edit.html", form, 422, **page)


def _proposed(course: Course) -> dict[str, Any]:
    hours, minutes = divmod(course.planned_minutes, 60)
    return {
        "code": queries.proposed_code(course.code),
        "organiser": _myself(),
        "seats_min": 1,
        "seats_max": 25,
        "threshold": course.default_threshold,
        "hours": hours,
        "minutes": minutes,
        "body_approval": True,
    }


def _myself() -> int:
    """The organiser who plans is offered first."""
    return current_user.person_id or NOBODY


def _data(edition: Edition) -> dict[str, Any]:
    hours, minutes = divmod(edition.planned_minutes, 60)
    return {
        **{name: getattr(edition, name) for name in SAME},
        "seen": str(edition.version),
        "kind": edition.kind.value,
        "mode": edition.mode.value,
        "body": edition.delivering_body_id,
        "organiser": edition.organiser_id or NOBODY,
        "venue": edition.venue_id,
        "hours": hours,
        "minutes": minutes,
    }
