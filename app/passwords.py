# SPDX-License-Identifier: AGPL-3.0-or-later
"""Passwords: hashed, compared, judged. Few at a time, because each costs memory and time.

Where there is no password to compare with (nobody has this login, the account is closed,
no try is left) a decoy is hashed, so that the work done tells nothing.
"""

import secrets
from collections.abc import Callable
from threading import BoundedSemaphore
from typing import TypeVar

from flask import current_app
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.security import check_password_hash, generate_password_hash
from zxcvbn import zxcvbn

from app.domain.errors import RuleViolation, Sentence
from app.domain.passwords import LONGEST, check_password

AT_ONCE = 2  # hashings of one process at the same moment: 16 MiB each with scrypt's defaults
PATIENCE = 8  # seconds a hashing waits for its turn

# zxcvbn's scale, 0 to 4: 3 is more than a hundred million guesses.
STRONG_ENOUGH = 3
LOOKED_AT = 72  # characters; zxcvbn takes no more
COMMON = Sentence(
    "È tra le password più comuni, o si indovina in pochi tentativi: provare con tre o quattro "
    "parole senza legame tra loro."
)

Result = TypeVar("Result")

_turns = BoundedSemaphore(AT_ONCE)
_decoys: dict[str, str] = {}


def judge(password: str, *names: str) -> None:
    """Refuse a password that is short, common, or its owner's name. Raises RuleViolation."""
    check_password(password, names)
    found = zxcvbn(password[:LOOKED_AT], user_inputs=[*names, "forpa"])
    if found["score"] < STRONG_ENOUGH:
        raise RuleViolation(COMMON)


def hashed(password: str) -> str:
    """What is kept of a password. Raises ServiceUnavailable when too many are being hashed."""
    method = current_app.config["PASSWORD_METHOD"]
    return _in_turn(lambda: generate_password_hash(password, method=method))


def matches(stored: str | None, password: str) -> bool:
    """Whether this is the password; without one to compare with, the same work and False."""
    against = stored or _decoy()
    same = _in_turn(lambda: check_password_hash(against, password[:LONGEST]))
    return same and stored is not None


def _decoy() -> str:
    """A hash nobody's password matches, as costly as a real one."""
    method = current_app.config["PASSWORD_METHOD"]
    if method not in _decoys:
        _decoys[method] = generate_password_hash(secrets.token_hex(16), method=method)
    return _decoys[method]


def _in_turn(work: Callable[[], Result]) -> Result:
    if not _turns.acquire(timeout=PATIENCE):
        raise ServiceUnavailable(retry_after=PATIENCE)
    try:
        return work()
    finally:
        _turns.release()
