# SPDX-License-Identifier: AGPL-3.0-or-later
"""Marks in a spreadsheet, and the connections of a log as stays at the lesson."""

from datetime import UTC, datetime

import pytest

from app.domain.attendance import Interval, Presence
from app.domain.errors import RuleViolation
from app.domain.log_stays import stays_within
from app.domain.mark_table import Heading, OnSheet, check_columns, read_marks
from app.domain.timetable import Window, clock_text

LESSON = Window(datetime(2015, 5, 14, 7, 0, tzinfo=UTC), datetime(2015, 5, 14, 11, 0, tzinfo=UTC))
HEADER = [heading.value for heading in Heading]
PEOPLE = [
    OnSheet(7, "Maria", "D'Angelo"),
    OnSheet(8, "Luca", "Collechiaro"),
    OnSheet(9, "Anna", "Fontebella", expected=False),
]


def told(stays) -> str:
    return " ".join(
        f"{clock_text(s.entered)}-{clock_text(s.left) if s.left else ''}" for s in stays
    )


def at(text: str | None) -> datetime | None:
    """A local time of that day, seconds allowed."""
    return datetime.fromisoformat(f"2015-05-14T{text}+02:00") if text else None


def read(*rows: list[str], header=HEADER):
    return read_marks([header, *rows], PEOPLE, LESSON)


@pytest.mark.parametrize(
    ("cells", "status", "stays"),
    [
        (["P"], Presence.PRESENT, "09:00-"),
        (["p."], Presence.PRESENT, "09:00-"),
        (["Presente", "9.20", "12:10"], Presence.PRESENT, "09:20-12:10"),
        (["P", "09:20:00", "", "", ""], Presence.PRESENT, "09:20-"),
        (["P", "", "12:00"], Presence.PRESENT, "09:00-12:00"),
        (["P", "", "10:00", "10:30", "12:00"], Presence.PRESENT, "09:00-10:00 10:30-12:00"),
        (["P", "09:00", "10:00", "10:30"], Presence.PRESENT, "09:00-10:00 10:30-"),
        (["A"], Presence.ABSENT, ""),
        (["assente"], Presence.ABSENT, ""),
        (["AG"], Presence.JUSTIFIED, ""),
        (["Assente giustificato"], Presence.JUSTIFIED, ""),
    ],
)
def test_a_row_is_a_mark(cells, status, stays):
    table = read(["7", "D'ANGELO", "Maria", "Ente", *cells])
    assert table.problems == ()
    (mark,) = table.marks
    assert (mark.row, mark.id, mark.status, told(mark.stays)) == (2, 7, status, stays)


@pytest.mark.parametrize(
    ("row", "column", "sentence"),
    [
        (["", "Dangelo"], "NUMBER", "Manca il numero"),
        (["x"], "NUMBER", "«x» non è di questo foglio"),
        (["٧"], "NUMBER", "non è di questo foglio"),
        (["7.5"], "NUMBER", "non è di questo foglio"),
        (["9" * 400], "NUMBER", "non è di questo foglio"),
        (["10"], "NUMBER", "«10» non è di questo foglio"),
        (["7", "Collechiaro"], "FAMILY", "altra persona: D'Angelo Maria"),
        (["7", "", "Luca"], "GIVEN", "altra persona: D'Angelo Maria"),
        (["7", "", "", "", "sì"], "MARK", "«sì» non si riconosce"),
        (["7", "", "", "", "", "9:00"], "MARK", "Ci sono gli orari ma non la presenza"),
        (["9", "", "", "", "P"], "NUMBER", "non è tra gli iscritti confermati"),
        (["7", "", "", "", "P", "9 e 20"], "ENTERED", "non è un'ora"),
        (["7", "", "", "", "P", "", "25:00"], "LEFT", "non è un'ora"),
        (["7", "", "", "", "P", "8:59"], "ENTERED", "viene prima dell'inizio"),
        (["7", "", "", "", "P", "", "13:01"], "LEFT", "viene dopo la fine"),
        (["7", "", "", "", "P", "10:00", "9:30"], "ENTERED", "viene prima dell'entrata"),
        (["7", "", "", "", "P", "9:00", "", "10:00"], "ENTERED", "Manca l'uscita prima"),
        (["7", "", "", "", "P", "", "", "", "12:00"], "ENTERED_AGAIN", "a che ora è rientrata"),
        (["7", "", "", "", "A", "", "", "10:00"], "ENTERED_AGAIN", "non ha orari"),
        (["7", "", "", "", "AG", "9:00"], "ENTERED", "non ha orari"),
    ],
)
def test_a_row_says_what_is_wrong_and_where(row, column, sentence):
    table = read(row)
    assert table.marks == ()
    (problem,) = table.problems
    assert (problem.row, problem.column) == (2, Heading[column].value)
    assert sentence in str(problem.sentence)


