# SPDX-License-Identifier: AGPL-3.0-or-later
"""A new version of the template; the earlier ones, and what was drawn with them, stay."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain import templates
from app.extensions import db
from app.kept_files import keep
from app.models import CertificateTemplate, Programme
from app.uploads import CheckedFile


def set_template(
    actor: Actor,
    programme: Programme,
    seen: int,
    texts: Mapping[str, Any],
    logos: Sequence[tuple[str, CheckedFile]],
) -> CertificateTemplate | None:
    """Put the next version in force; None where it would say the same as the last.

    ``texts``: columns and their values; ``logos``: what each shows, and its file, in order.
    """
    current = db.session.scalars(
        select(CertificateTemplate)
        .where(CertificateTemplate.programme_id == programme.id)
        .order_by(CertificateTemplate.version.desc())
        .limit(1)
    ).one_or_none()
    templates.check_version(seen=seen, in_force=current.version if current else 0)
    new = {**texts, "logos": [{"sha256": file.sha256, "name": name} for name, file in logos]}
    changed = [name for name in new if current is None or getattr(current, name) != new[name]]
    if not changed:
        return None
    for _name, file in logos:
        keep(file.media_type, file.content)
    template = CertificateTemplate(
        programme_id=programme.id,
        version=seen + 1,
        set_at=clock.now(),
        set_by_id=actor.account_id,
        **new,
    )
    db.session.add(template)
    db.session.flush()
    audit.record(
        actor,
        Action.TEMPLATE_SET,
        template,
        programme.acronym,
        body_id=template.issuing_body_id,
        version=template.version,
        old={name: getattr(current, name) for name in changed} if current else {},
        new={name: new[name] for name in changed},
    )
    return template
