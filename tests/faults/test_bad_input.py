# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whatever is sent: an answer in the 400s, the form as it was filled in, nothing half-written."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from app.models import Lesson, Person, UserAccount
from tests import world as worlds
from tests.issuing import issue
from tests.ledger import arranging, ask, checksum, one
from tests.pages import Hand, form, main, tree, words

BIG = ("2147483647", "2147483648", "4294967296", "9223372036854775808", "1" + "0" * 18, "9" * 5000)
ODD = (
    "-1",
    "0",
    "1.5",
    "1e3",
    "0x10",
    "1_0",
    "٣",
    "²",
    "NaN",
    "null",
    "[]",
    " 1",
    "1 ",
    "",
    "\x00",
)
TEXTS = (
    "\x00", "a\x00b", "\x1b[31m", "\x7f", "\x85", "\ud800", "a\udfffb", "\ufeff", "\u202e", "\u200d" * 50,
    "e" + "\u0301" * 3000, "ﬁ İ ſ ß", "😀" * 300, "李", "D'Angelo", "D’Angelo", "`", "&amp;", "<b>x</b>",
    "</p>", "]]>", "{{7*7}}", "{% raw %}", "%s %n {0.__class__}", "../../etc/passwd", "' OR 1=1 --",
    "\r\nBcc: a@b", "null", "x" * 255, "x" * 10_000, " ", "\u00a0", "\u2003",
)  # fmt: skip


class Judge:
    """Sends, and collects what must not be: an error of the server, a change."""

    def __init__(self, app, visitor) -> None:
        self.app, self.visitor, self.faults = app, visitor, []
        self.token = visitor.token()
        self.before = checksum(app)

    def post(self, path: str, data: dict, expected: range | tuple = range(400, 500), **options):
        body = "&".join(
            f"{quote(name)}={quote(str(value).encode('utf-8', 'surrogatepass'))}"
            for name, value in {"csrf_token": self.token, **data}.items()
        )
        answer = self.visitor.client.post(
            path, data=body, content_type="application/x-www-form-urlencoded", **options
        )
        self.judge(path, data, answer, expected)
        return answer

    def get(self, path: str, expected: range | tuple = (200,)):
        answer = self.visitor.get(path)
        self.judge(path, {}, answer, expected)
        return answer

    def judge(self, path: str, data: dict, answer, expected) -> None:
        if answer.status_code not in expected:
            shown = {name: str(value)[:40] for name, value in data.items()}
            self.faults.append((answer.status_code, path[:120], shown))

    def verdict(self) -> list:
        if checksum(self.app) != self.before:
            self.faults.append("something was written")
        return self.faults


@pytest.fixture
def sheet(visit, world):
    hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
    hand.open()
    hand.mark(world.a.enrolment_ids[0], "present")
    return hand


def test_numbers_that_are_none_name_nothing(app, visit, world):
    judge = Judge(app, visit("coordinator"))
    patterns = (
        "/lessons/{}/sheet", "/editions/{}", "/editions/{}/close", "/editions/{}/certificates",
        "/certificates/{}.pdf", "/courses/{}", "/people/{}", "/bodies/{}",
    )  # fmt: skip
    for pattern in patterns:
        for number in (*BIG, *(n for n in ODD if n != ""), "%00", "%ED%A0%80", "..", "%2e%2e%2fx"):
            judge.get(pattern.format(quote(number, safe="%")), expected=(404,))
    for pattern in ("/lessons/{}/sheet/open", "/lessons/{}/sheet/marks", "/lessons/{}/sheet/close"):
        for number in (*BIG, "0", "-1"):
            judge.post(pattern.format(number), {}, expected=(403, 404))
    assert judge.verdict() == []


