# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: the calendar shows the lessons in reach, at the hour on the wall, and no others."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.edition import EditionState
from app.domain.vocabulary import LessonState
from app.models import Edition, Lesson
from tests import world as worlds
from tests.ledger import arranging
from tests.pages import csv_rows, main, table, tree, with_class
from tests.whole_app.crawl import statements

MARCH_29 = datetime(2015, 3, 29, tzinfo=UTC)


def days(answer) -> dict[str, list[str]]:
    """The lessons drawn on each day of a leaf."""
    found = {}
    for cell in with_class(tree(answer), "calendar-day"):
        links = with_class(cell, "calendar-date")
        if links:
            name = links[0].find("a").get("aria-label")
            found[name] = ["".join(one.itertext()) for one in with_class(cell, "calendar-sitting")]
    return {name: [" ".join(text.split()) for text in texts] for name, texts in found.items()}


def code(app, edition_id: int) -> str:
    with arranging(app) as session:
        return session.get_one(Edition, edition_id).code


def change(app, lesson_id: int, **values) -> None:
    with arranging(app) as session:
        lesson = session.get_one(Lesson, lesson_id)
        for name, value in values.items():
            setattr(lesson, name, value)


def test_the_month_of_today_is_shown_with_the_lessons_in_reach(app, visit, world):
    mine, others = code(app, world.a.edition_id), code(app, world.b.edition_id)
    answer = visit("trainer_alfa").get("/calendar")
    shown = days(answer)["giovedì 14 maggio 2015"]
    assert len(shown) == 1
    assert f"09:00–13:00 {mine}" in shown[0]
    assert days(answer)["venerdì 15 maggio 2015"] == []  # the second lesson is taught by nobody
    assert others not in main(answer)


@pytest.mark.parametrize(
    ("who", "alfa", "beta"),
    [
        ("coordinator", True, True),
        ("auditor", True, True),
        ("organiser_alfa", True, False),
        ("tutor_alfa", True, False),
        ("participant_alfa", True, False),
        ("representative_alfa", True, False),
    ],
)
def test_each_role_has_its_own_calendar(app, visit, world, who, alfa, beta):
    visitor = visit(who)
    for path in ("/calendar", "/calendar/week", "/calendar/lessons"):
        shown = main(visitor.get(path))
        assert (code(app, world.a.edition_id) in shown) is alfa, path
        assert (code(app, world.b.edition_id) in shown) is beta, path


def test_leafing_leads_to_the_months_around_and_back(visit):
    visitor = visit("coordinator")
    links = tree(visitor.get("/calendar?month=2015-12")).iter("a")
    found = {" ".join("".join(a.itertext()).split()): a.get("href") for a in links}
    assert found["Mese precedente"] == "/calendar?month=2015-11"
    assert found["Mese successivo"] == "/calendar?month=2016-01"
    assert found["Oggi"] == "/calendar"
    week = main(visitor.get("/calendar/week?day=2016-01-01"))
    assert "Dal 28 dicembre 2015 al 3 gennaio 2016" in week


@pytest.mark.parametrize(
    "text", ["", "x", "2015-13", "2015-00", "0000-01", "9999-12", "2015-5", "²015-05", "1800-01"]
)
def test_what_is_no_month_is_that_of_today(visit, text):
    answer = visit("coordinator").get("/calendar", query_string={"month": text})
    assert answer.status_code == 200
    assert "maggio 2015" in main(answer)


@pytest.mark.parametrize("month", ["1990-01", "2099-12"])
def test_the_calendar_ends_without_an_error(visit, month):
    visitor = visit("coordinator")
    assert visitor.get(f"/calendar?month={month}").status_code == 200
    assert visitor.get(f"/calendar/week?day={month}-31").status_code == 200


def test_filters_narrow_and_are_carried_along(app, visit, world):
    visitor = visit("coordinator")
    answer = visitor.get(f"/calendar?month=2015-05&body={world.a.delivering_id}")
    shown = main(answer)
    assert code(app, world.a.edition_id) in shown
    assert code(app, world.b.edition_id) not in shown
    after = next(a for a in tree(answer).iter("a") if "Mese successivo" in "".join(a.itertext()))
    assert f"body={world.a.delivering_id}" in after.get("href")


@pytest.mark.parametrize("name", ["body", "course", "venue", "trainer"])
@pytest.mark.parametrize("value", ["987654", "x", "-1", "99999999999999999999", "1 OR 1=1"])
def test_a_filter_that_was_not_offered_is_none(visit, name, value):
    answer = visit("coordinator").get("/calendar", query_string={name: value})
    assert answer.status_code == 200
    assert "Mostra tutto" not in main(answer)


