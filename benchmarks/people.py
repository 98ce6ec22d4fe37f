# SPDX-License-Identifier: AGPL-3.0-or-later
"""Processor time and SQL statements of the pages of people, with 100,000 of them.

    .venv/bin/python -m benchmarks.people [--file FILE] [--rounds 20]

Builds the scratch database of ``benchmarks.large`` unless a file has it already.
"""

import argparse
import re
import statistics
import tempfile
from pathlib import Path
from time import process_time

from sqlalchemy import event

from app.application import Application
from app.extensions import db
from benchmarks.large import PASSWORD, build, scratch

GOAL = 60  # milliseconds
SETTINGS = re.compile(r"\s*(PRAGMA|BEGIN|SET )", re.IGNORECASE)
PAGES = (
    ("coordinator", "/people"),
    ("coordinator", "/people?page=40"),
    ("coordinator", "/people?sort=name&desc=1"),
    ("coordinator", "/people?q=bella"),
    ("coordinator", "/people?q=fonverbella"),
    ("coordinator", "/people?q=p77777%40borgo"),
    ("coordinator", "/people?body=7"),
    ("coordinator", "/people?group=official"),
    ("coordinator", "/people?work=closed"),
    ("coordinator", "/people?data=incomplete"),
    ("coordinator", "/people?body=7&sort=hours&desc=1"),
    ("coordinator", "/people/4242"),
    ("coordinator", "/people/incomplete"),
    ("coordinator", "/people/duplicates"),
    ("organiser", "/people"),
    ("representative", "/people"),
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--file", type=Path)
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = asked.file or Path(folder) / "large.db"
        if not file.exists():
            build(file)
        _measure(scratch(file), asked.rounds)


def _measure(app: Application, rounds: int) -> None:
    statements: list[str] = []
    with app.app_context():

        @event.listens_for(db.engine, "before_cursor_execute")
        def note(_connection, _cursor, statement, *_rest) -> None:  # type: ignore[no-untyped-def]
            if not SETTINGS.match(statement):
                statements.append(statement)

    clients = {}
    print(f"{'page':48}{'median ms':>10}{'p95 ms':>9}{'SQL':>5}")
    for who, path in PAGES:
        client = clients.get(who) or clients.setdefault(who, _signed_in(app, who))
        client.get(path)
        statements.clear()
        answer = client.get(path)
        count, times = len(statements), []
        for _ in range(rounds):
            begun = process_time()
            client.get(path)
            times.append((process_time() - begun) * 1000)
        times.sort()
        median, p95 = statistics.median(times), times[int(len(times) * 0.95) - 1]
        remark = "" if answer.status_code == 200 else f"  {answer.status_code}!"
        remark += "" if median <= GOAL else f"  over {GOAL}"
        print(f"{who[0]} {path:46}{median:10.1f}{p95:9.1f}{count:5}{remark}")


def _signed_in(app: Application, who: str):  # type: ignore[no-untyped-def]
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login").text)[1]  # type: ignore[index]
    sent = {"csrf_token": token, "login": f"{who}@large.example", "password": PASSWORD}
    assert client.post("/login", data=sent).status_code == 302, who  # noqa: S101
    return client


if __name__ == "__main__":
    main()
