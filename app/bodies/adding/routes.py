# SPDX-License-Identifier: AGPL-3.0-or-later
"""Adding bodies to the programme: picked among municipalities, by hand, from a table."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app.access import requires
from app.bodies import actions as bodies
from app.bodies.adding import actions, queries
from app.bodies.adding.candidates import Candidate, Known, of_municipality
from app.bodies.adding.table import Run, as_text, dry_run
from app.bodies.forms import NewBodyForm, PickForm, TableForm
from app.domain.errors import RuleViolation, Sentence
from app.domain.roles import Permission
from app.domain.text import clean
from app.domain.vocabulary import PartnershipRole
from app.forms import add_violation, render_form
from app.listing import LONGEST_QUERY
from app.municipalities import by_istat
from app.spreadsheets import read_table
from app.transaction import only_shows
from app.uploads import takes_files

bp = Blueprint("adding", __name__)


@bp.route("/bodies/new", methods=["GET", "POST"])
@requires(Permission.BODY_EDIT)
def by_hand():
    form = NewBodyForm()
    if form.validate_on_submit():
        programme = queries.programme_of(current_user)
        known = queries.known(current_user, programme, PartnershipRole(form.role.data))
        try:
            bodies.check_new(form.values)
            known.check(Candidate(form.name.data, None))
        except RuleViolation as violation:
            add_violation(form.name, violation)
            return render_form("adding/by_hand.html", form, 422)
        body = bodies.register_body(current_user, **form.values)
        bodies.join_programme(current_user, body, programme, known.role, known.starts_on)
        flash(_("%(body)s è nel progetto.", body=body.name), "success")
        return redirect(url_for("bodies.show", body_id=body.id))
    return render_form("adding/by_hand.html", form)


@bp.get("/bodies/municipalities")
@requires(Permission.BODY_EDIT)
def municipalities():
    return _pick(PickForm(formdata=None), [], request.args.get("q", ""), 200)


@bp.post("/bodies/municipalities/search")
@requires(Permission.BODY_EDIT)
@only_shows
def search():
    """The list narrowed for whoever has no script; what was ticked stays ticked."""
    return _pick(PickForm(), request.form.getlist("istat"), request.form.get("q", ""), 200)


@bp.post("/bodies/municipalities")
@requires(Permission.BODY_EDIT)
def pick():
    form, picked = PickForm(), request.form.getlist("istat")
    if not form.validate():
        return _pick(form, picked, "", 422)
    programme = queries.programme_of(current_user)
    known = queries.known(current_user, programme, PartnershipRole(form.role.data))
    try:
        candidates = _picked(known, picked)
    except RuleViolation as violation:
        add_violation(form.role, violation)
        return _pick(form, picked, "", 422)
    _announce(actions.add_bodies(current_user, programme, known, candidates))
    return redirect(url_for("bodies.index", part=known.role.value))


def _picked(known: Known, istats: list[str]) -> list[Candidate]:
    chosen = [by_istat()[code] for code in dict.fromkeys(istats) if code in by_istat()]
    if not chosen:
        raise RuleViolation(Sentence("Scegliere almeno un Comune."))
    candidates = [of_municipality(one, known) for one in chosen]
    for one in candidates:
        known.check(one)
    return candidates


def _pick(form: PickForm, picked: list[str], query: str, status: int):
    query = clean(query)[:LONGEST_QUERY].strip()
    choices = queries.choices(current_user, query)
    shown = {one.municipality.istat_code for one in choices}
    kept = [by_istat()[code] for code in dict.fromkeys(picked) if code in by_istat()]
    return render_form(
        "adding/municipalities.html",
        form,
        status,
        query=query,
        choices=choices,
        picked=set(picked),
        aside=[one for one in kept if one.istat_code not in shown],
    )


@bp.get("/bodies/import")
@requires(Permission.BODY_EDIT)
def table():
    return render_form("adding/table.html", TableForm(formdata=None), run=None, text="")


@bp.post("/bodies/import/preview")
@requires(Permission.BODY_EDIT)
@takes_files
@only_shows
def preview():
    """The dry run: what the file would add, or one line for each problem; nothing is written."""
    form = TableForm()
    if not form.validate():
        return render_form("adding/table.html", form, 422, run=None, text="")
    sent = form.file.data
    try:
        rows = read_table(sent.read() if sent else b"")
        run = _run(form, rows)
    except RuleViolation as violation:
        return _refuse(form, violation)
    status = 422 if run.problems else 200
    return render_form("adding/table.html", form, status, run=run, text=as_text(rows))


@bp.post("/bodies/import")
@requires(Permission.BODY_EDIT)
def apply():
    """Add what the preview showed: read and checked once more, all of it or nothing."""
    form = TableForm()
    if not form.validate():
        return render_form("adding/table.html", form, 422, run=None, text="")
    try:
        rows = read_table(request.form.get("table", "").encode())
        programme = queries.programme_of(current_user)
        known = queries.known(current_user, programme, PartnershipRole(form.role.data))
        run = dry_run(rows, known)
    except RuleViolation as violation:
        return _refuse(form, violation)
    if run.problems:
        return render_form("adding/table.html", form, 422, run=run, text="")
    _announce(actions.add_bodies(current_user, programme, known, run.candidates))
    return redirect(url_for("bodies.index", part=known.role.value))


def _run(form: TableForm, rows: list[list[str]]) -> Run:
    programme = queries.programme_of(current_user)
    return dry_run(rows, queries.known(current_user, programme, PartnershipRole(form.role.data)))


def _refuse(form: TableForm, violation: RuleViolation):
    add_violation(form.file, violation)
    return render_form("adding/table.html", form, 422, run=None, text="")


def _announce(number: int) -> None:
    flash(ngettext("%(num)d ente aggiunto.", "%(num)d enti aggiunti.", number), "success")
