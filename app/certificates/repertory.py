# SPDX-License-Identifier: AGPL-3.0-or-later
"""The repertory as a file: CSV, workbook, paper."""

from collections.abc import Callable
from datetime import datetime

from flask import Response
from flask_babel import gettext as _

from app.certificates.queries import CertificateRow
from app.clock import ROME
from app.labels import label
from app.listing import Listing, csv_file
from app.pages import publicity
from app.spreadsheets import write_template

NAME = "repertorio-attestati"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_csv(listing: Listing) -> Response:
    return csv_file(NAME, _headings(), [_cells(r) for r in listing.rows], [publicity().statement])


def as_workbook(listing: Listing) -> Response:
    rows = [[publicity().statement], *(_cells(row) for row in listing.rows)]
    return _file(write_template(_headings(), rows), WORKBOOK, "xlsx")


FORMATS: dict[str, Callable[[Listing], Response]] = {
    "csv": as_csv,
    "xlsx": as_workbook,
}


def _headings() -> list[str]:
    return [
        _("Numero"), _("Cognome e nome"), _("Ente"), _("Tipo"), _("Corso"), _("Edizione"),
        _("Rilasciato"), _("Stato"), _("Dal"), _("Sostituito dal"),
    ]  # fmt: skip


def _cells(row: CertificateRow) -> list[str]:
    return [
        row.number, row.holder, row.home_body, label(row.kind), row.course_title,
        row.edition_code, _day(row.issued_at), label(row.state), _day(row.revoked_at), row.replaced_by,
    ]  # fmt: skip


def _day(moment: datetime | None) -> str:
    return moment.astimezone(ROME).date().isoformat() if moment else ""


def _file(content: bytes, media_type: str, suffix: str) -> Response:
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{NAME}.{suffix}"'
    return response
