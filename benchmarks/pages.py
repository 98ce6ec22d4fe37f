# SPDX-License-Identifier: AGPL-3.0-or-later
"""Server time and SQL statements of the ten main pages, on the demonstration's data.

Usage: .venv/bin/python -m benchmarks.pages [requests per page]
"""

import os
import re
import statistics
import sys
import time

os.environ.setdefault("FORPA_CONFIG", "demo")

from sqlalchemy import event, select

from app import create_app
from app.cli.demo.command import clock_offset
from app.extensions import db
from app.models import Edition, Lesson, Person
from config import from_environment

PASSWORD = "forpa-demo"  # noqa: S105 - the demonstration's, printed at its start
SETTINGS = re.compile(r"\s*(PRAGMA|BEGIN|SET )", re.IGNORECASE)


def main(rounds: int) -> None:
    app = create_app(from_environment())
    with app.app_context():
        app.config["CLOCK_OFFSET"] = clock_offset()
        addresses = _addresses()
        statements = _counter(db.engine)
    print(f"{'page':44}{'median ms':>10}{'p95 ms':>9}{'SQL':>5}{'KB':>7}")
    for login, path in addresses:
        client = _signed_in(app, login)
        client.get(path)
        statements.clear()
        answer = client.get(path)
        count = len(statements)
        times = []
        for _ in range(rounds):
            begun = time.perf_counter()
            client.get(path)
            times.append((time.perf_counter() - begun) * 1000)
        times.sort()
        median, p95 = statistics.median(times), times[int(len(times) * 0.95) - 1]
        print(
            f"{path:44}{median:10.1f}{p95:9.1f}{count:5}{len(answer.data) / 1024:7.1f}"
            f"{'' if answer.status_code == 200 else f'  {answer.status_code}!'}"
        )


def _addresses() -> list[tuple[str, str]]:
    edition = db.session.scalars(select(Edition.id).where(Edition.code == "C01-01")).one()
    today = db.session.scalars(
        select(Lesson.id).join(Edition).where(Edition.code == "C08-02")
    ).one()
    person = db.session.scalars(select(Person.id).order_by(Person.id).limit(1)).one()
    coordinator = "coordinatore@anci.example"
    return [
        ("docente@trustus.example", "/today"),
        ("docente@trustus.example", f"/lessons/{today}/sheet"),
        ("funzionario@perugia.example", "/my"),
        (coordinator, "/dashboard"),
        (coordinator, "/courses"),
        (coordinator, "/editions"),
        (coordinator, f"/editions/{edition}"),
        (coordinator, f"/editions/{edition}/certificates"),
        (coordinator, "/people"),
        (coordinator, f"/people/{person}"),
    ]


def _counter(engine) -> list[str]:
    seen: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, *_rest) -> None:
        if not SETTINGS.match(statement):
            seen.append(statement)

    return seen


def _signed_in(app, login: str):
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login").text)[1]
    answer = client.post("/login", data={"csrf_token": token, "login": login, "password": PASSWORD})
    assert answer.status_code == 302, login  # noqa: S101
    return client


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
