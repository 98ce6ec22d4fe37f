# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the application meets the world: keys, cookies, proxies, numbers in addresses, files."""

import os
import secrets
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter
from whitenoise import WhiteNoise

from app.models.types import INTEGER_MAX
from app.security_headers import static_headers

SHORTEST_KEY = 32  # characters


class BoundedInteger(IntegerConverter):
    """An id that fits its column; larger numbers are simply not found."""

    regex = r"[0-9]{1,10}"

    def __init__(self, map_: object, *args: object, **kwargs: object) -> None:
        super().__init__(map_, *args, max=INTEGER_MAX, **kwargs)  # type: ignore[arg-type]


def init_app(app: Flask) -> None:
    """Key, cookies, trusted hosts, proxy, static files."""
    for name in ("SECRET_KEY", "CHAIN_KEY"):
        app.config[name] = app.config[name] or _key(app.config[f"{name}_FILE"])
        if len(app.config[name]) < SHORTEST_KEY:
            raise SystemExit(f"{name} is shorter than {SHORTEST_KEY} characters.")
    secure = app.config["BASE_URL"].startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME="__Host-forpa" if secure else "forpa",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PREFERRED_URL_SCHEME="https" if secure else "http",
    )
    app.url_map.converters["int"] = BoundedInteger
    if hops := app.config["PROXY_HOPS"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    _serve_static(app)


class StaticFiles(WhiteNoise):
    """Gives files out; what is no reading of a file the application refuses, in its own words."""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self.application(environ, start_response)
        return super().__call__(environ, start_response)


def _serve_static(app: Flask) -> None:
    files = StaticFiles(
        app.wsgi_app,
        autorefresh=bool(app.testing),
        max_age=app.config["STATIC_MAX_AGE"],
        add_headers_function=static_headers(app),
    )
    files.add_files(str(app.static_folder), prefix="static/")
    app.wsgi_app = files  # type: ignore[method-assign]


def _key(path: Path) -> str:
    """The installation's key, made once: of several processes that start together one writes it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    except OSError as error:
        raise SystemExit(
            f"Non si può scrivere in {path.parent} ({error.strerror}): cambiarne il proprietario "
            "(chown) o indicare un'altra cartella con FORPA_INSTANCE."
        ) from None
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
