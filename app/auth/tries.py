# SPDX-License-Identifier: AGPL-3.0-or-later
"""How often passwords may be tried, without anybody locking out somebody else.

A stranger's tries count for the account from her address, for her address, for the account
and for the installation. A browser in which this account has signed in before has tries of
its own: nobody else's use them up. See docs/decisions/0009-signing-in.md.
"""

import secrets
from datetime import timedelta

from flask import Response, current_app, g, request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.exceptions import TooManyRequests

from app import throttle
from app.throttle import Charge, Limit

HOUR = timedelta(hours=1)
FROM_ADDRESS = Limit("sign-in from address", 60, HOUR)
TO_ACCOUNT_FROM_ADDRESS = Limit("sign-in pair", 10, HOUR)
TO_ACCOUNT = Limit("sign-in to account", 20, HOUR)
OF_ALL = Limit("sign-in of all", 1000, timedelta(minutes=5))
ON_DEVICE = Limit("sign-in on device", 10, HOUR)

OLD_PASSWORD = Limit("old password", 10, HOUR)

KEPT = timedelta(days=180)
MOST_ACCOUNTS = 5  # that one browser is known for, the last ones


def charge(login: str) -> list[Charge] | None:
    """Count a try to sign in; None when there is none left, and nothing may be evaluated.

    The session's transaction ends here.
    """
    account, where = throttle.source("login", login.casefold()), throttle.address()
    device = _devices().get(account[:32])
    try:
        if device:
            return throttle.charge_together((ON_DEVICE, throttle.source(account, device)))
        return throttle.charge_together(
            (FROM_ADDRESS, throttle.source(where)),
            (TO_ACCOUNT_FROM_ADDRESS, throttle.source(account, where)),
            (TO_ACCOUNT, account),
            (OF_ALL, throttle.source("all")),
        )
    except TooManyRequests:
        return None


# --- the device ----------------------------------------------------------------


def cookie_name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="known device")


def _devices() -> dict[str, str]:
    """The accounts this browser is known for: the account's keyed hash, the device's number."""
    try:
        found = _signer().loads(request.cookies.get(cookie_name(), ""))
    except BadData:
        return {}
    return dict(found) if isinstance(found, list) else {}


def know_device(login: str) -> None:
    """Remember in the answer that this account signed in with this browser."""
    account = throttle.source("login", login.casefold())[:32]
    known = _devices()
    device = known.pop(account, None) or secrets.token_urlsafe(16)
    g.known_devices = [(account, device), *known.items()][:MOST_ACCOUNTS]


def keep_device(response: Response) -> Response:
    """Write the cookie, where ``know_device`` asked for it."""
    if "known_devices" in g and response.status_code < 400:
        response.set_cookie(
            cookie_name(),
            _signer().dumps(g.known_devices),
            max_age=KEPT,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
    return response
