# SPDX-License-Identifier: AGPL-3.0-or-later
"""Server time and SQL statements of a sheet of thirty people: opened, marked, closed.

    .venv/bin/python -m benchmarks.sheet [--rounds 120]

Through the whole HTTP stack, in process, on a scratch database of SQLite in a file with
the settings of real work; a page is closed, reopened, and closed again as the next version.
"""

import argparse
import re
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

from flask_migrate import upgrade
from sqlalchemy import event
from werkzeug.test import TestResponse

from app import create_app
from app.application import Application
from app.extensions import db
from config import Config
from tests import world as worlds

PEOPLE = 30
REASON = "Prova dei tempi di chiusura."
SETTINGS = re.compile(r"\s*(PRAGMA|BEGIN|SET )", re.IGNORECASE)


def scratch(folder: str, url: str = "") -> Application:
    """The application with its real settings, on a new database in this folder, or at this address."""
    home = Path(folder)
    return create_app(
        type(
            "Scratch",
            (Config,),
            {
                "SQLALCHEMY_DATABASE_URI": url or f"sqlite:///{home / 'scratch.db'}",
                "SECRET_KEY": "benchmark-" + "x" * 32,
                "CHAIN_KEY": "benchmark-" + "y" * 32,
                "HEADS_FILE": home / "heads.log",
                "WORKER": 0,
                "CLOCK_OFFSET": round((worlds.NOW - datetime.now(UTC)).total_seconds()),
                "MAIL_URL": f"file:{home / 'mail'}",
            },
        )
    )


def furnish(app: Application) -> tuple[int, int]:
    """A lesson with so many people, this morning: its id, and one of the enrolments."""
    with app.app_context():
        upgrade()
        world = worlds.build_world()
        side = world.a
        for _ in range(PEOPLE - len(side.enrolments)):
            worlds.make_enrolment(side.edition, worlds.make_person(), side.home)
        worlds.commit(world.programme)
        numbers = side.today.id, side.enrolments[0].id
        db.session.remove()
    return numbers


class Hand:
    """Somebody signed in, and how long the answers to her take."""

    def __init__(self, app: Application, name: str, statements: list[str]) -> None:
        self.client, self.statements = app.test_client(), statements
        self.token = self._field(self.client.get("/login").text, "csrf_token")
        self.send("/login", login=f"{name}@prova.example", password=worlds.PASSWORD)
        self.token = self._field(self.client.get("/privacy").text, "csrf_token")
        self.times: dict[str, list[float]] = {}
        self.counts: dict[str, int] = {}

    @staticmethod
    def _field(html: str, name: str) -> str:
        return re.search(rf'name="{name}"[^>]*value="([^"]*)"', html)[1]

    def field(self, answer: TestResponse, name: str) -> str:
        return self._field(answer.text, name)

    def send(self, path: str, headers: dict[str, str] | None = None, **fields) -> TestResponse:
        data = {"csrf_token": self.token, **fields}
        answer = self.client.post(path, data=data, headers=headers)
        assert answer.status_code < 400, (path, answer.status_code)  # noqa: S101
        return answer

    def timed(self, what: str, deed: Callable[[], TestResponse]) -> TestResponse:
        """The answer, its milliseconds and its statements noted under this name."""
        self.statements.clear()
        begun = perf_counter()
        answer = deed()
        self.times.setdefault(what, []).append((perf_counter() - begun) * 1000)
        self.counts[what] = len(self.statements)
        return answer


def work(trainer: Hand, coordinator: Hand, lesson: int, person: int, rounds: int) -> None:
    """Open the page, mark one person, close; the coordinator opens it again for the next round."""
    sheet = f"/lessons/{lesson}/sheet"
    trainer.client.get(sheet)  # templates are compiled at the first look
    trainer.send(f"{sheet}/open")
    trainer.send(f"{sheet}/all-present", entered="09:00")
    for number in range(rounds):
        page = trainer.timed("opening the sheet", lambda: trainer.client.get(sheet))
        row = page.text[page.text.index(f'id="p{person}"') :]
        mark = {
            "enrolment": person,
            "version": Hand._field(row, "version"),
            "mark": ("absent", "present")[number % 2],
        }
        answer = trainer.timed(
            "saving one mark",
            lambda mark=mark: trainer.send(f"{sheet}/marks", {"HX-Request": "true"}, **mark),
        )
        closing = {
            "seen": trainer.field(answer, "seen"),
            "topic": "Argomento svolto",
            "start": "09:00",
            "end": "13:00",
            "heads": PEOPLE - 1 + number % 2,
        }
        trainer.timed("closing a page", lambda c=closing: trainer.send(f"{sheet}/close", **c))
        coordinator.send(f"{sheet}/reopen", reason=REASON)


def main() -> None:
    """Print median and 95th percentile of each deed, and its SQL statements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=120)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        app = scratch(folder)
        lesson, person = furnish(app)
        statements: list[str] = []

        with app.app_context():

            @event.listens_for(db.engine, "before_cursor_execute")
            def note(_connection, _cursor, statement, *_rest) -> None:
                if not SETTINGS.match(statement):
                    statements.append(statement)

        trainer = Hand(app, "trainer_alfa", statements)
        work(trainer, Hand(app, "coordinator", statements), lesson, person, rounds)
    print(f"{PEOPLE} people, {rounds} rounds{'median ms':>16}{'p95 ms':>9}{'SQL':>5}")
    for what, times in trainer.times.items():
        times.sort()
        p95 = times[int(len(times) * 0.95) - 1]
        print(f"{what:26}{median(times):12.1f}{p95:9.1f}{trainer.counts[what]:5}")


if __name__ == "__main__":
    main()
