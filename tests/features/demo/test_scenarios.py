# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every scenario is found where the table of scenarios says."""

import pytest

from app.cli.demo.scenarios import SCENARIOS, scenario
from app.domain.tax_code import without_omocodia
from app.domain.text import clean


@pytest.fixture
def mark(ask):
    """mark(scenario): status and stays as clock times in UTC, minutes counted."""

    def find(told):
        rows = ask(
            "SELECT a.status, a.counted_minutes, substr(i.entered_at, 12, 5) AS entered,"
            " substr(i.left_at, 12, 5) AS left FROM attendance_entry a"
            " JOIN enrolment n ON n.id = a.enrolment_id JOIN person p ON p.id = n.person_id"
            " JOIN edition e ON e.id = n.edition_id JOIN register_sheet s ON s.id = a.sheet_id"
            " JOIN lesson l ON l.id = s.lesson_id"
            " LEFT JOIN presence_interval i ON i.entry_id = a.id"
            " WHERE e.code = ? AND l.seq = ? AND p.work_email = ? ORDER BY i.entered_at",
            told.edition, told.lesson, told.who,
        )  # fmt: skip
        assert rows, told
        stays = [(row["entered"], row["left"]) for row in rows if row["entered"]]
        return rows[0]["status"], stays, rows[0]["counted_minutes"]

    return find


@pytest.fixture
def enrolment(ask):
    """enrolment(scenario): the enrolment, its hours, its certificates."""

    def find(told):
        (row,) = ask(
            "SELECT n.*, p.tax_code, p.birth_place, o.short_name AS home_body,"
            " (SELECT sum(counted_minutes) FROM attendance_entry WHERE enrolment_id = n.id) AS counted,"
            " (SELECT count(*) FROM attendance_entry WHERE enrolment_id = n.id) AS marks,"
            " (SELECT count(*) FROM certificate WHERE enrolment_id = n.id) AS certificates"
            " FROM enrolment n JOIN person p ON p.id = n.person_id"
            " JOIN organisation o ON o.id = n.home_body_id"
            " JOIN edition e ON e.id = n.edition_id WHERE e.code = ? AND p.work_email = ?",
            told.edition, told.who,
        )  # fmt: skip
        return row

    return find


@pytest.fixture
def lesson(ask):
    def find(told):
        (row,) = ask(
            "SELECT l.*, s.*, s.state AS sheet_state, e.state AS edition_state,"
            " (SELECT count(*) FROM attendance_entry a WHERE a.sheet_id = s.id) AS marks,"
            " (SELECT count(*) FROM attendance_entry a"
            "  WHERE a.sheet_id = s.id AND status = 'present') AS present"
            " FROM lesson l JOIN edition e ON e.id = l.edition_id"
            " JOIN register_sheet s ON s.lesson_id = l.id WHERE e.code = ? AND l.seq = ?",
            told.edition,
            told.lesson,
        )
        return row

    return find


def test_the_table_is_in_words():
    for told in SCENARIOS:
        assert told.what == clean(told.what)
        assert told.edition or told.who


def test_late_entry(mark):
    assert mark(scenario("late_entry")) == ("present", [("08:25", "12:00")], 215)


def test_early_exit(mark):
    assert mark(scenario("early_exit")) == ("present", [("08:00", "11:10")], 190)


def test_leaves_and_returns(mark):
    stays = [("13:30", "15:00"), ("15:45", "17:30")]
    assert mark(scenario("leaves_and_returns")) == ("present", stays, 195)


@pytest.mark.parametrize(
    ("name", "status"), [("absence_justified", "justified"), ("absence_unjustified", "absent")]
)
def test_absences(mark, name, status):
    assert mark(scenario(name)) == (status, [], 0)


def test_the_last_minute_decides(enrolment):
    reached, short = (
        enrolment(scenario("exactly_at_threshold")),
        enrolment(scenario("one_minute_short")),
    )
    assert (reached["counted"], reached["state"], reached["certificates"]) == (768, "completed", 1)
    assert (short["counted"], short["state"], short["certificates"]) == (767, "not_completed", 0)


def test_withdrawals(enrolment):
    before, after = enrolment(scenario("withdrawn_before")), enrolment(scenario("withdrawn_after"))
    assert (before["state"], before["marks"]) == ("withdrawn", 0)
    assert (after["state"], after["marks"]) == ("withdrawn", 2)


