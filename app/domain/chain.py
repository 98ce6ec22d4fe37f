# SPDX-License-Identifier: AGPL-3.0-or-later
"""One way to write a value down, and a chain of hashes over what was written.

Each link covers the one before: whoever changes an old row must change all
that follow, and a head kept elsewhere gives it away.
"""

import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime

GENESIS = "0" * 64
_HASH = re.compile(r"[0-9a-f]{64}")
_ATOMS = frozenset({int, bool, type(None)})
# Made once: json.dumps makes a new one at every call.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def moment_text(moment: datetime) -> str:
    """An aware datetime in ISO 8601, UTC, with Z. Raises TypeError for a naive one."""
    if moment.tzinfo is None:
        raise TypeError("no canonical form for a datetime without a zone")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def canonical(value: object) -> bytes:
    """The one byte string of a value: JSON, keys sorted, no spaces, UTF-8, text in NFC.

    Takes None, bool, int, str, list, dict with text keys, and aware datetimes
    (written in ISO 8601, UTC, with Z). Raises TypeError for anything else (floats,
    naive datetimes) and ValueError for two keys that differ only in their encoding.
    """
    return _ENCODER.encode(_plain(value)).encode()


def _plain(value: object) -> object:
    if isinstance(value, str):
        # Nearly all text is in NFC already: asking is quicker than writing it anew.
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return _plain_dict(value)
    raise TypeError(f"no canonical form for {type(value).__name__}")


def _plain_dict(value: dict[object, object]) -> dict[str, object]:
    plain: dict[str, object] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise TypeError("keys must be text")
        normal = key if key.isascii() else unicodedata.normalize("NFC", key)
        if normal in plain:
            raise ValueError(f"key written twice: {normal}")
        kind = type(item)
        as_it_is = kind in _ATOMS or (kind is str and item.isascii())  # type: ignore[attr-defined]
        plain[normal] = item if as_it_is else _plain(item)
    return plain


def link(previous: str, value: object) -> str:
    """The hash (64 hexadecimal digits, SHA-256) of the value after the previous hash.

    Raises ValueError when ``previous`` is not such a hash (GENESIS begins a chain),
    and what ``canonical`` raises.
    """
    if not _HASH.fullmatch(previous):
        raise ValueError("the previous hash must be 64 hexadecimal digits")
    return hashlib.sha256(previous.encode() + b"\n" + canonical(value)).hexdigest()


def seal(key: bytes, own: str) -> str:
    """The seal (64 hexadecimal digits, HMAC-SHA256) of a hash, with a key kept elsewhere.

    Whoever rewrites a chain can compute its hashes again, but not their seals.
    """
    return hmac.digest(key, own.encode(), "sha256").hex()


def first_broken(rows: Iterable[tuple[int, object, str, str]]) -> int | None:
    """The id of the first row (id, value, previous hash, hash) that does not hold, or None.

    A row whose value has no canonical form any more is broken too.
    """
    expected = GENESIS
    for row_id, value, previous, own in rows:
        try:
            holds = previous == expected and own == link(expected, value)
        except (TypeError, ValueError):
            holds = False
        if not holds:
            return row_id
        expected = own
    return None
