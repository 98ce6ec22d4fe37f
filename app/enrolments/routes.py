# SPDX-License-Identifier: AGPL-3.0-or-later
"""An official's own courses and certificates."""

from flask import Blueprint, render_template
from flask_login import current_user

from app.access import requires
from app.domain.prospects import why
from app.domain.roles import Permission
from app.enrolments import queries

bp = Blueprint("enrolments", __name__)


@bp.get("/my")
@requires(Permission.MY_RECORD)
def my():
    return render_template("enrolments/my.html", record=queries.own_record(current_user), why=why)
