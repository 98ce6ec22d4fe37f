# SPDX-License-Identifier: AGPL-3.0-or-later
"""A scratch database of 1,000 editions and 100,000 people, for figures of a large programme.

    .venv/bin/python -m benchmarks.large FILE [--people 100000] [--editions 1000]

Other figures import ``build`` and ``scratch``; the people are invented, their names drawn
from a list of syllables. Somebody signs in in every role that looks at lists:
``coordinator@large.example``, ``organiser@large.example``, ``representative@large.example``,
with ``PASSWORD``.
"""

import argparse
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, Table, insert
from werkzeug.security import generate_password_hash

from app import create_app
from app.application import Application
from app.domain.people import name_key, search_key
from app.extensions import db
from app.models import (
    Affiliation,
    Course,
    Edition,
    Enrolment,
    Lesson,
    Organisation,
    Partnership,
    Person,
    Programme,
    RegisterSheet,
    RoleAssignment,
    UserAccount,
    Venue,
)
from config import TestConfig

PEOPLE, EDITIONS, BODIES, COURSES, LESSONS, SEATS = 100_000, 1_000, 100, 20, 3, 25
BATCH = 5_000
PASSWORD = "parola-di-prova"  # noqa: S105 - of a scratch database
START = datetime(2014, 11, 6, 8, tzinfo=UTC)
ROLES = {"coordinator": "programme_coordinator", "organiser": "organiser",
         "representative": "body_representative"}  # fmt: skip
SYLLABLES = (
    "bo",
    "ca",
    "del",
    "fon",
    "gra",
    "lie",
    "mon",
    "no",
    "pra",
    "ro",
    "sel",
    "tor",
    "va",
    "ver",
)
ENDS = ("bella", "chiaro", "forte", "lieve", "mare", "piano", "sasso", "vento", "vigna")
GIVEN = (
    "Ada",
    "Andrea",
    "Bruno",
    "Carla",
    "Dino",
    "Elena",
    "Furio",
    "Gaia",
    "Ida",
    "Luca",
    "Marta",
    "Noè",
)


def scratch(file: Path) -> Application:
    """The application on a database in this file."""
    settings = {"SQLALCHEMY_DATABASE_URI": f"sqlite:///{file}"}
    return create_app(type("Scratch", (TestConfig,), settings))


def build(file: Path, people: int = PEOPLE, editions: int = EDITIONS) -> None:
    """Fill the file, which must not exist yet."""
    app = scratch(file)
    with app.app_context():
        db.create_all()
        with db.engine.begin() as connection:
            _put(connection, _ground())
            _put(connection, _people(people))
            _put(connection, _teaching(editions, people))
        with db.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
        db.engine.dispose()


def _put(connection: Connection, rows: Iterator[tuple[Table, dict[str, Any]]]) -> None:
    """Insert what the rows say, in the order of their tables."""
    waiting: dict[Table, list[dict[str, Any]]] = {}
    for table, row in rows:
        waiting.setdefault(table, []).append(row)
    for table in db.metadata.sorted_tables:
        found = waiting.get(table, [])
        for start in range(0, len(found), BATCH):
            connection.execute(insert(table), found[start : start + BATCH])


