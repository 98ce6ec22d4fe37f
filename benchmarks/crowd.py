# SPDX-License-Identifier: AGPL-3.0-or-later
"""The scratch database of a large programme: a thousand editions, a hundred thousand people.

Everybody in it is invented, names are drawn from a list of syllables, and the same
numbers give the same rows every time. One account signs in in each role of ``ROLES``:
``coordinator@large.example`` and so on, with ``PASSWORD``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from random import Random
from typing import Any

from sqlalchemy import Connection, case, insert, literal, select
from werkzeug.security import generate_password_hash

from app.domain.people import name_key, search_key
from app.domain.sharing import link_token, token_hash
from app.domain.vocabulary import ServiceArea
from app.extensions import db
from app.models import (
    Affiliation,
    AttendanceEntry,
    AuditEvent,
    CalendarFeed,
    Certificate,
    Course,
    Edition,
    Enrolment,
    Lesson,
    LessonStaff,
    Organisation,
    OutboxMessage,
    Partnership,
    Person,
    Programme,
    RegisterSheet,
    RoleAssignment,
    UserAccount,
    Venue,
)
from tests.world import NOW

BATCH = 5_000
PASSWORD = "parola-di-prova"  # noqa: S105 - of a scratch database
ROLES = {
    "coordinator": ("programme_coordinator", None),
    "organiser": ("organiser", 1),
    "representative": ("body_representative", 7),
    "trainer": ("trainer", 1),
    "admin": ("system_admin", None),
}
SYLLABLES = [
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
]
ENDS = ["bella", "chiaro", "forte", "lieve", "mare", "piano", "sasso", "vento", "vigna"]
GIVEN = [
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
]
AREAS = [None, *ServiceArea]
DAYS = 600  # over which the editions begin, half of them before now

Row = tuple[type[Any], dict[str, Any]]


@dataclass(frozen=True)
class Size:
    """How many there are of each; ``lessons`` and ``seats`` of one edition."""

    people: int = 100_000
    editions: int = 1_000
    bodies: int = 100
    courses: int = 40
    trainers: int = 200
    lessons: int = 4
    seats: int = 300
    deeds: int = 200_000
    messages: int = 50_000


SMALL = Size(2_000, 30, 10, 5, 10, 4, 60, 300, 300)


def fill(size: Size) -> None:
    """Write all rows into the database at hand, which has its tables and nothing in them."""
    with db.engine.begin() as connection:
        for part in (_ground, _people, _accounts, _teaching, _traces):
            _put(connection, part(size))
        _mark(connection)
        if connection.dialect.name == "postgresql":  # which does so by itself; SQLite never does
            connection.exec_driver_sql("ANALYZE")


def feed_address(who: str) -> str:
    """The secret address of this account's calendar."""
    return link_token(b"large", 1, sha256(who.encode()).hexdigest()[:32])


def _put(connection: Connection, rows: Iterator[Row]) -> None:
    """Insert the rows many at a time, those of a table before those that point to it."""
    waiting: dict[Any, list[dict[str, Any]]] = {}
    for model, row in rows:
        batch = waiting.setdefault((model.__table__, tuple(row)), [])
        batch.append(row)
        if len(batch) == BATCH:
            _flush(connection, waiting)
    _flush(connection, waiting)


def _flush(connection: Connection, waiting: dict[Any, list[dict[str, Any]]]) -> None:
    order = db.metadata.sorted_tables
    for table, columns in sorted(waiting, key=lambda key: order.index(key[0])):
        connection.execute(insert(table), waiting[table, columns])
    waiting.clear()


def _ground(size: Size) -> Iterator[Row]:
    yield Programme, {
        "id": 1, "code": "105920", "acronym": "FOR PA", "title": "Un progetto grande",
        "fund_name": "Fondo", "annual_programme": "2013", "starts_on": date(2014, 1, 1),
        "ends_on": date(2016, 6, 30), "retention_until": date(2026, 6, 30),
        "union_line": "UNIONE EUROPEA", "fund_line": "Fondo", "ministry_line": "MINISTERO",
        "publicity_statement": "Progetto co-finanziato dall'Unione Europea",
    }  # fmt: skip
    for number in range(1, size.bodies + 1):
        name = f"Comune di Borgo {number}"
        yield Organisation, {
            "id": number, "kind": "municipality", "name": name, "short_name": f"Borgo {number}",
            "search_key": search_key(name), "province_code": "PG", "population": number * 700,
        }  # fmt: skip
        role = "partner_body" if number <= 4 else "participating_body"
        yield Partnership, {"programme_id": 1, "organisation_id": number, "role": role}
        yield Venue, {"id": number, "name": "Sala", "town": f"Borgo {number}", "capacity": 400}
    for number in range(1, size.courses + 1):
        yield Course, {
            "id": number, "programme_id": 1, "code": f"C{number:02d}", "title": f"Corso {number}",
            "search_key": f"c{number:02d} corso {number}", "planned_minutes": 240 * size.lessons,
            "certificate_kind": "frequency", "state": "published",
        }  # fmt: skip