def test_marks_take_no_bad_row_version_or_word(app, sheet, world):
    judge = Judge(app, sheet.visitor)
    good = sheet.drawn(world.a.enrolment_ids[0])
    good = {name: good[name] for name in ("enrolment", "version")} | {"mark": "absent"}
    strangers = (world.b.enrolment_ids[0], world.a.closed_enrolment_ids[0], 999_999_999)
    for headers in ({}, {"HX-Request": "true"}):
        for value in strangers:
            change = {"enrolment": value, "version": 0}
            judge.post(f"{sheet.url}/marks", good | change, (404,), headers=headers)
        for name in good:
            for value in (*BIG, *ODD, *TEXTS)[:: 5 if headers else 2]:
                if value.strip() != "1":
                    judge.post(f"{sheet.url}/marks", good | {name: value}, headers=headers)
            missing = {n: v for n, v in good.items() if n != name}
            judge.post(f"{sheet.url}/marks", missing, headers=headers)
    assert judge.verdict() == []


def test_times_take_nothing_that_is_no_time_and_keep_what_was_written(app, sheet, world):
    judge = Judge(app, sheet.visitor)
    person = world.a.enrolment_ids[0]
    good = {name: sheet.drawn(person)[name] for name in ("enrolment", "version")} | {
        "mark": "times"
    }
    odd = (
        "24:00",
        "9:75",
        "25:00",
        "-1:00",
        "9",
        "930",
        "9:3",
        "09:30:00",
        "9h30",
        "noon",
        "٠٩:٣٠",
        "9∶30",
        "１０:00",
    )
    for name in ("entered", "left", "entered_again", "left_again"):
        for value in (*odd, *TEXTS)[:: 1 if name == "entered" else 4]:
            if not value.strip():
                continue
            answer = judge.post(f"{sheet.url}/marks", good | {name: value}, (422,))
            if answer.status_code == 422 and value.isprintable() and value.isascii():
                kept = sheet.drawn(person, answer)[name]
                assert kept == value.strip(), (name, value)
    assert judge.verdict() == []


def test_times_on_the_night_the_clocks_change_are_refused_in_words(app, visit, world, clock):
    with arranging(app) as session:
        lesson = session.get_one(Lesson, world.a.lesson_id)
        lesson.starts_at = datetime(2015, 3, 29, 0, 0, tzinfo=UTC)  # 01:00 in Rome
        lesson.ends_at = datetime(2015, 3, 29, 3, 0, tzinfo=UTC)  # 05:00, three hours later
    clock.move_to(datetime(2015, 3, 29, 2, 0, tzinfo=UTC))
    hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
    assert hand.open().status_code == 302
    person = world.a.enrolment_ids[0]
    before = checksum(app)
    answer = hand.mark(person, "times", entered="02:30")
    assert answer.status_code == 422
    assert "Le 02:30 del 29/03/2015 non esistono" in words(hand.row(person, answer))
    assert hand.drawn(person, answer)["entered"] == "02:30"
    refused = hand.visitor.post(f"{hand.url}/all-present", {"entered": "02:30"})
    assert (refused.status_code, "non esistono" in main(refused)) == (422, True)
    assert checksum(app) == before
    hand.mark(person, "times", left="04:00")
    assert one(app, "SELECT max(counted_minutes) FROM attendance_entry WHERE enrolment_id = :id", id=person) == 120  # fmt: skip


def test_everybody_present_takes_no_bad_time(app, sheet):
    judge = Judge(app, sheet.visitor)
    for value in ("", "24:00", "08:59", "13:00", "13:30", *ODD, *TEXTS[::2]):
        answer = judge.post(f"{sheet.url}/all-present", {"entered": value}, (422,))
        if value in ("24:00", "08:59", "13:30"):
            assert tree(answer).find(".//input[@id='entered']").get("value") == value
    assert judge.verdict() == []


