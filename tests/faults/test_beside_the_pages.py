# SPDX-License-Identifier: AGPL-3.0-or-later
"""Verified beside the pages: recoveries, scans and their lines, the time of a reopening."""

import io
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from app.integrity.verification import snapshot, verify
from app.models import Course, Lesson, Organisation, UserAccount, Venue
from tests import world as worlds
from tests.ledger import arranging, do, one
from tests.pages import Hand


def findings(app, *tables: str) -> list[tuple[str, int | str]]:
    """What a verification says of these tables."""
    with app.app_context(), snapshot() as connection:
        report = verify(connection, app.config["CHAIN_KEY"].encode())
    return [(one.table, one.row) for one in report.findings if one.table in tables]


@pytest.fixture
def recovery(app, visit, world) -> int:
    """One recovery arranged, and another that was called off."""
    person = world.a.enrolment_ids[0]
    with arranging(app) as session:
        course = session.get_one(Course, world.a.course_id)
        body = session.get_one(Organisation, world.b.delivering_id)
        venue = session.scalars(select(Venue)).first()
        parallel = worlds.make_edition(course, body, venue)
        away = worlds.make_lesson(parallel, 1, worlds.NOW + timedelta(days=9)).id
    organiser = visit("organiser_alfa")
    sent = {"missed": world.a.lesson_id, "lesson": away}
    for called_off in (True, False):
        assert organiser.post(f"/enrolments/{person}/recoveries", sent).status_code == 302
        number = one(app, "SELECT max(id) FROM recovery")
        if called_off:
            assert organiser.post(f"/recoveries/{number}/cancel").status_code == 302
    return number


RECOVERY = {
    "taken away": "DELETE FROM recovery",
    "of another lesson": "UPDATE recovery SET missed_lesson_id = missed_lesson_id + 1",
    "of another hand": "UPDATE recovery SET arranged_by_id = (SELECT min(id) FROM user_account "
    "WHERE id <> recovery.arranged_by_id)",
}


@pytest.mark.parametrize("sql", RECOVERY.values(), ids=RECOVERY)
def test_a_recovery_changed_behind_the_application_is_named(app, recovery, sql):
    assert findings(app, "recovery") == []
    do(app, sql)
    assert findings(app, "recovery") == [("recovery", recovery)]


def test_a_recovery_nobody_arranged_is_named(app, world, recovery):
    do(
        app,
        "INSERT INTO recovery (id, enrolment_id, missed_lesson_id, lesson_id, arranged_by_id, "
        "arranged_at) SELECT 900, :other, missed_lesson_id, lesson_id, arranged_by_id, arranged_at "
        "FROM recovery",
        other=world.a.enrolment_ids[1],
    )
    assert findings(app, "recovery") == [("recovery", 900)]


@pytest.fixture
def scan(app, visit, world) -> int:
    """A scan with two lines, and one that was withdrawn."""
    trainer, numbers = visit("trainer_alfa"), []
    for shade in (10, 200):
        file = io.BytesIO()
        Image.new("L", (60, 60), shade).save(file, "PNG")
        file.seek(0)
        data = {"csrf_token": trainer.token(), "file": (file, "foglio.png")}
        path = f"/lessons/{world.a.lesson_id}/scans"
        answer = trainer.client.post(path, data=data, content_type="multipart/form-data")
        numbers.append(answer.headers["Location"].rpartition("/")[2])
    first, second, _third = world.a.enrolment_ids
    lines = {f"line-{first}": "agrees", f"line-{second}": "differs"}
    lines[f"remark-{second}"] = "manca la firma"
    assert trainer.post(f"/scans/{numbers[0]}", lines).status_code == 302
    assert trainer.post(f"/scans/{numbers[1]}/withdraw").status_code == 302
    return int(numbers[0])


SCAN = {
    "of another page": "UPDATE scanned_evidence SET sheet_id = sheet_id + 1 WHERE id = :scan",
    "of other bytes": "UPDATE scanned_evidence SET sha256 = (SELECT sha256 FROM evidence_file "
    "WHERE sha256 <> scanned_evidence.sha256), sheet_id = sheet_id + 1 WHERE id = :scan",
    "withdrawn": "UPDATE scanned_evidence SET withdrawn_by_id = uploaded_by_id, "
    "withdrawn_at = uploaded_at WHERE id = :scan",
    "a line turned": "UPDATE reconciled_line SET agrees = true WHERE evidence_id = :scan",
    "a line away": "DELETE FROM reconciled_line WHERE evidence_id = :scan AND agrees",
}


@pytest.mark.parametrize("sql", SCAN.values(), ids=SCAN)
def test_a_scan_changed_behind_the_application_is_named(app, scan, sql):
    assert findings(app, "scanned_evidence") == []
    do(app, sql, scan=scan)
    assert findings(app, "scanned_evidence") == [("scanned_evidence", scan)]


def test_a_scan_nobody_attached_is_named(app, world, scan):
    with arranging(app) as session:
        lesson = session.get_one(Lesson, world.a.lesson_id)
        account = session.get_one(UserAccount, world.account_ids["trainer_alfa"])
        foreign = worlds.make_scan(lesson, account).id
    assert findings(app, "scanned_evidence") == [("scanned_evidence", foreign)]


def sheet_of(app, lesson: int) -> int:
    return one(app, "SELECT id FROM register_sheet WHERE lesson_id = :id", id=lesson)


def test_a_page_never_closed_and_reopened_is_whole_until_its_time_is_stretched(
    app, visit, world, clock
):
    clock.shift(timedelta(days=5))
    organiser, lesson = visit("organiser_alfa"), world.a.lesson_id
    sent = {"reason": "La lezione si è tenuta, il foglio non fu aperto"}
    assert organiser.post(f"/lessons/{lesson}/sheet/reopen", sent).status_code == 302
    sheet = ("register_sheet", sheet_of(app, lesson))
    assert sheet not in findings(app, "register_sheet")
    hand = Hand(organiser, lesson)
    assert hand.all_present("09:20").status_code == 302
    assert sheet not in findings(app, "register_sheet")
    assert hand.close(heads="3").status_code == 302
    assert sheet not in findings(app, "register_sheet")
    do(
        app,
        "UPDATE register_sheet SET reopened_until = :far WHERE id = :id",
        far=worlds.NOW + timedelta(days=900),
        id=sheet[1],
    )
    assert sheet in findings(app, "register_sheet")
