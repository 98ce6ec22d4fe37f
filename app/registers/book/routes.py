# SPDX-License-Identifier: AGPL-3.0-or-later
"""The bound register on screen and on paper; its endorsement; opening a page again."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.access import requires
from app.documents.register_book import render_register_book
from app.domain.endorsement import pages_to_endorse
from app.domain.errors import RuleViolation
from app.domain.roles import Permission
from app.forms import Form, add_violation, render_form
from app.models import Edition
from app.pages import publicity
from app.registers.book import actions, queries
from app.registers.book.forms import ReopenForm
from app.registers.book.paper import on_paper
from app.registers.book.queries import Book
from app.registers.book.reopening import reopening_case
from app.scope import get_visible

bp = Blueprint("book", __name__)


@bp.get("/editions/<int:edition_id>/register")
@requires(Permission.REGISTER_READ)
def show(edition_id: int):
    book = _book(edition_id)
    which = request.args.get("pages", "")
    return render_template("book/show.html", book=book, which=which, pages=book.chosen(which))


@bp.get("/editions/<int:edition_id>/register.pdf")
@requires(Permission.REGISTER_READ)
def download(edition_id: int) -> Response:
    with force_locale("it"):  # paper is Italian, whatever its reader reads
        book = _book(edition_id)
        if book.register is None:
            abort(404)
        pdf = render_register_book(on_paper(book, publicity(), clock.now()))
    response = Response(pdf, mimetype="application/pdf")
    name = f"registro-{book.edition.code}.pdf"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@bp.get("/editions/<int:edition_id>/register/endorse")
@requires(Permission.REGISTER_ENDORSE)
def endorse(edition_id: int):
    """What endorsing means, before it is done."""
    book = _book(edition_id)
    if book.register is None:
        abort(404)
    pages = pages_to_endorse(book.register.pages, queries.last_page(book.pages))
    return render_form("book/endorse.html", Form(), book=book, pages=pages, now=clock.now())


@bp.route("/editions/<int:edition_id>/register/endorse-more", methods=["GET", "POST"])
@requires(Permission.REGISTER_ENDORSE)
def endorse_more(edition_id: int):
    """Pages for lessons added since the endorsement: which, before they are endorsed."""
    book = _book(edition_id)
    if book.register is None:
        abort(404)
    form = Form()
    if form.validate_on_submit():
        actions.endorse_more(current_user, book.edition, book.register)
        flash(_("Le pagine aggiuntive sono vidimate."), "success")
        return redirect(url_for(".show", edition_id=edition_id))
    return render_form("book/endorse_more.html", form, book=book, now=clock.now())


@bp.route("/lessons/<int:lesson_id>/sheet/reopen", methods=["GET", "POST"])
@requires(Permission.SHEET_REOPEN)
def reopen(lesson_id: int):
    case = reopening_case(current_user, lesson_id, lock=request.method == "POST")
    form = ReopenForm()
    if form.validate_on_submit():
        try:
            actions.reopen(current_user, case, form.reason.data)
        except RuleViolation as violation:
            if case.why_not:
                raise
            add_violation(form.reason, violation)
        else:
            flash(_("Il foglio è riaperto per 24 ore."), "success")
            return redirect(url_for("registers.sheet", lesson_id=lesson_id))
    return render_form("book/reopen.html", form, case=case)


def _book(edition_id: int) -> Book:
    edition = get_visible(Edition, edition_id, current_user, *queries.BOOK)
    return queries.book(current_user, edition)
