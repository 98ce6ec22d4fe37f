# SPDX-License-Identifier: AGPL-3.0-or-later
"""Marks that arrive later than the hand made them: both times kept, one effect each."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from app.security_headers import account_mark
from tests import world as worlds
from tests.ledger import checksum, do, one
from tests.pages import Hand, fields, tree, words

LATEST = "SELECT {} FROM attendance_entry ORDER BY id DESC LIMIT 1"
MADE, RECEIVED = LATEST.format("marked_at"), LATEST.format("received_at")
OPENED = "SELECT opened_at FROM register_sheet WHERE state = 'open'"
ENTRIES = "SELECT count(*) FROM attendance_entry"


@pytest.fixture
def trainer(visit, world):
    """The trainer's hand on today's sheet, already open."""
    hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
    assert hand.open().status_code == 302
    return hand


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stored(app, sql: str) -> datetime | None:
    value = one(app, sql)
    value = datetime.fromisoformat(value) if isinstance(value, str) else value
    return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


def details(app) -> dict:
    sql = "SELECT details FROM audit_event ORDER BY sequence DESC LIMIT 1"
    found = one(app, sql)
    return json.loads(found) if isinstance(found, str) else found


def test_a_mark_made_before_keeps_both_times(app, trainer, world, clock):
    made = worlds.NOW + timedelta(minutes=10)
    clock.shift(timedelta(minutes=25))
    answer = trainer.mark(world.a.enrolment_ids[0], "present", htmx=True, marked_at=iso(made))
    assert answer.status_code == 200
    assert stored(app, MADE) == made
    assert stored(app, RECEIVED) - made > timedelta(minutes=14)
    assert datetime.fromisoformat(details(app)["marked_at"]) == made


@pytest.mark.parametrize("age", [timedelta(0), timedelta(seconds=50), timedelta(hours=-3)])
def test_a_mark_that_arrives_at_once_or_tells_the_future_has_one_time(
    app, trainer, world, clock, age
):
    clock.shift(timedelta(minutes=5))
    told = worlds.NOW + timedelta(minutes=5) - age
    trainer.mark(world.a.enrolment_ids[0], "present", marked_at=iso(told))
    assert stored(app, RECEIVED) is None
    assert abs(stored(app, MADE) - worlds.NOW - timedelta(minutes=5)) < timedelta(minutes=1)
    assert "marked_at" not in details(app)


def test_no_mark_is_older_than_the_sheet(app, trainer, world, clock):
    clock.shift(timedelta(minutes=20))
    trainer.mark(world.a.enrolment_ids[0], "present", marked_at="1970-01-01T00:00:00Z")
    assert stored(app, MADE) == stored(app, OPENED)
    assert stored(app, RECEIVED) > stored(app, MADE)


@pytest.mark.parametrize(
    "told",
    ["ieri", "2015-05-14", "2015-05-14T09:10:00", "2015-05-14T09:10:00+02:00", "2015-02-30T09:10:00Z",
     "0000-01-01T00:00:00Z", "2015-05-14T24:10:00Z", "٢٠١٥-05-14T09:10:00Z", "2015-05-14T09:10:00ZZ", "x" * 500],
)  # fmt: skip
def test_a_time_that_is_none_is_refused(app, trainer, world, told):
    before = checksum(app)
    for htmx in (False, True):
        answer = trainer.mark(world.a.enrolment_ids[0], "present", htmx=htmx, marked_at=told)
        assert answer.status_code == 422
        assert "Richiesta non valida." in words(trainer.row(world.a.enrolment_ids[0], answer))
    assert checksum(app) == before


def test_the_deadline_counts_when_the_mark_arrives(app, visit, world, trainer, clock):
    before = one(app, ENTRIES)
    clock.move_to(datetime(2015, 5, 15, 22, 0, 1, tzinfo=UTC))
    late = Hand(visit("trainer_alfa"), world.a.lesson_id)
    first = world.a.enrolment_ids[0]
    answer = late.mark(first, "present", htmx=True, marked_at=iso(worlds.NOW))
    assert answer.status_code == 422
    assert "Il termine per compilare il foglio è scaduto" in words(late.row(first, answer))
    assert one(app, ENTRIES) == before


def test_a_mark_sent_again_has_one_effect_and_an_answer_of_use(app, trainer, world, clock):
    first = world.a.enrolment_ids[0]
    sent = {
        **trainer.drawn(first),
        "mark": "present",
        "marked_at": iso(worlds.NOW),
        "idempotency_key": "a" * 32,
    }
    clock.shift(timedelta(minutes=3))

    def send():
        return trainer.visitor.client.post(
            f"{trainer.url}/marks", data=sent, headers={"HX-Request": "true"}
        )

    answer = send()
    after = checksum(app)
    assert "X-Repeated" not in answer.headers
    again = send()
    assert (again.status_code, again.text) == (200, answer.text)
    assert again.headers["X-Repeated"] == "yes"
    assert checksum(app) == after
    version = fields(trainer.row(first, again).find(".//form"))["version"]
    assert version == trainer.drawn(first)["version"]


def test_a_conflict_tells_what_the_register_holds(app, visit, trainer, world):
    first = world.a.enrolment_ids[0]
    drawn = trainer.drawn(first)
    Hand(visit("tutor_alfa"), world.a.lesson_id).mark(first, "times", entered="09:20")
    answer = trainer.mark(first, "absent", drawn, htmx=True, marked_at=iso(worlds.NOW))
    assert answer.status_code == 409
    row = trainer.row(first, answer)
    assert row.get("data-stored").startswith("Presente 09:20–…, segnata da ")
    assert fields(row.find(".//form"))["version"] != drawn["version"]
    assert one(app, LATEST.format("status")) == "present"


def test_pages_and_answers_name_the_account_and_tell_nothing_of_it(app, visit, world):
    marks = set()
    for name in ("trainer_alfa", "tutor_alfa"):
        visitor = visit(name)
        for path in ("/today", f"/lessons/{world.a.lesson_id}/sheet", "/account"):
            answer = visitor.get(path)
            mark = answer.headers["X-Account"]
            metas = {m.get("name"): m.get("content") for m in tree(answer).iter("meta")}
            assert metas["account"] == mark
            assert "no-store" in answer.headers["Cache-Control"]
            marks.add(mark)
        assert len(mark) == 32
        again = visit(name).get("/account")
        assert again.headers["X-Account"] == mark
    assert len(marks) == 2
    assert "X-Account" not in visit().get("/").headers
    with app.test_request_context():
        assert account_mark() == ""


def test_only_pages_to_work_on_may_be_kept(app, visit, trainer, world):
    def kept(visitor, path: str) -> bool:
        return 'name="offline-copy"' in visitor.get(path).text

    assert kept(trainer.visitor, "/today")
    assert kept(trainer.visitor, trainer.url)
    assert not kept(visit("auditor"), trainer.url)
    assert not kept(trainer.visitor, "/account")
    do(
        app,
        "UPDATE register_sheet SET state = 'not_open' WHERE lesson_id = :id",
        id=world.a.lesson_id,
    )
    assert not kept(trainer.visitor, trainer.url)


def test_the_worker_is_served_from_the_root(visit):
    answer = visit().get("/service-worker")
    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "pages-" in answer.text


def test_whoever_is_enrolled_is_not_in_everybodys_row(visit, trainer):
    page = tree(trainer.look())
    rows = [row for row in page.iter("li") if "sheet-row" in row.get("class", "")]
    assert len(rows) == 3
    assert not any("data-own" in row.attrib for row in rows)
