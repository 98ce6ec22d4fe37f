# SPDX-License-Identifier: AGPL-3.0-or-later
"""Open Badges: one's certificate as a credential, and who stands behind its issuer and key."""

import json

from flask import Blueprint, Response
from flask_login import current_user

from app import badges
from app.access import public, requires
from app.badges import JsonObject
from app.certificates.badges import queries
from app.documents.certificate_content import CertificateContent
from app.domain.certificates import check_badge
from app.domain.roles import Permission

bp = Blueprint("badges", __name__)


@bp.get("/certificates/<int:certificate_id>/badge")
@requires(Permission.MY_RECORD)
def credential(certificate_id: int) -> Response:
    """The signed credential, while the certificate holds."""
    certificate, body, email = queries.certificate_of(current_user, certificate_id)
    check_badge(certificate.kind, certificate.state)
    content = CertificateContent.from_json(certificate.content)
    issuer = badges.issuer(certificate.issuing_body_id, body)
    token = badges.credential(content, issuer, certificate.issued_at, email)
    response = Response(token, mimetype=badges.MEDIA_TYPE)
    name = badges.file_name(content)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.get("/badges/issuers/<int:issuer_id>")
@public
def issuer(issuer_id: int) -> Response:
    """The profile of a body that issues, with the key that signs for it."""
    document = badges.issuer_document(badges.issuer(issuer_id, queries.issuer_name(issuer_id)))
    return _json(document, badges.ISSUER_MEDIA_TYPE)


@bp.get("/badges/keys")
@public
def keys() -> Response:
    """The public key as a set, for libraries of JOSE."""
    return _json(badges.key_set(), badges.KEY_SET_MEDIA_TYPE)


def _json(document: JsonObject, kind: str) -> Response:
    """Readable by every page of the web: there is nothing private in it."""
    response = Response(json.dumps(document, ensure_ascii=False, indent=2), content_type=kind)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
