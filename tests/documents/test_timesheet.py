# SPDX-License-Identifier: AGPL-3.0-or-later
"""A timesheet says every lesson, its real times and minutes, and their sum; nothing is clipped."""

from dataclasses import replace

import pytest

from app.documents.timesheet import render_timesheet
from tests.documents import reading
from tests.documents.names import LONG
from tests.documents.timesheet_specimens import TIMESHEET, lesson


def text(content) -> str:
    return " ".join(reading.text_by_poppler(render_timesheet(content)).split())


def test_it_says_times_on_the_wall_minutes_and_the_sum():
    shown = text(TIMESHEET)
    assert "Valfiorita Teresa" in shown
    assert "marzo 2015" in shown
    for times in ("04/03/2015", "09:00–13:00", "09:00–12:45", "30/03/2015"):
        assert times in shown
    assert shown.count("09:00–13:00") == 2  # before and after the clock changes
    assert "Totale del mese: 11 h 45 min (705 minuti)" in shown
    assert "3 lezioni svolte." in shown
    assert "pagina alla versione 2" in shown
    assert "Una lezione del mese non è compresa" in shown
    assert shown.count("Data e firma") == 2


def test_a_month_without_lessons_is_said_to_be_empty():
    shown = text(replace(TIMESHEET, lines=(), waiting=0))
    assert "Totale del mese: 0 h" in shown
    assert "Nessuna lezione svolta." in shown


def test_what_is_left_out_is_said():
    assert "soltanto le edizioni dell'ente" in text(replace(TIMESHEET, whole=False))
    assert "soltanto" not in text(TIMESHEET)


@pytest.mark.parametrize("number", [1, 31, 200])
def test_as_many_pages_as_it_takes(number):
    lines = tuple(lesson(1 + n % 31, seq=n + 1) for n in range(number))
    shown = text(replace(TIMESHEET, lines=lines))
    assert shown.count("09:00–13:00") + shown.count("10:00–14:00") == number
    assert f"({240 * number} minuti)" in shown


def squeezed(words: str) -> str:
    return "".join(words.split())


@pytest.mark.parametrize("name", LONG)
def test_long_names_and_words_are_not_clipped(name):
    words = "Ascolto attivo e comunicazione interculturale allo sportello " * 5
    long = lesson(
        4, topic=words[:300].strip(), course_title=words[:200].strip(), edition_code="X" * 30
    )
    pdf = render_timesheet(replace(TIMESHEET, name=name, lines=(long,)))
    shown = squeezed(reading.text_by_pypdf(pdf))
    assert squeezed(name) in shown
    assert squeezed(words[:300]) in shown
    assert reading.overprinted(pdf) == []
    assert reading.outside(pdf, 1, (30, 15, 566, 828)) == []
