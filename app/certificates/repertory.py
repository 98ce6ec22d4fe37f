# SPDX-License-Identifier: AGPL-3.0-or-later
"""The repertory as a file: CSV, workbook, paper."""

from collections.abc import Callable
from datetime import datetime

from flask import Response
from flask_babel import gettext as _

from app import clock
from app.certificates.queries import CertificateRow, issued_by
from app.clock import ROME
from app.documents.repertory import RepertoryContent, RepertoryEntry, render_repertory
from app.domain.certificates import CertificateState
from app.domain.errors import RuleViolation, Sentence
from app.labels import italian, label
from app.listing import Listing, csv_file
from app.pages import publicity
from app.spreadsheets import write_template

NAME = "repertorio-attestati"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_csv(listing: Listing) -> Response:
    return csv_file(NAME, _headings(), [_cells(r) for r in listing.rows], [publicity().statement])


def as_workbook(listing: Listing) -> Response:
    """A row for each certificate; the last one acknowledges the funding."""
    headings = _headings()
    foot = [publicity().statement, *[""] * (len(headings) - 1)]
    rows = [*(_cells(row) for row in listing.rows), foot]
    return _file(write_template(headings, rows), WORKBOOK, "xlsx")


def as_paper(listing: Listing) -> Response:
    """The register of the body that issued last, in order of number whatever the screen's order."""
    if not listing.rows:
        raise RuleViolation(Sentence("Nessun attestato da stampare."))
    last = max(listing.rows, key=lambda row: row.id)
    rows = [row for row in listing.rows if row.issuing_body_id == last.issuing_body_id]
    content = RepertoryContent(
        issuing_body=last.issuing_body,
        first_year=min(row.year for row in rows),
        last_year=max(row.year for row in rows),
        entries=tuple(_entry(row) for row in rows),
        printed_at=clock.now(),
        publicity=publicity(),
        whole=len(rows) == issued_by(last.issuing_body_id),
    )
    return _file(render_repertory(content), "application/pdf", "pdf")


FORMATS: dict[str, Callable[[Listing], Response]] = {
    "csv": as_csv,
    "xlsx": as_workbook,
    "pdf": as_paper,
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


def _entry(row: CertificateRow) -> RepertoryEntry:
    return RepertoryEntry(
        number=int(row.number.partition("/")[0]),
        year=row.year,
        day=row.issued_at.astimezone(ROME).date(),
        holder=row.holder,
        body=row.home_body,
        kind=italian(row.kind),
        course_title=row.course_title,
        edition_code=row.edition_code,
        state=italian(row.state),
        holds=row.state in (CertificateState.ISSUED, CertificateState.UNDER_REVIEW),
        state_day=row.revoked_at.astimezone(ROME).date() if row.revoked_at else None,
        replaced_by=row.replaced_by,
    )


def _file(content: bytes, media_type: str, suffix: str) -> Response:
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{NAME}.{suffix}"'
    return response
