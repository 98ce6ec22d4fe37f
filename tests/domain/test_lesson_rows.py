# SPDX-License-Identifier: AGPL-3.0-or-later
"""A row of a timetable, read."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.errors import RuleViolation
from app.domain.lesson_rows import Roster, RowText, check_breaks, read_row
from app.domain.timetable import Window

ROSTER = Roster(
    trainers={"anna valfiorita": 1, "bruno pianofiore": 2},
    tutors={"nicoletta campofiorito": 3, "anna valfiorita": 1},
    venues={"perugia sala vaccara": 7},
    modules={"1": 9},
)
ROW = RowText(
    lesson=4, day="12/01/2015", start="9", end="13", breaks="11-11:15", module="1",
    topic="  Ascolto   attivo ", trainers="Valfiorita Anna, bruno pianofiore,", venue="Sala Vaccara Perugia",
)  # fmt: skip


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2015, 1, 12, hour - 1, minute, tzinfo=UTC)


def test_a_row_becomes_a_lesson() -> None:
    planned, problems = read_row(ROW, ROSTER)
    assert problems == []
    assert planned is not None
    assert planned.window == Window(at(9), at(13))
    assert planned.minutes == 225
    assert (planned.topic, planned.module, planned.venue) == ("Ascolto attivo", 9, 7)
    assert (planned.trainers, planned.tutors, planned.lesson) == ((1, 2), (), 4)


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"day": ""}, "day"), ({"day": "?"}, "day"), ({"start": ""}, "start"),
        ({"end": "x"}, "end"), ({"end": "9"}, "end"), ({"breaks": "8-9"}, "breaks"),
        ({"breaks": "x"}, "breaks"), ({"topic": " "}, "topic"), ({"topic": "x" * 301}, "topic"),
        ({"trainers": "Chiunque"}, "trainers"), ({"tutors": "Valfiorita Anna"}, "tutors"),
        ({"venue": "?"}, "venue"), ({"module": "2"}, "module"),
        ({"day": "29/03/2015", "start": "2:30"}, "start"),
        ({"day": "25/10/2015", "start": "1", "end": "2:30", "breaks": ""}, "end"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_field(over: dict, field: str) -> None:
    planned, problems = read_row(replace(ROW, **over), ROSTER)
    assert planned is None
    assert [one.field for one in problems] == [field]


def test_every_fault_of_a_row_is_told_at_once() -> None:
    _planned, problems = read_row(RowText(venue="?"), ROSTER)
    assert [one.field for one in problems] == ["day", "start", "end", "topic", "venue"]


def test_a_row_without_a_word_is_blank() -> None:
    assert RowText().blank
    assert not RowText(lesson=1).blank
    assert not RowText(topic="x").blank


@pytest.mark.parametrize(
    ("breaks", "words"),
    [
        ([(10, 11), (9, 10)], None),
        ([(9, 11), (10, 12)], "sovrappongono"),
        ([(8, 10)], "dentro l'orario"),
        ([(11, 11)], "dentro l'orario"),
        ([(9, 13)], "tutta la lezione"),
        ([(9, 10)] * 7, "al massimo 6"),
    ],
)
def test_breaks(breaks: list, words: str | None) -> None:
    windows = tuple(Window(at(a), at(b)) for a, b in breaks)
    if words is None:
        check_breaks(Window(at(9), at(13)), windows)
        return
    with pytest.raises(RuleViolation, match=words):
        check_breaks(Window(at(9), at(13)), windows)
