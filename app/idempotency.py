# SPDX-License-Identifier: AGPL-3.0-or-later
"""Same key, same answer: a form sent twice has one effect.

The key is reserved first, in the transaction of the deed. A second request
with it waits for the first, then gets the first one's answer.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask, Response, abort, request
from flask_login import current_user
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app import clock
from app.extensions import db
from app.models import IdempotencyKey
from app.transaction import may_write

FIELD = "idempotency_key"
LONGEST_BODY = 100_000
KEPT_FOR = timedelta(days=7)


def run(app: Flask, view: Callable[[], Any]) -> Any:
    """Answer the request, or repeat the answer already given to it."""
    key = request.form.get(FIELD, "")
    if not may_write() or not key or not current_user.is_authenticated:
        return view()
    if len(key) > 64 or not key.isascii() or not key.isalnum():
        abort(400)
    if not _reserve(key):
        return _repeat(key)
    response = app.make_response(view())
    if response.status_code < 400:
        _keep(key, response)
    return response


def _fingerprint() -> str:
    fields = sorted(
        (name, value)
        for name, values in request.form.lists()
        for value in values
        if name != "csrf_token"
    )
    text = repr((request.method, request.path, fields))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _reserve(key: str) -> bool:
    dialect = db.session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    done = db.session.execute(
        insert(IdempotencyKey)
        .values(
            key=key,
            owner=str(current_user.account_id),
            fingerprint=_fingerprint(),
            created_at=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.key)
    )
    return done.first() is not None


def _repeat(key: str) -> Response:
    kept = db.session.execute(
        select(IdempotencyKey).where(IdempotencyKey.key == key)
    ).scalar_one_or_none()
    same = kept and (kept.owner, kept.fingerprint) == (
        str(current_user.account_id),
        _fingerprint(),
    )
    if kept is None or not same or kept.status is None:
        abort(409)
    response = Response(kept.body, status=kept.status, headers={"X-Repeated": "yes"})
    if kept.location:
        response.headers["Location"] = kept.location
    return response


def _keep(key: str, response: Response) -> None:
    body = response.get_data(as_text=True) if not response.is_streamed else ""
    db.session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.key == key)
        .values(
            status=response.status_code,
            location=response.headers.get("Location", "")[:500],
            body=body if len(body) <= LONGEST_BODY else "",
        )
        .execution_options(synchronize_session=False)
    )


def forget_old_keys() -> None:
    """A job: nobody repeats a request of yesterday."""
    db.session.execute(
        delete(IdempotencyKey)
        .where(IdempotencyKey.created_at < clock.now() - KEPT_FOR)
        .execution_options(synchronize_session=False)
    )
