# SPDX-License-Identifier: AGPL-3.0-or-later
"""One's own training record as a file: PDF, CSV, JSON."""

from flask import Blueprint, Response, abort
from flask_login import current_user

from app.access import requires
from app.domain.roles import Permission
from app.enrolments.record import files, queries
from app.enrolments.record.queries import Record

bp = Blueprint("record", __name__)


@bp.get("/my/record.pdf")
@requires(Permission.MY_RECORD)
def paper() -> Response:
    return files.pdf(_own())


@bp.get("/my/record.csv")
@requires(Permission.MY_RECORD)
def table() -> Response:
    return files.csv(_own())


@bp.get("/my/record.json")
@requires(Permission.MY_RECORD)
def plain() -> Response:
    return files.as_json(_own())


def _own() -> Record:
    """404 for an account that belongs to nobody."""
    record = queries.own_record(current_user.person_id)
    if record is None:
        abort(404)
    return record
