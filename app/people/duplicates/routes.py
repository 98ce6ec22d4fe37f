# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pairs that could be one person, joining two records, and records to be completed."""

from secrets import token_hex

from flask import (
    Blueprint,
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

from app.access import requires
from app.domain.errors import RuleViolation
from app.domain.merging import obstacles
from app.domain.roles import Permission
from app.errors import explain
from app.forms import render_form
from app.listing import csv_file, wants_csv
from app.models import Person
from app.pages import publicity
from app.people.duplicates import incomplete as completing
from app.people.duplicates import merging, queries
from app.people.duplicates.facts import facts
from app.people.duplicates.forms import MergeForm, OtherForm, PairForm
from app.people.page import check_own_staff, records
from app.scope import get_visible

bp = Blueprint("duplicates", __name__)
LONGEST_QUERY = 100


@bp.get("/people/duplicates")
@requires(Permission.PERSON_MERGE)
def index():
    return render_template("duplicates/index.html", proposals=queries.proposals(current_user))


@bp.post("/people/duplicates/distinguish")
@requires(Permission.PERSON_MERGE)
def distinguish():
    form = PairForm()
    if not form.validate():
        abort(400)  # no person writes what the button says
    one = get_visible(Person, int(form.one.data), current_user)
    other = get_visible(Person, int(form.other.data), current_user)
    merging.distinguish(current_user, one, other)
    flash(_("Annotato: sono due persone. La coppia non si propone più."), "success")
    return redirect(url_for(".index"))


@bp.route("/people/<int:person_id>/merge", methods=["GET", "POST"])
@requires(Permission.PERSON_MERGE)
def merge(person_id: int):
    """The record that stays; with ``other`` the two side by side, then what moves, then it is done."""
    number = request.values.get("other", "")
    if request.method != "POST" and not number:
        return _choose(get_visible(Person, person_id, current_user))
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        abort(404)
    kept, merged = records(current_user, person_id, int(number))
    form = MergeForm.of(
        kept, merged, merging.FIELDS, other=number,
        kept_version=kept.version, merged_version=merged.version,
    )  # fmt: skip
    found = facts(kept, merged)
    context = {"kept": kept, "merged": merged, "found": found, "obstacles": obstacles(found.case)}
    if not form.validate_on_submit():
        return render_form("duplicates/merge.html", form, **context)
    if form.step.data == "merge" and form.sure.data:
        return _merge(kept, merged, form, context)
    form.idempotency_key.data = token_hex(16)  # the key of the second yes is not the first one's
    missing = form.step.data == "merge"
    if missing:
        form.sure.errors = [_("Serve un secondo sì: spuntare la casella.")]
    return render_form("duplicates/preview.html", form, 422 if missing else 200, **context)


def _choose(kept: Person):
    """Whom to compare with: those alike, or those found by name."""
    asked = request.args.get("q", "")[:LONGEST_QUERY]
    return render_template(
        "duplicates/choose.html",
        person=kept,
        asked=asked,
        alike=queries.alike_to(current_user, kept),
        found=queries.found_by_name(current_user, asked, kept),
    )


def _merge(kept: Person, merged: Person, form: MergeForm, context: dict[str, object]):
    seen = int(form.kept_version.data), int(form.merged_version.data)
    try:
        merging.merge(current_user, kept, merged, form.taken, seen)
    except RuleViolation as violation:
        context = {**context, "refused": explain(violation.sentence)}
        return make_response(render_template("duplicates/preview.html", form=form, **context), 409)
    flash(_("Le due schede sono una sola. I vecchi indirizzi portano qui."), "success")
    return redirect(url_for("people.show", person_id=kept.id))


@bp.get("/people/incomplete")
@requires(Permission.PERSON_EDIT)
def incomplete():
    listing = completing.incomplete_list(current_user)
    if wants_csv():
        return csv_file(
            "schede-da-completare",
            [_("Cognome"), _("Nome"), _("Ente"), _("Edizioni")],
            [
                (r.person.family_name, r.person.given_name, r.person.body,
                 ", ".join(code for _number, code in r.editions))
                for r in listing.rows
            ],
            [publicity().statement],
        )  # fmt: skip
    return render_template("duplicates/incomplete.html", listing=listing)


@bp.post("/people/<int:person_id>/recognise")
@requires(Permission.PERSON_EDIT)
def recognise(person_id: int):
    """A record to be completed is somebody known: it is joined to hers, which says all it said."""
    form = OtherForm()
    if not form.validate():
        get_visible(Person, person_id, current_user)
        abort(400)  # no person writes what the button says
    person, known = records(current_user, person_id, int(form.other.data))
    for one in (person, known):
        check_own_staff(current_user, one)
    completing.recognise(current_user, person, known)
    flash(_("Riconosciuta: la presenza segnata alla porta è ora sulla sua scheda."), "success")
    return redirect(url_for(".incomplete"))
