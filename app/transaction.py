# SPDX-License-Identifier: AGPL-3.0-or-later
"""One transaction per request, one place that commits.

A writing method whose answer is below 400 commits before the answer leaves;
anything else rolls back. Nothing is acknowledged that is not durable.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request

from app.database import set_read_only
from app.extensions import db

View = TypeVar("View", bound=Callable[..., Any])

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def only_shows(view: View) -> View:
    """This view is sent a form and writes nothing: a preview, which may be asked for again."""
    view.only_shows = True  # type: ignore[attr-defined]
    return view


def may_write() -> bool:
    """Whether this request may change anything."""
    view = current_app.view_functions.get(request.endpoint or "")
    return request.method not in READING and not getattr(view, "only_shows", False)


def init_app(app: Flask) -> None:
    """Say before the first statement whether this request may write."""

    @app.before_request
    def choose_mode() -> None:
        g.read_only_before = set_read_only(not may_write())

    @app.teardown_request
    def reset_mode(_error: BaseException | None) -> None:
        set_read_only(g.pop("read_only_before", False))


def after_commit(effect: Callable[[], Any]) -> None:
    """Do this once the change is durable; never, if it is not. The same effect is done once."""
    effects = g.setdefault("after_commit", [])
    if effect not in effects:
        effects.append(effect)


def run(app: Flask, view: Callable[[], Any]) -> Response:
    """Answer the request, and commit what it changed or undo it."""
    if not may_write():
        return app.make_response(view())
    try:
        response = app.make_response(view())
        if response.status_code < 400:
            db.session.commit()
        else:
            _undo()
    except BaseException:
        _undo()
        raise
    _do_effects()
    return response


@contextmanager
def unit() -> Iterator[None]:
    """One transaction outside a request: committed at the end, undone by an exception."""
    try:
        yield
        db.session.commit()
    except BaseException:
        _undo()
        raise
    _do_effects()


def let_go() -> None:
    """End what was only read, before something slow: what follows begins another transaction."""
    session = db.session
    if session.new or session.dirty or session.deleted or session.info.get("changed"):
        raise RuntimeError("changes would be lost")
    session.rollback()


def _undo() -> None:
    db.session.rollback()
    g.pop("after_commit", None)


def _do_effects() -> None:
    for effect in g.pop("after_commit", []):
        effect()