def test_a_person_has_one_row():
    table = read(["7", "", "", "", "P"], ["8", "", "", "", "A"], ["7", "", "", "", "A"])
    assert [mark.id for mark in table.marks] == [7, 8]
    assert str(table.problems[0].sentence) == "La persona è già alla riga 2: tenerne una."


def test_empty_rows_and_rows_without_a_mark_change_nothing():
    table = read([], ["8", "Collechiaro"], ["", ""], ["7", "", "", "", "P"])
    assert (len(table.marks), table.marks[0].row, table.blank, table.problems) == (1, 5, 1, ())


def test_the_header_may_stand_lower_and_in_another_order():
    rows = [["Lezione 3"], [], ["Presenza", "Note", "NUMERO D'ISCRIZIONE"], ["A", "", "8"]]
    assert check_columns(rows) == 2
    assert [(m.row, m.id) for m in read_marks(rows, PEOPLE, LESSON).marks] == [(4, 8)]


@pytest.mark.parametrize(
    "rows",
    [[], [["Nome", "Presenza"]], [["Numero d'iscrizione"]], [[""]] * 10 + [HEADER]],
)
def test_a_table_without_its_header_is_refused(rows):
    with pytest.raises(RuleViolation, match="non si riconoscono le colonne"):
        read_marks(rows, PEOPLE, LESSON)


def test_a_time_the_clocks_show_twice_is_refused():
    window = Window(
        datetime(2015, 10, 24, 23, 30, tzinfo=UTC), datetime(2015, 10, 25, 2, 30, tzinfo=UTC)
    )
    table = read_marks([HEADER, ["7", "", "", "", "P", "02:30"]], PEOPLE, window)
    assert "esistono due volte" in str(table.problems[0].sentence)


@pytest.mark.parametrize(
    ("connections", "stays"),
    [
        ([], ""),
        ([("09:00:00", "13:00:00")], "09:00-13:00"),
        ([("08:00:00", "14:00:00")], "09:00-13:00"),
        ([("08:00:00", "09:00:00")], ""),
        ([("13:00:00", "14:00:00")], ""),
        ([("12:30:00", None)], "12:30-13:00"),
        ([("08:30:00", None)], "09:00-13:00"),
        ([("13:30:00", None)], ""),
        ([("08:00:00", "09:00:59")], ""),
        ([("08:00:00", "09:01:00")], "09:00-09:01"),
        ([("12:59:01", None)], ""),
        ([("12:59:00", None)], "12:59-13:00"),
        ([("09:00:00", "10:00:00"), ("10:00:59", "11:00:00")], "09:00-11:00"),
        ([("09:00:00", "10:00:00"), ("10:01:00", "11:00:00")], "09:00-10:00 10:01-11:00"),
        ([("10:00:00", "12:00:00"), ("09:00:00", "11:00:00")], "09:00-12:00"),
        ([("09:00:00", "09:00:30"), ("09:01:00", "09:30:00")], "09:00-09:30"),
    ],
)
def test_a_connection_counts_within_the_lesson(connections, stays):
    given = [Interval(at(entered), at(left)) for entered, left in connections]
    found = stays_within(given, LESSON)
    assert told(found) == stays
    assert all(stay.left and stay.left > stay.entered for stay in found)