def test_closing_takes_no_bad_field_and_keeps_what_was_written(app, sheet):
    sheet.all_present()
    judge = Judge(app, sheet.visitor)
    good = {**sheet.closing(), "heads": "3"}
    good.pop("csrf_token")
    for value in (*BIG, *ODD, *TEXTS):
        if value.strip(" \u00a0\u2003") not in ("3",):
            judge.post(f"{sheet.url}/close", good | {"heads": value})
    for value in (*BIG, *ODD, *TEXTS)[::3]:
        judge.post(f"{sheet.url}/close", good | {"seen": value})
        judge.post(f"{sheet.url}/close", good | {"start": value}, (422,))
        judge.post(f"{sheet.url}/close", good | {"end": value}, (422,))
    for name in ("topic", "note"):
        for value in ("\x00", "a\x00b", "\x1b[31m", "\x85", "x" * 301, "x" * 10_000):
            judge.post(f"{sheet.url}/close", good | {name: value, "heads": "4"}, (422,))
    answer = judge.post(f"{sheet.url}/close", good | {"topic": "<b>à</b>" + "x" * 300}, (422,))
    assert form(answer, f"{sheet.url}/close")["topic"] == "<b>à</b>" + "x" * 300
    for name in good:
        if name not in ("note", "idempotency_key"):
            missing = {n: v for n, v in good.items() if n != name}
            judge.post(f"{sheet.url}/close", missing)
    assert judge.verdict() == []


def test_issuing_takes_no_bad_choice(app, visit, world):
    judge = Judge(app, visit("coordinator"))
    url = f"/editions/{world.a.closed_edition_id}/certificates"
    for value in (*BIG, *ODD, *TEXTS, world.b.closed_enrolment_ids[0], world.a.enrolment_ids[0]):
        judge.post(url, {"enrolment": value}, (400, 409))
        judge.post(
            f"{url}?x=1",
            {"enrolment": value, "Enrolment": world.a.closed_enrolment_ids[0]},
            (400, 409),
        )
    many = "&".join(["enrolment=1"] * 999)
    answer = judge.visitor.client.post(
        url,
        data=f"csrf_token={judge.token}&{many}",
        content_type="application/x-www-form-urlencoded",
    )
    judge.judge(url, {}, answer, (400, 409, 413))
    assert judge.verdict() == []


def test_signing_in_takes_no_bad_field(app, visit, world):
    judge = Judge(app, visit())
    login = world.logins["trainer_alfa"]
    for value in TEXTS:
        answer = judge.post("/login", {"login": value, "password": "x"}, (422,))
        judge.post("/login", {"login": login, "password": value}, (422,))
        if value.isprintable() and value.isascii() and value.strip():
            assert form(answer, "")["login"] == value.strip()
    for agent in ("x" * 5000, "\x85\x9f", "<script>"):
        judge.post(
            "/login", {"login": login, "password": "x"}, (422,), headers={"User-Agent": agent}
        )
    assert judge.verdict() == []


def test_a_password_takes_no_bad_field(app, visit):
    judge = Judge(app, visit("trainer_alfa"))
    for value in TEXTS:
        judge.post(
            "/account", {"old": value, "new": "cavalli bianchi", "again": "cavalli bianchi"}, (422,)
        )
        judge.post("/account", {"old": worlds.PASSWORD, "new": value, "again": "x"}, (422,))
    for nul in ("cavalli\x00bianchi", "x" * 1025):
        judge.post("/account", {"old": worlds.PASSWORD, "new": nul, "again": nul}, (422,))
    assert judge.verdict() == []


def test_verifying_takes_no_bad_code_or_name(app, visit, world):
    coordinator = visit("coordinator")
    issue(app, coordinator, world.a.closed_edition_id, world.a.closed_enrolment_ids[0])
    code = one(app, "SELECT code FROM certificate")
    judge = Judge(app, visit())
    for value in TEXTS:
        judge.post("/verify", {"code": value}, (404, 422))
        judge.post(f"/v/{code}", {"name": value}, (200, 422, 429))
        if "/" not in value and value.strip():
            path = quote(value.encode("utf-8", "surrogatepass"), safe="")
            judge.get(f"/v/{path}", (404,))
    assert judge.verdict() == []


LISTS = (
        "/courses", "/editions", "/people", "/bodies", "/certificates", "/audit", "/accounts",
        "/dashboard/OUT1", "/dashboard/OUT2", "/dashboard/OUT3", "/dashboard/OUT4", "/dashboard/people",
)  # fmt: skip


