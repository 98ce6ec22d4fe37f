# SPDX-License-Identifier: AGPL-3.0-or-later
"""The certificates of an edition in one archive, for whoever hands them out."""

from collections.abc import Callable, Iterator
from functools import partial

from flask import Blueprint, Response, current_app
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.access import requires
from app.certificates.bundle import queries
from app.certificates.bundle.archive import zipped
from app.certificates.bundle.names import safe
from app.clock import ROME
from app.domain.errors import RuleViolation, Sentence
from app.domain.roles import Permission
from app.labels import label
from app.listing import csv_file
from app.models import Edition
from app.pages import publicity
from app.scope import get_visible

bp = Blueprint("bundle", __name__)

Files = Iterator[tuple[str, Callable[[], bytes]]]


@bp.get("/editions/<int:edition_id>/certificates.zip")
@requires(Permission.CERTIFICATE_BUNDLE)
def download(edition_id: int):
    """Sent while it is read, file by file: its length is not known before."""
    edition = get_visible(Edition, edition_id, current_user)
    entries = queries.entries(current_user, edition)
    members = [member for entry in entries for member in entry.members]
    if not members:
        raise RuleViolation(Sentence("L'edizione non ha attestati validi da scaricare."))
    beside = {"elenco.csv": _index(edition, entries), "SHA256SUMS": _sums(members)}
    response = Response(
        zipped(_files(beside, members), clock.now().astimezone(ROME)), mimetype="application/zip"
    )
    name = f"attestati-{safe(edition.code)}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _files(beside: dict[str, bytes], members: list[queries.Member]) -> Files:
    app = current_app._get_current_object()
    written = ((name, partial(bytes, content)) for name, content in beside.items())
    kept = ((one.name, partial(queries.bytes_of, app, one)) for one in members)
    return (file for part in (written, kept) for file in part)


def _index(edition: Edition, entries: list[queries.Entry]) -> bytes:
    """Every certificate of the repertory, also those whose file is not handed out any more."""
    headings = [_("Numero"), _("Cognome e nome"), _("Tipo"), _("Stato"), _("File"), "SHA-256"]
    rows = [
        (
            f"{entry.number}/{entry.year}",
            entry.holder,
            entry.kind,
            label(entry.state),
            member.name if member else "",
            member.sha256 if member else "",
        )
        for entry in entries
        for member in (entry.members or (None,))
    ]
    notes = [publicity().statement, f"{edition.code} – {edition.course_title}"]
    return csv_file("elenco", headings, rows, notes).get_data()


def _sums(members: list[queries.Member]) -> bytes:
    """The digests noted at issue, as ``sha256sum -c`` reads them."""
    return "".join(f"{one.sha256}  {one.name}\n" for one in members).encode()
