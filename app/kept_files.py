# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files given as evidence: the same bytes are kept once, and never change."""

from hashlib import sha256

from sqlalchemy.dialects import postgresql, sqlite

from app.extensions import db
from app.models import EvidenceFile


def keep(media_type: str, content: bytes) -> str:
    """Keep the bytes, unless they are kept already; their SHA-256 is what other rows refer to."""
    dialect = db.session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    digest = sha256(content).hexdigest()
    db.session.execute(
        insert(EvidenceFile)
        .values(sha256=digest, media_type=media_type, size=len(content), content=content)
        .on_conflict_do_nothing()
    )
    return digest
