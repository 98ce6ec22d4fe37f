# SPDX-License-Identifier: AGPL-3.0-or-later
"""Declarations asked for by whom they are about: of hours attended, of one day's presence."""

from flask import Blueprint, redirect, url_for
from flask_login import current_user

from app.access import requires
from app.certificates.declarations import actions
from app.domain.roles import Permission

bp = Blueprint("declarations", __name__)


@bp.post("/enrolments/<int:enrolment_id>/declaration")
@requires(Permission.DECLARATION_MAKE)
def hours(enrolment_id: int):
    """Made the first time, and again when the register has changed; else the one there is."""
    made = actions.declare_hours(current_user, enrolment_id)
    return redirect(url_for("life.show", certificate_id=made))


@bp.post("/lessons/<int:lesson_id>/declaration")
@requires(Permission.DECLARATION_MAKE)
def presence(lesson_id: int):
    made = actions.declare_presence(current_user, lesson_id)
    return redirect(url_for("life.show", certificate_id=made))