def _ground() -> Iterator[tuple[Table, dict[str, Any]]]:
    yield Programme.__table__, {
        "id": 1, "code": "105920", "acronym": "FOR PA", "title": "Un progetto grande",
        "fund_name": "Fondo", "annual_programme": "2013", "starts_on": date(2014, 8, 1),
        "ends_on": date(2015, 6, 30), "retention_until": date(2025, 6, 30),
        "union_line": "UNIONE EUROPEA", "fund_line": "Fondo", "ministry_line": "MINISTERO",
        "publicity_statement": "Progetto co-finanziato dall'Unione Europea",
    }  # fmt: skip
    for number in range(1, BODIES + 1):
        name = f"Comune di Borgo {number}"
        yield Organisation.__table__, {
            "id": number, "kind": "municipality", "name": name, "short_name": f"Borgo {number}",
            "search_key": search_key(name), "province_code": "PG",
        }  # fmt: skip
        role = "partner_body" if number == 1 else "participating_body"
        yield Partnership.__table__, {"programme_id": 1, "organisation_id": number, "role": role}
    yield Venue.__table__, {"id": 1, "name": "Sala", "town": "Perugia", "capacity": 100}
    password = generate_password_hash(PASSWORD, method="pbkdf2:sha256:1")
    for number, (name, role) in enumerate(ROLES.items(), 1):
        yield UserAccount.__table__, {
            "id": number, "login": f"{name}@large.example", "display_name": name.title(),
            "password_hash": password, "state": "active",
        }  # fmt: skip
        yield RoleAssignment.__table__, {
            "account_id": number, "role": role, "programme_id": 1, "starts_on": date(2014, 8, 1),
            "organisation_id": None if role == "programme_coordinator" else number - 1,
        }  # fmt: skip


def _people(people: int) -> Iterator[tuple[Table, dict[str, Any]]]:
    draw = Random(105_920)  # noqa: S311 - the same people every time
    for number in range(1, people + 1):
        family = "".join([*draw.choices(SYLLABLES, k=3), draw.choice(ENDS)]).capitalize()
        given = draw.choice(GIVEN)
        email = f"p{number}@borgo.example"
        yield Person.__table__, {
            "id": number, "given_name": given, "family_name": family, "work_email": email,
            "search_key": search_key(f"{family} {given} {email}"),
            "name_key": name_key(given, family), "incomplete": number % 5_000 == 0,
        }  # fmt: skip
        yield Affiliation.__table__, {
            "person_id": number, "organisation_id": 1 + number % BODIES,
            "office": f"Ufficio {number % 9}", "target_group": "official",
            "starts_on": date(2010, 1, 1), "ends_on": date(2014, 12, 31) if number % 50 == 0 else None,
        }  # fmt: skip


def _teaching(editions: int, people: int) -> Iterator[tuple[Table, dict[str, Any]]]:
    for number in range(1, COURSES + 1):
        yield Course.__table__, {
            "id": number, "programme_id": 1, "code": f"C{number}", "title": f"Corso {number}",
            "search_key": f"corso {number}", "planned_minutes": 720,
            "certificate_kind": "frequency", "state": "published",
        }  # fmt: skip
    for number in range(1, editions + 1):
        yield Edition.__table__, {
            "id": number, "course_id": 1 + number % COURSES, "course_title": "Corso",
            "code": f"E{number:04d}", "kind": "course", "delivering_body_id": 1 + number % 4,
            "venue_id": 1, "seats_max": SEATS, "threshold": 80, "planned_minutes": 720,
            "state": "open",
        }  # fmt: skip
        for seq in range(1, LESSONS + 1):
            lesson = number * LESSONS + seq
            starts_at = START + timedelta(days=number % 200, hours=24 * seq)
            yield Lesson.__table__, {
                "id": lesson, "edition_id": number, "seq": seq, "starts_at": starts_at,
                "ends_at": starts_at + timedelta(hours=4), "planned_minutes": 240, "topic": "Argomento",
            }  # fmt: skip
            yield RegisterSheet.__table__, {"lesson_id": lesson, "state": "not_open"}
        for seat in range(SEATS):
            person = 1 + (number * SEATS + seat) % people
            yield Enrolment.__table__, {
                "edition_id": number, "person_id": person, "home_body_id": 1 + person % BODIES,
                "state": "confirmed", "requested_at": START,
            }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--editions", type=int, default=EDITIONS)
    asked = parser.parse_args()
    begun = perf_counter()
    build(asked.file, asked.people, asked.editions)
    print(f"{asked.file}: {asked.people} people in {perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