def test_promotion_from_the_waiting_list(ask, enrolment):
    promoted, left = enrolment(scenario("promoted")), enrolment(scenario("withdrawn_before"))
    assert promoted["state"] == "completed"
    assert promoted["confirmed_at"] > promoted["requested_at"]
    assert promoted["confirmed_at"][:16] == left["withdrawn_at"][:16]
    waiting = ask(
        "SELECT waitlist_position FROM enrolment WHERE edition_id = ? AND state = 'waitlisted'",
        promoted["edition_id"],
    )
    assert [row["waitlist_position"] for row in waiting] == [1]


def test_lesson_moved_for_snow(lesson):
    moved = lesson(scenario("moved_for_snow"))
    assert moved["moved_from"][:10] == "2015-02-04"
    assert moved["starts_at"][:16] == "2015-02-11 08:00"
    assert moved["sheet_state"] == "closed"


def test_substitute(ask, lesson):
    (staff,) = ask(
        "SELECT u.login, s.reason, u.id AS account_id FROM lesson_staff s"
        " JOIN user_account u ON u.person_id = s.person_id"
        " WHERE s.lesson_id = ? AND s.role = 'trainer'",
        lesson(scenario("substituted"))["lesson_id"],
    )
    assert staff["login"] == scenario("substituted").who
    assert staff["reason"]
    assert lesson(scenario("substituted"))["closed_by_id"] == staff["account_id"]


def test_real_times_and_heads(lesson):
    late, heads = lesson(scenario("started_late")), lesson(scenario("heads_differ"))
    assert late["delivered_minutes"] == late["planned_minutes"] - 10
    assert heads["heads_counted"] == heads["present"] + 1
    assert heads["note"]


def test_homonyms(ask):
    rows = ask(
        "SELECT p.tax_code, o.short_name FROM person p JOIN affiliation a ON a.person_id = p.id"
        " JOIN organisation o ON o.id = a.organisation_id"
        " WHERE p.given_name = 'Andrea' AND p.family_name = 'Pontesasso'"
    )
    assert {row["short_name"] for row in rows} == {"Todi", "Terni"}
    assert len({row["tax_code"] for row in rows}) == 2


def test_tax_codes(enrolment):
    twin, foreign = enrolment(scenario("omocodia")), enrolment(scenario("foreign_born"))
    assert twin["tax_code"] == "FNTLCU78C52G47UY"
    assert without_omocodia(twin["tax_code"]) == "FNTLCU78C52G478B"
    assert twin["certificates"] == 1
    assert (foreign["tax_code"], foreign["birth_place"]) == ("LGSMRO87L14Z330C", "Marocco")
    blocked = enrolment(scenario("without_tax_code"))
    assert (blocked["tax_code"], blocked["state"], blocked["certificates"]) == (
        None,
        "completed",
        0,
    )


def test_changed_body(ask, enrolment):
    told = scenario("changed_body")
    rows = ask(
        "SELECT o.short_name, a.starts_on, a.ends_on FROM affiliation a"
        " JOIN organisation o ON o.id = a.organisation_id JOIN person p ON p.id = a.person_id"
        " WHERE p.work_email = ? ORDER BY a.starts_on",
        told.who,
    )
    assert [(row["short_name"], row["ends_on"]) for row in rows] == [
        ("Narni", "2015-02-28"),
        ("Terni", None),
    ]
    homes = ask(
        "SELECT e.code, o.short_name FROM enrolment n JOIN edition e ON e.id = n.edition_id"
        " JOIN organisation o ON o.id = n.home_body_id WHERE n.person_id = ? ORDER BY e.code",
        enrolment(told)["person_id"],
    )
    assert [tuple(row) for row in homes] == [("C01-02", "Narni"), ("C04-02", "Terni")]


def test_single_participant(ask, enrolment):
    alone = enrolment(scenario("single_participant"))
    assert (alone["home_body"], alone["certificates"]) == ("Fabro", 1)
    rows = ask("SELECT id FROM enrolment WHERE home_body_id = ?", alone["home_body_id"])
    assert len(rows) == 1


def test_todays_sheet_is_open_and_empty(lesson):
    today = lesson(scenario("running_today"))
    assert (today["sheet_state"], today["edition_state"], today["marks"]) == ("open", "running", 0)
    assert today["opened_at"][:16] == "2015-05-14 06:55"


def test_an_edition_waits_to_be_closed(lesson):
    told = lesson(scenario("ready_to_close"))
    assert (told["sheet_state"], told["edition_state"]) == ("closed", "running")


