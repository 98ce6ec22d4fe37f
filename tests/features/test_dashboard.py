# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each figure equals a sum asked in plain SQL, and its list has the rows it counts."""

from datetime import timedelta

import pytest

from app.domain.attendance import hours_text
from app.domain.enrolment import EnrolmentState
from app.domain.vocabulary import EditionKind, TargetGroup
from app.models import Course, Edition, Organisation, UserAccount, Venue
from tests import world as worlds
from tests.issuing import issue
from tests.ledger import arranging, ask, one
from tests.pages import csv_rows, table, tree, with_class, words

ROLES = {
    "coordinator": "1 = 1",
    "auditor": "1 = 1",
    "organiser_alfa": "ed.delivering_body_id = :delivering",
    "representative_alfa": "en.home_body_id = :home",
}

# Enrolments that count: of courses neither in preparation nor cancelled, not withdrawn.
PEOPLE = """
  FROM enrolment en
  JOIN edition ed ON ed.id = en.edition_id
  LEFT JOIN (
    SELECT ae.enrolment_id, sum(ae.counted_minutes) AS counted
      FROM attendance_entry ae JOIN register_sheet rs ON rs.id = ae.sheet_id
     WHERE rs.state = 'closed' GROUP BY ae.enrolment_id) a ON a.enrolment_id = en.id
  LEFT JOIN (
    SELECT le.edition_id, sum(le.planned_minutes) AS held
      FROM lesson le JOIN register_sheet rs ON rs.lesson_id = le.id
     WHERE rs.state = 'closed' AND le.state IN ('held', 'scheduled') GROUP BY le.edition_id) h
    ON h.edition_id = ed.id
 WHERE ed.kind = 'course' AND ed.state NOT IN ('draft', 'cancelled')
   AND en.state IN ('confirmed', 'completed', 'not_completed') AND {scope}
"""
EDITIONS = """
  FROM edition ed
 WHERE ed.kind = 'course' AND ed.state NOT IN ('draft', 'cancelled')
   AND EXISTS (SELECT 1 FROM enrolment en WHERE en.edition_id = ed.id AND {scope})
"""
CERTIFIED = (
    "en.id IN (SELECT enrolment_id FROM certificate WHERE state IN ('issued', 'under_review'))"
)


@pytest.fixture
def programme(app, visit, world):
    """Workshops, drafts, withdrawals, a policy maker, certificates, a second body, an open page."""
    with arranging(app) as session:
        account = session.get_one(UserAccount, world.account_ids["trainer_alfa"])
        edition = session.get_one(Edition, world.a.edition_id)
        course = session.get_one(Course, world.a.course_id)
        body = session.get_one(Organisation, world.a.delivering_id)
        venue = session.get_one(Venue, edition.venue_id)
        home, other = (session.get_one(Organisation, s.home_id) for s in (world.a, world.b))
        past = worlds.make_lesson(edition, 7, worlds.NOW - timedelta(days=20))
        guests = [worlds.make_person(f"Ospite {i}") for i in range(2)]
        group = TargetGroup.POLICY_MAKER
        works = worlds.make_affiliation(guests[0], other, target_group=group)
        people = [
            worlds.make_enrolment(edition, guests[0], other, affiliation_id=works.id),
            worlds.make_enrolment(edition, guests[1], home),
        ]
        withdrawn = worlds.make_person("Ritirata")
        worlds.make_enrolment(edition, withdrawn, home, state=EnrolmentState.WITHDRAWN)
        worlds.close_page(past, people[:1], account, minutes=200)
        worlds.close_page(worlds.make_lesson(edition, 8, worlds.NOW - timedelta(days=40)), people, account, 0)  # fmt: skip
        worlds.make_lesson(edition, 9, worlds.NOW - timedelta(days=10))
        for kind, state in ((EditionKind.WORKSHOP, "closed"), (EditionKind.COURSE, "draft")):
            apart = worlds.make_edition(course, body, venue, kind=kind, state=state)
            worlds.make_register(apart)
            there = worlds.make_enrolment(apart, worlds.make_person("Altrove"), home)
            worlds.close_page(
                worlds.make_lesson(apart, 1, worlds.NOW - timedelta(days=50)), [there], account
            )
    edition, enrolment = world.a.closed_edition_id, world.a.closed_enrolment_ids[0]
    issue(app, visit("coordinator"), edition, enrolment)


@pytest.fixture
def sums(app, world):
    """sums(select, frame, who): the value, asked beside the application."""

    def ask_one(what: str, frame: str, who: str, narrower: str = "1 = 1") -> int:
        sql = f"SELECT {what} {frame.format(scope=ROLES[who])} AND {narrower}"
        values = {"delivering": world.a.delivering_id, "home": world.a.home_id}
        used = {name: value for name, value in values.items() if f":{name}" in sql}
        return int(one(app, sql, **used) or 0)

    return ask_one


