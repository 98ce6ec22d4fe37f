# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page of one's calendar address, and what the address gives to a calendar program."""

from datetime import timedelta

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user

from app import errors, throttle
from app.access import public, requires
from app.calendar.feed import actions, queries
from app.calendar.feed.forms import FeedForm
from app.calendars import MEDIA_TYPE, calendar_file
from app.domain.errors import RuleViolation
from app.domain.roles import Permission
from app.errors import explain
from app.forms import render_form
from app.models import CalendarFeed
from app.scope import get_visible
from app.security_headers import UNLISTED
from app.throttle import Limit

bp = Blueprint("feed", __name__)

TOKENS = Limit("calendar", 60, timedelta(hours=1))

# Only the program that asked keeps it, and asks each time whether it is still so.
KEPT_BY_ONE = UNLISTED | {"Cache-Control": "private, no-cache"}


@bp.route("/my/calendar", methods=["GET", "POST"])
@requires(Permission.CALENDAR_SUBSCRIBE)
def show():
    """The address is in the answer to the form and nowhere else."""
    form = FeedForm()
    if not form.validate_on_submit():
        return _page(form)
    try:
        token = actions.subscribe(current_user, form.nonce.data)
    except RuleViolation as violation:
        form.form_errors.append(explain(violation.sentence))
        return _page(form)
    address = current_app.config["BASE_URL"] + url_for(".calendar", token=token)
    return render_template("calendar/feed_made.html", address=address)


def _page(form: FeedForm) -> Response:
    return render_form("calendar/feed.html", form, feeds=queries.feeds(current_user))


@bp.post("/my/calendar/<int:feed_id>/withdraw")
@requires(Permission.CALENDAR_SUBSCRIBE)
def withdraw(feed_id: int):
    feed = get_visible(CalendarFeed, feed_id, current_user)
    actions.withdraw(current_user, feed)
    flash(_("L'indirizzo è ritirato: i calendari che lo leggono non si aggiornano più."), "success")
    return redirect(url_for(".show"))


@bp.get("/calendar/feed/<token>.ics")
@public
def calendar(token: str) -> Response:
    """The lessons of whoever has the address; only tries that open nothing count."""
    charge = throttle.charge(TOKENS, throttle.source(throttle.address()))
    reader = queries.opened(token)
    if reader is None:
        return errors.answer(404, headers=KEPT_BY_ONE)
    throttle.give_back(charge)
    with force_locale(reader.language):
        found = queries.feed_entries(reader)
        file = calendar_file(found, name=_("FOR PA – %(role)s", role=reader.role_label))
    answer = Response(file, mimetype=MEDIA_TYPE, headers=KEPT_BY_ONE)
    answer.add_etag()
    return answer.make_conditional(request)
