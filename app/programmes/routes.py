# SPDX-License-Identifier: AGPL-3.0-or-later
"""The programmes a person coordinates, the page of one, and the programme that follows it."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import public, requires
from app.domain.errors import RuleViolation
from app.domain.indicators import UNITS, Unit
from app.domain.programme import check_grace
from app.domain.publicity import PublicityPart
from app.domain.roles import Permission
from app.forms import add_violation, render_form
from app.funding import funded_programme
from app.indicator_names import FIGURES
from app.labels import italian
from app.logos import ask_files_again, logo_files, places_of
from app.models import Programme
from app.programmes import changing, queries, reading, succession
from app.programmes.forms import DATA, TEXTS, ProgrammeForm, SuccessorForm, TargetsForm
from app.scope import get_visible
from app.transaction import only_shows
from app.uploads import takes_files

bp = Blueprint("programmes", __name__)


@bp.get("/programmes")
@requires(Permission.PROGRAMME_READ)
def index():
    return render_template("programmes/index.html", rows=queries.programme_list(current_user))


@bp.get("/programmes/<int:programme_id>")
@requires(Permission.PROGRAMME_READ)
def show(programme_id: int):
    programme = get_visible(Programme, programme_id, current_user)
    return render_template(
        "programmes/show.html",
        found=queries.programme_page(programme),
        programme=programme,
        participating=queries.participating(programme),
        parts=PublicityPart,
        names=FIGURES,
        units=UNITS,
        hours=Unit.MINUTES,
        share=Unit.PERCENT,
    )


@bp.get("/funding-logo")
@public
def logo():
    """A logo of the block this visitor's pages show: ?place=1, after the emblem."""
    programme = funded_programme()
    place = request.args.get("place", "1")
    if programme is None or place not in map(str, range(1, len(programme.logos) + 1)):
        abort(404)
    wanted = programme.logos[int(place) - 1]
    file = logo_files([wanted])[wanted["sha256"]]
    return Response(file.content, mimetype=file.media_type)


@bp.route("/programmes/<int:programme_id>/edit", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_SET)
@takes_files
def edit(programme_id: int):
    programme = get_visible(Programme, programme_id, current_user)
    form = _form(programme)
    if request.method == "POST":
        logos = reading.read(form, programme.logos)
        marked = queries.has_marks(programme)
        if logos is not None and _may_be_saved(form, programme, marked):
            changed = changing.change_programme(
                current_user, programme, form.version, form.values, logos, marked=marked
            )
            flash(_("Progetto salvato.") if changed else _("Non è cambiato nulla."), "success")
            return redirect(url_for(".show", programme_id=programme.id))
        ask_files_again(form.logos)
    return render_form("programmes/edit.html", form, programme=programme)


def _may_be_saved(form: ProgrammeForm, programme: Programme, marked: bool) -> bool:
    """What the rules say of the fields together, beside the field it is about."""
    try:
        changing.check_code(form.code.data, programme.id)
    except RuleViolation as violation:
        add_violation(form.code, violation)
    try:
        check_grace(
            old=programme.late_grace_minutes,
            new=form.late_grace_minutes.data,
            marked=marked,
        )
    except RuleViolation as violation:
        add_violation(form.late_grace_minutes, violation)
    return not (form.code.errors or form.late_grace_minutes.errors)


def _form(programme: Programme) -> ProgrammeForm:
    """The form as it was sent, or filled with what is kept."""
    if request.method == "POST":
        return ProgrammeForm()
    data = {name: getattr(programme, name) for name in (*DATA, *TEXTS)}
    return ProgrammeForm(data=data | {"seen": str(programme.version)} | places_of(programme.logos))


@bp.route("/programmes/<int:programme_id>/indicators", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_SET)
def indicators(programme_id: int):
    programme = get_visible(Programme, programme_id, current_user)
    kept = queries.targets(programme)
    filled = {code: kept.get(code) for code in UNITS} | {"seen": changing.seen_targets(kept)}
    form = TargetsForm(data=None if request.method == "POST" else filled)
    if request.method == "POST" and (wanted := reading.read_targets(form)) is not None:
        changed = changing.set_targets(current_user, programme, form.seen.data or "", wanted)
        flash(_("Obiettivi salvati.") if changed else _("Non è cambiato nulla."), "success")
        return redirect(url_for(".show", programme_id=programme.id))
    return render_form(
        "programmes/indicators.html", form, programme=programme, names=FIGURES, units=UNITS,
        hours=Unit.MINUTES, share=Unit.PERCENT,
    )  # fmt: skip


@bp.route("/programmes/<int:programme_id>/successor", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_SET)
def successor(programme_id: int):
    """A new programme that takes over what is ticked; the old one is only read."""
    old = get_visible(Programme, programme_id, current_user)
    if request.method == "GET":
        ticked = {f"take_{name}": True for name in (*succession.TAKERS, "texts")}
        return _draw(SuccessorForm(data=ticked), old)
    form = SuccessorForm()
    if not _sound(form):
        return _draw(form, old)
    heritage = queries.heritage(current_user, old)
    begun = succession.begin_successor(current_user, old, form.values, form.takes, heritage)
    flash(
        _("%(acronym)s è cominciato. Per lavorarci, scegliere il ruolo di %(role)s nel nuovo progetto.",
          acronym=begun.acronym, role=italian(current_user.role).lower()),
        "success",
    )  # fmt: skip
    return redirect(url_for(".index"))


@bp.post("/programmes/<int:programme_id>/successor/preview")
@requires(Permission.PROGRAMME_SET)
@only_shows
def preview_successor(programme_id: int):
    """What would come into being; nothing is written."""
    old = get_visible(Programme, programme_id, current_user)
    form = SuccessorForm()
    if not _sound(form):
        return _draw(form, old)
    texts = succession.publicity_from(old, form.values, form.takes["texts"])
    heritage = queries.heritage(current_user, old)
    return _draw(form, old, 200, heritage=heritage, texts=texts)


def _sound(form: SuccessorForm) -> bool:
    if not form.validate() or not reading.dates_agree(form):
        return False
    try:
        changing.check_code(form.code.data)
    except RuleViolation as violation:
        add_violation(form.code, violation)
        return False
    return True


def _draw(form: SuccessorForm, old: Programme, status: int | None = None, **more):
    more = {"heritage": None, "texts": {}, **more}
    return render_form("programmes/successor.html", form, status, old=old, **more)
