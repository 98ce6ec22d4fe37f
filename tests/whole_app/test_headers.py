# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: every answer forbids the browser what it must not do.

Also the refusals, the static files, and the answers given when the system
itself fails.
"""

import re
from collections.abc import Iterable
from typing import Any

import pytest

from app import create_app
from config import TestConfig
from tests.whole_app.crawl import Visit, refusals
from tests.whole_app.grounds import Client

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
DIRECTIVES = {
    "default-src": "'none'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
}


# Read by programs of other sites: who issues badges, and with which key.
FOR_ANYBODY = {"badges.issuer", "badges.keys"}
# An address that is a secret is not told to the next page either.
SECRET_ADDRESS = {
    "feed.calendar",
    "links.invitation",
    "links.reset",
    "sharing.paper",
    "sharing.shared",
}
# The same for whoever asks, signed in or not.
FOR_PROGRAMS = {"static", "feed.calendar"}


def weak(answer: Any, https: bool = False, endpoint: str = "") -> list[str]:
    """What is missing from the headers of the answer."""
    headers, wanted = answer.headers, dict(EXPECTED)
    if endpoint in FOR_ANYBODY:
        wanted["Cross-Origin-Resource-Policy"] = "cross-origin"
    if endpoint in SECRET_ADDRESS:
        wanted["Referrer-Policy"] = "no-referrer"
    found = [
        f"{name}: {headers.get(name)}"
        for name, value in wanted.items()
        if headers.get(name) != value
    ]
    policy = headers.get("Content-Security-Policy", "")
    given = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    found += [
        f"policy {name}: {given.get(name)}"
        for name, value in DIRECTIVES.items()
        if given.get(name) != value
    ]
    if "unsafe-" in policy or "http:" in policy or "*" in policy:
        found.append(f"policy: {policy}")
    if "camera=()" not in headers.get("Permissions-Policy", ""):
        found.append("Permissions-Policy")
    if re.search(r"\d", headers.get("Server", "")) or "X-Powered-By" in headers:
        found.append("the server tells its version")
    if answer.mimetype.startswith("text/") and answer.mimetype_params.get("charset") != "utf-8":
        found.append(f"no charset: {headers['Content-Type']}")
    if https != headers.get("Strict-Transport-Security", "").startswith("max-age=31536000"):
        found.append(f"HSTS: {headers.get('Strict-Transport-Security')}")
    return found + [
        line for cookie in headers.getlist("Set-Cookie") for line in loose(cookie, https)
    ]


def loose(cookie: str, https: bool) -> list[str]:
    """What a cookie may do that it must not."""
    name, *attributes = [part.strip() for part in cookie.split(";")]
    lower = {attribute.lower() for attribute in attributes}
    found = [f"cookie without {word}" for word in ("httponly", "path=/") if word not in lower]
    if not lower & {"samesite=lax", "samesite=strict"}:
        found.append("cookie without SameSite")
    if any(attribute.startswith("domain") for attribute in lower):
        found.append("cookie with Domain")
    if https and not (name.startswith("__Host-") and "secure" in lower):
        found.append(f"cookie {name.partition('=')[0]} is not __Host- and Secure")
    return found


def kept(answer: Any) -> list[str]:
    """Whether anybody on the way may keep a page of somebody signed in."""
    control = answer.headers.get("Cache-Control", "")
    found = [] if "no-store" in control else [f"Cache-Control: {control}"]
    return found if "Cookie" in answer.headers.get("Vary", "") else [*found, "Vary"]


def failures(visits: Iterable[Visit]) -> list[str]:
    """Findings on these pages."""
    found = []
    for visit in visits:
        signed_in = visit.page.who != "anonymous" and visit.page.endpoint not in FOR_PROGRAMS
        lines = weak(visit.answer, endpoint=visit.page.endpoint) + (
            kept(visit.answer) if signed_in else []
        )
        found += [f"{visit.page}: {line}" for line in lines]
    return found


def test_every_page_has_its_headers(visits):
    assert visits
    assert failures(visits) == []


def test_every_refusal_has_its_headers(new_grounds):
    for code, send in refusals(new_grounds()):
        answer = send()
        assert (answer.status_code, weak(answer)) == (int(code), [])


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("name", ["css/forpa.css", "css/none.css"])
def test_static_files_have_their_headers(grounds, method, name):
    answer = grounds.client("anonymous").ask(method, f"/static/{name}")
    assert answer.status_code == {"GET": 200, "HEAD": 200, "POST": 405}[method] or "none" in name
    assert weak(answer) == []


def test_a_failure_of_the_system_has_its_headers(new_grounds, monkeypatch):
    grounds = new_grounds(PROPAGATE_EXCEPTIONS=False)

    def broken():
        raise ZeroDivisionError

    broken.access = grounds.app.view_functions["courses.index"].access
    monkeypatch.setitem(grounds.app.view_functions, "courses.index", broken)
    answer = grounds.client("coordinator").ask("GET", "/courses")
    assert (answer.status_code, weak(answer), kept(answer)) == (500, [], [])
    assert "ZeroDivision" not in answer.text


@pytest.mark.parametrize("path", ["/courses", "/readyz", "/login"])
def test_a_database_that_is_gone_is_answered_with_headers(grounds, engine, path):
    """The cookie is good, the key the same; only the database does not answer."""
    gone = {
        "sqlite": "sqlite:////nowhere/at/all.db",
        "postgresql": "postgresql+psycopg://forpa@127.0.0.1:9/forpa",
    }
    config = type("Gone", (TestConfig,), {"SQLALCHEMY_DATABASE_URI": gone[engine]})
    client = Client("coordinator", create_app(config).test_client())
    cookie = grounds.client("coordinator").browser.get_cookie("forpa").value
    client.browser.set_cookie("forpa", cookie)
    answer = client.ask("GET", path)
    assert (answer.status_code, weak(answer)) == (503, [])
    assert answer.headers["Retry-After"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_with_https_cookies_and_transport_are_strict(new_app):
    app = new_app(BASE_URL="https://forpa.example")
    client = Client("anonymous", app.test_client())
    secure = {"base_url": "https://forpa.example"}
    for path in ("/", "/login", "/no-such-page", "/static/css/forpa.css"):
        answer = client.ask("GET", path, **secure)
        assert weak(answer, https=True) == [], path
    assert client.ask("GET", "/login", **secure).status_code == 200
    assert client.browser.get_cookie("__Host-forpa", "forpa.example")


# --- planted faults ----------------------------------------------------------


def test_headers_taken_away_or_loosened_are_reported(grounds):
    answer = grounds.client("anonymous").ask("GET", "/privacy")
    for name in EXPECTED:
        value = answer.headers.pop(name)
        assert weak(answer) == [f"{name}: None"]
        answer.headers[name] = value
    policy = answer.headers["Content-Security-Policy"]
    answer.headers["Content-Security-Policy"] = policy + "; style-src-attr 'unsafe-inline'"
    assert weak(answer)
    assert weak(answer, https=True)


def test_loose_cookies_are_reported():
    assert loose("forpa=x; HttpOnly; Path=/; SameSite=Lax", https=False) == []
    assert loose("__Host-forpa=x; Secure; HttpOnly; Path=/; SameSite=Lax", https=True) == []
    assert len(loose("forpa=x; Domain=example", https=True)) == 5


def test_a_page_that_may_be_kept_is_reported(grounds):
    answer = grounds.client("coordinator").ask("GET", "/courses")
    answer.headers["Cache-Control"] = "max-age=60"
    assert kept(answer) == ["Cache-Control: max-age=60"]
