# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names are text: markup in them is shown as written and never becomes part of a page."""

import html5lib
import pytest

from app.extensions import db
from app.models import Course, Edition, Lesson, Organisation, Person
from tests import world as worlds

HOSTILE = "\"'><img src=x onerror=alert(1)><script>alert(1)</script>{{7919*7907}}"
SUM = str(7919 * 7907)  # what a template that ran the text would print, and nothing else does


def planted(page: str) -> list[str]:
    """Elements and attributes of the page that come from the hostile text."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    scripts = [e for e in tree.iter("script") if "alert" in "".join(e.itertext())]
    handlers = [e for e in tree.iter() if any(str(name).startswith("on") for name in e.attrib)]
    pictures = [e for e in tree.iter("img") if e.get("src") == "x"]
    return [str(e.tag) for e in (*scripts, *handlers, *pictures)]


@pytest.fixture
def hostile(app, world):
    """The hostile text wherever a person may write a name, a title or a topic."""
    with app.app_context():
        person = db.session.get_one(Person, world.a.person_id)
        person.family_name = HOSTILE[:80]
        body = db.session.get_one(Organisation, world.a.home_id)
        body.name, body.short_name = HOSTILE, HOSTILE[:80]
        db.session.get_one(Course, world.a.course_id).title = HOSTILE
        for edition_id in (world.a.edition_id, world.a.closed_edition_id):
            db.session.get_one(Edition, edition_id).course_title = HOSTILE
        db.session.get_one(Lesson, world.a.lesson_id).topic = HOSTILE
        worlds.commit(person, HOSTILE)
    return world.a


@pytest.mark.parametrize("who", ["coordinator", "trainer_alfa", "participant_alfa"])
def test_markup_in_a_name_stays_text_on_every_page(visit, hostile, who):
    visitor, shown = visit(who), 0
    for path in (
        "/today",
        f"/lessons/{hostile.lesson_id}/sheet",
        "/my",
        "/dashboard",
        "/dashboard/OUT1",
        "/dashboard/OUT6",
        "/courses",
        f"/courses/{hostile.course_id}",
        "/editions",
        f"/editions/{hostile.edition_id}",
        f"/editions/{hostile.closed_edition_id}/certificates",
        "/people",
        f"/people/{hostile.person_id}",
        "/bodies",
        f"/bodies/{hostile.home_id}",
        "/audit",
    ):
        page = visitor.get(path).text
        assert planted(page) == [], path
        assert SUM not in page, path
        shown += "&lt;img src=x onerror" in page
    assert shown >= 3  # it was really there to be shown


def test_the_check_sees_markup_that_got_through():
    assert planted(f"<p>{HOSTILE}</p>") == ["script", "img", "img"]