def expected_figures(sums, who: str) -> dict[str, str]:
    counted, held = (
        sums(f"sum({x})", PEOPLE, who) for x in ("coalesce(a.counted, 0)", "coalesce(h.held, 0)")
    )
    lessons = "ed.id IN (SELECT le.edition_id FROM lesson le)"
    delivered = sums(
        "sum((SELECT coalesce(sum(rs.delivered_minutes), 0) FROM lesson le JOIN register_sheet rs "
        "ON rs.lesson_id = le.id WHERE le.edition_id = ed.id AND rs.state = 'closed'))",
        EDITIONS,
        who,
    )
    finished = sums("count(*)", PEOPLE, who, "en.state IN ('completed', 'not_completed')")
    completed = sums("count(*)", PEOPLE, who, "en.state = 'completed'")
    return {
        "OUT1": str(sums("count(DISTINCT en.person_id)", PEOPLE, who)),
        "OUT2": str(sums("count(DISTINCT en.person_id)", PEOPLE, who, CERTIFIED)),
        "OUT3": hours_text(delivered),
        "OUT4": hours_text(counted),
        "OUT5": str(
            sums("count(*)", EDITIONS, who, f"ed.state IN ('closed', 'archived') AND {lessons}")
        ),
        "OUT6": str(sums("count(DISTINCT en.home_body_id)", PEOPLE, who, "a.counted > 0")),
        "RES1": f"{completed * 100 // finished} %",
        "RES2": f"{counted * 100 // held} %",
    }


def plain(text: str) -> str:
    return " ".join(text.replace("\u202f", " ").replace("\xa0", " ").split())


def shown_figures(visitor) -> dict[str, str]:
    """The figures of the page, by the code in the link of each."""
    found = {}
    for stat in with_class(tree(visitor.get("/dashboard")), "stat"):
        link = stat.find(".//a")
        value = words(with_class(stat, "stat-value")[0])
        found[link.get("href").rpartition("/")[2]] = plain(value)
    return found


@pytest.mark.usefixtures("programme")
@pytest.mark.parametrize("who", ROLES)
def test_the_figures_are_the_sums_of_the_rows_in_scope(visit, sums, who):
    visitor = visit(who)
    expected = expected_figures(sums, who)
    assert shown_figures(visitor) == expected
    rows = csv_rows(visitor.get("/dashboard?format=csv"))[2:]
    assert {row[0]: plain(row[2]) for row in rows} == expected


@pytest.mark.usefixtures("programme")
@pytest.mark.parametrize("who", ROLES)
def test_each_figure_opens_the_rows_it_counts(visit, sums, who):
    visitor = visit(who)

    def rows(code: str) -> list[list[str]]:
        return csv_rows(visitor.get(f"/dashboard/{code}?format=csv"))[2:]

    for code, narrower in (
        ("OUT1", "1 = 1"),
        ("OUT2", CERTIFIED),
        ("OUT4", "a.counted > 0"),
        ("RES1", "en.state IN ('completed', 'not_completed')"),
        ("RES2", "h.held > 0"),
    ):
        assert len(rows(code)) == sums("count(*)", PEOPLE, who, narrower), code
    figures = expected_figures(sums, who)
    for code in ("OUT1", "OUT2"):
        assert len({row[0] for row in rows(code)}) == int(figures[code])  # people once each
    assert hours_text(sum(int(row[5]) for row in rows("OUT4"))) == figures["OUT4"]
    assert hours_text(sum(int(row[-1]) for row in rows("OUT3"))) == figures["OUT3"]
    assert len(rows("OUT6")) == int(figures["OUT6"])
    closed = visitor.get(visitor.get("/dashboard/OUT5").headers["Location"])
    assert len(table(closed)) == int(figures["OUT5"])
    assert visitor.get("/dashboard/OUT9").status_code == 404


@pytest.mark.usefixtures("programme")
def test_cells_too_small_are_hidden_from_the_organiser_and_open_to_the_coordinator(visit, world):
    def cells(who: str) -> dict[str, str]:
        page = visit(who).get("/dashboard")
        matrix = with_class(tree(page), "matrix")[0]
        rows = [[plain(words(cell)) for cell in row] for row in matrix.findall(".//tbody/tr")]
        return {row[0]: row[1] for row in rows}

    organiser = cells("organiser_alfa")
    assert set(organiser) == {"Alfa", "Beta"}
    assert organiser["Beta"] == "< 3"
    assert organiser["Alfa"].startswith("4")
    assert cells("coordinator")["Beta"] != "< 3"
    assert set(cells("representative_alfa")) == {"Alfa"}


@pytest.mark.usefixtures("programme")
def test_a_cell_opens_the_people_it_counts(app, visit, world):
    coordinator = visit("coordinator")
    page = coordinator.get("/dashboard")
    matrix = with_class(tree(page), "matrix")[0]
    for link in matrix.iter("a"):
        people = int(link.text)
        names = {row[0] for row in csv_rows(coordinator.get(f"{link.get('href')}&format=csv"))[2:]}
        assert len(names) == people
    foreign = visit("organiser_alfa").get(
        f"/dashboard/people?body={world.b.home_id}&course={world.b.course_id}"
    )
    assert table(foreign) == []


@pytest.mark.usefixtures("programme")
def test_what_is_to_be_done_is_named_with_its_link(app, visit, world):
    page = visit("coordinator").get("/dashboard")
    todo = [plain(words(item)) for band in with_class(tree(page), "todo") for item in band]
    open_page = ask(app, "SELECT e.code FROM edition e WHERE e.id = :id", id=world.a.edition_id)[0][
        0
    ]
    assert todo[0].startswith(f"{open_page}, lezione 9")
    assert "10 giorni di ritardo" in todo[0]
    assert todo[1].startswith("5 persone senza attestato in edizioni concluse")
    others = visit("organiser_beta").get("/dashboard")
    assert open_page not in words(tree(others))


def test_the_dashboard_is_not_for_those_who_teach_or_attend(visit):
    for who in ("trainer_alfa", "tutor_alfa", "participant_alfa", "admin"):
        for path in ("/dashboard", "/dashboard/OUT1", "/dashboard/people"):
            assert visit(who).get(path).status_code == 403, (who, path)
