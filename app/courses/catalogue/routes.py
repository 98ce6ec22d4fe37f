# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writing the catalogue: courses proposed and changed, their modules, publishing and retiring."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import can, requires
from app.courses.catalogue import actions, queries
from app.courses.catalogue.actions import CodeTaken
from app.courses.catalogue.forms import CourseForm, ModulesForm, rows_of
from app.domain.catalogue import planned_minutes
from app.domain.errors import RuleViolation
from app.domain.roles import Permission
from app.forms import Form, add_violation, render_form
from app.models import Course
from app.scope import get_visible

bp = Blueprint("catalogue", __name__)


@bp.route("/courses/new", methods=["GET", "POST"])
@requires(Permission.COURSE_PROPOSE)
def new():
    programme = queries.programme_of(current_user)
    form = CourseForm(data={"default_threshold": programme.default_threshold, "minutes": 0})
    if form.validate_on_submit() and (values := _values(form)):
        try:
            course = actions.propose_course(current_user, programme, **values)
        except CodeTaken as violation:
            add_violation(form.code, violation)
            return render_form("catalogue/edit.html", form, 422, course=None)
        if can(Permission.COURSE_PUBLISH):
            flash(_("Corso creato, in preparazione: si pubblica quando è pronto."), "success")
        else:
            flash(_("Proposta salvata: la pubblica il coordinamento."), "success")
        return redirect(url_for("courses.show", course_id=course.id))
    return render_form("catalogue/edit.html", form, course=None)


@bp.route("/courses/<int:course_id>/edit", methods=["GET", "POST"])
@requires(Permission.COURSE_PROPOSE)
def edit(course_id: int):
    course = get_visible(Course, course_id, current_user)
    actions.check_may_edit(current_user, course)
    form = CourseForm() if request.method == "POST" else CourseForm(data=_data(course))
    if form.validate_on_submit() and (values := _values(form)):
        try:
            changed = actions.change_course(current_user, course, form.version, values)
        except CodeTaken as violation:
            add_violation(form.code, violation)
            return render_form("catalogue/edit.html", form, 422, course=course)
        flash(_("Corso salvato.") if changed else _("Non è cambiato nulla."), "success")
        return redirect(url_for("courses.show", course_id=course_id))
    return render_form("catalogue/edit.html", form, course=course)


@bp.route("/courses/<int:course_id>/modules", methods=["GET", "POST"])
@requires(Permission.COURSE_PROPOSE)
def modules(course_id: int):
    """The parts of the course, written in their table."""
    course = get_visible(Course, course_id, current_user)
    actions.check_may_edit(current_user, course)
    now = queries.modules(course_id)
    if request.method == "GET":
        form = ModulesForm(data={"seen": str(course.version), **rows_of(now)})
    else:
        form = ModulesForm()
    if form.validate_on_submit():
        changed = actions.set_modules(current_user, course, form.version, form.rows)
        flash(_("Moduli salvati.") if changed else _("Non è cambiato nulla."), "success")
        return redirect(url_for("courses.show", course_id=course_id))
    return render_form(
        "catalogue/modules.html", form, course=course, total=sum(m.minutes for m in now)
    )


@bp.route("/courses/<int:course_id>/publish", methods=["GET", "POST"])
@requires(Permission.COURSE_PUBLISH)
def publish(course_id: int):
    course = get_visible(Course, course_id, current_user)
    form = Form()
    if form.validate_on_submit():
        actions.publish_course(current_user, course)
        flash(_("Il corso %(code)s è pubblicato.", code=course.code), "success")
        return redirect(url_for("courses.show", course_id=course_id))
    return render_form("catalogue/publish.html", form, course=course)


@bp.route("/courses/<int:course_id>/retire", methods=["GET", "POST"])
@requires(Permission.COURSE_PUBLISH)
def retire(course_id: int):
    """Asked once, with what depends on the course."""
    course = get_visible(Course, course_id, current_user)
    form = Form()
    if form.validate_on_submit():
        actions.retire_course(current_user, course)
        flash(_("Il corso %(code)s è ritirato.", code=course.code), "success")
        return redirect(url_for("courses.show", course_id=course_id))
    return render_form(
        "catalogue/retire.html", form, course=course, dependents=queries.dependents(course_id)
    )


def _values(form: CourseForm) -> dict | None:
    """The columns to write; None when the length is none, which is then said beside it."""
    try:
        length = planned_minutes(form.hours.data or 0, form.minutes.data or 0)
    except RuleViolation as violation:
        add_violation(form.hours, violation)
        return None
    return {**form.columns, "planned_minutes": length}


def _data(course: Course) -> dict:
    names = ("code", "title", "area", "audience", "objectives", "contents", "default_threshold")
    hours, minutes = divmod(course.planned_minutes, 60)
    return {
        **{name: getattr(course, name) for name in names},
        "certificate_kind": course.certificate_kind.value,
        "seen": str(course.version),
        "hours": hours,
        "minutes": minutes,
    }