def test_lists_shrug_off_bad_addresses(app, visit, world):
    judge = Judge(app, visit("coordinator"))
    numbers = [f"page={quote(p)}" for p in ("-1", "0", "10" * 9, "9" * 30, "1.5", "x", "٣", "")]
    sorts = [f"sort={quote(s)}" for s in ("drop table person", "name;--", "\x00", "NAME")]
    rest = [
        "q=a&q=b", "page=1&page=2", "sort=name&sort=code", "desc=2", "desc=1&desc=0", "state=x",
        "state=closed&state=open", "kind=%00", "format=xml", "format=csv&format=html",
        "body=99999999999&course=x", "body=-1", "body=%D9%A3", "body=&course=", "x[]=1&y=%ff",
    ]  # fmt: skip
    signs = ("%", "_", "\\", "%_\\'\"", "'; DROP TABLE person; --", "a" * 10_000, "%" * 5000)
    searches = [f"q={quote(q.encode('utf-8', 'surrogatepass'))}" for q in (*signs, *TEXTS)]
    for path in LISTS:
        every = (*numbers, *sorts, *rest, *searches)
        worst = (*numbers[:4], *sorts[:1], *searches[:8], "kind=%00", "body=99999999999&course=x")
        for query in every if path == "/people" else worst:
            judge.get(f"{path}?{query}")
    assert judge.verdict() == []


def test_signs_of_patterns_are_searched_as_they_are(app, visit, world):
    with arranging(app) as session:
        account = session.get_one(UserAccount, world.account_ids["tutor_beta"])
        account.display_name = "100%_vero\\o"
        person = session.get_one(Person, world.b.person_id)
        person.family_name, person.search_key = "A_b%c", "a_b%c lucia"
    visitor = visit("coordinator")
    for query, found in (("%", 1), ("_", 1), ("a_b", 1), ("axb", 0), ("b%c", 1), ("b%%c", 0)):
        page = visitor.get("/people", query_string={"q": query, "format": "csv"}).text
        assert ("A_b%c" in page, page.count("\r\n") - 2) == (bool(found), found), query
    for query, found in (("\\", 1), ("0%_v", 1), ("0_v", 0)):
        page = visitor.get("/accounts", query_string={"q": query, "format": "csv"}).text
        assert page.count("100%_vero") == found, query


def test_a_body_that_is_no_form_is_refused(app, sheet, visit, world):
    judge = Judge(app, sheet.visitor)
    bodies = (
        "5", "null", "[]", "[[1]]", '"x"', "{}", '{"enrolment": 1, "version": 0, "mark": 5}', "[" * 100_000,
        json.dumps({"enrolment": [1], "version": {"a": 1}, "mark": "absent"}), '{"mark": "\\ud800"}', "{", "",
    )  # fmt: skip
    paths = [f"{sheet.url}/{p}" for p in ("marks", "all-present", "close")] + [
        "/account",
        "/login/role",
    ]
    others = [(b, k) for b in ("5", "{") for k in ("text/plain", "multipart/form-data", "x")]
    for path in paths:
        for body, kind in [*((body, "application/json") for body in bodies), *others]:
            answer = judge.visitor.client.post(
                path, data=body, content_type=kind, headers={"X-CSRFToken": judge.token}
            )
            judge.judge(path, {"body": body}, answer, range(400, 500))
    anybody = Judge(app, visit())
    for path in ("/login", "/verify"):
        for body in bodies:
            answer = anybody.visitor.client.post(
                path, json=None, data=body, content_type="application/json",
                headers={"X-CSRFToken": anybody.token},
            )  # fmt: skip
            anybody.judge(path, {"body": body}, answer, range(400, 500))
    assert (judge.verdict(), anybody.verdict()) == ([], [])


