# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is enrolled where: seats by body, filled with those who have been to fewest courses."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from app.cli.demo.catalogue import COURSES
from app.cli.demo.officials import Official
from app.cli.demo.scenarios import ONLY, SCENARIOS
from app.cli.demo.timetable import PlannedEdition

PROVINCE = "Provincia di Perugia"

# In the order in which the bodies answer: where seats are few, the last ones wait.
SEATS = {
    "C01-01": {"Perugia": 12, PROVINCE: 3, "Panicale": 1, "Città della Pieve": 2, "Todi": 2,
               "Spello": 1},
    "C02-01": {"Perugia": 11, PROVINCE: 2, "Panicale": 1, "Spello": 1, "Foligno": 3,
               "Città della Pieve": 1},
    "C03-01": {"Perugia": 10, PROVINCE: 3, "Todi": 2, "Panicale": 1, "Città della Pieve": 1,
               "Spello": 1, "Foligno": 2, "Gubbio": 2},
    "C01-02": {"Terni": 9, "Narni": 5, "Orvieto": 4, "Spoleto": 2},
    "C04-01": {"Perugia": 12, PROVINCE: 2, "Foligno": 3, "Città di Castello": 2, "Gubbio": 2,
               "Todi": 1},
    "C02-02": {"Città di Castello": 8, "Gubbio": 5, "Perugia": 5},
    "C05-01": {"Gubbio": 7, "Città di Castello": 5, "Perugia": 6},
    "C06-01": {"Foligno": 9, "Spello": 2, "Spoleto": 5, "Perugia": 3},
    "C01-03": {"Foligno": 10, "Spello": 2, "Spoleto": 6, "Città di Castello": 2},
    "C03-02": {"Spoleto": 8, "Foligno": 6, "Terni": 4, "Narni": 1},
    "C02-03": {"Orvieto": 6, "Fabro": 1, "Città della Pieve": 2, "Todi": 3, "Terni": 4, "Narni": 3},
    "C04-02": {"Terni": 8, "Narni": 4, "Orvieto": 5, "Spoleto": 3},
    "C07-01": {"Terni": 9, "Narni": 3, "Orvieto": 4, "Todi": 2},
    "C09-01": {"Perugia": 12, PROVINCE: 3, "Foligno": 3, "Gubbio": 2, "Città di Castello": 2},
    "C08-01": {"Todi": 4, "Perugia": 6, "Orvieto": 3, "Terni": 5},
    "C08-02": {"Perugia": 15, PROVINCE: 3, "Spello": 1, "Foligno": 3, "Panicale": 1,
               "Città della Pieve": 1},
}  # fmt: skip

FEW_SEATS = {"C03-01": 20}
USUAL_SEATS = 25

# People sent for the first time in May: the last of each body.
OPEN_TO_NEWCOMERS = "C08"
NEWCOMERS = {"Perugia": 7, "Foligno": 1, "Terni": 3, "Orvieto": 1}
MOVED_ON = date(2015, 3, 1)


def seats(edition: str) -> int:
    return FEW_SEATS.get(edition, USUAL_SEATS)


def rolls(
    editions: Sequence[PlannedEdition], people: Sequence[Official]
) -> dict[str, dict[str, list[str]]]:
    """By edition and body, the e-mails of those enrolled, in order. Nobody takes a course twice."""
    been: Counter[str] = Counter()
    barred = {course: _newcomers(people) for course in COURSES if course != OPEN_TO_NEWCOMERS}
    found: dict[str, dict[str, list[str]]] = {}
    for edition in (e for e in editions if e.code in SEATS):
        out = barred.setdefault(edition.course_code, set())
        free = [person for person in people if person.email not in out]
        found[edition.code] = {
            body: _chosen(edition, body, number, free, been)
            for body, number in SEATS[edition.code].items()
        }
        chosen = [who for people in found[edition.code].values() for who in people]
        been.update(chosen)
        out.update(chosen)
    return found


def _newcomers(people: Sequence[Official]) -> set[str]:
    last = {
        body: [p.email for p in people if p.body == body][-number:]
        for body, number in NEWCOMERS.items()
    }
    return {who for chosen in last.values() for who in chosen}


def _chosen(
    edition: PlannedEdition,
    body: str,
    number: int,
    people: Sequence[Official],
    been: Counter[str],
) -> list[str]:
    """Those the story wants first, then those who have been to fewest, the area's own first."""
    wanted = {s.who for s in SCENARIOS if s.edition == edition.code}
    wanted |= {who for who, where in ONLY.items() if edition.code in where}
    areas = COURSES[edition.course_code].areas
    moved = edition.first_day >= MOVED_ON
    candidates = [
        person
        for person in people
        if (person.body if moved else person.first_body) == body
        and edition.code in ONLY.get(person.email, (edition.code,))
    ]
    candidates.sort(key=lambda p: (p.email not in wanted, been[p.email] - (p.area in areas)))
    return [person.email for person in candidates[:number]]
