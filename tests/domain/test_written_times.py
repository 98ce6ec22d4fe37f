# SPDX-License-Identifier: AGPL-3.0-or-later
"""Dates and times as people write them."""

from datetime import date, time

import pytest

from app.domain.errors import RuleViolation
from app.domain.written_times import (
    name_key,
    parse_day,
    parse_days,
    parse_hour,
    parse_span,
    parse_spans,
)


@pytest.mark.parametrize(
    "text",
    [
        "12/01/2015", "12-1-15", "12.1.2015", "12/1/15", "2015-01-12", " lun 12 gen 2015 ",
        "lunedì 12 gennaio 2015", "Lunedi' 12 Gennaio 2015", "lun. 12 gen 15", "LUN, 12/01/2015",
        "12 gen 2015", "2015-01-12 00:00:00", "2015-01-12T00:00",
    ],
)  # fmt: skip
def test_days_of_every_form(text: str) -> None:
    assert parse_day(text) == date(2015, 1, 12)


def test_march_is_a_month_and_tuesday_a_day() -> None:
    assert parse_day("mar 3 mar 2015") == date(2015, 3, 3)


@pytest.mark.parametrize(
    "text",
    [
        "domani", "31/02/2015", "12/13/2015", "12/01", "12/01/999", "12/01/1999", "1/1/2101",
        "20150112", "2015-W03-1", "１２/01/2015", "12 pippo 2015", "boh 12 gen 2015", "0001-01-01",
        "9" * 5000, "12/01/2015 e poi", "-1/1/2015",
    ],
)  # fmt: skip
def test_other_days_are_refused(text: str) -> None:
    with pytest.raises(RuleViolation, match="non è una data"):
        parse_day(text)


def test_a_weekday_that_is_not_that_of_the_date_is_told() -> None:
    with pytest.raises(RuleViolation, match="Il 12/01/2015 è lunedì, non martedì"):
        parse_day("mar 12 gen 2015")


def test_nothing_written_is_asked_for() -> None:
    with pytest.raises(RuleViolation, match="Scrivere la data"):
        parse_day("")
    with pytest.raises(RuleViolation, match="Scrivere l'ora"):
        parse_hour(" ")


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("9", time(9)), ("9.00", time(9)), ("09:00", time(9)), ("0930", time(9, 30)),
        ("ore 9", time(9)), ("h 14:30", time(14, 30)), ("09:00:00", time(9)), ("0", time(0)),
    ],
)  # fmt: skip
def test_hours_of_every_form(text: str, hour: time) -> None:
    assert parse_hour(text) == hour


@pytest.mark.parametrize("text", ["24", "9:75", "nove", "٣", "9:00:30", "-9", "1e1"])
def test_other_hours_are_refused(text: str) -> None:
    with pytest.raises(RuleViolation, match="non è un'ora"):
        parse_hour(text)


@pytest.mark.parametrize(
    "text", ["09:00-13:00", "9–13", "9 — 13", "dalle 9 alle 13", "9 a 13", "9/13"]
)
def test_spans_of_every_form(text: str) -> None:
    assert parse_span(text) == (time(9), time(13))


@pytest.mark.parametrize("text", ["9", "9-10-11", "mattina"])
def test_other_spans_are_refused(text: str) -> None:
    with pytest.raises(RuleViolation, match="da che ora a che ora"):
        parse_span(text)


def test_several_spans_and_days() -> None:
    assert len(parse_spans("11-11:15, 12:00-12:05;")) == 2
    assert parse_spans("") == []
    assert parse_days("29/1/2015; 2015-03-19\n") == [date(2015, 1, 29), date(2015, 3, 19)]


def test_names_are_found_whatever_their_order() -> None:
    assert name_key("  D'Angelo NICOLÒ ") == name_key("nicolo dangelo")
