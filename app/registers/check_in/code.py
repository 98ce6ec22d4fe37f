# SPDX-License-Identifier: AGPL-3.0-or-later
"""The code on the wall, and the pass that whoever framed it carries through the sign-in."""

from dataclasses import dataclass

import segno
from flask import current_app, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from markupsafe import Markup

from app import clock
from app.domain import check_in as rules

PASS_SECONDS = 180  # enough to sign in, too short to send around


@dataclass(frozen=True)
class Pass:
    """Says that its bearer framed the code of a lesson a moment ago.

    ``account_id`` 0: framed before signing in.
    """

    lesson_id: int
    account_id: int


def wall_code(lesson_id: int) -> Markup:
    """The QR of this half minute, as an image to put into the page."""
    token = rules.token(_key(), lesson_id, rules.check_in_slot(clock.now()))
    address = current_app.config["BASE_URL"] + url_for(
        "check_in.frame", lesson_id=lesson_id, token=token
    )
    drawing = segno.make(address, error="m", micro=False)
    return Markup(drawing.svg_inline(svgclass="wall-code", lineclass=None, omitsize=True))  # noqa: S704 - drawn by segno from our own address


def is_on_the_wall(lesson_id: int, token: str) -> bool:
    """Whether the token is the one shown now, or the one before."""
    return rules.token_slot(_key(), lesson_id, token, clock.now()) is not None


def give_pass(lesson_id: int, account_id: int | None) -> str:
    """A pass for the lesson, good for three minutes."""
    return _signer().dumps([lesson_id, account_id or 0, int(clock.now().timestamp())])


def read_pass(text: str, account_id: int | None) -> Pass | None:
    """The pass, if it is ours, still good, and this account's (or nobody's)."""
    try:
        lesson_id, owner, at = _signer().loads(text)
    except (BadData, TypeError, ValueError):
        return None
    fresh = 0 <= int(clock.now().timestamp()) - at <= PASS_SECONDS
    return Pass(lesson_id, owner) if fresh and owner in (0, account_id) else None


def _key() -> bytes:
    return current_app.config["SECRET_KEY"].encode()


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="check-in")
