# SPDX-License-Identifier: AGPL-3.0-or-later
"""A timetable as a browser edits it: rows of fields of one name, sent in their order."""

from datetime import timedelta

from sqlalchemy import select

from app.domain.edition import EditionState
from app.domain.lesson_rows import FIELDS
from app.models import Course, Edition, LessonStaff, Organisation, Person, Venue
from tests import world as worlds
from tests.ledger import arranging
from tests.pages import tree

COLUMNS = ("lesson", *FIELDS)


def rows_of(answer) -> list[dict[str, str]]:
    """The rows of the table as the page holds them, each with what is said beside it."""
    rows = []
    page = tree(answer)
    for body in page.findall(".//tbody[@data-rows]"):
        for line in body:
            values = {i.get("name"): i.get("value", "") for i in line.iter("input")}
            if "day" in values:
                rows.append(values)
    if not page.findall(".//tbody[@data-rows]"):  # the review carries them unseen
        names = [i for i in page.iter("input") if i.get("name") in COLUMNS]
        for place in range(0, len(names), len(COLUMNS)):
            rows.append(
                {i.get("name"): i.get("value") for i in names[place : place + len(COLUMNS)]}
            )
    return rows


class Desk:
    """Somebody at the timetable of an edition."""

    def __init__(self, visitor, edition_id: int) -> None:
        self.visitor, self.url = visitor, f"/editions/{edition_id}/timetable"
        self.look()

    def look(self) -> None:
        """The page as it is now."""
        self.page = self.visitor.get(self.url)
        self.rows = rows_of(self.page)
        self.seen = self.field("seen")

    def field(self, name: str) -> str:
        found = tree(self.page).find(f".//form[@data-timetable]//input[@name='{name}']")
        return found.get("value") if found is not None else ""

    def add(self, **values) -> dict[str, str]:
        row = dict.fromkeys(COLUMNS, "") | {"start": "9", "end": "13", "topic": "Un argomento"}
        self.rows.append(row | values)
        return self.rows[-1]

    def sent(self, **more) -> dict[str, object]:
        lists = {name: [row[name] for row in self.rows] for name in COLUMNS}
        return {"seen": self.seen, **lists, **more}

    def step(self, do: str, **more):
        return self.visitor.post(f"{self.url}/preview", self.sent(do=do, **more))

    def save(self, **more):
        return self.visitor.post(self.url, self.sent(**more))


def draft(app, side, **over) -> int:
    """An edition in preparation of the side's course, without lessons."""
    with arranging(app) as session:
        old = session.get_one(Edition, side.edition_id)
        edition = worlds.make_edition(
            session.get_one(Course, side.course_id),
            session.get_one(Organisation, side.delivering_id),
            session.get_one(Venue, old.venue_id),
            **{"state": EditionState.DRAFT, "seats_max": 30} | over,
        )
        return edition.id


def opened(app, side, days=(20, 27), **over) -> tuple[int, list[int]]:
    """An edition open to enrolments, its register bound, with lessons to come at 9 in Rome."""
    with arranging(app) as session:
        old = session.get_one(Edition, side.edition_id)
        edition = worlds.make_edition(
            session.get_one(Course, side.course_id),
            session.get_one(Organisation, side.delivering_id),
            session.get_one(Venue, old.venue_id),
            **{"state": EditionState.OPEN, "seats_max": 30} | over,
        )
        worlds.make_register(edition, endorsed=False, pages=len(days))
        trainer = trainer_of(session, side)
        start = worlds.NOW.replace(hour=7, minute=0)
        lessons = []
        for seq, day in enumerate(days, 1):
            lesson = worlds.make_lesson(edition, seq, start + timedelta(days=day))
            worlds.make_staff(lesson, trainer)
            lessons.append(lesson.id)
        return edition.id, lessons


def trainer_of(session, side) -> Person:
    staff = select(LessonStaff.person_id).where(LessonStaff.lesson_id == side.lesson_id)
    return session.scalars(select(Person).where(Person.id.in_(staff)).order_by(Person.id)).first()