def _people(size: Size) -> Iterator[Row]:
    draw = Random(105_920)  # noqa: S311 - the same people every time
    for number in range(1, size.people + 1):
        family = "".join([*draw.choices(SYLLABLES, k=3), draw.choice(ENDS)]).capitalize()
        given = draw.choice(GIVEN)
        email = f"p{number}@borgo.example"
        yield Person, {
            "id": number, "given_name": given, "family_name": family, "work_email": email,
            "search_key": search_key(f"{family} {given} {email}"),
            "name_key": name_key(given, family), "incomplete": number % 500 == 0,
            "tax_code": f"TEST{number:012d}",
        }  # fmt: skip
        body = _body_of(number, size)
        job = {
            "person_id": number, "organisation_id": body, "office": f"Ufficio {number % 9}",
            "service_area": AREAS[number % len(AREAS)], "starts_on": date(2010, 1, 1),
            "target_group": "policy_maker" if number % 20 == 0 else "official",
            "ends_on": date(2014, 12, 31) if number % 25 == 0 else None,
        }  # fmt: skip
        yield Affiliation, job
        if number % 50 == 0:  # half of those who left are somewhere else now
            elsewhere = {"organisation_id": body % size.bodies + 1, "starts_on": date(2015, 1, 1)}
            yield Affiliation, job | elsewhere | {"ends_on": None}


