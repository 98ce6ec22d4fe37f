# SPDX-License-Identifier: AGPL-3.0-or-later
"""Links by which somebody lets an employer read her training record: token, life, limits."""

import base64
import hashlib
import hmac
import re
from datetime import datetime
from enum import StrEnum

from app.domain.errors import RuleViolation, Sentence

VALID_DAYS = (7, 30, 90)
MOST_ACTIVE = 10  # links of one person at a time

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_NONCE = re.compile(r"[0-9a-f]{32}")


class LinkState(StrEnum):
    ACTIVE = "active"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


def link_state(expires_at: datetime, withdrawn_at: datetime | None, now: datetime) -> LinkState:
    """Whether the link opens the record. At the moment of expiry it does no more."""
    if withdrawn_at is not None:
        return LinkState.WITHDRAWN
    return LinkState.ACTIVE if now < expires_at else LinkState.EXPIRED


def check_room(active: int) -> None:
    """Whether one more link may be made beside the ``active`` ones. Raises RuleViolation."""
    if active >= MOST_ACTIVE:
        raise RuleViolation(
            Sentence(
                "Ci sono già %(most)d link attivi: ritirarne uno prima di crearne un altro.",
                {"most": MOST_ACTIVE},
            )
        )


def link_token(key: bytes, account_id: int, nonce: str, purpose: str = "record link") -> str:
    """The token of the link asked for with this form: 43 characters of base64url.

    ``nonce``: 128 random bits drawn with the form, as 32 hexadecimal digits, kept nowhere.
    The same form sent twice gives the same token, so that it has one effect and its
    answer can be given again, and nobody who reads the database can make it anew. Raises
    ValueError for anything else than such a nonce. Source: HMAC-SHA-256, RFC 2104.
    """
    if not _NONCE.fullmatch(nonce):
        raise ValueError("not a nonce")
    text = f"{purpose}\0{account_id}\0{nonce}".encode()
    return base64.urlsafe_b64encode(hmac.digest(key, text, "sha256")).rstrip(b"=").decode("ascii")


def token_hash(token: str) -> str:
    """What is kept of a token: the SHA-256 of its text; no link has that of a malformed one."""
    text = token if _TOKEN.fullmatch(token) else ""
    return hashlib.sha256(text.encode("ascii")).hexdigest()
