# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every answer tells the browser it may not do."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask_login import current_user

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

HSTS = "max-age=31536000; includeSubDomains"

# Of an address that is a secret: nobody keeps the page or learns the address, not a search
# engine, not a cache, not the next site.
UNLISTED = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}


def static_headers(app: Flask) -> Callable[[Any, str, str], None]:
    """The same for files served beside the application."""
    fixed = _fixed(app)

    def protect(headers: Any, _path: str, _url: str) -> None:
        for name, value in fixed.items():
            headers[name] = value

    return protect


def _fixed(app: Flask) -> dict[str, str]:
    """What every answer carries: over https also the order to stay there."""
    secure = app.config["BASE_URL"].startswith("https://")
    return HEADERS | ({"Strict-Transport-Security": HSTS} if secure else {})


def init_app(app: Flask) -> None:
    """Number every request, and put the headers on every answer."""
    fixed = _fixed(app)

    @app.before_request
    def number() -> None:
        g.request_id = secrets.token_hex(8)

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in fixed.items():
            response.headers.setdefault(name, value)
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", _caching())
            response.vary.add("Cookie")
            if account := account_mark():
                response.headers["X-Account"] = account
        return response


def account_mark() -> str:
    """Stands for the account in the browser's stores; it tells nothing. Empty for nobody."""
    if g.get("plain") or not current_user.is_authenticated:
        return ""
    key = str(current_app.config["SECRET_KEY"]).encode()
    text = f"browser store of account {current_user.account_id}".encode()
    return hmac.new(key, text, hashlib.sha256).hexdigest()[:32]


def _caching() -> str:
    if g.get("plain") or current_user.is_authenticated:
        return "no-store"
    return "no-cache, private"
