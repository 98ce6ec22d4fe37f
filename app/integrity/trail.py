# SPDX-License-Identifier: AGPL-3.0-or-later
"""The chain of deeds: contiguous, each covering the one before, sealed with a key kept outside.

Read as a stream: a million deeds need no more memory than a hundred.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from app.audit import payload
from app.clock import ROME
from app.domain.chain import GENESIS, link, seal
from app.integrity.findings import Finding, Tick
from app.integrity.heads import Head
from app.models import AuditEvent

BATCH = 2_000  # rows fetched at once

TABLE = AuditEvent.__tablename__


def check_trail(
    connection: Connection, key: bytes, heads: Iterable[Head], tick: Tick
) -> Iterator[Finding]:
    """The deeds that do not hold, from the first on."""
    trail = AuditEvent.__table__
    watch = _Heads(heads)
    sequence, previous = 0, GENESIS
    found = connection.execute(
        select(trail).order_by(trail.c.sequence).execution_options(yield_per=BATCH)
    )
    for batch in found.partitions():
        for row in batch:
            if row.sequence != sequence + 1:
                yield _gap(sequence, row.sequence)
            elif fault := broken_link(row, previous) or broken_seal(row, key):
                yield Finding(TABLE, row.sequence, fault)
            yield from watch.pass_by(row.sequence, row.hash)
            sequence, previous = row.sequence, row.hash
        tick(len(batch))
    yield from watch.end(sequence)


def _gap(last: int, following: int) -> Finding:
    if following <= last:
        return Finding(TABLE, following, "numero fuori posto nella catena")
    upto = f" (mancano gli atti fino al {following - 1})" if following > last + 2 else ""
    return Finding(TABLE, last + 1, f"manca: dopo l'atto {last} viene il {following}{upto}")


def broken_link(row: Row[Any], previous: str) -> str:
    """What is wrong with the row's hashes, or nothing."""
    try:
        own = link(row.previous_hash, payload(row))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return "non ha più una forma leggibile"
    if own != row.hash:
        return "il contenuto non corrisponde alla sua impronta"
    if row.previous_hash != previous:
        return "l'impronta dell'atto precedente non è quella dell'atto che lo precede"
    return ""


def broken_seal(row: Row[Any], key: bytes) -> str:
    """What is wrong with the row's seal, or nothing."""
    if row.seal == seal(key, row.hash):
        return ""
    return "il sigillo non corrisponde: atto riscritto senza la chiave, o CHAIN_KEY sbagliata"


class _Heads:
    """The heads kept elsewhere, met again one by one as the trail goes by."""

    def __init__(self, heads: Iterable[Head]) -> None:
        self.waiting = sorted(heads, key=lambda head: head.sequence, reverse=True)
        self.last_met = 0
        self.said = False

    def pass_by(self, sequence: int, own: str) -> Iterator[Finding]:
        while self.waiting and self.waiting[-1].sequence <= sequence:
            head = self.waiting.pop()
            if head.sequence == sequence and head.hash == own:
                self.last_met = sequence
            elif not self.said:
                self.said = True  # all that follow differ as well
                yield Finding(
                    TABLE,
                    head.sequence,
                    f"non è l'atto annotato fuori della base dati{_when(head)}: "
                    f"riscritto qualcosa tra l'atto {self.last_met + 1} e questo",
                )

    def end(self, last: int) -> Iterator[Finding]:
        if self.waiting and not self.said:
            head = self.waiting[0]
            yield Finding(
                TABLE,
                last + 1,
                f"manca: la traccia finisce all'atto {last}, ma fuori della base dati"
                f"{_when(head)} era annotato l'atto {head.sequence}",
            )


def _when(head: Head) -> str:
    return f" il {head.moment.astimezone(ROME):%d/%m/%Y alle %H:%M}" if head.moment else ""