def test_expired_auditor_and_several_roles(ask):
    def roles(told):
        return ask(
            "SELECT r.role, r.ends_on FROM role_assignment r"
            " JOIN user_account u ON u.id = r.account_id WHERE u.login = ? ORDER BY r.role",
            told.who,
        )

    assert [tuple(row) for row in roles(scenario("expired_auditor"))] == [("auditor", "2015-03-31")]
    assert [row["role"] for row in roles(scenario("several_roles"))] == ["trainer", "tutor"]


def records(ask, told) -> list[tuple]:
    """What the book says of the page: kind and version, in order."""
    rows = ask(
        "SELECT b.kind, b.version FROM book_record b JOIN register_sheet s ON s.id = b.sheet_id"
        " JOIN lesson l ON l.id = s.lesson_id JOIN edition e ON e.id = l.edition_id"
        " WHERE e.code = ? AND l.seq = ? ORDER BY b.position",
        told.edition, told.lesson,
    )  # fmt: skip
    return [(row["kind"], row["version"]) for row in rows]


def test_a_page_closed_late_is_reopened_and_closed_as_version_two(ask, lesson, mark):
    told = scenario("reopened")
    page = lesson(scenario("closed_late"))
    assert (page["closed_late"], page["page_version"]) == (1, 2)
    assert records(ask, told) == [("closed", 1), ("reopened", 1), ("closed", 2)]
    assert mark(told) == ("present", [("08:00", "12:00")], 240)


def test_paper_that_differs_leads_to_a_correction_and_a_certificate_under_review(ask, mark):
    told = scenario("corrected")
    assert mark(told)[1:] == ([("07:00", "10:30")], 210)
    assert records(ask, told)[-1] == ("corrected", 1)
    (certificate,) = ask(
        "SELECT c.state FROM certificate c JOIN enrolment n ON n.id = c.enrolment_id"
        " JOIN person p ON p.id = n.person_id JOIN edition e ON e.id = n.edition_id"
        " WHERE e.code = ? AND p.work_email = ?",
        told.edition, told.who,
    )  # fmt: skip
    assert certificate["state"] == "under_review"
    lines = ask("SELECT agrees, remark FROM reconciled_line ORDER BY agrees")
    assert [tuple(line) for line in lines[:2]] == [
        (0, "Sul foglio l'uscita è alle 12:30"),
        (1, ""),
    ]


def test_a_claim_waits_for_the_second_key(ask, mark):
    told = scenario("claimed")
    (claim,) = ask("SELECT * FROM correction WHERE state = 'asked'")
    assert (claim["asked_role"], claim["decided_by_id"]) == ("participant", None)
    assert claim["new_value"] == "present 08:00Z-10:24Z"
    assert mark(told)[2] == 143


def test_an_absence_is_to_be_recovered_in_todays_lesson(ask, mark):
    assert mark(scenario("recovers"))[0] == "absent"
    (recovery,) = ask(
        "SELECT e.code FROM recovery r JOIN lesson l ON l.id = r.lesson_id"
        " JOIN edition e ON e.id = l.edition_id"
    )
    assert recovery["code"] == scenario("running_today").edition


def test_what_the_calendar_had_to_change_is_kept_as_variations(ask):
    found = ask(
        "SELECT e.code, v.number, v.kind, v.told FROM variation v "
        "JOIN edition e ON e.id = v.edition_id ORDER BY e.code"
    )
    assert [(row["code"], row["number"], row["kind"]) for row in found] == [
        ("C02-02", 1, "moved"),
        ("C02-03", 1, "staff"),
    ]
    assert all(len(row["told"]) > 20 for row in found)


def test_accounts_are_proposed_invited_and_not_reached(ask):
    proposals = ask("SELECT email, state FROM user_proposal ORDER BY id")
    assert {row["email"]: row["state"] for row in proposals} == {
        scenario("proposed").who: "proposed",
        scenario("invited").who: "accepted",
        "bruno.stradalta@spello.example": "declined",
    }
    invited = ask("SELECT login, person_id FROM user_account WHERE state = 'invited'")
    who = {row["login"]: row["person_id"] for row in invited}
    assert who.keys() == {scenario("invited").who, scenario("unreached").who}
    assert who[scenario("invited").who] is not None
    (message,) = ask("SELECT to_address FROM outbox_message WHERE state = 'failed'")
    assert message["to_address"] == scenario("unreached").who
