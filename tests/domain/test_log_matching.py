# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who of the log is who of the people expected."""

from datetime import UTC, datetime

import pytest

from app.domain import log_matching
from app.domain.attendance import Interval
from app.domain.attendance_log import LoggedPerson
from app.domain.log_matching import Certainty, Expected, Match, match

CERTAIN, LIKELY, NONE = Certainty.CERTAIN, Certainty.LIKELY, Certainty.NONE

EXPECTED = [
    Expected(1, "Maria", "Fontebella", "maria.fontebella@perugia.example"),
    Expected(2, "Luca", "Collechiaro", ""),
    Expected(3, "Andrea", "Pontesasso", "andrea.pontesasso@foligno.example"),
    Expected(4, "Andrea", "Pontesasso", "a.pontesasso@terni.example"),
    Expected(5, "Nicolò", "D'Orto", "ufficio@orvieto.example"),
    Expected(6, "Anna Rosa", "De Lagoscuro", "Ufficio@orvieto.example"),
]


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2014, 11, 6, hour, minute, tzinfo=UTC)


def logged(name: str, email: str = "", start: int = 9, end: int = 10) -> LoggedPerson:
    return LoggedPerson(name, email, (Interval(at(start), at(end)),), (1,))


@pytest.mark.parametrize(
    ("name", "email", "expected", "certainty", "candidates"),
    [
        ("Chiunque", "MARIA.Fontebella@perugia.example", 1, CERTAIN, ()),
        ("Luca Collechiaro", "maria.fontebella@perugia.example", 1, CERTAIN, ()),
        ("Luca Collechiaro", "", 2, LIKELY, ()),
        ("COLLECHIARO LUCA", "", 2, LIKELY, ()),
        ("Collechiaro, Luca", "luca@casa.example", 2, LIKELY, ()),
        ("Luca  Collechiaro (Ospite)", "", 2, LIKELY, ()),
        ("Nicolo\u0300 D\u2019Orto", "", 5, LIKELY, ()),
        ("Dorto Nicolo'", "", 5, LIKELY, ()),
        ("De Lagoscuro Anna Rosa", "", 6, LIKELY, ()),
        # two of the same name: by e-mail only
        ("Andrea Pontesasso", "a.pontesasso@terni.example", 4, CERTAIN, ()),
        ("Andrea Pontesasso", "", None, NONE, (3, 4)),
        ("Pontesasso Andrea", "andrea@casa.example", None, NONE, (3, 4)),
        # two of the same e-mail: the name tells them apart
        ("Nicolò D'Orto", "ufficio@orvieto.example", 5, LIKELY, ()),
        ("Ufficio", "ufficio@orvieto.example", None, NONE, (5, 6)),
        ("Luca Collechiaro", "ufficio@orvieto.example", None, NONE, (5, 6)),
        # nobody, but close
        ("Maria Fontebela", "", None, NONE, (1,)),
        ("Lucia Collechiari", "", None, NONE, (2,)),
        ("iPhone", "luca.collechiaro@casa.example", None, NONE, (2,)),
        ("Rosa Lagoscuro", "", None, NONE, (6,)),
        ("Zeno", "", None, NONE, ()),
        ("", "zeno@casa.example", None, NONE, ()),
    ],
)
def test_one_of_the_log(
    name: str, email: str, expected: int | None, certainty: Certainty, candidates: tuple[int, ...]
) -> None:
    person = logged(name, email)
    assert match([person], EXPECTED) == [
        Match((person,), expected, certainty, person.stays, candidates)
    ]


def test_two_devices_of_the_same_person_are_united_and_said_so() -> None:
    laptop = logged("Maria Fontebella", "maria.fontebella@perugia.example", 9, 11)
    phone = logged("Maria Fontebella", "", 10, 12)
    (found,) = match([laptop, phone], EXPECTED)
    assert found.united
    assert (found.expected, found.certainty) == (1, LIKELY)
    assert found.people == (laptop, phone)
    assert found.stays == (Interval(at(9), at(12)),)


def test_one_device_is_not_united() -> None:
    (found,) = match([logged("Luca Collechiaro")], EXPECTED)
    assert not found.united


def test_a_name_of_the_log_for_two_people_is_never_guessed() -> None:
    first = logged("Andrea Pontesasso", "andrea.pontesasso@foligno.example")
    second = logged("Andrea Pontesasso")
    found = match([second, first], EXPECTED)
    assert [(m.expected, m.certainty, m.candidates) for m in found] == [
        (3, CERTAIN, ()),
        (None, NONE, (3, 4)),
    ]


def test_nobody_expected_nobody_found() -> None:
    person = logged("Maria Fontebella")
    assert match([person], []) == [Match((person,), None, NONE, person.stays)]
    assert match([], EXPECTED) == []


def test_at_most_five_candidates_the_closest_first() -> None:
    many = [Expected(n, "Maria", f"Fontebella{'x' * n}", "") for n in range(1, 9)]
    (found,) = match([logged("Maria Fontebellax y")], many)
    assert found.candidates == (1, 2, 3, 4, 5)


def test_candidates_are_not_looked_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_matching, "MOST_GUESSES", 1)
    found = match([logged("Maria Fontebela"), logged("Maria Fontebele")], EXPECTED)
    assert [m.candidates for m in found] == [(1,), ()]
