# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a verification says: which row does not hold, and how much was looked at."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

Tick = Callable[[int], object]


@dataclass(frozen=True)
class Finding:
    """One row that does not hold. ``row`` is its key; of a row taken away, what it stood for."""

    table: str
    row: int | str
    what: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}: {self.what}"


@dataclass
class Report:
    """The first findings, how many there were, and how many rows were checked."""

    findings: list[Finding] = field(default_factory=list)
    found: int = 0
    checked: Counter[str] = field(default_factory=Counter)
    head: tuple[int, str] | None = None

    @property
    def whole(self) -> bool:
        return not self.found
