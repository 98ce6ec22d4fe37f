# SPDX-License-Identifier: AGPL-3.0-or-later
"""How often something may be tried: counted in the database, so that all processes count together.

A try is charged before it is judged and given back when it was right: only
failures are kept, and tries made at the same moment cannot pass the limit
together. A count that cannot be taken refuses the try (503): a limit that
yields when the database is busy would be none. Sources are kept as keyed hashes.
"""

import hashlib
import hmac
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from flask import current_app, request
from sqlalchemy import case, delete, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import TooManyRequests

from app import clock
from app.database import beside
from app.models import ThrottleCount

KEPT_FOR = timedelta(days=1)  # no window is longer

COUNTS = ThrottleCount.__table__
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limit:
    """How many tries of a kind one source has, from the first one until the window ends."""

    kind: str
    tries: int
    window: timedelta


@dataclass(frozen=True)
class Charge:
    """A try that was counted, and in which window."""

    kind: str
    source: str
    opened_at: datetime


def charge(limit: Limit, source: str) -> Charge:
    """Count a try before it is judged. Raises TooManyRequests when none is left.

    The session's transaction ends here: charge before anything is read or written.
    """
    now = clock.now()
    with beside() as connection:
        opened_at = _count(connection, limit, source, now)
        if opened_at is not None:
            return Charge(limit.kind, source, opened_at)
        opened_at = connection.scalar(select(COUNTS.c.opened_at).where(*_of(limit.kind, source)))
    left = (opened_at or now) + limit.window - now
    raise TooManyRequests(retry_after=max(1, round(left.total_seconds())))


def charge_together(*tries: tuple[Limit, str]) -> list[Charge]:
    """Count one try against each of several limits and sources, or against none of them.

    Raises TooManyRequests when one of them is used up; the database is asked the same either
    way. The session's transaction ends here. One order for all: the same limits, always.
    """
    now = clock.now()
    with beside() as connection:
        opened = [_count(connection, limit, source, now) for limit, source in tries]
        charges = [
            Charge(limit.kind, source, moment)
            for (limit, source), moment in zip(tries, opened, strict=True)
            if moment is not None
        ]
        if len(charges) < len(tries):  # leaving so, nothing is counted
            raise TooManyRequests(
                retry_after=round(max(t.window for t, _ in tries).total_seconds())
            )
    return charges


def give_back(*charges: Charge) -> None:
    """The try was right: it is not counted. Where that cannot be noted now, it stays counted.

    The session's transaction ends here too: give back before anything is written.
    """
    try:
        with beside() as connection:
            for charge in charges:
                connection.execute(
                    update(COUNTS)
                    .where(
                        *_of(charge.kind, charge.source),
                        COUNTS.c.opened_at == charge.opened_at,
                        COUNTS.c.tries > 0,
                    )
                    .values(tries=COUNTS.c.tries - 1)
                )
    except OperationalError:
        kinds = ", ".join(charge.kind for charge in charges)
        log.warning("a try of %s was not given back: the database is busy", kinds)


def source(*parts: str) -> str:
    """What tries come from or go to, as 64 hexadecimal digits that only this installation makes."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    text = "\0".join(("source of tries", *parts))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def address() -> str:
    """Where the request comes from; of an IPv6 address the network (/64), which has one owner.

    Behind a proxy it is what PROXY_HOPS says to believe, never a header anybody may send.
    """
    text = request.remote_addr or ""
    try:
        found = ip_address(text)
    except ValueError:
        return text
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64)
    return str(found)


def forget_old_counts() -> None:
    """A job: what was tried yesterday limits nobody."""
    with beside() as connection:
        connection.execute(delete(COUNTS).where(COUNTS.c.opened_at < clock.now() - KEPT_FOR))


def _of(kind: str, source: str) -> tuple:
    return COUNTS.c.kind == kind, COUNTS.c.source == source


def _count(connection: Connection, limit: Limit, source: str, now: datetime) -> datetime | None:
    """One more try, in one statement; the opening of its window, or None when all are used."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    opened_at = COUNTS.c.opened_at
    over = opened_at <= now - limit.window
    row = {"kind": limit.kind, "source": source, "opened_at": now, "tries": 1}
    statement = insert(COUNTS).values(row)
    return connection.scalar(
        statement.on_conflict_do_update(
            index_elements=[COUNTS.c.kind, COUNTS.c.source],
            set_={
                "opened_at": case((over, literal(now, opened_at.type)), else_=opened_at),
                "tries": case((over, 1), else_=COUNTS.c.tries + 1),
            },
            where=over | (COUNTS.c.tries < limit.tries),
        ).returning(opened_at)
    )
