# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists: searched, sorted, filtered, a page at a time, and as a file."""

from datetime import date

import pytest

from app.domain.people import search_key
from app.domain.vocabulary import EditionKind, PartnershipRole, ServiceArea
from app.models import Course, Organisation, UserAccount
from app.people import queries
from tests import world as worlds
from tests.issuing import issue
from tests.ledger import arranging, one
from tests.pages import csv_rows, main, table, tree, with_class, words

NAMES = (
    ("D'Angelo", "Nicolò"), ("Dell’Acqua", "Zoë"), ("Đặng", "Łucja"), ("De Rosa-Conti", "Anna"),
    ("=SOMMA(A1)", "+39"), ("@Rossi", "-Ugo"), ("＝Wide", "|Pipe"), ("Élite", "Ève"), ("Zanetti", "Bea"),
)  # fmt: skip


@pytest.fixture
def people(app, world):
    """People with the names that lists stumble over, and thirty more."""
    with arranging(app) as session:
        home = session.get_one(Organisation, world.a.home_id)
        for family, given in (*NAMES, *((f"Folla {i:02d}", "Ida") for i in range(30))):
            person = worlds.make_person(family, given, search_key=search_key(f"{family} {given}"))
            area = ServiceArea.REGISTRY if family == "Zanetti" else None
            worlds.make_affiliation(person, home, service_area=area)


@pytest.fixture
def find(visit, people):
    """find("angelo") are the surnames that the list of people then shows."""
    visitor = visit("coordinator")

    def search(q: str = "", **query) -> list[str]:
        answer = visitor.get("/people", query_string={"q": q, **query})
        assert answer.status_code == 200
        return [row[0] for row in table(answer)]

    search.visitor = visitor
    return search


@pytest.mark.parametrize(
    ("query", "surnames"),
    [
        ("D'Angelo", ["D'Angelo"]),
        ("d’angelo", ["D'Angelo"]),
        ("dangelo NICOLO'", ["D'Angelo"]),
        ("nicolò", ["D'Angelo"]),
        ("Nicolo\u0300", ["D'Angelo"]),
        ("ELITE", ["Élite"]),
        ("dang", ["Đặng", "D'Angelo"]),
        ("rosa conti", ["De Rosa-Conti"]),
        ("rosa-conti", ["De Rosa-Conti"]),
        ("conti de", ["De Rosa-Conti"]),
        ("zanetti alfa", ["Zanetti"]),
        ("nessuna", []),
    ],
)
def test_people_are_found_whatever_the_accents_and_apostrophes(find, query, surnames):
    assert [name.rpartition(" ")[0] for name in find(query)] == surnames


def test_a_search_that_finds_nothing_offers_the_whole_list(find):
    page = find.visitor.get("/people?q=nessuna")
    assert "0 risultati" in main(page)
    links = [a.get("href") for a in tree(page).iter("a") if words(a) == "Mostra tutto"]
    assert links
    assert "q=" not in links[0]


def test_more_people_than_are_counted_come_in_the_usual_order_alone(find, monkeypatch):
    monkeypatch.setattr(queries, "CEILING", 30)
    page = find.visitor.get("/people?sort=body&desc=1&page=2")
    assert "26–30 di oltre 30" in main(page)
    assert [row[0] for row in table(page)] == find(page=2)
    assert [words(a) for a in with_class(tree(page), "sort")] == ["Cognome e nome"]
    narrowed = find.visitor.get("/people?q=folla&sort=body&desc=1&page=2")
    assert "26–30 di 30" in main(narrowed)
    assert len(with_class(tree(narrowed), "sort")) > 1
    assert find(q="folla", desc="1", sort="name")[0] == "Folla 29 Ida"
    assert len(csv_rows(find.visitor.get("/people?format=csv"))) > 32


def test_nobody_who_works_somewhere_is_out_of_service(app, find, world):
    with arranging(app) as session:
        home = session.get_one(Organisation, world.a.home_id)
        left, moved = (worlds.make_person(name, "Ida") for name in ("Uscita", "Passata"))
        for person in (left, moved):
            worlds.make_affiliation(person, home, ends_on=date(2014, 12, 31))
        worlds.make_affiliation(moved, home, starts_on=date(2015, 1, 1))
    assert find(work="closed") == ["Uscita Ida"]
    assert "Passata Ida" in find(work="open", q="passata")


