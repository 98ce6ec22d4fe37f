# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demonstration adds up: against the timetable, against the rows, against itself."""

import hashlib
from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from sqlalchemy import select

from app.assignments import actor_of
from app.audit import payload
from app.cli.demo.officials import OFFICIALS, officials
from app.cli.demo.staff import ANCI, ARIS, COORDINATOR, TRAINERS, TRUST_US
from app.dashboard import queries as dashboard
from app.domain import tax_code
from app.domain.chain import first_broken
from app.extensions import db
from app.models import AuditEvent, Certificate, CertificateFile, RoleAssignment, UserAccount

TODAY = "2015-05-14"
TEACHING = (ANCI, ARIS, TRUST_US)  # who teaches works for a partner


@pytest.fixture
def figures(demo):
    """The coordinator's dashboard, as she sees it."""
    account, assignment = db.session.execute(
        select(UserAccount, RoleAssignment)
        .join(RoleAssignment, RoleAssignment.account_id == UserAccount.id)
        .where(UserAccount.login == COORDINATOR)
    ).one()
    with demo.test_request_context():
        return dashboard.dashboard(actor_of(account, assignment))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def minutes(begin: datetime, end: datetime) -> int:
    return int((end - begin).total_seconds() // 60)


def counted_by_hand(ask) -> dict[int, int]:
    """Minutes by entry from the raw stays, cut to the real times of the closed page."""
    total: dict[int, int] = defaultdict(int)
    for row in ask(
        "SELECT i.entry_id, i.entered_at, i.left_at, s.starts_at_real, s.ends_at_real"
        " FROM presence_interval i JOIN attendance_entry a ON a.id = i.entry_id"
        " JOIN register_sheet s ON s.id = a.sheet_id WHERE s.state = 'closed'"
    ):
        begin = max(at(row["entered_at"]), at(row["starts_at_real"]))
        end = min(at(row["left_at"]), at(row["ends_at_real"]))
        total[row["entry_id"]] += max(0, minutes(begin, end))
    return total


def test_the_calendar_is_the_timetable(ask, timetable):
    rows = ask(
        "SELECT e.code, l.seq, coalesce(l.moved_from, l.starts_at) AS starts, l.planned_minutes,"
        " l.topic, p.family_name FROM lesson l JOIN edition e ON e.id = l.edition_id"
        " JOIN lesson_staff t ON t.lesson_id = l.id AND t.role = 'trainer' AND t.reason = ''"
        " JOIN person p ON p.id = t.person_id WHERE e.kind = 'course'"
    )
    planned = {(row["code"], row["seq"]): row for row in rows}
    assert len(timetable) == 45
    assert sum(int(row["planned_minutes"]) for row in timetable) == 180 * 60
    for wanted in timetable:
        key = wanted["edition_code"], int(wanted["session_no"])
        if key == ("C02-03", 2):
            assert key not in planned  # the substitute's lesson
            continue
        found = planned[key]
        assert found["starts"][:10] == wanted["date"]
        assert found["planned_minutes"] == int(wanted["planned_minutes"])
        assert found["topic"] == wanted["topic"]
        assert wanted["trainer"] == f"Docente {found['family_name']}"


def test_every_lesson_before_today_is_closed(ask, timetable, figures):
    past = [row for row in timetable if row["date"] < TODAY]
    (done,) = ask(
        "SELECT count(*) AS lessons, sum(s.delivered_minutes) AS delivered FROM register_sheet s"
        " WHERE s.state = 'closed'"
    )
    started_late = 10
    assert done["lessons"] == len(past) == 44
    assert done["delivered"] == sum(int(row["planned_minutes"]) for row in past) - started_late
    assert figures.sums.lessons_held == done["lessons"]
    assert figures.sums.delivered_minutes == done["delivered"]
    assert figures.sums.planned_minutes == 180 * 60
    assert figures.sums.lessons_planned == 45
    assert figures.sums.editions_planned == 16
    assert figures.open_sheets == []


def test_hours_of_people_come_from_their_stays(ask, figures):
    by_hand = counted_by_hand(ask)
    rows = ask(
        "SELECT a.id, a.counted_minutes, n.state, l.planned_minutes FROM attendance_entry a"
        " JOIN enrolment n ON n.id = a.enrolment_id JOIN register_sheet s ON s.id = a.sheet_id"
        " JOIN lesson l ON l.id = s.lesson_id WHERE s.state = 'closed'"
    )
    assert {row["id"]: row["counted_minutes"] for row in rows if row["counted_minutes"]} == by_hand
    expected = [row for row in rows if row["state"] != "withdrawn"]
    assert figures.sums.person_minutes == sum(row["counted_minutes"] for row in expected)
    assert figures.sums.possible_minutes == sum(row["planned_minutes"] for row in expected)


def test_people_bodies_and_certificates_are_counted_once(ask, figures):
    def number(sql: str) -> int:
        return ask(sql)[0][0]

    enrolled = number(
        "SELECT count(DISTINCT person_id) FROM enrolment"
        " WHERE state IN ('confirmed', 'completed', 'not_completed')"
    )
    trained = number(
        "SELECT count(DISTINCT person_id) FROM enrolment"
        " WHERE id IN (SELECT enrolment_id FROM certificate)"
    )
    assert figures.sums.enrolled_people == enrolled == 109
    assert figures.sums.trained_people == trained
    assert 90 <= trained <= 99
    assert figures.sums.bodies_reached == 14
    assert figures.sums.municipalities_reached == 13
    assert figures.sums.editions_held == 14
    values = {figure.code: figure for figure in figures.figures}
    assert values["RES1"].value >= 80
    assert values["RES2"].value >= 85
    assert values["OUT3"].target == 180 * 60


def test_109_officials_by_home_body(ask):
    rows = ask(
        "SELECT o.short_name AS body, count(*) AS people FROM affiliation a"
        " JOIN organisation o ON o.id = a.organisation_id"
        " WHERE a.ends_on IS NULL AND o.kind IN ('municipality', 'province')"
        " AND a.starts_on < '2015-05-13' GROUP BY o.id"  # since then: records twice, a list
    )
    assert {row["body"]: row["people"] for row in rows} == OFFICIALS
    assert sum(OFFICIALS.values()) == 109


def test_bodies_are_those_of_umbria_and_the_partners(ask):
    kinds = Counter(row["kind"] for row in ask("SELECT kind FROM organisation"))
    assert kinds == {
        "municipality": 92, "province": 1, "association": 1, "training_provider": 2, "ministry": 1,
    }  # fmt: skip


def test_tax_codes_agree_with_the_people():
    trainers = {family for _, family, _, _ in TRAINERS}
    for one in officials():
        assert one.family not in trainers
        if one.tax_code:
            tax_code.check(one.tax_code)
            assert tax_code.agrees(
                one.tax_code,
                family=one.family,
                given=one.given,
                sex=one.sex,
                birth_date=one.birth_date,
                belfiore=one.birth_code,
            )


def test_editions_are_as_full_as_they_should_be(ask):
    rows = ask(
        "SELECT e.code, count(*) AS people FROM enrolment n JOIN edition e ON e.id = n.edition_id"
        " WHERE n.state IN ('confirmed', 'completed', 'not_completed') AND e.state <> 'open'"
        " GROUP BY e.code"
    )
    people = {row["code"]: row["people"] for row in rows}
    assert people["C08-02"] == 24
    assert len(people) == 16
    assert all(18 <= number <= 24 for number in people.values()), people


def test_the_trail_is_unbroken_and_in_order(demo):
    events = list(db.session.scalars(select(AuditEvent).order_by(AuditEvent.sequence)))
    rows = ((e.sequence, payload(e), e.previous_hash, e.hash) for e in events)
    assert first_broken(rows) is None
    assert all(one.at <= next_.at for one, next_ in pairwise(events))
    assert events[-1].at < datetime(2015, 5, 14, 7, 20, tzinfo=UTC)


# What a list or a new programme brought with it stands in its one entry.
AUDITED = {
    "affiliation": (
        "SELECT id FROM affiliation WHERE id NOT IN (SELECT affiliation_id FROM person_import_row"
        " WHERE outcome = 'created' AND affiliation_id IS NOT NULL)"
    ),
    "apology": "SELECT id FROM apology",
    "attendance_register": "SELECT id FROM attendance_register WHERE endorsed_at IS NOT NULL",
    "calendar_feed": "SELECT id FROM calendar_feed",
    "certificate": "SELECT id FROM certificate",
    "certificate_batch": "SELECT id FROM certificate_batch",
    "certificate_template": "SELECT id FROM certificate_template WHERE programme_id = 1",
    "correction": "SELECT id FROM correction",
    "course": "SELECT id FROM course WHERE programme_id = 1",
    "derogation": "SELECT id FROM derogation",
    "edition": "SELECT id FROM edition",
    "enrolment": "SELECT id FROM enrolment",
    "lesson": "SELECT id FROM lesson",
    "organisation": "SELECT id FROM organisation",
    "partnership": "SELECT id FROM partnership WHERE programme_id = 1",
    "person": (
        "SELECT id FROM person WHERE id NOT IN (SELECT person_id FROM person_import_row"
        " WHERE outcome = 'created' AND person_id IS NOT NULL)"
    ),
    "person_import": "SELECT id FROM person_import",
    "programme": "SELECT id FROM programme",
    "recovery": "SELECT id FROM recovery",
    "register_sheet": "SELECT id FROM register_sheet WHERE state <> 'not_open'",
    "role_assignment": "SELECT id FROM role_assignment",
    "scanned_evidence": "SELECT id FROM scanned_evidence",
    "user_account": "SELECT id FROM user_account",
    "user_proposal": "SELECT id FROM user_proposal",
    "variation": "SELECT id FROM variation",
    "venue": "SELECT id FROM venue",
}
# Rows that come with another, whose entry covers them.
PARTS = {
    "account_token", "attendance_entry", "book_record", "certificate_batch_item", "certificate_counter", "certificate_file",
    "checklist_item", "enrolment_move", "evidence_file", "indicator", "lesson_staff", "module", "office", "outbox_attachment",
    "outbox_message", "person_distinction", "person_import_row", "presence_interval", "reconciled_line", "seat_allotment", "standard_item",
}  # fmt: skip


def test_every_row_has_its_entry_in_the_trail(ask):
    for table, sql in AUDITED.items():
        ids = {row["id"] for row in ask(sql)}
        noted = ask("SELECT DISTINCT target_id FROM audit_event WHERE target_type = ?", table)
        assert ids, table
        assert {row["target_id"] for row in noted} == ids, table
    tables = {row["name"] for row in ask("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table in tables - AUDITED.keys() - PARTS - {"alembic_version", "audit_event"}:
        assert ask(f"SELECT count(*) AS n FROM {table}")[0]["n"] == 0, table  # noqa: S608


def test_certificates_are_numbered_without_gaps(demo):
    found = db.session.execute(
        select(Certificate, CertificateFile)
        .join(CertificateFile, CertificateFile.certificate_id == Certificate.id)
        .order_by(Certificate.year, Certificate.number)
    ).all()
    by_year = defaultdict(list)
    for certificate, file in found:
        by_year[certificate.year].append(certificate)
        assert hashlib.sha256(file.pdf).hexdigest() == file.sha256
        homes = TEACHING if certificate.enrolment_id is None else ("Comune di ", "Provincia di ")
        assert certificate.content["home_body"].startswith(homes)
    assert by_year.keys() == {2014, 2015}
    for year, issued in by_year.items():
        assert [c.number for c in issued] == list(range(1, len(issued) + 1))
        assert all(c.issued_at.year == year for c in issued)
        assert all(one.issued_at <= next_.issued_at for one, next_ in pairwise(issued))


def test_nobody_takes_a_course_twice(ask):
    rows = ask(
        "SELECT n.person_id, e.course_id FROM enrolment n JOIN edition e ON e.id = n.edition_id"
        " GROUP BY n.person_id, e.course_id HAVING count(*) > 1"
    )
    assert rows == []
