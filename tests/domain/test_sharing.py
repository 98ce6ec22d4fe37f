# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: a link opens the record until it expires or is withdrawn, and nobody guesses it."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.errors import RuleViolation
from app.domain.sharing import (
    MOST_ACTIVE,
    LinkState,
    check_room,
    link_state,
    link_token,
    token_hash,
)

NOW = datetime(2015, 5, 14, 7, 20, tzinfo=UTC)
KEY = b"tests-only" * 4
NONCE = "0123456789abcdef" * 2


def test_a_link_lives_until_the_moment_of_its_expiry():
    second = timedelta(seconds=1)
    assert link_state(NOW + second, None, NOW) is LinkState.ACTIVE
    assert link_state(NOW, None, NOW) is LinkState.EXPIRED
    assert link_state(NOW + second, NOW, NOW) is LinkState.WITHDRAWN
    assert link_state(NOW, NOW, NOW) is LinkState.WITHDRAWN


def test_there_is_room_for_ten():
    check_room(MOST_ACTIVE - 1)
    with pytest.raises(RuleViolation, match="10 link attivi"):
        check_room(MOST_ACTIVE)


def test_the_same_form_gives_the_same_token_and_another_one_another():
    token = link_token(KEY, 7, NONCE)
    assert token == link_token(KEY, 7, NONCE)
    assert len(token) == 43  # 256 bits
    others = {
        link_token(KEY + b"x", 7, NONCE),
        link_token(KEY, 8, NONCE),
        link_token(KEY, 7, NONCE[::-1]),
    }
    assert len({token, *others}) == 4


@pytest.mark.parametrize("nonce", ["", "0" * 31, "0" * 33, "G" * 32, "é" * 32, f"{NONCE}\n"])
def test_a_nonce_nobody_drew_is_refused(nonce):
    with pytest.raises(ValueError, match="nonce"):
        link_token(KEY, 7, nonce)


def test_what_is_no_token_has_a_hash_no_link_has():
    token = link_token(KEY, 7, NONCE)
    assert token_hash(token) == hashlib.sha256(token.encode()).hexdigest()
    for malformed in ("", token[:-1], f"{token}A", f"{token}\n", "è" * 43, f"{token[:-1]}="):
        assert token_hash(malformed) == hashlib.sha256(b"").hexdigest()