def send_parts(visitor, path: str, parts: dict):
    """A form of many parts, as a browser sends it where a file might come."""
    body = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in parts.items()
    )
    return visitor.client.post(
        path, data=f"{body}--x--\r\n", content_type="multipart/form-data; boundary=x"
    )


def test_a_field_too_large_is_refused_before_it_is_read(app, sheet, visit):
    judge = Judge(app, sheet.visitor)
    for path in (f"{sheet.url}/marks", f"{sheet.url}/close", "/account", "/login/role", "/logout"):
        answer = judge.post(path, {"topic": "x" * 1_000_000}, (413,))
        assert "Dati troppo grandi" in main(answer)
        judge.judge(path, {}, send_parts(judge.visitor, path, {"note": "x" * 600_000}), (413,))
    many = send_parts(judge.visitor, f"{sheet.url}/close", {f"f{i}": "x" for i in range(1100)})
    judge.judge("parts", {}, many, (413,))
    assert judge.verdict() == []


def test_a_field_sent_twice_counts_once(app, sheet, world):
    first, second, _third = world.a.enrolment_ids
    drawn = sheet.drawn(second)
    body = (
        f"csrf_token={quote(drawn['csrf_token'])}&enrolment={second}&enrolment={first}"
        f"&version={drawn['version']}&version=1&mark=absent&mark=present"
    )
    sheet.visitor.client.post(
        f"{sheet.url}/marks", data=body, content_type="application/x-www-form-urlencoded"
    )
    rows = "SELECT enrolment_id, status FROM attendance_entry e JOIN register_sheet s ON s.id = e.sheet_id WHERE s.lesson_id = :id ORDER BY 1"
    assert ask(app, rows, id=world.a.lesson_id) == [(first, "present"), (second, "absent")]


def test_fields_that_no_form_has_change_nothing(app, sheet, world):
    first = world.a.enrolment_ids[0]
    extra = {
        "status": "justified", "counted_minutes": "720", "marked_by_id": "1", "source": "paper_import",
        "id": "1", "sheet_id": "1", "role": "system_admin", "version_id": "9",
    }  # fmt: skip
    before = ask(app, "SELECT count(*) FROM role_assignment")
    sheet.mark(first, "absent", **extra)
    row = "SELECT status, counted_minutes, marked_by_id, source FROM attendance_entry WHERE enrolment_id = :id"
    trainer = world.account_ids["trainer_alfa"]
    assert ask(app, row, id=first) == [("absent", 0, trainer, "trainer")]
    assert ask(app, "SELECT count(*) FROM role_assignment") == before


def test_names_as_long_as_their_columns_are_shown_and_printed(app, visit, world, clock):
    long = "Maria-Ludovica " * 5
    with arranging(app) as session:
        person = session.get_one(Person, world.a.person_id)
        person.given_name, person.family_name = long.strip()[:80], "Ò" * 80
        lesson = session.get_one(Lesson, world.a.lesson_id)
        lesson.topic = "x" * 300
        assert lesson.ends_at - lesson.starts_at == timedelta(hours=4)
    hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
    hand.open()
    hand.all_present()
    assert hand.close(heads="3").status_code == 302
    coordinator = visit("coordinator")
    edition, enrolment = world.a.closed_edition_id, world.a.closed_enrolment_ids[0]
    number = issue(app, coordinator, edition, enrolment)
    assert coordinator.get(f"/certificates/{number}.pdf").data.startswith(b"%PDF")
    assert "Ò" * 80 in main(coordinator.get("/certificates"))


def test_the_judge_notices_a_change_and_an_error(app, sheet, world):
    judge = Judge(app, sheet.visitor)
    app.view_functions["registers.mark_all_present"] = lambda lesson_id: 1 / 0
    app.view_functions["registers.mark_all_present"].access = "sheet:mark"
    judge.post(f"{sheet.url}/all-present", {})
    sheet.mark(world.a.enrolment_ids[1], "absent")
    assert [fault if isinstance(fault, str) else fault[0] for fault in judge.verdict()] == [
        500,
        "something was written",
    ]