def _seated(edition: int, seat: int, size: Size) -> int:
    """Who has this seat: an edition is attended by the staff of ten bodies near one another."""
    staff = size.people // size.bodies
    place = (edition * size.seats // 10 + seat // 10) % staff
    return 1 + place * size.bodies + (edition * 3 + seat % 10) % size.bodies


def _body_of(person: int, size: Size) -> int:
    return 1 + person % size.bodies


def _accounts(size: Size) -> Iterator[Row]:
    """Those who sign in, then one account for each trainer and a hundredth of the people."""
    password = generate_password_hash(PASSWORD, method="pbkdf2:sha256:1")
    for number, (name, (role, body)) in enumerate(ROLES.items(), 1):
        yield UserAccount, {
            "id": number, "login": f"{name}@large.example", "display_name": name.title(),
            "password_hash": password, "state": "active",
            "person_id": 1 if role == "trainer" else None,
        }  # fmt: skip
        yield RoleAssignment, _role(number, role, body)
        if role != "system_admin":
            yield CalendarFeed, {
                "account_id": number, "assignment_id": number, "created_at": NOW,
                "token_hash": token_hash(feed_address(name)),
            }  # fmt: skip
    for number in range(len(ROLES) + 1, len(ROLES) + size.people // 100):
        role = "trainer" if number <= size.trainers else "participant"
        yield UserAccount, {
            "id": number, "login": f"u{number}@large.example", "display_name": f"Utente {number}",
            "state": "active", "person_id": number,
        }  # fmt: skip
        yield RoleAssignment, _role(number, role, 1 + number % 4)


def _role(number: int, role: str, body: int | None) -> dict[str, Any]:
    return {
        "id": number, "account_id": number, "role": role, "organisation_id": body,
        "programme_id": None if role == "system_admin" else 1, "starts_on": date(2014, 8, 1),
    }  # fmt: skip


def _teaching(size: Size) -> Iterator[Row]:
    for number in range(1, size.editions + 1):
        first = NOW + timedelta(days=number * DAYS // size.editions - DAYS // 2)
        state = _state(number, first, size)
        yield Edition, {
            "id": number, "course_id": 1 + number % size.courses, "code": f"E{number:04d}",
            "course_title": f"Corso {1 + number % size.courses}", "kind": "course",
            "delivering_body_id": 1 + number % 4, "venue_id": 1 + number % size.bodies,
            "seats_max": size.seats, "threshold": 80, "planned_minutes": 240 * size.lessons,
            "state": state,
        }  # fmt: skip
        for seq in range(1, size.lessons + 1):
            yield from _lesson(number, seq, state, size)
        for seat in range(size.seats):
            yield from _enrolment(number, seat, state, size)


def _state(number: int, first: Any, size: Size) -> str:
    if number % 25 == 0:
        return "cancelled" if number % 50 else "draft"
    if first > NOW:
        return "confirmed" if first < NOW + timedelta(days=30) else "open"
    return "running" if first > NOW - timedelta(days=7 * size.lessons) else "closed"


def _lesson(edition: int, seq: int, state: str, size: Size) -> Iterator[Row]:
    number = (edition - 1) * size.lessons + seq
    days = edition * DAYS // size.editions - DAYS // 2 + 7 * (seq - 1)
    starts_at = NOW + timedelta(days=days, hours=edition % 6)
    ends_at = starts_at + timedelta(hours=4)
    yield Lesson, {
        "id": number, "edition_id": edition, "seq": seq, "starts_at": starts_at,
        "ends_at": ends_at, "planned_minutes": 240, "topic": f"Argomento {seq}",
        "state": "scheduled",
    }  # fmt: skip
    page: dict[str, Any] = {"id": number, "lesson_id": number, "state": "not_open"}
    if ends_at < NOW and state in ("running", "closed"):
        page |= {"state": "closed", "closed_at": ends_at, "delivered_minutes": 240,
                 "starts_at_real": starts_at, "ends_at_real": ends_at, "content_hash": "0" * 64}  # fmt: skip
    yield RegisterSheet, page
    for role, person in (("trainer", number), ("tutor", number + 7)):
        yield (
            LessonStaff,
            {"lesson_id": number, "person_id": 1 + person % size.trainers, "role": role},
        )


def _enrolment(edition: int, seat: int, state: str, size: Size) -> Iterator[Row]:
    number = (edition - 1) * size.seats + seat + 1
    person = _seated(edition, seat, size)
    became = "confirmed"
    if seat % 12 == 0:
        became = "withdrawn"
    elif state == "closed":
        became = "completed" if seat % 5 else "not_completed"
    elif state == "open" and seat % 3 == 0:
        became = "requested"
    yield Enrolment, {
        "id": number, "edition_id": edition, "person_id": person, "state": became,
        "home_body_id": _body_of(person, size), "requested_at": NOW - timedelta(days=40),
    }  # fmt: skip
    if became == "completed":
        yield Certificate, {
            "edition_id": edition, "person_id": person, "enrolment_id": number, "year": 2015,
            "kind": "frequency", "issuing_body_id": 1, "number": number, "code": f"L{number}",
            "holder_given_name": "Ada", "holder_family_name": f"Borgo {number}", "content": {},
            "template_version": 1, "state": "issued", "issued_at": NOW, "issued_by_id": 1,
        }  # fmt: skip


def _traces(size: Size) -> Iterator[Row]:
    """What was done, and the messages about it."""
    deeds = ("sheet.marked", "enrolment.confirmed", "lesson.changed", "edition.opened")
    for number in range(1, size.deeds + 1):
        action = deeds[number % len(deeds)]
        yield AuditEvent, {
            "sequence": number, "at": NOW - timedelta(minutes=size.deeds - number),
            "account_id": 1, "actor_label": "Coordinator", "role": "programme_coordinator",
            "action": action, "target_type": action.partition(".")[0], "programme_id": 1,
            "target_id": 1 + number % size.editions, "target_label": f"Oggetto {number}",
            "details": "{}", "request_id": "", "previous_hash": f"{number - 1:064d}",
            "hash": f"{number:064d}",
        }  # fmt: skip
    for number in range(1, size.messages + 1):
        yield OutboxMessage, {
            "programme_id": 1, "kind": "prova", "to_address": f"p{number}@borgo.example",
            "subject": f"Convocazione {number}", "body": "Testo", "about_type": "enrolment",
            "about_id": number, "message_id": f"<{number}@large.example>", "created_at": NOW,
            "next_try_at": NOW, "state": "failed" if number % 1_000 == 0 else "sent",
        }  # fmt: skip


def _mark(connection: Connection) -> None:
    """A mark on every closed page for everybody who stands on it; each ninth was absent."""
    absent = (Enrolment.id + RegisterSheet.id) % 9 == 0
    marks = (
        select(
            RegisterSheet.id, Enrolment.id, case((absent, "absent"), else_="present"),
            case((absent, 0), else_=240), literal("trainer"), literal(1), literal("Trainer"),
            RegisterSheet.closed_at, literal(1),
        )
        .join(Lesson, Lesson.id == RegisterSheet.lesson_id)
        .join(Enrolment, Enrolment.edition_id == Lesson.edition_id)
        .where(RegisterSheet.state == "closed", Enrolment.state != "withdrawn")
    )  # fmt: skip
    columns = ["sheet_id", "enrolment_id", "status", "counted_minutes", "source", "marked_by_id",
               "marked_by_label", "marked_at", "version"]  # fmt: skip
    connection.execute(insert(AttendanceEntry.__table__).from_select(columns, marks))
