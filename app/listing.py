# SPDX-License-Identifier: AGPL-3.0-or-later
"""A list as people expect it: searched, filtered, sorted, a page at a time, exported."""

import csv
import io
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response, current_app, request, url_for
from sqlalchemy import ColumnElement, Select, func, select

from app.domain.people import search_key
from app.domain.text import clean
from app.extensions import db

LONGEST_QUERY = 100
# Beyond so many, a list of people is narrowed before it is counted to the end.
CEILING = 2_000
LAST_PAGE = 1_000_000
FOLDED = (
    ("à", "a"),
    ("è", "e"),
    ("é", "e"),
    ("ì", "i"),
    ("ò", "o"),
    ("ù", "u"),
    ("'", ""),
    ("’", ""),
)
FORMULA_SIGNS = ("=", "+", "-", "@", "|")


@dataclass(frozen=True)
class Filter:
    """One choice above a list. ``column`` is compared with the value chosen, or called with it."""

    name: str
    label: Any
    choices: Sequence[tuple[str, Any]]
    column: Any
    value: str = ""


@dataclass(frozen=True)
class Plan:
    """How a list may be searched and sorted; the first sort is the usual one.

    ``descending``: the usual order begins with the greatest. ``search`` is the column searched,
    or what a word asks, called with it. ``ceiling``: rows are counted and paged up to here, where
    counting all of them would be slow; the page says so, and offers the first order alone, which
    has an index. Up to there the rows are searched for once, and ordered by their ``key``.
    """

    sorts: Mapping[str, Sequence[Any]]
    descending: bool = False
    search: Any = None
    filters: Sequence[Filter] = ()
    keep: Sequence[str] = ()
    ceiling: int | None = None
    key: Any = None


@dataclass
class Listing:
    """One page of a list, and the addresses of its other views."""

    query: str
    sort: str
    descending: bool
    page: int
    per_page: int
    total: int
    rows: list[Any]
    filters: list[Filter] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    capped: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @property
    def first(self) -> int:
        return (self.page - 1) * self.per_page + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.page * self.per_page, self.total)

    @property
    def narrowed(self) -> bool:
        return bool(self.query or any(f.value for f in self.filters))

    @property
    def export_url(self) -> str:
        return self.url(page=None, format="csv")

    @property
    def whole_url(self) -> str:
        """The same list, neither searched nor filtered."""
        return self.url(q=None, page=None, **{f.name: None for f in self.filters})

    def url(self, **changes: Any) -> str:
        """The address of this list with the changes applied; None takes a part away."""
        parts: dict[str, Any] = {
            "q": self.query or None,
            "sort": self.sort,
            "desc": "1" if self.descending else None,
            "page": self.page if self.page > 1 else None,
            **{f.name: f.value or None for f in self.filters},
            **self.kept,
            **changes,
        }
        args = {name: value for name, value in parts.items() if value is not None}
        return url_for(str(request.endpoint), **(request.view_args or {}), **args)


def folded(text: ColumnElement[str]) -> ColumnElement[str]:
    """A column without a search key, written as ``search_key`` writes what people look for."""
    plain: ColumnElement[str] = func.lower(text)
    for sign, letter in FOLDED:
        plain = func.replace(plain, sign, letter)
    return plain


def paginate(
    statement: Select[Any], plan: Plan, row: Callable[[Any], Any], *, whole: bool = False
) -> Listing:
    """The page of the list that the address asks for: two statements, whatever the size.

    ``whole``: all its rows, for a file; a CSV is always whole.
    """
    asked = _asked(plan)
    narrowed = _narrow(statement, plan, asked)
    everything = whole or wants_csv()
    if plan.ceiling is None or everything:
        total, capped = _count(narrowed), False
    else:
        keys = _keys(narrowed, plan)
        total, capped = min(len(keys), plan.ceiling), len(keys) > plan.ceiling
        if capped and asked["sort"] != next(iter(plan.sorts)):
            asked |= {"sort": next(iter(plan.sorts)), "descending": plan.descending}
        if not capped:
            narrowed = statement.where(plan.key.in_(keys))
    per_page = current_app.config["PAGE_SIZE"]
    page = min(asked["page"], max(1, -(-total // per_page)))
    ordered = _order(narrowed, plan, asked["sort"], asked["descending"])
    if not everything:
        ordered = ordered.limit(per_page).offset((page - 1) * per_page)
    return Listing(
        query=asked["query"],
        sort=asked["sort"],
        descending=asked["descending"],
        page=page,
        per_page=per_page,
        total=total,
        capped=capped,
        rows=[row(found) for found in db.session.execute(ordered)],
        filters=asked["filters"],
        kept={name: request.args[name] for name in plan.keep if name in request.args},
    )


def _count(narrowed: Select[Any]) -> int:
    rows = narrowed.order_by(None).subquery()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def _keys(narrowed: Select[Any], plan: Plan) -> Sequence[Any]:
    """The keys of the rows, in no order; one more than the ceiling where there are more."""
    keys = narrowed.with_only_columns(plan.key).order_by(None)
    return db.session.scalars(keys.limit((plan.ceiling or 0) + 1)).all()


def _asked(plan: Plan) -> dict[str, Any]:
    number = request.args.get("page", "1")
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 8 else 1
    sort = request.args.get("sort", "")
    return {
        "query": clean(request.args.get("q", ""))[:LONGEST_QUERY].strip(),
        "page": min(max(page, 1), LAST_PAGE),
        "sort": sort if sort in plan.sorts else next(iter(plan.sorts)),
        "descending": request.args.get("desc") == "1" if sort in plan.sorts else plan.descending,
        "filters": [chosen(f) for f in plan.filters],
    }


def chosen(filter_: Filter) -> Filter:
    """The filter with the value the address asks for; one that is not offered is none."""
    wanted = request.args.get(filter_.name, "")
    value = wanted if wanted in {value for value, _label in filter_.choices} else ""
    return Filter(filter_.name, filter_.label, filter_.choices, filter_.column, value)


def _narrow(statement: Select[Any], plan: Plan, asked: dict[str, Any]) -> Select[Any]:
    if asked["query"] and plan.search is not None:
        for word in search_key(asked["query"]).split():
            asks = plan.search
            statement = statement.where(
                asks(word) if callable(asks) else asks.contains(word, autoescape=True)
            )
    for filter_ in asked["filters"]:
        if filter_.value:
            narrow = filter_.column
            statement = statement.where(
                narrow(filter_.value) if callable(narrow) else narrow == filter_.value
            )
    return statement


def _order(statement: Select[Any], plan: Plan, sort: str, descending: bool) -> Select[Any]:
    first, *others = plan.sorts[sort]
    chosen = first.desc() if descending else first.asc()
    if getattr(getattr(first, "expression", first), "nullable", True):
        chosen = chosen.nulls_last()  # not where there are none: SQLite would forgo its index
    return statement.order_by(None).order_by(chosen, *others)


def wants_csv() -> bool:
    """Whether the address asks for the list as a file."""
    return request.args.get("format") == "csv"


def csv_file(
    name: str, heading: Sequence[str], rows: Iterable[Sequence[Any]], notes: Sequence[str] = ()
) -> Response:
    """A CSV that spreadsheets open well: UTF-8 with its mark, semicolons, no formula runs."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for note in notes:
        writer.writerow([note])
    writer.writerow(heading)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return Response(
        "\ufeff" + out.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    plain = unicodedata.normalize("NFKC", text.lstrip())  # the wide ＝ is read as = too
    risky = plain.startswith(FORMULA_SIGNS) or text.startswith(("\t", "\r", "\n"))
    return f"'{text}" if risky else text
