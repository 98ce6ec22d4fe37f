# SPDX-License-Identifier: AGPL-3.0-or-later
"""One's own courses, hours and certificates."""

from flask import Blueprint, render_template
from flask_login import current_user

from app.access import requires
from app.domain.prospects import why
from app.domain.record import YEARLY_REFERENCE
from app.domain.roles import Permission
from app.enrolments import queries

bp = Blueprint("enrolments", __name__)


@bp.get("/my")
@requires(Permission.MY_RECORD)
def my():
    return render_template(
        "enrolments/my.html",
        own=queries.own_page(current_user),
        why=why,
        reference=YEARLY_REFERENCE,
    )
