# SPDX-License-Identifier: AGPL-3.0-or-later
"""Messages to the people of an edition: words, preview, recipients, sending, what became of them."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app.access import can, requires
from app.clock import ROME
from app.domain.errors import RuleViolation
from app.domain.notices import FIELDS, NoticeKind, check_fields
from app.domain.roles import Permission
from app.enrolments.notices import actions, composing, queries
from app.enrolments.notices.forms import SendForm, WordsForm
from app.enrolments.picks import picked
from app.enrolments.roll.queries import EDITION
from app.forms import Form, add_violation, render_form
from app.labels import label
from app.listing import csv_file, wants_csv
from app.models import Edition
from app.pages import publicity
from app.scope import get_visible
from app.transaction import only_shows

bp = Blueprint("notices", __name__)


@bp.get("/editions/<int:edition_id>/messages")
@requires(Permission.NOTICE_SEND)
def index(edition_id: int):
    edition = get_visible(Edition, edition_id, current_user, *EDITION)
    listing = queries.sent(current_user, edition)
    if wants_csv():
        headings = [
            _("Cognome e nome"), _("Destinatario"), _("Oggetto"), _("Scritto"), _("Stato"), _("Errore"),
        ]  # fmt: skip
        rows = [
            (r.name, r.address, r.subject, r.created_at.astimezone(ROME).strftime("%Y-%m-%d %H:%M"),
             label(r.state), r.error)
            for r in listing.rows
        ]  # fmt: skip
        return csv_file(f"messaggi-{edition.code}", headings, rows, [publicity().statement])
    return render_template(
        "notices/index.html",
        edition=edition,
        kinds=queries.kinds(current_user, edition),
        listing=listing,
    )


@bp.route("/editions/<int:edition_id>/messages/<kind>", methods=["GET", "POST"])
@requires(Permission.NOTICE_SEND)
def write(edition_id: int, kind: str):
    """The words of one kind of message: keep them, for the edition or for the programme."""
    edition = get_visible(Edition, edition_id, current_user, *EDITION)
    found = _kind(kind)
    words = queries.words_of(edition, found)
    form = WordsForm(data={"subject": words.subject, "body": words.body})
    if form.validate_on_submit() and _fields_known(form):
        everywhere = request.form.get("everywhere") == "y"
        if everywhere and not can(Permission.NOTICE_SET):
            abort(403)
        actions.set_words(
            current_user, edition, found, form.subject.data, form.body.data, everywhere=everywhere
        )
        flash(_("Testo salvato. Nessun messaggio è partito."), "success")
        return redirect(url_for(".write", edition_id=edition_id, kind=kind))
    return _page(edition, words, form, 422 if form.errors else 200)


@bp.post("/editions/<int:edition_id>/messages/<kind>/preview")
@requires(Permission.NOTICE_SEND)
@only_shows
def preview(edition_id: int, kind: str):
    """The words as they are being written, for the recipient chosen; nothing is kept."""
    edition = get_visible(Edition, edition_id, current_user, *EDITION)
    words = queries.words_of(edition, _kind(kind))
    form = WordsForm()
    valid = form.validate_on_submit() and _fields_known(form)
    return _page(edition, words, form, 200 if valid else 422, draft=valid)


@bp.post("/editions/<int:edition_id>/messages/<kind>/send")
@requires(Permission.NOTICE_SEND)
def send(edition_id: int, kind: str):
    edition = get_visible(Edition, edition_id, current_user, *EDITION)
    found, form = _kind(kind), SendForm()
    if not form.validate_on_submit():
        abort(400)
    ids = picked(request.form.getlist("pick"))
    if not ids:
        flash(_("Scegliere almeno una persona dall'elenco."), "warning")
        return redirect(url_for(".write", edition_id=edition_id, kind=kind))
    calendar = found is NoticeKind.CONVOCATION and form.with_calendar.data
    put = actions.send(
        current_user, edition, found, ids, seen=form.seen.data or "-", with_calendar=calendar
    )
    told = ngettext("%(num)d messaggio in partenza.", "%(num)d messaggi in partenza.", put)
    flash(told if put else _("Nessun messaggio nuovo: oggi lo hanno già ricevuto."), "success")
    return redirect(url_for(".index", edition_id=edition_id))


@bp.post("/editions/<int:edition_id>/messages/again")
@requires(Permission.NOTICE_SEND)
def resend(edition_id: int):
    """One message that was not delivered, sent again."""
    edition = get_visible(Edition, edition_id, current_user, *EDITION)
    if not Form().validate_on_submit():
        abort(400)
    ids = picked(request.form.getlist("message"))
    if len(ids) != 1:
        abort(400)
    actions.resend(current_user, queries.message_of(current_user, edition, ids[0]))
    flash(_("Il messaggio è di nuovo in coda."), "success")
    return redirect(url_for(".index", edition_id=edition_id))


def _kind(word: str) -> NoticeKind:
    if word not in set(NoticeKind):
        abort(404)
    return NoticeKind(word)


def _fields_known(form: WordsForm) -> bool:
    """Whether every field of the text exists; what does not is said beside it."""
    for field in (form.subject, form.body):
        try:
            check_fields(field.data)
        except RuleViolation as violation:
            add_violation(field, violation)
    return not form.errors


def _page(
    edition: Edition, words: queries.Words, form: WordsForm, status: int, draft: bool = False
):
    people = queries.addressees(current_user, edition, words.kind)
    form.recipient.choices = [(str(one.enrolment_id), one.name) for one in people]
    shown = queries.Words(words.kind, form.subject.data, form.body.data) if draft else words
    chosen = next(
        (one for one in people if str(one.enrolment_id) == form.recipient.data),
        people[0] if people else composing.EXAMPLE,
    )
    context = composing.context_of(edition, people)
    return render_form(
        "notices/write.html",
        form,
        status,
        edition=edition,
        words=words,
        people=people,
        send=SendForm(formdata=None, seen=words.seal),
        chosen=chosen,
        letter=composing.written(shown, context, chosen),
        draft=draft,
        fields=FIELDS,
    )
