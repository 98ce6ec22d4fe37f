# SPDX-License-Identifier: AGPL-3.0-or-later
"""Time and SQL statements of every list and of the calendar, with 100,000 people.

    .venv/bin/python -m benchmarks.large [--rounds 5] [--only /people] [--keep FOLDER]
                                         [--postgresql URL]

Builds the scratch database of ``benchmarks.crowd``, large and small, and asks each list as
each role: first and last page, every order, every filter, searches by a name and by a rare,
a frequent and a fruitless word; the calendar by month, week and list, and its feed. Printed
is the median, worst first, and where a page asks the database another number of times than
in the small one. ``--keep``: the folder whose database is used again.
"""

import argparse
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from os import getloadavg
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from urllib.parse import urlencode

from flask.testing import FlaskClient
from sqlalchemy import event

from app.application import Application
from app.extensions import db
from benchmarks.crowd import PASSWORD, ROLES, SMALL, Size, feed_address, fill
from benchmarks.sheet import SETTINGS, scratch

GOAL = 60  # milliseconds
LISTS = (
    "/people", "/people/incomplete", "/people/duplicates", "/people/imports", "/editions",
    "/courses", "/courses/1", "/bodies", "/trainers", "/venues", "/certificates",
    "/derogations", "/corrections", "/audit", "/mail", "/accounts",
    "/accounts/proposals", "/programmes",
    "/editions/400/nominations", "/editions/400/enrolments", "/editions/400/messages",
    "/calendar", "/calendar?month=2015-03", "/calendar/week", "/calendar/lessons",
)  # fmt: skip
WORDS = {
    "a name": "bella", "name and name": "bella marta", "rare": "fonverpraforte",
    "rare beginning": "fonverpra", "frequent beginning": "bo", "none": "xyzzy",
    "an address": "p777@borgo",
}  # fmt: skip
SELECT = re.compile(r'<select[^>]* name="(\w+)".*?</select>', re.DOTALL)
OPTION = re.compile(r'<option value="([^"]+)"')
SORT = re.compile(r'class="sort" href="([^"]+)"')
PAGE = re.compile(r'class="page-link" href="([^"]+)"')
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Figure:
    """One page asked by somebody: milliseconds of each round, statements."""

    name: str
    path: str
    status: int
    statements: int
    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    @property
    def cost(self) -> float:
        return median(self.processor)


class Reader:
    """Somebody signed in who reads pages, each of them counted."""

    def __init__(self, app: Application, who: str, statements: list[str]) -> None:
        self.client, self.who, self.statements = _signed_in(app, who), who, statements

    def ask(self, name: str, path: str, rounds: int) -> tuple[Figure, str]:
        """The figure of the page, and its text; once unmeasured, to prepare what is kept.

        A page far over the goal is asked fewer times.
        """
        self.client.get(path)
        self.statements.clear()
        begun = process_time()
        answer = self.client.get(path)
        count, slow = len(self.statements), process_time() - begun > GOAL / 100
        figure = Figure(f"{self.who} {name}", path, answer.status_code, count)
        for _ in range(min(rounds, 1) if slow else rounds):
            wall, spent = perf_counter(), process_time()
            self.client.get(path)
            figure.processor.append((process_time() - spent) * 1000)
            figure.wall.append((perf_counter() - wall) * 1000)
        return figure, answer.text


def measure(app: Application, rounds: int, only: str) -> dict[str, Figure]:
    """The figures of all pages that somebody may read, by name."""
    statements: list[str] = []
    with app.app_context():

        @event.listens_for(db.engine, "before_cursor_execute")
        def note(_connection, _cursor, statement, *_rest) -> None:  # type: ignore[no-untyped-def]
            if not SETTINGS.match(statement):
                statements.append(statement)

    found: dict[str, Figure] = {}
    for who in ROLES:
        reader = Reader(app, who, statements)
        for path in filter(re.compile(only).search, LISTS):
            figure, text = reader.ask(path, path, rounds)
            if figure.status != 200:
                continue
            found[figure.name] = figure
            for name, address in _views(path, text):
                figure, _text = reader.ask(f"{path} {name}", address, rounds)
                found[figure.name] = figure
        if who != "admin" and re.search(only, "feed"):
            figure, _text = reader.ask("feed", f"/calendar/feed/{feed_address(who)}.ics", rounds)
            found[figure.name] = figure
    return found


def _views(path: str, text: str) -> Iterator[tuple[str, str]]:
    """What a list offers, read from its first page: a name for each, and its address."""
    if pages := PAGE.findall(text):
        numbers = {int(re.search(r"page=(\d+)", one)[1]): one for one in pages if "page=" in one}  # type: ignore[index]
        if numbers:
            yield "last page", unescape(numbers[max(numbers)])
    for number, one in enumerate(SORT.findall(text)):
        yield f"order {number}", _with(unescape(one), desc="")
        yield f"order {number} reversed", _with(unescape(one), desc="1")
    for select in SELECT.finditer(text):
        options = OPTION.findall(select[0])
        for place in ("first", "middle", "last"):
            if options:
                value = options[{"first": 0, "middle": len(options) // 2, "last": -1}[place]]
                yield f"{select[1]} {place}", _with(path, **{select[1]: unescape(value)})
    if 'name="q"' in text:
        for name, word in WORDS.items():
            yield name, _with(path, q=word)


def _with(path: str, **more: str) -> str:
    return path + ("&" if "?" in path else "?") + urlencode(more)


def _signed_in(app: Application, who: str) -> FlaskClient:
    client = app.test_client()
    token = TOKEN.search(client.get("/login").text)[1]  # type: ignore[index]
    sent = {"csrf_token": token, "login": f"{who}@large.example", "password": PASSWORD}
    assert client.post("/login", data=sent).status_code == 302, who  # noqa: S101
    return client


def built(folder: Path, size: Size, url: str = "") -> Application:
    """The application on this database, which is made unless it is there already."""
    folder.mkdir(exist_ok=True)
    new = bool(url) or not (folder / "scratch.db").exists()
    app = scratch(str(folder), url)
    if new:
        begun = perf_counter()
        with app.app_context():
            db.create_all()
            fill(size)
        print(f"{size.people} people, {size.editions} editions: {perf_counter() - begun:.0f} s")
    return app


def report(large: dict[str, Figure], small: dict[str, Figure]) -> None:
    """Worst first; how many are over the goal; where the number of statements differs."""
    print(f"{'page':64}{'processor ms':>13}{'wall ms':>9}{'SQL':>5}")
    for one in sorted(large.values(), key=lambda figure: -figure.cost):
        remark = "" if one.status == 200 else f"  {one.status}!"
        print(f"{one.name:64}{one.cost:13.1f}{median(one.wall):9.1f}{one.statements:5}{remark}")
    over = sum(one.cost > GOAL for one in large.values())
    print(f"{len(large)} pages, {over} over {GOAL} ms; load {getloadavg()[0]:.1f}")
    for name in sorted(large.keys() & small.keys()):
        if large[name].statements != small[name].statements:
            print(f"  {name}: {small[name].statements} statements, then {large[name].statements}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="a pattern of the addresses to ask")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--postgresql", default="", metavar="URL")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = asked.keep or Path(folder)
        home.mkdir(exist_ok=True)
        small = measure(built(home / "small", SMALL), 0, asked.only)
        large = measure(built(home / "big", Size(), asked.postgresql), asked.rounds, asked.only)
        report(large, small)


if __name__ == "__main__":
    main()
