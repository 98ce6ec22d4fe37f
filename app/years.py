# SPDX-License-Identifier: AGPL-3.0-or-later
"""The calendar year of a moment, in SQL: the one thing about dates the engines do not share."""

from typing import Any

from sqlalchemy import Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class year_in_rome(FunctionElement[int]):  # noqa: N801 - used as a function
    """The calendar year of a moment, as clocks in Rome show it."""

    type = Integer()
    inherit_cache = True


@compiles(year_in_rome, "sqlite")
def _year_on_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    """When a year ends Rome is an hour ahead of UTC; the other hour of summer changes no year."""
    moment = compiler.process(element.clauses, **kw)
    return f"CAST(strftime('%Y', {moment}, '+1 hour') AS INTEGER)"


@compiles(year_in_rome, "postgresql")
def _year_on_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    moment = compiler.process(element.clauses, **kw)
    return f"CAST(EXTRACT(YEAR FROM {moment} AT TIME ZONE 'Europe/Rome') AS INTEGER)"