def test_lists_come_a_page_at_a_time_and_lose_nobody(find):
    total = len(csv_rows(find.visitor.get("/people?format=csv"))) - 2
    seen = [name for page in (1, 2) for name in find(page=page)]
    assert len(seen) == len(set(seen)) == total > 25
    assert "1–25 di" in main(find.visitor.get("/people"))
    beyond = find.visitor.get("/people?page=999")
    assert [row[0] for row in table(beyond)] == find(page=-(-total // 25))
    current = with_class(tree(beyond), "active")
    assert str(-(-total // 25)) in [words(e).removeprefix("Pagina ") for e in current]


def test_lists_are_sorted_by_the_column_asked_for(find):
    up = find("a", sort="name")
    down = find("a", sort="name", desc="1")
    assert up != down
    crowd = [f"Folla {i:02d} Ida" for i in range(30)]
    assert find("folla", sort="name") == crowd[:25]
    assert find("folla", sort="name", desc="1") == crowd[:4:-1]
    page = find.visitor.get("/people?sort=hours&desc=1")
    sorted_by = [th for th in tree(page).iter("th") if th.get("aria-sort")]
    assert [th.get("aria-sort") for th in sorted_by] == ["descending"]


def test_lists_are_filtered_by_one_word_of_a_list(find):
    assert find(area="registry") == ["Zanetti Bea"]
    assert find(area="registry", q="folla") == []
    assert len(find(area="nonsense")) == 25


def test_links_of_a_list_keep_search_and_filter(find):
    page = find.visitor.get("/people?q=folla&group=official&sort=name&desc=1")
    second = next(a.get("href") for a in tree(page).iter("a") if "page=2" in a.get("href", ""))
    for part in ("q=folla", "group=official", "sort=name", "desc=1"):
        assert part in second
    rows = table(find.visitor.get(second))
    assert [row[0] for row in rows] == [f"Folla {i:02d} Ida" for i in range(4, -1, -1)]


def test_a_file_holds_the_whole_list_and_no_formula(find):
    answer = find.visitor.get("/people?format=csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="persone.csv"'
    assert answer.data.startswith(b"\xef\xbb\xbf")
    note, heading, *rows = csv_rows(answer)
    assert note[0].startswith("Progetto co-finanziato dall'Unione Europea")
    assert heading[:2] == ["Cognome", "Nome"]
    cells = {cell for row in rows for cell in row}
    assert {"'=SOMMA(A1)", "'+39", "'@Rossi", "'-Ugo", "'＝Wide", "'|Pipe"} <= cells
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@|＝\t\r\n")]
    assert {"D'Angelo", "Nicolò", "Đặng"} <= cells


def test_a_file_follows_search_and_filter(find):
    rows = csv_rows(find.visitor.get("/people?format=csv&q=folla&sort=name&desc=1"))[2:]
    assert [row[0] for row in rows] == [f"Folla {i:02d}" for i in range(29, -1, -1)]


def test_every_list_gives_a_file_with_the_rows_it_shows(app, visit, world):
    coordinator = visit("coordinator")
    issue(app, coordinator, world.a.closed_edition_id, world.a.closed_enrolment_ids[0])
    for path, notes in (
        ("/courses", 1), ("/editions", 1), ("/bodies", 1), ("/certificates", 1), ("/people", 1),
        (f"/courses/{world.a.course_id}", 1), ("/dashboard/OUT1", 1), ("/dashboard/OUT3", 1),
        ("/dashboard/OUT4", 1), ("/accounts", 0), ("/audit", 0),
    ):  # fmt: skip
        shown = len(table(coordinator.get(path)))
        rows = csv_rows(coordinator.get(f"{path}?format=csv"))
        if shown < 25:
            assert len(rows) - notes - 1 == shown > 0, path
        assert len({len(row) for row in rows[notes:]}) == 1, path


def test_editions_are_found_by_course_code_and_town_and_filtered(app, visit, world):
    with arranging(app) as session:
        course = session.get_one(Course, world.a.course_id)
        body = session.get_one(Organisation, world.a.delivering_id)
        venue = worlds.make_venue(town="Città di Castello")
        workshop = EditionKind.WORKSHOP
        worlds.make_edition(course, body, venue, code="WS-CASTELLO", kind=workshop)
    coordinator = visit("coordinator")
    for query, codes in (
        ("citta di castello", ["WS-CASTELLO"]),
        ("CITTÀ", ["WS-CASTELLO"]),
        ("ws-castello", ["WS-CASTELLO"]),
        ("castello beta", []),
    ):
        page = coordinator.get("/editions", query_string={"q": query})
        assert [row[0] for row in table(page)] == codes, query
    assert [r[0] for r in table(coordinator.get("/editions?kind=workshop"))] == ["WS-CASTELLO"]
    closed = table(coordinator.get("/editions?state=closed"))
    assert len(closed) == 2
    assert {row[-1] for row in closed} == {"Conclusa"}


def test_accounts_are_found_whatever_the_accents(app, visit, world):
    with arranging(app) as session:
        account = session.get_one(UserAccount, world.account_ids["tutor_beta"])
        account.display_name = "Nicolò D'Angelo"
    coordinator = visit("coordinator")
    for query in ("nicolo", "Nicolò", "D'Angelo", "d’angelo", "dangelo", "tutor_beta@prova"):
        rows = table(coordinator.get("/accounts", query_string={"q": query}))
        assert [row[0] for row in rows] == ["Nicolò D'Angelo"], query


def test_each_role_finds_only_its_own_part(visit, world):
    parts = {
        "organiser_alfa": ("Alfa", "Beta"), "organiser_beta": ("Beta", "Alfa"),
        "representative_alfa": ("Alfa", "Beta"), "representative_beta": ("Beta", "Alfa"),
    }  # fmt: skip
    for who, (own, other) in parts.items():
        visitor = visit(who)
        for path in ("/people", "/editions"):
            cells = str(csv_rows(visitor.get(f"{path}?format=csv"))[2:])
            assert own in cells, (who, path)
            assert other not in cells, (who, path)
    only_mine = csv_rows(visit("representative_alfa").get("/bodies?format=csv"))[2:]
    assert [row[0] for row in only_mine] == [world.a.home_name]


def test_bodies_show_their_part_and_the_people_enrolled(app, visit, world):
    rows = csv_rows(visit("coordinator").get("/bodies?format=csv&q=comune"))[2:]
    enrolled = one(
        app, "SELECT count(DISTINCT person_id) FROM enrolment WHERE home_body_id = :id",
        id=world.a.home_id,
    )  # fmt: skip
    assert [(row[0], row[-1]) for row in rows] == [
        ("Comune di Alfa", str(enrolled)),
        ("Comune di Beta", str(enrolled)),
    ]
    part = PartnershipRole.PARTNER_BODY.value
    partners = table(visit("coordinator").get(f"/bodies?part={part}"))
    assert [row[0] for row in partners] == ["Ente attuatore Alfa", "Ente attuatore Beta"]
