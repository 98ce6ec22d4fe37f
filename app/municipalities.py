# SPDX-License-Identifier: AGPL-3.0-or-later
"""The municipalities bodies are picked from: those of Umbria, with their codes.

Source: Istat, CC BY 3.0 IT (``app/data``); population of the 2011 census.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.domain.people import search_key

DATA = Path(__file__).parent / "data" / "comuni_umbria.csv"


@dataclass(frozen=True)
class Municipality:
    name: str
    province_code: str
    istat_code: str
    belfiore_code: str
    population: int

    @property
    def body_name(self) -> str:
        return f"Comune di {self.name}"


@cache
def municipalities() -> tuple[Municipality, ...]:
    """The 92 municipalities of Umbria, by name."""
    with DATA.open(encoding="utf-8", newline="") as file:
        return tuple(
            Municipality(
                row["name"],
                row["province_code"],
                row["istat_code"],
                row["belfiore_code"],
                int(row["population_2011"]),
            )
            for row in csv.DictReader(file)
        )


@cache
def by_istat() -> dict[str, Municipality]:
    """Each under its Istat code."""
    return {one.istat_code: one for one in municipalities()}


def named(name: str) -> Municipality | None:
    """The municipality so called, however accents, case and «Comune di» are written."""
    return _by_key().get(search_key(name).removeprefix("comune di ").strip())


@cache
def _by_key() -> dict[str, Municipality]:
    return {search_key(one.name): one for one in municipalities()}
