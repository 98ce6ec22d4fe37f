# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of people, the page of one, somebody new, and what is known of her."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.access import can, requires
from app.domain.errors import RuleViolation
from app.domain.roles import Permission
from app.errors import explain
from app.forms import add_violation, render_form
from app.labels import label
from app.listing import csv_file, wants_csv
from app.models import Organisation, Person
from app.pages import publicity
from app.people import actions, queries
from app.people.duplicates.queries import alike
from app.people.forms import NewPersonForm, PersonForm
from app.people.page import (
    check_own_staff,
    needs_birth,
    person_page,
    pointed_at,
    tax_code_differences,
)
from app.scope import get_visible

bp = Blueprint("people", __name__)


@bp.get("/people")
@requires(Permission.PERSON_READ)
def index():
    listing = queries.person_list(current_user)
    if wants_csv():
        return csv_file(
            "persone",
            [_("Cognome"), _("Nome"), _("Ente"), _("Ufficio"), _("Area di servizio"),
             _("Gruppo"), _("Edizioni"), _("Minuti riconosciuti"), _("Scheda")],
            [
                (r.family_name, r.given_name, r.body, r.office,
                 label(r.service_area) if r.service_area else "",
                 label(r.group) if r.group else "", r.editions, r.counted,
                 _("Da completare") if r.incomplete else "")
                for r in listing.rows
            ],
            [publicity().statement],
        )  # fmt: skip
    return render_template("people/index.html", listing=listing)


@bp.get("/people/<int:person_id>")
@requires(Permission.PERSON_READ)
def show(person_id: int):
    """The person; the address of a record joined to another leads on to that one."""
    target = pointed_at(person_id)
    person = get_visible(Person, target or person_id, current_user)
    if target:
        return redirect(url_for(".show", person_id=person.id))
    return render_template(
        "people/show.html", person_page=person_page(current_user, person), person=person
    )


@bp.route("/people/new", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
def create():
    """Somebody new, and where she works; whoever is known with that name is shown first."""
    form = NewPersonForm(queries.body_choices(current_user), starts_on=clock.today())
    known = []
    if form.validate_on_submit():
        known = alike(current_user, form.given_name.data, form.family_name.data)
        if known and not form.another.data:
            form.another.errors = [_("C'è già chi si chiama così: vedere qui sopra.")]
        elif person := _created(form):
            flash(_("Persona registrata."), "success")
            return redirect(url_for(".show", person_id=person.id))
    return render_form("people/new.html", form, known=known, offices=queries.offices(current_user))


def _created(form: NewPersonForm) -> Person | None:
    """The person with her affiliation, or None with the rule told beside the field."""
    body = get_visible(Organisation, int(form.body.data), current_user)
    try:
        actions.check_start(form.starts_on.data)
    except RuleViolation as violation:
        add_violation(form.starts_on, violation)
        return None
    try:
        person = actions.register_person(current_user, **form.identity)
    except RuleViolation as violation:
        add_violation(form.work_email, violation)
        return None
    actions.affiliate(current_user, person, body, starts_on=form.starts_on.data, **form.work)
    return person


@bp.route("/people/<int:person_id>/edit", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
def edit(person_id: int):
    """Who she is; what a certificate must state, where one needs it or it is asked for."""
    person = get_visible(Person, person_id, current_user)
    check_own_staff(current_user, person)
    form = _edit_form(person)
    context = {"person": person, "may_open_birth": can(Permission.PERSON_CORRECT)}
    if form.validate_on_submit():
        changed = _corrected(person, form)
        if changed is None:
            return render_form("people/edit.html", form, 422, **context)
        flash(_("Dati salvati.") if changed else _("Non è cambiato nulla."), "success")
        if changed and "tax_code" in form:
            _warn(person)
        return redirect(url_for(".show", person_id=person.id))
    return render_form("people/edit.html", form, **context)


def _edit_form(person: Person) -> PersonForm:
    asked = request.args.get("certificate") == "1" or "tax_code" in request.form
    birth = can(Permission.PERSON_CORRECT) and (asked or needs_birth(current_user, person))
    form = PersonForm(obj=person if request.method == "GET" else None)
    return form.narrow(birth=birth, incomplete=person.incomplete)


def _corrected(person: Person, form: PersonForm) -> list[str] | None:
    """What changed, or None with the rule told beside the field."""
    values = form.values
    if "birth_place" in values and values["birth_place"] != person.birth_place:
        values["birth_place_code"] = queries.birth_code(values["birth_place"])
    try:
        actions.check_seen(person, int(form.version.data))
        return actions.correct_person(current_user, person, **values)
    except actions.Conflict:
        raise
    except actions.EmailTaken as violation:
        add_violation(form.work_email, violation)
    except RuleViolation as violation:
        add_violation(form.tax_code, violation)
    return None


def _warn(person: Person) -> None:
    """Say what the tax code contradicts: it may be right all the same."""
    if different := tax_code_differences(person):
        parts = ", ".join(explain(part) for part in different)
        flash(
            _("Il codice fiscale non corrisponde a: %(parts)s. Può essere giusto (omocodia, "
              "dati cambiati), ma conviene ricontrollarlo.", parts=parts),
            "warning",
        )  # fmt: skip
