# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every route says who may use it; one hook checks; a route that says nothing is closed."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, redirect, request, url_for
from flask_login import current_user

from app.domain.roles import Permission, permits

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
SIGNED_IN = "signed_in"


def public(view: View) -> View:
    """Anybody, signed in or not."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Anybody signed in, even before a role is chosen: sign-out, choice of role."""
    view.access = SIGNED_IN  # type: ignore[attr-defined]
    return view


def requires(permission: Permission) -> Callable[[View], View]:
    """Only roles to which the permission is granted."""

    def tag(view: View) -> View:
        view.access = permission  # type: ignore[attr-defined]
        return view

    return tag


def declared(app: Flask, endpoint: str) -> str | None:
    """What the endpoint says of itself: public, signed_in, a permission, or nothing."""
    return getattr(app.view_functions[endpoint], "access", None)


def can(permission: str) -> bool:
    """May the person who is signed in do this, in the role chosen?"""
    return current_user.is_authenticated and permits(current_user.role, Permission(permission))


def init_app(app: Flask) -> None:
    """Close every route that is not declared open."""
    public(app.view_functions["static"])
    app.before_request(_check)


def _check() -> Response | None:
    if request.endpoint is None:
        return None  # no such address: the router answers 404 or 405
    access = declared(current_app, request.endpoint)
    if access == PUBLIC:
        return None
    if access is None:
        abort(403)
    if not current_user.is_authenticated:
        return _to_login()
    if access == SIGNED_IN:
        return None
    if current_user.role is None:
        return redirect(url_for("auth.choose_role"))
    if not can(access):
        abort(403)
    return None


def _to_login() -> Response:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    address = url_for("auth.login", next=wanted)
    if "HX-Request" in request.headers:
        return Response(status=401, headers={"HX-Redirect": url_for("auth.login")})
    return redirect(address)
