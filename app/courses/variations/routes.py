# SPDX-License-Identifier: AGPL-3.0-or-later
"""The variations of an edition on screen, as a file and on paper."""

from flask import Blueprint, Response, render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import joinedload

from app import clock
from app.access import requires
from app.courses.variations.queries import VariationRow, variation_list
from app.documents.variations import VariationEntry, VariationsContent, render_variations
from app.domain.roles import Permission
from app.labels import italian, label
from app.listing import csv_file, wants_csv
from app.models import Edition
from app.pages import moment, publicity
from app.scope import get_visible

bp = Blueprint("variations", __name__, url_prefix="/editions/<int:edition_id>")

PAGE = (joinedload(Edition.delivering_body), joinedload(Edition.venue))


@bp.get("/variations")
@requires(Permission.VARIATION_READ)
def index(edition_id: int):
    edition = get_visible(Edition, edition_id, current_user, *PAGE)
    listing = variation_list(current_user, edition_id)
    if wants_csv():
        return csv_file(
            f"variazioni-{edition.code}",
            [_("Numero"), _("Lezione"), _("Tipo"), _("Prima"), _("Dopo"), _("Motivo"),
             _("Decisa da"), _("Decisa il"), _("Avvisati")],
            [_cells(row) for row in listing.rows],
            [publicity().statement],
        )  # fmt: skip
    return render_template("variations/index.html", edition=edition, listing=listing)


def _cells(row: VariationRow) -> list[object]:
    return [row.number, row.seq, label(row.kind), row.old, row.new, row.reason,
            row.decided_by, moment(row.decided_at), ", ".join(row.told)]  # fmt: skip


@bp.get("/variations.pdf")
@requires(Permission.VARIATION_READ)
def download(edition_id: int) -> Response:
    """All of them in their order, for the dossier."""
    edition = get_visible(Edition, edition_id, current_user, *PAGE)
    with force_locale("it"):  # paper is Italian, whatever its reader reads
        rows = sorted(
            variation_list(current_user, edition_id, whole=True).rows, key=lambda row: row.number
        )
        content = VariationsContent(
            edition_code=edition.code,
            course_title=edition.course_title,
            delivering_body=edition.delivering_body.name,
            entries=tuple(_entry(row) for row in rows),
            printed_at=clock.now(),
            publicity=publicity(),
        )
        pdf = render_variations(content)
    response = Response(pdf, mimetype="application/pdf")
    name = f"variazioni-{edition.code}.pdf"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _entry(row: VariationRow) -> VariationEntry:
    return VariationEntry(
        number=row.number,
        lesson=row.seq,
        kind=italian(row.kind),
        old=row.old,
        new=row.new,
        reason=row.reason,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        told=len(row.told),
    )