def test_every_filter_finds_its_own(app, visit, world):
    visitor = visit("coordinator")
    form = next(f for f in tree(visitor.get("/calendar")).iter("form") if f.get("role") == "search")
    offered = {
        s.get("name"): [o.get("value") for o in s.iter("option")][1:] for s in form.iter("select")
    }
    assert set(offered) == {"body", "course", "venue", "trainer"}
    for name, values in offered.items():
        totals = []
        for value in values:
            text = main(visitor.get(f"/calendar?{name}={value}"))
            totals.append(int(re.search(r"(\d+) lezion", text)[1]))
        assert all(totals), name
        if name != "trainer":  # a lesson without trainer is nobody's
            assert sum(totals) == 4, name


def test_what_became_of_a_lesson_is_said_in_words(app, visit, world):
    change(app, world.a.lesson_id, state=LessonState.CANCELLED)
    change(
        app,
        world.a.past_lesson_id,
        moved_from=worlds.NOW - timedelta(days=63),
    )
    visitor = visit("organiser_alfa")
    assert "Annullata" in days(visitor.get("/calendar"))["giovedì 14 maggio 2015"][0]
    march = days(visitor.get("/calendar?month=2015-03"))["domenica 15 marzo 2015"][0]
    assert "Svolta" in march
    assert "spostata dal gio 12 mar 2015" in march


def test_an_edition_called_off_has_no_lessons_to_come(app, visit, world):
    with arranging(app) as session:
        session.get_one(Edition, world.a.edition_id).state = EditionState.CANCELLED
    shown = days(visit("organiser_alfa").get("/calendar"))["giovedì 14 maggio 2015"]
    assert "Annullata" in shown[0]


@pytest.mark.parametrize(
    ("utc", "day", "hours"),
    [
        (datetime(2015, 3, 28, 8, tzinfo=UTC), "sabato 28 marzo 2015", "09:00–13:00"),
        (datetime(2015, 3, 29, 7, tzinfo=UTC), "domenica 29 marzo 2015", "09:00–13:00"),
        (datetime(2015, 3, 30, 7, tzinfo=UTC), "lunedì 30 marzo 2015", "09:00–13:00"),
        # Half past midnight in Rome is still the day, and the month, before in UTC.
        (datetime(2015, 3, 31, 22, 30, tzinfo=UTC), "mercoledì 1 aprile 2015", "00:30–04:30"),
        (datetime(2015, 2, 28, 23, 30, tzinfo=UTC), "domenica 1 marzo 2015", "00:30–04:30"),
    ],
)
def test_hours_and_days_are_those_on_the_wall(app, visit, world, utc, day, hours):
    change(app, world.a.lesson_id, starts_at=utc, ends_at=utc + timedelta(hours=4))
    month = "2015-04" if "aprile" in day else "2015-03"
    shown = days(visit("organiser_alfa").get(f"/calendar?month={month}"))
    assert any(hours in text for text in shown[day])
    day_of_list = f"{2015}-{'04' if 'aprile' in day else '03'}-{day.split()[1]:0>2}"
    assert hours in main(visit("organiser_alfa").get(f"/calendar/lessons?day={day_of_list}"))


def test_the_list_searches_and_leaves_as_a_file(app, visit, world):
    visitor = visit("coordinator")
    mine = code(app, world.a.edition_id)
    assert len(table(visitor.get(f"/calendar/lessons?q={mine}"))) == 2
    rows = csv_rows(visitor.get(f"/calendar/lessons?q={mine}&format=csv"))
    assert rows[2][:4] == ["2015-05-14", "09:00", "13:00", mine]


def crowd(app, world, number: int) -> None:
    """So many editions more, all on the same days."""
    with arranging(app):
        edition = worlds.db.session.get_one(Edition, world.a.edition_id)
        course = worlds.db.session.get_one(worlds.Course, edition.course_id)
        body = worlds.db.session.get_one(worlds.Organisation, edition.delivering_body_id)
        venue = worlds.db.session.get_one(worlds.Venue, edition.venue_id)
        trainer = worlds.make_person("Pianofiore")
        for n in range(number):
            another = worlds.make_edition(course, body, venue)
            for seq in (1, 2, 3):
                lesson = worlds.make_lesson(another, seq, worlds.NOW + timedelta(days=n % 10 + seq))
                worlds.make_staff(lesson, trainer)


def test_a_day_that_is_full_is_counted_not_drawn(app, visit, world):
    crowd(app, world, 40)
    visitor = visit("organiser_alfa")
    answer = visitor.get("/calendar")
    shown = days(answer)
    assert max(len(texts) for texts in shown.values()) == 4
    assert "Altre 8 lezioni" in main(answer)
    words = "Altre 8 lezioni, 19 maggio 2015"
    link = next(a for a in tree(answer).iter("a") if words in "".join(a.itertext()))
    assert len(days(visitor.get(link.get("href")))["martedì 19 maggio 2015"]) == 12


def test_a_thousand_editions_cost_what_ten_do(app, visit, world):
    visitor = visit("organiser_alfa")
    crowd(app, world, 10)
    with statements(app) as few:
        visitor.get("/calendar?month=2015-05")
    small = len(few)
    crowd(app, world, 1_000)
    with statements(app) as many:
        visitor.get("/calendar?month=2015-05")
    assert len(many) == small
