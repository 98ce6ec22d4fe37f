# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long ``verify`` takes over a million deeds, and in how much memory.

    .venv/bin/python -m benchmarks.verify [--deeds 1000000]

Builds a scratch database on SQLite: 80 editions of 25 lessons with 25 people each, every
mark written again and again, each time with its entry in the trail.
"""

import argparse
import multiprocessing
import resource
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Table, insert

from app import create_app
from app.application import Application
from app.audit import payload
from app.domain.attendance import Presence
from app.domain.chain import GENESIS, canonical, link, seal
from app.extensions import db
from app.integrity.verification import snapshot, verify
from app.models import (
    AttendanceEntry,
    AuditEvent,
    Course,
    Edition,
    Enrolment,
    Lesson,
    Organisation,
    Person,
    PresenceInterval,
    Programme,
    RegisterSheet,
    UserAccount,
    Venue,
)
from config import TestConfig

GOAL = 60  # seconds
EDITIONS, LESSONS, PEOPLE = 80, 25, 25
BATCH = 5_000
START = datetime(2015, 1, 7, 8, tzinfo=UTC)
MARKS = ("present 08:00Z-12:00Z", "absent")


def scratch(folder: str) -> Application:
    """The application on a database in this folder."""
    url = f"sqlite:///{Path(folder) / 'scratch.db'}"
    return create_app(type("Scratch", (TestConfig,), {"SQLALCHEMY_DATABASE_URI": url}))


def build(folder: str, deeds: int) -> None:
    """Fill the database; in a process of its own, so that its memory does not count."""
    app = scratch(folder)
    with app.app_context():
        db.create_all()
        with db.engine.begin() as connection:
            _put(connection, _programme())
            _put(connection, _teaching())
            _put(connection, _events(deeds, app.config["CHAIN_KEY"].encode()))


def _put(connection: Connection, rows: Iterator[tuple[Table, dict[str, Any]]]) -> None:
    waiting: dict[Table, list[dict[str, Any]]] = {}
    for table, row in rows:
        batch = waiting.setdefault(table, [])
        batch.append(row)
        if len(batch) == BATCH:
            connection.execute(insert(table), batch)
            batch.clear()
    for table in db.metadata.sorted_tables:
        if waiting.get(table):
            connection.execute(insert(table), waiting[table])


def _programme() -> Iterator[tuple[Table, dict[str, Any]]]:
    text = dict.fromkeys(("union_line", "fund_line", "ministry_line", "publicity_statement"), "-")
    days = {"starts_on": date(2014, 8, 1), "ends_on": date(2030, 1, 1)}
    yield Programme.__table__, {
        "id": 1, "code": "1", "acronym": "PROVA", "title": "Prova", "fund_name": "Fondo",
        "annual_programme": "2015", "retention_until": date(2040, 1, 1), **days, **text,
    }  # fmt: skip
    yield Organisation.__table__, {
        "id": 1, "kind": "municipality", "name": "Ente", "short_name": "Ente", "search_key": "ente",
    }  # fmt: skip
    yield Venue.__table__, {"id": 1, "name": "Sala", "town": "Perugia", "capacity": 40}
    yield UserAccount.__table__, {
        "id": 1, "login": "a@prova.example", "display_name": "Docente", "state": "active",
    }  # fmt: skip
    yield Course.__table__, {
        "id": 1, "programme_id": 1, "code": "C1", "title": "Corso", "search_key": "corso",
        "planned_minutes": 6_000, "certificate_kind": "frequency", "state": "published",
    }  # fmt: skip
    for person in range(1, PEOPLE + 1):
        yield Person.__table__, {
            "id": person, "given_name": "Lucia", "family_name": f"Fontebella{person}",
            "search_key": f"fontebella{person} lucia",
        }  # fmt: skip


def _teaching() -> Iterator[tuple[Table, dict[str, Any]]]:
    for edition in range(1, EDITIONS + 1):
        yield Edition.__table__, {
            "id": edition, "course_id": 1, "course_title": "Corso", "code": f"C1-{edition}",
            "kind": "course", "delivering_body_id": 1, "venue_id": 1, "seats_max": 40,
            "threshold": 80, "planned_minutes": 6_000, "state": "running",
        }  # fmt: skip
        for person in range(1, PEOPLE + 1):
            yield Enrolment.__table__, {
                "id": _enrolment(edition, person), "edition_id": edition, "person_id": person,
                "home_body_id": 1, "state": "confirmed", "requested_at": START,
            }  # fmt: skip
        for seq in range(1, LESSONS + 1):
            lesson = (edition - 1) * LESSONS + seq
            yield Lesson.__table__, {
                "id": lesson, "edition_id": edition, "seq": seq, "starts_at": START,
                "ends_at": START + timedelta(hours=4), "planned_minutes": 240, "topic": "Tema",
            }  # fmt: skip
            yield RegisterSheet.__table__, {
                "id": lesson, "lesson_id": lesson, "state": "open", "opened_at": START,
            }  # fmt: skip


def _enrolment(edition: int, person: int) -> int:
    return (edition - 1) * PEOPLE + person


def _events(deeds: int, key: bytes) -> Iterator[tuple[Table, dict[str, Any]]]:
    """Sheets opened, then every mark over and over; the last mark of each is its entry."""
    previous, places = GENESIS, EDITIONS * LESSONS * PEOPLE
    for sequence in range(1, deeds + 1):
        place = sequence - 1 - EDITIONS * LESSONS
        at = START + timedelta(milliseconds=sequence)
        sheet = sequence if place < 0 else place % places // PEOPLE + 1
        row = _event(sequence, at, sheet)
        if place >= 0:
            edition, person = (sheet - 1) // LESSONS + 1, place % PEOPLE + 1
            old, new = MARKS[place // places % 2 - 1], MARKS[place // places % 2]
            enrolment = _enrolment(edition, person)
            said = {"enrolment": enrolment, "hand": "trainer", "old": old, "new": new}
            row.action, row.details = "sheet.marked", canonical(said).decode()
            if sequence > deeds - places:
                yield from _entry(place % places + 1, sheet, enrolment, at, new)
        row.hash = link(previous, payload(row))  # type: ignore[arg-type]
        row.previous_hash, row.seal = previous, seal(key, row.hash)
        previous = row.hash
        yield AuditEvent.__table__, vars(row)


def _event(sequence: int, at: datetime, sheet: int) -> SimpleNamespace:
    return SimpleNamespace(
        sequence=sequence,
        at=at,
        account_id=1,
        actor_label="Docente",
        role="trainer",
        action="sheet.opened",
        target_type="register_sheet",
        target_id=sheet,
        target_label=f"C1-{sheet}, 1",
        programme_id=1,
        organisation_id=1,
        details='{"hand":"trainer"}',
        request_id="0f8fad5b-d9cb-469f-a165-70867728950e",
    )


def _entry(
    number: int, sheet: int, enrolment: int, at: datetime, mark: str
) -> Iterator[tuple[Table, dict[str, Any]]]:
    status = Presence(mark.split(" ")[0])
    minutes = 240 if status is Presence.PRESENT else 0
    yield AttendanceEntry.__table__, {
        "id": number, "sheet_id": sheet, "enrolment_id": enrolment, "status": status,
        "counted_minutes": minutes, "source": "trainer", "marked_by_id": 1,
        "marked_by_label": "Docente", "marked_at": at,
    }  # fmt: skip
    if minutes:
        yield PresenceInterval.__table__, {
            "entry_id": number, "entered_at": START, "left_at": START + timedelta(hours=4),
        }  # fmt: skip


def main() -> None:
    """Build in a process of its own, verify here, print seconds and megabytes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deeds", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        begun = perf_counter()
        child = multiprocessing.Process(target=build, args=(folder, options.deeds))
        child.start()
        child.join()
        print(f"built in {perf_counter() - begun:.0f} s")
        app = scratch(folder)
        key = app.config["CHAIN_KEY"].encode()
        with app.app_context():
            before = _megabytes()
            begun, worked = perf_counter(), process_time()
            with snapshot() as connection:
                report = verify(connection, key)
            seconds, worked = perf_counter() - begun, process_time() - worked
        print(", ".join(f"{count} {name}" for name, count in report.checked.items()))
        print(f"{seconds:.1f} s, {worked:.1f} s of them at work (goal {GOAL})")
        print(f"{_megabytes() - before} MB more than at the start")
        for finding in report.findings[:3]:
            print(finding)


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
